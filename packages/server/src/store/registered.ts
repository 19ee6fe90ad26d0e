import * as v from 'valibot';

/**
 * Id of a stream, room, participant or token: 1 to 255 letters, digits, `-`, `_` and `.`.
 *
 * @see docs/protocol.md § Ids
 */
export const registeredId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255), v.regex(/^[A-Za-z0-9_.-]+$/));

/** Id of a publisher or subscriber. Any string, because some applications use e-mail addresses. */
export const participantId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));

const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const limit = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));
const shortText = v.pipe(v.string(), v.maxLength(1_000));
const longText = v.pipe(v.string(), v.maxLength(65_536));

/** Address of a webhook: an absolute HTTP or HTTPS URL, or `""` for none. */
export const hookAddress = v.union([
  v.literal(''),
  v.pipe(v.string(), v.maxLength(2_000), v.url(), v.regex(/^https?:/i, 'It must begin with http: or https:.')),
]);

/** Registration of a stream or room, without its live state. */
export const registeredBroadcast = v.object({
  streamId: registeredId,
  /** A name for people. */
  name: shortText,
  description: longText,
  /** State while not live: `finished` once it has been live. */
  status: v.picklist(['created', 'finished']),
  /** Time it was registered. Milliseconds since 1970. */
  date: seconds,
  /** From when on it may be used. Seconds since 1970; 0 for any time. */
  plannedStartDate: seconds,
  /** Until when it may be used. Seconds since 1970; 0 for ever. */
  plannedEndDate: seconds,
  metaData: longText,
  role: shortText,
  /** The room that it is in; `""` for none. */
  mainTrackStreamId: v.union([v.literal(''), registeredId]),
  /** Number of streams that may be live in it, as a room. -1 for any number. */
  subtracksLimit: limit,
  /** Maximum number of players. -1 for any number. */
  webRTCViewerLimit: limit,
  /** True if it is a room. */
  virtual: v.boolean(),
  /** Mode of a room, for its members: `legacy`, `multitrack` or `mcu`. The server ignores it. */
  conferenceMode: v.pipe(v.string(), v.maxLength(20)),
  /** Address for its webhooks, in addition to the server's. */
  listenerHookURL: hookAddress,
});

/** Registration of a stream or room. */
export type RegisteredBroadcast = v.InferOutput<typeof registeredBroadcast>;

/** Purpose of a token or subscriber. */
export const purpose = v.picklist(['publish', 'play']);

/** Purpose of a token or subscriber. */
export type Purpose = v.InferOutput<typeof purpose>;

/**
 * Token to publish or play, once; for a room, any number of times.
 *
 * @see docs/rest.md § Tokens
 */
export const token = v.object({
  tokenId: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4_096)),
  streamId: registeredId,
  type: purpose,
  /** Expiry. Seconds since 1970. */
  expireDate: seconds,
  /** The room whose streams it is for; `""` when it is for its stream only. */
  roomId: v.union([v.literal(''), registeredId]),
});

/** Token to publish or play. */
export type Token = v.InferOutput<typeof token>;

/** The shared secret of a subscriber, in base32 (RFC 4648 § 6) as authenticator apps have it. */
export const base32Secret = v.pipe(v.string(), v.minLength(8), v.maxLength(256), v.regex(/^[A-Za-z2-7]+=*$/));

/**
 * Subscriber with time-based codes (TOTP, RFC 6238) for a stream.
 *
 * @see docs/rest.md § Subscribers
 */
export const subscriber = v.object({
  streamId: registeredId,
  subscriberId: participantId,
  /** A `publish` subscriber may play, too. */
  type: purpose,
  b32Secret: base32Secret,
  /** Lifetime of one code. Seconds; 0 for the server's period. */
  totpExpiryPeriodSeconds: v.pipe(seconds, v.maxValue(86_400)),
});

/** Subscriber with time-based codes for a stream. */
export type Subscriber = v.InferOutput<typeof subscriber>;

/** Block of a subscriber, registered or not, for a stream and a period of time. */
export const block = v.object({
  streamId: registeredId,
  subscriberId: participantId,
  type: v.picklist(['publish', 'play', 'publish_play']),
  /** Milliseconds since 1970. */
  until: seconds,
});

/** Block of a subscriber for a stream and a period of time. */
export type Block = v.InferOutput<typeof block>;
