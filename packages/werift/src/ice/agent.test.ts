import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { until } from '../test/remote.ts';
import { IceAgent } from './agent.ts';
import { type Base, priorityOf } from './base.ts';

/** Two ends and the paths between them, in memory. */
class Network {
  readonly #ends = new Map<string, (datagram: Buffer, port: number) => void>();
  /** Ports without any traffic. */
  readonly dead = new Set<number>();
  /** A port that sends nothing. */
  mute: number | undefined;
  /** Port mapping of a NAT: datagrams sent from one port appear to come from the other. */
  readonly outside = new Map<number, number>();

  base(agent: IceAgent, port: number): Base {
    const base: Base = {
      type: 'host',
      host: '192.0.2.1',
      port,
      priority: priorityOf('host'),
      send: (datagram, to) => {
        const from = this.outside.get(port) ?? port;
        if (!this.dead.has(from) && !this.dead.has(to) && from !== this.mute)
          setTimeout(() => this.#ends.get(String(to))?.(Buffer.concat([datagram].flat()), from), 2);
      },
      close: async () => {},
    };
    this.#ends.set(String(port), (datagram, from) => agent.receive(base, datagram, '192.0.2.1', from));
    agent.addBase(base);
    return base;
  }

  /** Records datagrams to a port. Returns a function that sends them again, as if from another port. */
  record(port: number): { readonly recorded: readonly Buffer[]; readonly repeat: (from: number) => void } {
    const end = this.#ends.get(String(port));
    const recorded: Buffer[] = [];
    this.#ends.set(String(port), (datagram, from) => {
      recorded.push(datagram);
      end?.(datagram, from);
    });
    return { recorded, repeat: (from) => recorded.forEach((datagram) => void end?.(datagram, from)) };
  }

  /** Gives a port another mapping in a NAT. Datagrams to the old one are lost. */
  rebind(port: number, outside: number): void {
    const old = this.outside.get(port) ?? port;
    const end = this.#ends.get(old === port ? String(port) : String(old));
    if (end === undefined) throw new Error('no such port');
    this.#ends.delete(String(old));
    this.#ends.set(String(outside), end);
    this.outside.set(port, outside);
  }
}

const media = Buffer.from([128, 1, 2, 3]);
const agents: IceAgent[] = [];

afterEach(() => {
  for (const agent of agents.splice(0)) agent.close();
});

/** A server and a remote, connected; the remote controls if it is a publisher. */
async function connected(isPublisher: boolean, ports = [1001]) {
  const network = new Network();
  const end = (isOfferer: boolean) => {
    const states: string[] = [];
    const agent = new IceAgent(isOfferer, {
      connected: () => states.push('connected'),
      alive: (isAlive) => states.push(isAlive ? 'alive' : 'gone'),
      moved: () => states.push('moved'),
      failed: () => states.push('failed'),
    });
    const received: Buffer[] = [];
    agent.received = (datagram) => {
      received.push(datagram);
      agent.authenticated(performance.now());
    };
    agent.earn(10_000);
    agents.push(agent);
    return { agent, states, received };
  };
  const [server, remote] = [end(!isPublisher), end(isPublisher)];
  network.base(server.agent, 1);
  for (const port of ports) network.base(remote.agent, port);
  const describeEnds = () => {
    server.agent.setRemote(remote.agent.local, false);
    remote.agent.setRemote(server.agent.local, false);
    remote.agent.addRemote({ host: '192.0.2.1', port: 1, priority: priorityOf('host') });
  };
  describeEnds();
  for (const { agent } of [server, remote]) agent.start();
  await until(() => server.agent.active !== undefined && remote.agent.active !== undefined, 'a path');
  return { network, server, remote, describeEnds };
}

/** Waits until repeatedly sent media arrives. Resolves with the time that this took. Milliseconds. */
async function arrives(from: { agent: IceAgent }, to: { received: Buffer[] }): Promise<number> {
  const start = performance.now();
  const before = to.received.length;
  const timer = setInterval(() => from.agent.send(media), 20);
  await until(() => to.received.length > before, 'media');
  clearInterval(timer);
  return performance.now() - start;
}

describe.each([
  ['a publisher', true],
  ['a player', false],
])('%s', (_, isPublisher) => {
  test('gets media the way it sends them', async () => {
    const { server, remote } = await connected(isPublisher);
    await arrives(server, remote);
    await arrives(remote, server);
  });

  test('that a NAT gives another port is followed there, as soon as it sends something', async () => {
    const { network, server, remote } = await connected(isPublisher);
    for (const port of [2001, 2002]) {
      network.rebind(1001, port);
      await arrives(remote, server);
      const timer = setInterval(() => remote.agent.send(media), 50);
      expect(await arrives(server, remote)).toBeLessThan(3_000);
      clearInterval(timer);
      expect(server.agent.active?.port).toBe(port);
    }
    // What was sent to the old port is lost.
    expect(server.states).toEqual(['connected', 'moved', 'moved']);
  });

  test('with two networks continues over the other one when one dies', async () => {
    const { network, server, remote } = await connected(isPublisher, [1001, 1002]);
    await until(() => server.agent.active?.isProven, 'consent');
    network.dead.add(server.agent.active?.port ?? 0);
    await until(() => !network.dead.has(server.agent.active?.port ?? 0), 'the other network');
    expect(await arrives(server, remote)).toBeLessThan(3_000);
    expect(server.states).toEqual(['connected', 'moved']);
  });

  test('is lost when nothing answers, and is back with the first answer', async () => {
    const { network, server } = await connected(isPublisher);
    network.dead.add(1001);
    await until(() => server.states.includes('gone'), 'the silence');
    network.dead.clear();
    await until(() => server.states.includes('alive'), 'the return');
  });
});

