import { expect, test } from 'vitest';
import { pseudoRandom } from '../test/simulatedPath.ts';
import { OutgoingNumbers } from './outgoingNumbers.ts';

test('packets follow each other, and a pause leaves no gap', () => {
  const numbers = new OutgoingNumbers();
  const first = numbers.of(10) ?? 0;
  expect(numbers.of(12)).toBe(first + 2);
  numbers.resume();
  expect(numbers.of(500)).toBe(first + 3);
});

test('a packet that is late does not set the count back', () => {
  const numbers = new OutgoingNumbers();
  const first = numbers.of(10) ?? 0;
  numbers.of(12);
  expect(numbers.of(11)).toBe(first + 1);
  numbers.resume();
  expect(numbers.of(20)).toBe(first + 3);
});

test('a packet from before a pause is not sent after it', () => {
  const numbers = new OutgoingNumbers();
  numbers.of(10);
  numbers.resume();
  numbers.of(20);
  expect(numbers.of(19)).toBeUndefined();
});

// A wild number ahead of the others moves the player's replay window (RFC 3711 § 3.3.2): all that follows would be dropped there.
test('the packet is older than the first one one is not sent, whatever its number', () => {
  for (const start of [0, 500, 20_000]) {
    const numbers = new OutgoingNumbers(start);
    const first = numbers.of(10_000);
    expect([9_999, 9_990, 9_000].map((late) => numbers.of(late))).toEqual([undefined, undefined, undefined]);
    numbers.drop(10_001);
    expect([9_999, 10_002].map((incoming) => numbers.of(incoming))).toEqual([undefined, (first ?? 0) + 1]);
  }
});

test('packets left out leave no gap, and packets the publisher lost do', () => {
  const numbers = new OutgoingNumbers(99);
  expect(numbers.of(500)).toBe(100);
  numbers.drop(501);
  expect(numbers.of(502)).toBe(101);
  expect(numbers.of(505)).toBe(104);
  numbers.drop(506);
  expect(numbers.of(507)).toBe(105);
  expect([numbers.of(503), numbers.of(504)]).toEqual([102, 103]);
});

test('the note of a packet applies to those skipped before it', () => {
  const numbers = new OutgoingNumbers();
  numbers.of(1, 0);
  numbers.of(4, -3);
  expect([1, 2, 3, 4].map((number) => numbers.noteOf(number))).toEqual([0, -3, -3, -3]);
});

test('counts of 16 bits end anywhere', () => {
  const numbers = new OutgoingNumbers(0xfffd);
  expect([0xfffe, 0xffff, 0, 1, 2].map((incoming) => numbers.of(incoming))).toEqual([0xfffe, 0xffff, 0, 1, 2]);
  numbers.resume();
  expect([0xffff, 1, 0].map((incoming) => numbers.of(incoming))).toEqual([3, 5, 4]);
});

test('a number is never given to two packets, whatever is lost, late, left out or switched', () => {
  const random = pseudoRandom(11);
  const numbers = new OutgoingNumbers(7);
  const given = new Map<number, string>();
  let [epoch, incoming, extended] = [0, 100, 7];
  let late: number[] = [];
  const take = (number: number) => {
    const out = numbers.of(number);
    if (out === undefined) return;
    const index = extended + (((out - extended) << 16) >> 16);
    // The publisher is never that far ahead: a player would take the following packets for duplicates.
    expect(index - extended).toBeLessThan(1_000);
    extended = Math.max(extended, index);
    const packet = `${epoch}:${number}`;
    expect(given.get(index) ?? packet).toBe(packet);
    given.set(index, packet);
  };
  for (let round = 0; round < 200_000; round += 1) {
    const chance = random();
    if (chance < 0.001) {
      epoch += 1;
      incoming = Math.floor(random() * 0x1_0000);
      late = [];
      numbers.resume();
    }
    if (chance >= 0.15 && chance < 0.2 && late.length > 0) {
      take(late.splice(Math.floor(random() * late.length), 1)[0] as number);
      continue;
    }
    if (chance < 0.1) numbers.drop(incoming);
    else if (chance < 0.15) late.push(incoming);
    else take(incoming);
    incoming = (incoming + 1) & 0xffff;
  }
  expect(given.size).toBeGreaterThan(100_000);
});
