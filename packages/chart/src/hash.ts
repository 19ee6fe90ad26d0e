import type { MachineDefinition } from './definition.ts';

/**
 * A stable name of a definition: 16 hexadecimal digits, FNV-1a over its JSON. Distinguishes versions of a machine; not secure
 * against deliberate collisions.
 */
export function hashOf(definition: MachineDefinition): string {
  const text = JSON.stringify(definition);
  // Two halves of 32 bits, because 64 do not fit a number. The second has another offset basis, so it differs.
  let first = 0x811c9dc5;
  let second = 0xcbf29ce4;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x01000197);
  }
  return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
