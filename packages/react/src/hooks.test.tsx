// @vitest-environment happy-dom
import { createClient, type RoleState } from '@sigchart/browser';
import { act, type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type MemoryServer, memoryStream, settle, startMemoryServer } from '../test/memoryServer.ts';
import {
  ClientProvider,
  type Membership,
  type Role,
  type StreamToSend,
  useCall,
  usePlayer,
  usePublisher,
  useRole,
  useRoom,
} from './index.ts';

const url = 'ws://memory/live/websocket';

let server: MemoryServer;
let roots: Root[];

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  server = startMemoryServer();
  roots = [];
});

afterEach(async () => {
  await act(async () => {
    for (const root of roots) root.unmount();
  });
  await act(settle);
  vi.unstubAllGlobals();
});

/** A page of its own: a root with a client of its own. Returns how to render into it. */
function openPage() {
  const root = createRoot(document.createElement('div'));
  roots.push(root);
  const client = createClient(url, { clock: server.clock });
  return async (children: ReactNode) => {
    await act(async () => {
      root.render(
        <StrictMode>
          <ClientProvider client={client}>{children}</ClientProvider>
        </StrictMode>,
      );
    });
    await act(settle);
  };
}

/** Results of a hook at each rendering. */
interface Sink<Result> {
  readonly results: Result[];
  readonly last: () => Result;
}

function sink<Result>(): Sink<Result> {
  const results: Result[] = [];
  return { results, last: () => results.at(-1) as Result };
}

interface PublisherProps {
  readonly into: Sink<Role>;
  readonly id: string | undefined;
  readonly stream: StreamToSend;
}

function Publisher({ into, id, stream }: PublisherProps) {
  into.results.push(usePublisher(id, { stream }));
  return null;
}

function Player({ into, id }: { readonly into: Sink<Role>; readonly id: string | undefined }) {
  into.results.push(usePlayer(id));
  return null;
}

function Caller({ into, stream }: { readonly into: Sink<Role>; readonly stream: StreamToSend }) {
  into.results.push(useCall('c1', { stream }));
  return null;
}

/** A member, and the state of its player of the first of the others. */
interface Meeting extends Membership {
  readonly other: RoleState;
}

function Member({ into, stream }: { readonly into: Sink<Meeting>; readonly stream: StreamToSend }) {
  const room = useRoom('r1', { stream });
  const other = useRole(room.players[0]).state;
  into.results.push({ ...room, other });
  return null;
}

describe('usePublisher and usePlayer', () => {
  let publisher: Sink<Role>;
  let player: Sink<Role>;

  beforeEach(() => {
    [publisher, player] = [sink(), sink()];
  });

  test('follow a role from its start to its end, in StrictMode with one request each', async () => {
    const [publishing, playing] = [openPage(), openPage()];
    await publishing(<Publisher into={publisher} id="s1" stream={memoryStream('video')} />);
    expect(publisher.last().state).toBe('publishing');
    await playing(<Player into={player} id="s1" />);
    expect(player.last()).toMatchObject({ state: 'playing', socket: 'open' });
    expect(player.results.map(({ state }) => state)).toContain('offline');
    expect(server.commands).toEqual(['publish s1', 'play s1']);
    expect(server.open).toBe(2);
    await playing(null);
    await publishing(null);
    expect(server.commands).toEqual(['publish s1', 'play s1', 'stop s1', 'stop s1']);
    expect(server.connections).toBe(0);
  });

  test('StrictMode mounts a component twice, which asks the server once', async () => {
    const render = openPage();
    const first = <Publisher key="1" into={publisher} id="s1" stream={null} />;
    await render([first]);
    // The socket is open by now: whatever is asked for is sent at once.
    await render([first, <Publisher key="2" into={publisher} id="s2" stream={null} />]);
    expect(publisher.last().state).toBe('publishing');
    expect(server.commands).toEqual(['publish s1', 'publish s2']);
  });

  test('wait for a stream, and for an id', async () => {
    const render = openPage();
    await render(<Publisher into={publisher} id="s1" stream={undefined} />);
    await render(<Publisher into={publisher} id={undefined} stream={null} />);
    expect(publisher.last()).toMatchObject({ state: 'idle', handle: undefined });
    expect(publisher.last().send('nobody')).toBe(false);
    expect(server.dialled).toBe(0);
    await render(<Publisher into={publisher} id="s1" stream={null} />);
    expect(publisher.last().state).toBe('publishing');
  });

  test('two components share one player, which ends with the last of them', async () => {
    const [publishing, playing] = [openPage(), openPage()];
    await publishing(<Publisher into={publisher} id="s1" stream={memoryStream('video')} />);
    const [first, second] = [<Player into={player} key="1" id="s1" />, <Player into={player} key="2" id="s1" />];
    await playing([first, second]);
    await playing([second]);
    expect(player.last().state).toBe('playing');
    expect(server.commands).toEqual(['publish s1', 'play s1']);
    await playing([]);
    expect(server.commands.at(-1)).toBe('stop s1');
  });

  test('another id stops one role and starts the other', async () => {
    const render = openPage();
    await render(<Publisher into={publisher} id="s1" stream={null} />);
    await render(<Publisher into={publisher} id="s2" stream={null} />);
    expect(publisher.last()).toMatchObject({ state: 'publishing', handle: { streamId: 's2' } });
    expect(server.commands.toSorted()).toEqual(['publish s1', 'publish s2', 'stop s1']);
  });

  test('a component that comes back while its role still stops is served again', async () => {
    const render = openPage();
    await render(<Publisher into={publisher} id="s1" stream={null} />);
    await act(async () => {
      roots[0]?.render(null);
    });
    await render(<Publisher into={publisher} id="s1" stream={null} />);
    expect(publisher.last().state).toBe('publishing');
    expect(server.connections).toBe(2);
  });

  test('another stream is sent in place of the first, on the same connection', async () => {
    const render = openPage();
    const [front, back] = [memoryStream('video'), memoryStream('video')];
    await render(<Publisher into={publisher} id="s1" stream={front} />);
    const { connection } = publisher.last();
    await render(<Publisher into={publisher} id="s1" stream={back} />);
    expect(server.sentTracks).toEqual(back.getTracks().map(({ id }) => id));
    expect(publisher.last().connection).toBe(connection);
    expect(server.commands).toEqual(['publish s1']);
  });

  test('an ended role has its reason, and restarts on request', async () => {
    const render = openPage();
    await render(<Player into={player} id="absent" />);
    expect(player.last()).toMatchObject({ state: 'ended', reason: 'refused', definition: 'no_stream_exist' });
    const publishing = openPage();
    await publishing(<Publisher into={publisher} id="absent" stream={memoryStream('video')} />);
    await act(async () => player.last().restart());
    await act(settle);
    expect(player.last().state).toBe('playing');
  });

  test('a lost socket is shown, and its roles come back', async () => {
    const render = openPage();
    await render(<Publisher into={publisher} id="s1" stream={null} />);
    await act(async () => server.cut());
    expect(publisher.last()).toMatchObject({ state: 'offline', socket: 'waiting' });
    await act(() => server.pass(1_000));
    expect(publisher.last()).toMatchObject({ state: 'publishing', socket: 'open' });
    expect(server.dialled).toBe(2);
  });
});

