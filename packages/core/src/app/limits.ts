/** Limits of an app. A request above a limit is refused, and running roles are not affected. */
export interface AppLimits {
  /** Publishers, players, calls and rooms of one socket. Default 64. */
  readonly roles: number;
  /** Members of one room. Default 250: the ids of as many fit into one message, however long they are. */
  readonly members: number;
  /** Rooms in use. Default 10 000. */
  readonly rooms: number;
  /** Calls in use. Default 10 000. */
  readonly calls: number;
}

/** {@link AppLimits} */
export const defaultAppLimits: AppLimits = { roles: 64, members: 250, rooms: 10_000, calls: 10_000 };
