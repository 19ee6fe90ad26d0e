const qualities = 'amber brave calm clear coral early gentle green keen lively lucky mellow merry quiet swift warm';
const animals = 'badger crane dolphin falcon finch fox heron ibis lark lynx marten otter puffin robin seal wren';

const anyOf = (words: string): string => {
  const all = words.split(' ');
  return all[Math.floor(Math.random() * all.length)] ?? '';
};

/** An id that can be told over the telephone: `calm-otter-42`. */
export const randomStreamId = (): string =>
  `${anyOf(qualities)}-${anyOf(animals)}-${10 + Math.floor(Math.random() * 90)}`;

const key = 'sigchart.streamId';

/** The id used last in this browser. */
export function recallStreamId(): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // Storage is refused to this page: it starts with a new id each time.
    return undefined;
  }
}

/** Keeps an id for the next page and the next visit. */
export function rememberStreamId(streamId: string): void {
  try {
    localStorage.setItem(key, streamId);
  } catch {
    // As above.
  }
}
