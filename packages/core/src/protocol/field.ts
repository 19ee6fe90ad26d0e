import * as v from 'valibot';

/** Schema message for a string that is too long. */
export const tooLong = 'too long';

/** Schema message for a value that a field cannot have. It is sent, so it never contains the value. */
export const expects = (expected: string) => `${expected} is expected`;

/** Longest stream, room or participant id this side accepts, in characters. */
export const maxIdLength = 255;

/**
 * A stream, call or room id: letters, digits, `-`, `_` and `.`, 1 to 255 of them.
 *
 * @see docs/protocol.md § Ids
 */
export const id = v.pipe(
  v.string(expects('a string')),
  v.nonEmpty(expects('a string that is not empty')),
  v.maxLength(maxIdLength, tooLong),
  v.regex(/^[A-Za-z0-9_.-]+$/, expects('an id')),
);

/**
 * An id that other servers leave out of some messages: `""` if it is absent or not an id, which routing handles.
 *
 * @see docs/protocol.md § Ids
 */
export const echoedId = v.optional(v.fallback(v.union([id, v.literal('')]), ''), '');

const readText = (value: unknown): string | undefined => {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
};

const readFlag = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
};

const readNumber = (value: unknown): number | undefined => {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
};

/**
 * An optional text. Absent, `null` and `""` mean the same to every client in use, so they decode to `undefined`; a number
 * becomes its digits; anything else counts as absent.
 */
export const text = v.optional(v.pipe(v.unknown(), v.transform(readText)));

/**
 * Maximum lengths of a client's strings, in UTF-16 code units. A server stores them and sends them to others. Descriptions are
 * limited only by the length of a message.
 *
 * @see docs/protocol/framing.md § Longest strings
 */
export const maxLengths = { name: 256, token: 8_192, metaData: 8_192, candidate: 2_048, list: 250 } as const;

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';

/** An optional value that is refused if it is there and `read` cannot read it. `absent` is one more word for absent. */
const strictly = <Value>(read: (value: unknown) => Value | undefined, expected: string, absent = '') =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.check((value) => isAbsent(value) || value === absent || read(value) !== undefined, expects(expected)),
      v.transform(read),
    ),
  );

const isWithin = (max: number) =>
  v.check<string | undefined, string>((value) => value === undefined || value.length <= max, tooLong);

const limited = (max: number) => v.pipe(text, isWithin(max));

/** A short text: an id, a name for people, a role. */
export const name = limited(maxLengths.name);

/** A text that is shown for a right. */
export const token = limited(maxLengths.token);

/** A text of the application, stored with a stream. */
export const metaData = limited(maxLengths.metaData);

/** A short text that is required. */
export const requiredName = v.pipe(
  v.string(expects('a string')),
  v.nonEmpty(expects('a string that is not empty')),
  v.maxLength(maxLengths.name, tooLong),
);

/** An optional boolean that may arrive as `"true"` or `"false"`; anything else counts as absent. */
export const flag = v.optional(v.pipe(v.unknown(), v.transform(readFlag)));

/** An optional number that may arrive as its digits; anything else counts as absent. */
export const number = v.optional(v.pipe(v.unknown(), v.transform(readNumber)));

/**
 * The same types for commands that no message answers: a value of another type is refused. If it counted as absent, the command
 * would do something other than its sender meant, and nothing would tell the sender.
 *
 * @see docs/protocol/framing.md § Types of fields
 */
export const strict = {
  flag: strictly(readFlag, 'true or false'),
  number: strictly(readNumber, 'a number'),
  /** A height in pixels. The newer TypeScript SDK sends `auto` for none. */
  height: strictly(readNumber, 'a number', 'auto'),
  name: v.pipe(strictly(readText, 'a string'), isWithin(maxLengths.name)),
  metaData: v.pipe(strictly(readText, 'a string'), isWithin(maxLengths.metaData)),
};

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
