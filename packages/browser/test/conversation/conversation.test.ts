import { readdirSync, readFileSync } from 'node:fs';
import { clientConversations, ladderOf, runCase } from '@sigchart/conformance';
import type { Transition } from '@sigchart/core/session';
import { everySubject, transitionsOf } from '@sigchart/model';
import { describe, expect, test } from 'vitest';
import { memoryClient } from './memory.ts';
import { casesFolder, recordAll } from './recorded.ts';

describe.each([...new Set(clientConversations.map(({ section }) => section))])('%s', (section) => {
  test.each(clientConversations.filter((each) => each.section === section).map((each) => [each.title, each] as const))(
    '%s',
    async (_, each) => {
      const { system, network, clock } = memoryClient();
      const { divergence, ladder } = await runCase(each, system, 0);
      expect({ divergence, ladder: divergence && ladderOf(ladder, 'client') }).toEqual({});
      await system.wait(0);
      expect(network.open).toBe(0);
      expect(clock.running).toBe(0);
    },
  );
});

test('the cases that are kept are those that the machines make', async () => {
  const recorded = await recordAll();
  const kept = readdirSync(casesFolder).filter((name) => name.startsWith('client'));
  expect(kept.sort()).toEqual(
    Object.keys(recorded)
      .map((file) => `${file}.json`)
      .sort(),
  );
  for (const [file, cases] of Object.entries(recorded))
    expect(JSON.parse(readFileSync(new URL(`${file}.json`, casesFolder), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(cases)),
    );
});

test('ids and titles are unique', () => {
  for (const key of ['id', 'title'] as const)
    expect(new Set(clientConversations.map((each) => each[key])).size).toBe(clientConversations.length);
});

test('the cases take every transition of a client but these', async () => {
  const taken = new Set<string>();
  const observe =
    () =>
    ({ machine, taken: transitions }: Transition) => {
      for (const transition of transitions) {
        const { source, eventType } = transition;
        const index = source.transitions.get(eventType)?.indexOf(transition) ?? 0;
        taken.add([machine, source.path.join('.'), eventType, index].join(' '));
      }
    };
  for (const each of clientConversations) await runCase(each, memoryClient({ observe }).system, 0);
  const missed = everySubject
    .filter(([id]) => id.endsWith('.client'))
    .flatMap(([id, { machine }]) =>
      transitionsOf(machine)
        .filter(({ source, event, index }) => !taken.has([id, source, event, index].join(' ')))
        .map(({ name }) => `${id}: ${name}`),
    );
  // Server messages cannot cause events of a page or of an application's media; `packages/core` tests those.
  const ofThePage =
    /app\.(suspend|resume|prefer)|clock\.skipped|resuming ·|rtc\.negotiationNeeded|(offering|awaitingAnswer)Again ·/;
  expect(missed.filter((name) => !ofThePage.test(name))).toEqual([
    // The client is closed by `app.close`, and stopped by a handle, which there is no sooner than it has started.
    'socket.client: any · socket.closed → closed',
    // With ICE servers of the application's own.
    'socket.client: open.iceServers.deciding · always → open.iceServers.known',
    'publisher.client: idle · app.stop → stopped',
    // Here media that fails is first interrupted, and then for good; no candidate comes late.
    'publisher.client: accepted · signal.publish_finished [isTimedOut] → ended',
    'publisher.client: accepted · rtc.failed → restarting',
    'publisher.client: accepted.negotiation.offering · signal.takeCandidate → stays',
    'publisher.client: accepted.negotiation.awaitingAnswer · rtc.iceCandidate → stays',
    'publisher.client: accepted.negotiation.stable · rtc.iceCandidate → stays',
    'publisher.client: accepted.media.interrupted · rtc.connected → accepted.media.publishing',
    // There are two ways to give up; one is enough.
    'publisher.client: restarting · timer.stopping → ended',
    'player.client: idle · app.stop → stopped',
    'player.client: accepted · signal.play_finished → ended',
    'player.client: accepted · rtc.failed → restarting',
    'player.client: accepted · timer.media → restarting',
    'player.client: accepted.negotiation.answering · signal.takeCandidate → stays',
    'player.client: accepted.negotiation.stable · rtc.iceCandidate → stays',
    'player.client: accepted.negotiation.answeringAgain · signal.takeCandidate → stays',
    'player.client: accepted.media.interrupted · rtc.connected → accepted.media.playing',
    'player.client: restarting · signal.play_finished → ended',
    'peer.client: idle · app.stop → stopped',
    // No handle has a word for it yet.
    'peer.client: calling · app.send → stays',
    'peer.client: calling.negotiation.offering · signal.takeCandidate → stays',
    'peer.client: calling.negotiation.awaitingAnswer · rtc.iceCandidate → stays',
    'peer.client: calling.negotiation.stable · rtc.iceCandidate → stays',
    'peer.client: calling.media.interrupted · rtc.connected → calling.media.connected',
    'peer.client: called · app.send → stays',
    'peer.client: called · timer.media → restarting',
    'peer.client: called.negotiation.answering · signal.takeCandidate → stays',
    'peer.client: called.negotiation.stable · rtc.iceCandidate → stays',
    'peer.client: called.negotiation.answeringAgain · signal.takeCandidate → stays',
    'peer.client: called.media.interrupted · rtc.connected → called.media.connected',
    'peer.client: restarting · signal.leaved → ended',
    'conference.client: idle · app.stop → stopped',
  ]);
});
