import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { heldNothing, plainPage, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';
import { farAway, startTurn, type TurnServer } from './turn.ts';

const seedScript = readFileSync(new URL('seedPage.js', import.meta.url), 'utf8');

interface SeedWindow {
  seedPublish(url: string, streamId: string): Promise<string>;
  seedPlay(url: string, streamId: string): Promise<void>;
  received(name: string): Promise<{ readonly frames: number; readonly audioPackets: number }>;
  readonly connections: Readonly<Record<string, { readonly connection: RTCPeerConnection }>>;
}

/** Makes the connections of a page use only a TURN server. */
function relayOnly(port: number) {
  const Native = window.RTCPeerConnection;
  const iceServers = [{ urls: `turn:127.0.0.1:${port}`, username: 'user', credential: 'secret' }];
  window.RTCPeerConnection = class extends Native {
    constructor() {
      super({ iceServers, iceTransportPolicy: 'relay' });
    }
  };
}

/**
 * Makes the connections of a page reach the server only through the server's own relay. They know no other candidate, and the
 * server, which listens on IPv6, knows only theirs for IPv4.
 */
function remoteRelayOnly() {
  const Native = window.RTCPeerConnection;
  const withoutHosts = (sdp: string) => sdp.replace(/^a=candidate:.* typ (?!relay).*\r\n/gm, '');
  window.RTCPeerConnection = class extends Native {
    override setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit) {
      return super.setRemoteDescription({ type, sdp: withoutHosts(sdp) });
    }
    override async addIceCandidate(candidate: RTCIceCandidateInit) {
      if (candidate.candidate?.includes(' typ relay')) await super.addIceCandidate(candidate);
    }
    override set onicecandidate(listener: (event: RTCPeerConnectionIceEvent) => void) {
      super.onicecandidate = (event) => {
        if (event.candidate?.address?.includes('.')) listener(event);
      };
    }
  };
}

let browser: Browser;
let turn: TurnServer;
let server: RunningServer;
const pages: Page[] = [];

beforeAll(async () => {
  [browser, turn] = await Promise.all([launchChromium(), startTurn()]);
});

afterAll(async () => {
  await browser.close();
  await turn.stop();
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
  await heldNothing(server);
  expect(await server.stop()).toBe(0);
});

/** Opens a page whose connections are restricted before it uses any. */
async function openPage(restrict: (page: Page) => Promise<void>) {
  const page = await plainPage(browser, server.http);
  pages.push(page);
  await restrict(page);
  await page.addScriptTag({ content: seedScript });
  return page;
}

/** Waits until pictures and sound flow from one page to another. Resolves to what the candidates in use are. */
async function flows(publisher: Page, player: Page) {
  const url = `${server.ws}/live/websocket`;
  await publisher.evaluate((url) => (window as unknown as SeedWindow).seedPublish(url, 'relayed'), url);
  await until(async () => expect((await server.holds()).streams).toBe(1));
  await until(async () => expect(await pathsOf(publisher, 'publish relayed')).toHaveLength(1));
  await player.evaluate((url) => (window as unknown as SeedWindow).seedPlay(url, 'relayed'), url);
  await until(async () => {
    const { frames, audioPackets } = await player.evaluate(() =>
      (window as unknown as SeedWindow).received('play relayed'),
    );
    expect(frames).toBeGreaterThan(20);
    expect(audioPackets).toBeGreaterThan(50);
  });
  return [...(await pathsOf(publisher, 'publish relayed')), ...(await pathsOf(player, 'play relayed'))];
}

const pathsOf = (page: Page, name: string) =>
  page.evaluate(async (name) => {
    const { connection } = (window as unknown as SeedWindow).connections[name] ?? {};
    if (connection?.connectionState !== 'connected') return [];
    const entries = [...((await connection.getStats()) as unknown as Map<string, Record<string, string>>).values()];
    const selected = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
    const pair = entries.find(({ id }) => id === selected);
    const typeOf = (id?: string) => entries.find((entry) => entry.id === id)?.candidateType;
    return [`${typeOf(pair?.localCandidateId)} to ${typeOf(pair?.remoteCandidateId)}`];
  }, name);

/** Makes the connections of a page use only the TURN server that the server announces. */
async function toldRelayOnly(url: string) {
  const told = await new Promise<{ stunServerUri: string; turnServerUsername: string; turnServerCredential: string }>(
    (resolve) => {
      const socket = new WebSocket(url);
      socket.onopen = () => socket.send(JSON.stringify({ command: 'getIceServerConfig' }));
      socket.onmessage = ({ data }) => {
        socket.close();
        resolve(JSON.parse(String(data)));
      };
    },
  );
  const Native = window.RTCPeerConnection;
  const server = {
    urls: told.stunServerUri,
    username: told.turnServerUsername,
    credential: told.turnServerCredential,
  };
  window.RTCPeerConnection = class extends Native {
    constructor() {
      super({ iceServers: [server], iceTransportPolicy: 'relay' });
    }
  };
}

describe('media through TURN', () => {
  test('of clients that use nothing else', async () => {
    server = await startServer();
    const restrict = (page: Page) => page.evaluate(relayOnly, turn.port);
    const paths = await flows(await openPage(restrict), await openPage(restrict));
    expect(paths.map((path) => path.split(' ')[0])).toEqual(['relay', 'relay']);
  });

  describe('by credentials that end', () => {
    let withSecret: TurnServer;
    beforeAll(async () => {
      withSecret = await startTurn('shared');
    });
    afterAll(() => withSecret.stop());

    const flags = () => ['--ice-servers', `turn:127.0.0.1:${withSecret.port}`, '--turn-secret', 'shared'];

    test('of clients, announced by the server', async () => {
      server = await startServer(...flags());
      const url = `${server.ws}/live/websocket`;
      const restrict = (page: Page) => page.evaluate(toldRelayOnly, url);
      const paths = await flows(await openPage(restrict), await openPage(restrict));
      expect(paths.map((path) => path.split(' ')[0])).toEqual(['relay', 'relay']);
    });

    test('of a server that cannot be reached otherwise', async () => {
      server = await startServer('--media-address', '::1', ...flags());
      const restrict = (page: Page) => page.evaluate(remoteRelayOnly);
      const paths = await flows(await openPage(restrict), await openPage(restrict));
      expect(paths).toEqual(['host to relay', 'host to relay']);
    });
  });

  test.each([
    ['a server', 0],
    // Its answer comes when the clients have long named their candidates, which may be all in their descriptions.
    ['a server that is far from its TURN server', 400],
  ])('of %s that cannot be reached otherwise', async (_, delayMs) => {
    const proxy = delayMs === 0 ? undefined : await farAway(turn, delayMs);
    server = await startServer(
      ...['--media-address', '::1', '--ice-servers', `turn:127.0.0.1:${(proxy ?? turn).port},user,secret`],
    );
    const restrict = (page: Page) => page.evaluate(remoteRelayOnly);
    const paths = await flows(await openPage(restrict), await openPage(restrict));
    expect(paths).toEqual(['host to relay', 'host to relay']);
    await proxy?.stop();
  });
});
