/**
 * The element of the page with this id.
 *
 * Throws when the page has none, or one of another kind: page and script do not belong together then.
 */
export function element<E extends Element>(id: string, kind: abstract new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`#${id} is not a ${kind.name}`);
}
