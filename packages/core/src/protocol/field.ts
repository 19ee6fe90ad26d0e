import * as v from 'valibot';

/** Longest stream, room or participant id this side accepts, in characters. */
export const maxIdLength = 255;

/**
 * A stream, call or room id: letters, digits, `-`, `_` and `.`, 1 to 255 of them.
 *
 * @see docs/protocol.md § Ids
 */
export const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxIdLength), v.regex(/^[A-Za-z0-9_.-]+$/));

/**
 * An id that other servers leave out of some messages: `""` if it is absent or not an id, which routing handles.
 *
 * @see docs/protocol.md § Ids
 */
export const echoedId = v.optional(v.fallback(v.union([id, v.literal('')]), ''), '');

/**
 * An optional text. Absent, `null` and `""` mean the same to every client in use, so they decode to `undefined`; a number
 * becomes its digits; anything else counts as absent.
 */
export const text = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value): string | undefined => {
      if (typeof value === 'string' && value !== '') return value;
      return typeof value === 'number' ? String(value) : undefined;
    }),
  ),
);

/**
 * Maximum lengths of a client's strings, in UTF-16 code units. A server stores them and sends them to others. Descriptions are
 * limited only by the length of a message.
 *
 * @see docs/protocol.md § Framing
 */
export const maxLengths = { name: 256, token: 8_192, metaData: 8_192, candidate: 2_048, list: 250 } as const;

/** Schema message for a string that is too long. */
export const tooLong = 'too long';

const limited = (max: number) =>
  v.pipe(
    text,
    v.check((value) => value === undefined || value.length <= max, tooLong),
  );

/** A short text: an id, a name for people, a role. */
export const name = limited(maxLengths.name);

/** A text that is shown for a right. */
export const token = limited(maxLengths.token);

/** A text of the application, stored with a stream. */
export const metaData = limited(maxLengths.metaData);

/** An optional boolean that may arrive as `"true"` or `"false"`; anything else counts as absent. */
export const flag = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value): boolean | undefined => {
      if (typeof value === 'boolean') return value;
      if (value === 'true') return true;
      return value === 'false' ? false : undefined;
    }),
  ),
);

/** An optional number that may arrive as its digits; anything else counts as absent. */
export const number = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value): number | undefined => {
      const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
    }),
  ),
);

/**
 * Reason why the server ended a role: `stopped` on the client's request, `ended` by an operator or because the played stream
 * ended, `replaced` by another socket that took over the id, `timeout` because media was missing for too long. A publisher asks
 * again only after `timeout`. Anything else counts as absent, as from other servers.
 *
 * @see docs/protocol.md § Why a role ended
 */
export const endReason = v.optional(
  v.fallback(v.optional(v.picklist(['stopped', 'ended', 'replaced', 'timeout'])), undefined),
);

/** Reason the server ended a role. */
export type EndReason = NonNullable<v.InferOutput<typeof endReason>>;

/** A list of texts; anything that is not a list is the empty one, and entries that are not texts are left out. */
export const texts = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value): string[] =>
      Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string' && entry !== '') : [],
    ),
  ),
  [],
);

/** A list of names; see {@link texts}. */
export const names = v.pipe(
  texts,
  v.check(
    (entries) => entries.length <= maxLengths.list && entries.every((entry) => entry.length <= maxLengths.name),
    tooLong,
  ),
);
