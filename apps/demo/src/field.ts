import { element } from './element.ts';

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
  readonly key: 'streamId' | 'callId' | 'room' | 'name';
  /** What else. Default nothing. */
  readonly otherwise?: string;
}

const storedAs = (key: string) => `sigchart.${key}`;

function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(storedAs(key)) ?? undefined;
  } catch {
    // Storage is refused to this page: it begins anew each time.
    return undefined;
  }
}

/** The text field of the page with this id. */
export function openField(id: string, { given, key, otherwise = '' }: FieldOptions): Field {
  const input = element(id, HTMLInputElement);
  input.value = given ?? recall(key) ?? otherwise;
  return {
    input,
    remember() {
      try {
        localStorage.setItem(storedAs(key), input.value);
      } catch {
        // As above.
      }
    },
  };
}
