import { Event, type RTCDtlsTransport, RTCSctpTransport } from 'werift';
import { mend } from '../mends/mend.ts';

/** One end's DTLS transport, as far as werift's SCTP uses it. */
export interface Link {
  readonly transport: RTCDtlsTransport;
  readonly onStateChange: Event<[string]>;
  /** True if datagrams get through. */
  carries: (datagram: Buffer) => boolean;
  /** The datagrams that were sent. */
  readonly sent: Buffer[];
}

let links = 0;

/** The two ends of a path in memory. */
export function linkPair(): readonly [client: Link, server: Link] {
  const make = (role: string, other: () => Link): Link => {
    links += 1;
    const onStateChange = new Event<[string]>();
    const sent: Buffer[] = [];
    const transport = {
      id: `link ${links}`,
      iceTransport: { role },
      onStateChange,
      dataReceiver: (_: Buffer) => {},
      sendData: async (data: Buffer) => {
        sent.push(data);
        if (link.carries(data)) setImmediate(() => other().transport.dataReceiver?.(Buffer.from(data)));
      },
    };
    const link: Link = {
      transport: transport as unknown as RTCDtlsTransport,
      onStateChange,
      carries: () => true,
      sent,
    };
    return link;
  };
  const client: Link = make('controlling', () => server);
  const server: Link = make('controlled', () => client);
  return [client, server];
}

/** One end of an SCTP association of werift, mended or as it comes. */
export function sctpOver(link: Link, isMended: boolean): RTCSctpTransport {
  const transport = new RTCSctpTransport(5000, 256 * 1024);
  transport.setDtlsTransport(link.transport);
  transport.setRemoteMaxMessageSize(0);
  if (isMended) mend(transport);
  return transport;
}
