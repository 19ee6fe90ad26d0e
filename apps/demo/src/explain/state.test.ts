import { conferenceClient, peerClient, playerClient, publisherClient } from '@sigchart/core/machines';
import { expect, test } from 'vitest';
import { captionOf } from './state.ts';

interface States {
  readonly states: Readonly<Record<string, States>>;
}

/** The words that a page shows for the states of a machine: its own, and in their place those of its media. */
const wordsOf = ({ states }: States): readonly string[] =>
  Object.entries(states).flatMap(([word, { states: inner }]) =>
    inner.media === undefined ? [word] : Object.keys(inner.media.states),
  );

test('every state of every role has plain words', () => {
  for (const [role, machine] of [
    ['publisher', publisherClient],
    ['player', playerClient],
    ['peer', peerClient],
    ['member', conferenceClient],
  ] as const) {
    const words = wordsOf(machine.root);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => captionOf(role, word) === word)).toEqual([]);
  }
});
