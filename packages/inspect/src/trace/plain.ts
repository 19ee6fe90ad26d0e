import { type Secrets, secret } from './secret.ts';

/** Makes JSON of values, without secrets. The same object becomes the same object, as long as `Plain` is the same. */
export type Plain = (value: unknown) => unknown;

/** Maximum depth of recorded values. Deeper ones are replaced by a name. */
const maxDepth = 24;

/** Maximum number of recorded entries of an array or object. */
const maxEntries = 2_000;

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || typeof value === 'boolean';

function named(value: object): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), inner]));
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if ('sessionId' in value && 'getSnapshot' in value && 'id' in value) return `[actor ${String(value.id)}]`;
  return undefined;
}

/**
 * A value as JSON has it. Dates, errors, maps and sets become what comes nearest; functions, actors and what is no plain
 * object become their name in brackets; a circle is cut.
 */
export function plainWith({ isSecret, cleaned }: Secrets): Plain {
  const known = new Map<object, unknown>();
  const under = new Set<object>();

  const plainObject = (value: object, depth: number): unknown => {
    if (depth > maxDepth) return '[deeper]';
    if (Array.isArray(value)) {
      const list = value.slice(0, maxEntries).map((inner) => plain(inner, depth + 1) ?? null);
      if (value.length > maxEntries) list.push(`[${value.length - maxEntries} more]`);
      return list;
    }
    const other = named(value);
    if (other !== undefined) return plain(other, depth + 1);
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
      return `[${prototype.constructor?.name ?? 'object'}]`;
    }
    const entries: [string, unknown][] = [];
    for (const [key, inner] of Object.entries(value).slice(0, maxEntries)) {
      const made = isSecret(key) && !isEmpty(inner) ? secret : plain(inner, depth + 1);
      if (made !== undefined) entries.push([key, made]);
    }
    return Object.fromEntries(entries);
  };

  const plain = (value: unknown, depth: number): unknown => {
    switch (typeof value) {
      case 'string':
        return cleaned(value);
      case 'number':
        return Number.isFinite(value) ? value : null;
      case 'bigint':
        return String(value);
      case 'symbol':
        return `[${String(value)}]`;
      case 'function':
        return `[function ${value.name}]`;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (known.has(value)) return known.get(value);
    if (under.has(value)) return '[circular]';
    under.add(value);
    let made: unknown;
    try {
      made = plainObject(value, depth);
    } catch {
      // A getter, or a proxy, that throws.
      made = '[unreadable]';
    }
    under.delete(value);
    known.set(value, made);
    return made;
  };

  return (value) => plain(value, 0);
}
