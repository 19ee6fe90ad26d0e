import * as v from 'valibot';

/** Answer to an action. */
export const result = v.object({
  success: v.boolean(),
  /** Reason not, for people. */
  message: v.nullable(v.string()),
  /** Subject or result of the action. */
  dataId: v.nullable(v.string()),
  errorId: v.number(),
});

/** The statuses that are answered with. */
export type Status = 200 | 400 | 401 | 403 | 404 | 405 | 413 | 500 | 503;

/** An answer: what will be the JSON body, and its status. */
export interface Reply {
  readonly status: Status;
  readonly body: unknown;
}

/** Answers with the requested object. */
export const found = (body: unknown): Reply => ({ status: 200, body });

/** Answers that an action is done. */
export const done = (dataId: string | null = null): Reply =>
  found({ success: true, message: null, dataId, errorId: 0 } satisfies v.InferOutput<typeof result>);

/**
 * Answers that an action is not done. With status 200, as those who read `success` expect it, unless the request itself
 * was wrong.
 */
export const notDone = (message: string, status: Status = 200): Reply => ({
  status,
  body: { success: false, message, dataId: null, errorId: -1 } satisfies v.InferOutput<typeof result>,
});