test('a remote that is silent for 30 s has gone for good', async () => {
  const { network, server } = await connected(true);
  network.dead.add(1001);
  const now = performance.now.bind(performance);
  let skippedMs = 20_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + skippedMs);
  await until(() => server.states.includes('gone'), 'the silence');
  expect(server.states).not.toContain('failed');
  skippedMs = 31_000;
  await until(() => server.states.includes('failed'), 'the end');
  clock.mockRestore();
});

describe('an ICE restart', () => {
  test('keeps the path until the remote nominates one of the new session, and then rejects the old credentials', async () => {
    const { server, remote, network } = await connected(true);
    const before = { local: server.agent.local, path: server.agent.active };
    const restarted = new IceAgent(true, { connected: () => {}, alive: () => {}, moved: () => {}, failed: () => {} });
    agents.push(restarted);
    restarted.earn(10_000);
    const heard: Buffer[] = [];
    restarted.received = (datagram) => heard.push(datagram);
    network.base(restarted, 1003);
    server.agent.setRemote(restarted.local, false);
    expect(server.agent.local).not.toEqual(before.local);
    // The remote has the answer only now and then.
    expect(server.agent.active).toBe(before.path);
    await arrives(server, remote);
    restarted.setRemote(server.agent.local, false);
    restarted.addRemote({ host: '192.0.2.1', port: 1, priority: priorityOf('host') });
    restarted.start();
    await until(() => server.agent.active?.port === 1003, 'the new path');
    await arrives(server, { received: heard });
    // Consent is not given to the old session any more.
    await until(() => remote.states.includes('gone'), 'the end of the old session');
  });

  test('is followed to a new port whose checks have the previous credentials, and consent continues there', async () => {
    const { server, network } = await connected(true);
    const before = server.agent.local;
    const restarted = new IceAgent(true, { connected: () => {}, alive: () => {}, moved: () => {}, failed: () => {} });
    agents.push(restarted);
    restarted.earn(10_000);
    network.base(restarted, 1003);
    server.agent.setRemote(restarted.local, false);
    // Chromium does this before it has the answer, and continues afterwards.
    restarted.setRemote(before, false);
    restarted.addRemote({ host: '192.0.2.1', port: 1, priority: priorityOf('host') });
    restarted.start();
    await until(() => server.agent.active?.port === 1003, 'the new path');
    const since = performance.now();
    await until(() => (restarted.active?.answeredAtMs ?? 0) > since + 500, 'consent to the remote');
    await until(() => (server.agent.active?.answeredAtMs ?? 0) > since + 500, 'consent to the server');
  });

  test('twice in a row, the first of which came to nothing, ends on the second', async () => {
    const { server, network } = await connected(true);
    const path = server.agent.active;
    server.agent.setRemote({ usernameFragment: 'none', password: 'n'.repeat(22) }, false);
    expect(server.agent.active).toBe(path);
    const second = new IceAgent(true, { connected: () => {}, alive: () => {}, moved: () => {}, failed: () => {} });
    agents.push(second);
    second.earn(10_000);
    network.base(second, 1004);
    server.agent.setRemote(second.local, false);
    second.setRemote(server.agent.local, false);
    second.addRemote({ host: '192.0.2.1', port: 1, priority: priorityOf('host') });
    second.start();
    await until(() => server.agent.active?.port === 1004, 'the second');
  });
});

test('checks of an address are limited by what the remote has sent, until it answers', async () => {
  let sent = 0;
  const agent = new IceAgent(false, { connected: () => {}, alive: () => {}, moved: () => {}, failed: () => {} });
  agents.push(agent);
  agent.addBase({
    type: 'host',
    host: '192.0.2.1',
    port: 1,
    priority: priorityOf('host'),
    send: (datagram) => {
      sent += Buffer.concat([datagram].flat()).length;
    },
    close: async () => {},
  });
  agent.setRemote({ usernameFragment: 'u'.repeat(256), password: 'p'.repeat(22) }, false);
  agent.earn(1_000);
  for (let port = 5000; port < 5064; port += 1) agent.addRemote({ host: '198.51.100.1', port, priority: 1 });
  agent.start();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThanOrEqual(2_000);
});

describe('a remote whose stream id another client claims', () => {
  test('is there while its media arrives, even if it answers no check', async () => {
    const { network, server, remote } = await connected(true);
    await until(() => server.agent.active?.isProven, 'consent');
    network.mute = 1;
    const timer = setInterval(() => remote.agent.send(media), 50);
    await sleep(1_500);
    expect(await server.agent.isRemoteAlive()).toBe(true);
    clearInterval(timer);
  });

  test('is there while it answers checks, even if it sends no media', async () => {
    const { server } = await connected(true);
    await sleep(1_500);
    expect(await server.agent.isRemoteAlive()).toBe(true);
  });

  test('is not there when neither comes, which is known within a second', async () => {
    const { network, server } = await connected(true);
    network.dead.add(1001);
    await sleep(1_500);
    const start = performance.now();
    expect(await server.agent.isRemoteAlive()).toBe(false);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('is not alive because of replayed packets', async () => {
    const { network, server } = await connected(true);
    const { recorded, repeat } = network.record(1);
    const isCheck = (datagram: Buffer) => datagram.readUInt16BE(0) === 1;
    await until(() => recorded.some(isCheck), 'a check');
    network.dead.add(1001);
    const timer = setInterval(() => repeat(1001), 50);
    await sleep(1_500);
    expect(await server.agent.isRemoteAlive()).toBe(false);
    clearInterval(timer);
  });
});
