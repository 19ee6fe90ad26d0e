import type { MessagePattern } from './case.ts';

const placeholder = /\{\{(\w+)(?::([\w.-]+))?\}\}/g;
const whole = /^\{\{(\w+)(?::([\w.-]+))?\}\}$/;

/** A placeholder that is the whole of a text, taken apart. */
export function placeholderOf(text: unknown): { readonly kind: string; readonly name: string } | undefined {
  const match = typeof text === 'string' ? whole.exec(text) : null;
  return match ? { kind: match[1] as string, name: match[2] ?? '' } : undefined;
}

/** The names of the connections whose description or candidate is in a message, by kind of placeholder. */
export function connectionsIn(message: MessagePattern): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const value of Object.values(message)) {
    const it = placeholderOf(value);
    if (it && ['offer', 'answer', 'candidate'].includes(it.kind)) found.set(it.kind, it.name);
  }
  return found;
}

/** Values of placeholders in one run of a case. */
export interface Values {
  /** The id for a name in this run. */
  id(name: string): string;
  /** Value that the server gave for a name, or `undefined` before that. */
  given(name: string): string | undefined;
  /** Setting of the run, or `undefined`. */
  setting(name: string): string | undefined;
}

/** Replaces placeholders with their values; those without a value stay. */
export function fill<T>(pattern: T, values: Values): T {
  if (typeof pattern === 'string')
    return pattern.replace(placeholder, (text, kind: string, name: string | undefined) => {
      if (kind === 'id') return values.id(name ?? '');
      if (kind === 'long') return 'x'.repeat(Number(name));
      if (kind === 'given') return values.given(name ?? '') ?? text;
      if (kind === 'setting') return values.setting(name ?? '') ?? text;
      return text;
    }) as T;
  if (Array.isArray(pattern)) return pattern.map((item) => fill(item, values)) as T;
  if (typeof pattern === 'object' && pattern !== null)
    return Object.fromEntries(Object.entries(pattern).map(([key, value]) => [key, fill(value, values)])) as T;
  return pattern;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  offer: isText,
  answer: isText,
  candidate: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  given: isText,
  mapping: (value) =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0 && Object.values(value).every(isText),
  any: () => true,
};

/** The key of a pattern for JSON in a string. */
const jsonKey = '{{json}}';

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** A pattern for a text that holds JSON. */
export const asJson = (pattern: unknown): MessagePattern => ({ [jsonKey]: pattern });

/**
 * True if a message has everything that a pattern requires. It may have more.
 *
 * Arrays have the same length, in any order. `taken` collects the values of `{{given:name}}`.
 */
export function matches(pattern: unknown, value: unknown, taken: Map<string, string> = new Map()): boolean {
  const it = placeholderOf(pattern);
  if (it !== undefined) {
    if (!(fits[it.kind]?.(value) ?? false)) return false;
    if (it.kind === 'given') taken.set(it.name, String(value));
    return true;
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value) || value.length !== pattern.length) return false;
    const left = [...value];
    return pattern.every((item) => {
      const index = left.findIndex((other) => matches(item, other, taken));
      if (index >= 0) left.splice(index, 1);
      return index >= 0;
    });
  }
  if (typeof pattern === 'object' && pattern !== null && jsonKey in pattern)
    return typeof value === 'string' && matches(pattern[jsonKey], parsed(value), taken);
  if (typeof pattern === 'object' && pattern !== null)
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.entries(pattern).every(([key, item]) =>
        matches(item, (value as Readonly<Record<string, unknown>>)[key], taken),
      )
    );
  return pattern === value;
}
