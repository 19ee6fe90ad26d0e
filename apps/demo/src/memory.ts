/** Keys of values that this browser remembers. */
export type MemoryKey = 'streamId' | 'callId' | 'room' | 'name' | 'camera' | 'microphone';

const storedAs = (key: MemoryKey) => `sigchart.${key}`;

/** Remembered value, if any. */
export function recall(key: MemoryKey): string | undefined {
  try {
    return localStorage.getItem(storedAs(key)) ?? undefined;
  } catch {
    // The browser denies storage to this page, so nothing is remembered.
    return undefined;
  }
}

/** Keeps a value. */
export function remember(key: MemoryKey, value: string): void {
  try {
    localStorage.setItem(storedAs(key), value);
  } catch {
    // As above.
  }
}