describe('useCall', () => {
  const [a, b] = [sink<Role>(), sink<Role>()];

  test('connects two pages, and the one who stays waits again', async () => {
    const [pageA, pageB] = [openPage(), openPage()];
    await pageA(<Caller into={a} stream={memoryStream('audio')} />);
    expect(a.last().state).toBe('waiting');
    await pageB(<Caller into={b} stream={memoryStream('audio')} />);
    expect([a.last().state, b.last().state]).toEqual(['connected', 'connected']);
    await pageB(null);
    expect(a.last().state).toBe('waiting');
    expect(server.commands.filter((command) => command.startsWith('join'))).toHaveLength(2);
  });

  test('joins again with a kind of media that the call does not have yet', async () => {
    const [pageA, pageB] = [openPage(), openPage()];
    await pageA(<Caller into={a} stream={memoryStream('audio')} />);
    await pageB(<Caller into={b} stream={memoryStream('audio')} />);
    const camera = memoryStream('audio', 'video');
    await pageA(<Caller into={a} stream={camera} />);
    expect([a.last().state, b.last().state]).toEqual(['connected', 'connected']);
    const sent = server.sentTracks;
    for (const { id } of camera.getTracks()) expect(sent).toContain(id);
    expect(server.connections).toBe(2);
  });
});

describe('useRoom', () => {
  const [a, b] = [sink<Meeting>(), sink<Meeting>()];

  test('members see each other, and a leaver disappears', async () => {
    const [pageA, pageB] = [openPage(), openPage()];
    await pageA(<Member into={a} stream={memoryStream('video')} />);
    await pageB(<Member into={b} stream={memoryStream('video')} />);
    expect(a.last()).toMatchObject({ state: 'entered', other: 'playing', players: [{ streamId: b.last().streamId }] });
    expect(b.last()).toMatchObject({ state: 'entered', other: 'playing', players: [{ streamId: a.last().streamId }] });
    expect(server.commands.filter((command) => command.startsWith('joinRoom'))).toHaveLength(2);
    await pageB(null);
    expect(a.last().players).toEqual([]);
  });

  test('another stream is sent to the others, also once the room is entered again', async () => {
    const render = openPage();
    await render(<Member into={a} stream={memoryStream('video')} />);
    const next = memoryStream('video');
    await render(<Member into={a} stream={next} />);
    const ids = next.getTracks().map(({ id }) => id);
    expect(server.sentTracks).toEqual(ids);
    await act(async () => server.cut());
    await act(() => server.pass(1_000));
    expect(a.last().state).toBe('entered');
    expect(server.sentTracks).toEqual(ids);
  });

  test('a member who has only watched enters again to be seen', async () => {
    const render = openPage();
    await render(<Member into={a} stream={null} />);
    expect(a.last()).toMatchObject({ state: 'entered', publisher: undefined });
    await render(<Member into={a} stream={memoryStream('video')} />);
    expect(a.last().publisher?.getSnapshot().state).toBe('publishing');
    await render(<Member into={a} stream={null} />);
    expect(a.last()).toMatchObject({ state: 'entered', publisher: undefined });
  });
});
