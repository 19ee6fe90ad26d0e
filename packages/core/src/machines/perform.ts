/** Performer of an effect: the part of its type before the dot. */
export type Speaker<Type extends string> = Type extends `${infer Name}.${string}` ? Name : never;

/** A performer for every speaker in a union of effects: one that is missing does not compile. */
export type Performers<E extends { readonly type: string }> = {
  readonly [Name in Speaker<E['type']>]: (effect: Extract<E, { readonly type: `${Name}.${string}` }>) => void;
};

/** Hands an effect to its performer. */
export const performWith =
  <E extends { readonly type: string }>(performers: Performers<E>) =>
  (effect: E): void => {
    const speaker = effect.type.slice(0, effect.type.indexOf('.')) as Speaker<E['type']>;
    (performers[speaker] as (effect: E) => void)(effect);
  };
