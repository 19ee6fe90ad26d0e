/** The states a machine is in, each as a path such as `accepted.media.publishing`; two or more where it is parallel. */
export function pathsOf(state: unknown): readonly string[] {
  if (typeof state === 'string') return [state];
  if (typeof state !== 'object' || state === null) return [];
  return Object.entries(state).flatMap(([name, inner]) => pathsOf(inner).map((path) => `${name}.${path}`));
}

/** True if a path is that state, or one within it. */
export const isWithin = (path: string, state: string): boolean => path === state || path.startsWith(`${state}.`);

/** The last word of a path. */
export const wordOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
