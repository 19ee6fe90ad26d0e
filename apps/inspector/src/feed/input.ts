import { signal } from '@preact/signals';
import { createReader, decodeLines, type Illegible, type Reader, type TraceLine } from '@sigchart/inspect';

/** Input of the page, and its status: a feed or a file. */
export type Input =
  | { readonly kind: 'connecting' | 'live' | 'lost' | 'refused' }
  | { readonly kind: 'file'; readonly name: string; readonly illegible: readonly Illegible[] };

/** Input of the page. */
export const input = signal<Input>({ kind: 'connecting' });

/** Everything that was read. The object changes inside: {@link revision} says when. */
export const reader = signal<Reader>(createReader());

/** Goes up with everything that is read. */
export const revision = signal(0);

/** Reads on, and says so once. */
export function take(lines: readonly TraceLine[]): void {
  reader.value.read(lines);
  revision.value += 1;
}

/** Removes everything, before another trace is read. */
export function startOver(): void {
  reader.value = createReader();
  revision.value += 1;
}

/** Shows a recorded trace instead of the feed. */
export async function openFile(file: File): Promise<void> {
  const { records, illegible } = decodeLines(await file.text());
  startOver();
  input.value = { kind: 'file', name: file.name, illegible };
  take(records);
}
