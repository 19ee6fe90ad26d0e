import * as v from 'valibot';

/**
 * What a stream, room, participant or token may be called: letters, digits, `-`, `_` and `.`, 1 to 255 of them.
 *
 * @see docs/protocol.md § Ids
 */
export const registeredId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255), v.regex(/^[A-Za-z0-9_.-]+$/));

/** Name of somebody who publishes or plays. Any text, as some use addresses of e-mail. */
export const participantId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));

const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const limit = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));
const shortText = v.pipe(v.string(), v.maxLength(1_000));
const longText = v.pipe(v.string(), v.maxLength(65_536));

/** Where a hook is told: an absolute address of HTTP or HTTPS; `""` for nowhere. */
export const hookAddress = v.union([
  v.literal(''),
  v.pipe(v.string(), v.maxLength(2_000), v.url(), v.regex(/^https?:/i, 'It must begin with http: or https:.')),
]);

/** What is registered of a stream or room. What is only true while it is live is not here. */
export const registeredBroadcast = v.object({
  streamId: registeredId,
  /** A name for people. */
  name: shortText,
  description: longText,
  /** How it is while it is not live: `finished` once it has been. */
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
  /** How many may play it at once. -1 for any number. */
  webRTCViewerLimit: limit,
  /** True if it is a room. */
  virtual: v.boolean(),
  /** What its members are told to do, as a room: `legacy`, `multitrack` or `mcu`. It changes nothing here. */
  conferenceMode: v.pipe(v.string(), v.maxLength(20)),
  /** Where hooks about it are told, besides those of the server. */
  listenerHookURL: hookAddress,
});

/** What is registered of a stream or room. */
export type RegisteredBroadcast = v.InferOutput<typeof registeredBroadcast>;

/** What a token or subscriber is allowed. */
export const purpose = v.picklist(['publish', 'play']);

/** What a token or subscriber is allowed. */
export type Purpose = v.InferOutput<typeof purpose>;

/**
 * Something that lets whoever shows it publish or play, once; any number of times when it is for a room.
 *
 * @see docs/rest.md § Tokens
 */
export const token = v.object({
  tokenId: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4_096)),
  streamId: registeredId,
  type: purpose,
  /** Until when it is good. Seconds since 1970. */
  expireDate: seconds,
  /** The room whose streams it is for; `""` when it is for its stream only. */
  roomId: v.union([v.literal(''), registeredId]),
});

/** Something that lets whoever shows it publish or play. */
export type Token = v.InferOutput<typeof token>;

/** The shared secret of a subscriber, in base32 (RFC 4648 § 6) as authenticator apps have it. */
export const base32Secret = v.pipe(v.string(), v.minLength(8), v.maxLength(256), v.regex(/^[A-Za-z2-7]+=*$/));

/**
 * Somebody who shows one-time codes (TOTP, RFC 6238) for a stream.
 *
 * @see docs/rest.md § Subscribers
 */
export const subscriber = v.object({
  streamId: registeredId,
  subscriberId: participantId,
  /** A `publish` subscriber may play, too. */
  type: purpose,
  b32Secret: base32Secret,
  /** Time one code is good. Seconds; 0 for the server's period. */
  totpExpiryPeriodSeconds: v.pipe(seconds, v.maxValue(86_400)),
});

/** Somebody who shows one-time codes for a stream. */
export type Subscriber = v.InferOutput<typeof subscriber>;

/** Somebody who may not use a stream for some time, be it a registered subscriber or not. */
export const block = v.object({
  streamId: registeredId,
  subscriberId: participantId,
  type: v.picklist(['publish', 'play', 'publish_play']),
  /** Milliseconds since 1970. */
  until: seconds,
});

/** Somebody who may not use a stream for some time. */
export type Block = v.InferOutput<typeof block>;
