import type { SocketId } from './envelope.ts';

/** Sockets of each party of a shared machine, at an event. */
export type SocketsOf<Party extends string, Args> = Readonly<
  Record<Party, (args: Args) => readonly (SocketId | undefined)[]>
>;

/** Makes a function that returns an effect for each socket of a party: actions name the party as a parameter. */
export const eachOf =
  <Party extends string, Args>(socketsOf: SocketsOf<Party, Args>) =>
  <Effect>(party: Party, args: Args, effect: (to: SocketId) => Effect): Effect[] =>
    socketsOf[party](args).flatMap((to) => (to === undefined ? [] : [effect(to)]));
