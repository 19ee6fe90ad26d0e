const qualities = 'amber brave calm clear coral early gentle green keen lively lucky mellow merry quiet swift warm';
const animals = 'badger crane dolphin falcon finch fox heron ibis lark lynx marten otter puffin robin seal wren';

const anyOf = (words: string): string => {
  const all = words.split(' ');
  return all[Math.floor(Math.random() * all.length)] ?? '';
};

/** A random id that is easy to say and to remember: `calm-otter-42`. */
export const randomId = (): string => `${anyOf(qualities)}-${anyOf(animals)}-${10 + Math.floor(Math.random() * 90)}`;
