import type { PatchOperation } from './record.ts';

type Container = Readonly<Record<string, unknown>> | readonly unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

const alike = (before: unknown, after: unknown): boolean =>
  isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after);

/** A name in a JSON Pointer (RFC 6901 § 3). */
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

function inArray(before: readonly unknown[], after: readonly unknown[], path: string, found: PatchOperation[]): void {
  const both = Math.min(before.length, after.length);
  for (let index = 0; index < both; index += 1) compare(before[index], after[index], `${path}/${index}`, found);
  for (let index = both; index < after.length; index += 1)
    found.push({ op: 'add', path: `${path}/-`, value: after[index] });
  // From the end, so that the indices of those before it stay.
  for (let index = before.length - 1; index >= both; index -= 1) found.push({ op: 'remove', path: `${path}/${index}` });
}

type Fields = Readonly<Record<string, unknown>>;

function inObject(before: Fields, after: Fields, path: string, found: PatchOperation[]): void {
  for (const key of Object.keys(before))
    if (!(key in after)) found.push({ op: 'remove', path: `${path}/${escaped(key)}` });
  for (const [key, value] of Object.entries(after)) {
    const at = `${path}/${escaped(key)}`;
    if (key in before) compare(before[key], value, at, found);
    else found.push({ op: 'add', path: at, value });
  }
}

function compare(before: unknown, after: unknown, path: string, found: PatchOperation[]): void {
  if (Object.is(before, after)) return;
  if (!alike(before, after)) found.push({ op: 'replace', path, value: after });
  else if (Array.isArray(before)) inArray(before, after as readonly unknown[], path, found);
  else inObject(before as Fields, after as Fields, path, found);
}

/** Patch from one JSON value to another (JSON Patch, RFC 6902). Identical objects are not compared. */
export function differenceOf(before: unknown, after: unknown): PatchOperation[] {
  const found: PatchOperation[] = [];
  compare(before, after, '', found);
  return found;
}

function applied(value: unknown, [key, ...rest]: readonly string[], operation: PatchOperation): unknown {
  if (key === undefined) return operation.op === 'remove' ? undefined : operation.value;
  if (!isContainer(value)) return value;
  const last = rest.length === 0;
  if (Array.isArray(value)) {
    const index = key === '-' ? value.length : Number(key);
    if (!Number.isInteger(index) || index < 0 || index > value.length) return value;
    if (last && operation.op === 'remove') return value.toSpliced(index, 1);
    if (last && operation.op === 'add') return value.toSpliced(index, 0, operation.value);
    return index < value.length ? value.with(index, applied(value[index], rest, operation)) : value;
  }
  const fields = value as Fields;
  if (last && operation.op === 'remove') {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
  }
  // A computed name makes a field of `__proto__`, where an assignment would not.
  return { ...fields, [key]: applied(fields[key], rest, operation) };
}

/** Applies a JSON Patch (RFC 6902) to a value. The value itself is not changed; an operation with an invalid path has no effect. */
export const patched = (value: unknown, operations: readonly PatchOperation[]): unknown =>
  operations.reduce(
    (current, operation) => applied(current, operation.path.split('/').slice(1).map(unescaped), operation),
    value,
  );
