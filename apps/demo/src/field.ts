import { element } from './element.ts';
import { type MemoryKey, recall, remember } from './memory.ts';

/** A text field that remembers its value across pages and visits. */
export interface Field {
  readonly input: HTMLInputElement;
  /** Keeps what is in it now. */
  remember(): void;
}

/** Sources of a field's initial value. */
export interface FieldOptions {
  /** Value from the page's address. It has priority. */
  readonly given: string | undefined;
  /** The key under which this browser stores its value. */
  readonly key: MemoryKey;
  /** Fallback value. Default empty. */
  readonly otherwise?: string;
}

/** The text field of the page with this id. */
export function openField(id: string, { given, key, otherwise = '' }: FieldOptions): Field {
  const input = element(id, HTMLInputElement);
  input.value = given ?? recall(key) ?? otherwise;
  return { input, remember: () => remember(key, input.value) };
}
