/** Settings of a server that refuses something, by name. The descriptions are for people: each says what the value is. */
export const settings = {
  unregistered: 'a stream id that is not registered, on a server that lets only registered ones be published',
  'wrong-token': 'an invalid token, on a server that requires tokens to publish and to play',
  'token-stream': 'a stream id that may be published with the token of the next setting',
  token: 'a token with which that stream may be published, at least once',
  'one-viewer': 'a stream id that one player at a time may play',
  'not-now': 'the id of a registered stream whose planned time is not now',
  'room-not-now': 'a registered room whose planned time is not now',
  'blocked-stream': 'a stream id that the subscriber of the next setting may not publish, but others may',
  blocked: 'a subscriberId that is blocked there',
  'one-subtrack': 'a room in which one stream may be published as a subtrack',
} as const;

/** The name of something that a server may be configured to refuse. */
export type Setting = keyof typeof settings;

/** Known settings of a server. */
export type Settings = { readonly [name in Setting]?: string };

/** Settings that a case needs and that are missing. Such a case is not run. */
export const lacking = (
  { needs = [] }: { readonly needs?: readonly Setting[] },
  told: Settings = {},
): readonly Setting[] => needs.filter((name) => told[name] === undefined);
