import { element } from './element.ts';
import { type MemoryKey, recall, remember } from './memory.ts';

/** A text field that knows its value again on the next page and the next visit. */
export interface Field {
  readonly input: HTMLInputElement;
  /** Keeps what is in it now. */
  remember(): void;
}

/** What a field begins with. */
export interface FieldOptions {
  /** What the page's address says. It comes first. */
  readonly given: string | undefined;
  /** The name under which its value is kept in this browser. */
  readonly key: MemoryKey;
  /** What else. Default nothing. */
  readonly otherwise?: string;
}

/** The text field of the page with this id. */
export function openField(id: string, { given, key, otherwise = '' }: FieldOptions): Field {
  const input = element(id, HTMLInputElement);
  input.value = given ?? recall(key) ?? otherwise;
  return { input, remember: () => remember(key, input.value) };
}
