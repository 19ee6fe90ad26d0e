import { type Client, type ClientOptions, createClient } from '@sigchart/browser';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

const ClientContext = createContext<Client | undefined>(undefined);

/** Props of {@link ClientProvider}: a client of the application, or the address of a server. */
export type ClientProviderProps = { readonly children?: ReactNode } & (
  | {
      /** A client of the application, which also closes it. */
      readonly client: Client;
    }
  | {
      readonly client?: never;
      /** Address of the server, such as `wss://example.org/live/websocket`. Another address makes another client. */
      readonly url: string;
      /** Options of the client. Read when it is made. */
      readonly options?: ClientOptions;
    }
);

/**
 * Gives the hooks below it their client. A client made from `url` is closed when the provider unmounts. Nothing is dialled before the
 * first role, so it also renders on a server.
 *
 * @example
 * <ClientProvider url="wss://example.org/live/websocket">
 *   <App />
 * </ClientProvider>
 */
export function ClientProvider(props: ClientProviderProps): ReactNode {
  const { children } = props;
  if (props.client !== undefined)
    return <ClientContext.Provider value={props.client}>{children}</ClientContext.Provider>;
  return (
    <OwnClient url={props.url} options={props.options}>
      {children}
    </OwnClient>
  );
}

/** Number of mounted providers of a client; `closed` after the last was unmounted. */
const holders = new WeakMap<Client, number | 'closed'>();

function hold(client: Client): () => void {
  holders.set(client, Number(holders.get(client) ?? 0) + 1);
  return () => {
    holders.set(client, Number(holders.get(client)) - 1);
    // StrictMode unmounts a component and mounts it again at once.
    queueMicrotask(() => {
      if (holders.get(client) !== 0) return;
      holders.set(client, 'closed');
      client.close();
    });
  };
}

interface OwnClientProps {
  readonly url: string;
  readonly options: ClientOptions | undefined;
  readonly children: ReactNode;
}

function OwnClient({ url, options, children }: OwnClientProps): ReactNode {
  const make = () => ({ url, client: createClient(url, options) });
  const [own, setOwn] = useState(make);
  const { client } = own;
  if (own.url !== url) setOwn(make());
  useEffect(() => {
    if (holders.get(client) !== 'closed') return hold(client);
    // Hidden for a while (`<Activity>`), then shown again: state survives that, a closed client does not.
    setOwn({ url, client: createClient(url, options) });
    return undefined;
  }, [client, url, options]);
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
}

/**
 * The client of the nearest {@link ClientProvider}.
 *
 * @throws {Error} outside of a provider.
 */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('Wrap the component in <ClientProvider url="wss://…/live/websocket">.');
  return client;
}
