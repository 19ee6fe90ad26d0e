/** Keys of values that this browser remembers. */
export type MemoryKey = 'streamId' | 'callId' | 'room' | 'name' | 'camera' | 'microphone';

const storedAs = (key: MemoryKey) => `sigchart.${key}`;

/** Remembered value, if any. */
export function recall(key: MemoryKey): string | undefined {
  try {
    return localStorage.getItem(storedAs(key)) ?? undefined;
  } catch {
    // Storage is refused to this page: it begins anew each time.
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
