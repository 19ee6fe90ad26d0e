/** What the cases along the paths of one machine are named by. */
interface Walk {
  readonly file: string;
  readonly name: string;
  readonly section: string;
}

/** How the case along a path is named, by what happens on it in words. */
export const named = ({ file, name, section }: Walk, words: readonly string[]) =>
  ({
    id: `${file}/${words
      .join('-')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')}`,
    title: `A ${name}: ${words.join(', then ')}`,
    section,
    requiredBy: 'project',
  }) as const;
