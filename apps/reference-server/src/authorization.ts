import { type Authorize, createAuthorization, type Store } from '@sigchart/server';
import { Option } from 'commander';
import * as v from 'valibot';
import { integer, list } from './optionText.ts';

const secret = v.pipe(v.string(), v.nonEmpty());
const address = v.pipe(v.string(), v.url(), v.regex(/^https?:/i, 'It must begin with http: or https:.'));
const actions = ['publish', 'play', 'join', 'enter'] as const;

/** Access options of the configuration file. An absent option leaves its check out. */
export const authorizationEntries = {
  /** Only registered streams are published, and only registered rooms entered. */
  registeredOnly: v.exactOptional(v.boolean()),
  /** Requires a one-time token of the REST API. */
  oneTimeTokens: v.exactOptional(v.boolean()),
  /** Requires a hash token, made with this secret. */
  hashSecret: v.exactOptional(secret),
  /** Requires a JWT, signed with this secret by HS256. At least 32 bytes. */
  streamJwtSecret: v.exactOptional(v.pipe(v.string(), v.minBytes(32, 'It must have at least 32 bytes.'))),
  /** Requires a JWT, signed with one of the keys published at this address. */
  streamJwksUrl: v.exactOptional(address),
  /** Accepted signature algorithms of JWTs. */
  streamJwtAlgorithms: v.exactOptional(v.array(secret)),
  /** Tolerance for the clock of the JWTs' signer, for `exp` and `nbf`. Seconds, default 30. */
  jwtLeewaySeconds: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600))),
  /** Requires a time-based code, of a registered subscriber or made from the secrets. */
  subscriberCodes: v.exactOptional(v.boolean()),
  codePeriodSeconds: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  codePublishSecret: v.exactOptional(secret),
  codePlaySecret: v.exactOptional(secret),
  /** Address of an application that decides each request. */
  authorizationHookUrl: v.exactOptional(address),
  /** The actions that need a right; all of them when absent. */
  authorize: v.exactOptional(v.pipe(v.array(v.picklist(actions)), v.minLength(1))),
};

type AuthorizationConfiguration = v.InferOutput<v.StrictObjectSchema<typeof authorizationEntries, undefined>>;

/** The same as flags and environment. */
export const authorizationFlags = (): readonly Option[] => [
  new Option('--registered-only', 'allow only registered streams and rooms').env('REGISTERED_ONLY'),
  new Option('--one-time-tokens', 'require a one-time token of the REST API').env('ONE_TIME_TOKENS'),
  new Option('--hash-secret <secret>', 'require a hash token, made with this secret').env('HASH_SECRET'),
  new Option(
    '--stream-jwt-secret <secret>',
    'require a JWT signed with this secret (HS256); the REST API creates them too',
  ).env('STREAM_JWT_SECRET'),
  new Option('--stream-jwks-url <url>', 'require a JWT signed with a key published at this address').env(
    'STREAM_JWKS_URL',
  ),
  new Option('--stream-jwt-algorithms <names>', 'accepted signature algorithms of JWTs, comma separated')
    .env('STREAM_JWT_ALGORITHMS')
    .argParser(list),
  new Option('--jwt-leeway-seconds <number>', 'tolerance for the clock of the signer of JWTs, in seconds (default: 30)')
    .env('JWT_LEEWAY_SECONDS')
    .argParser(integer),
  new Option('--subscriber-codes', 'require the time-based code (TOTP) of a subscriber').env('SUBSCRIBER_CODES'),
  new Option('--code-period-seconds <number>', 'lifetime of a code (default: 60)')
    .env('CODE_PERIOD_SECONDS')
    .argParser(integer),
  new Option('--code-publish-secret <secret>', 'secret for codes of unregistered subscribers, to publish').env(
    'CODE_PUBLISH_SECRET',
  ),
  new Option('--code-play-secret <secret>', 'secret for codes of unregistered subscribers, to play').env(
    'CODE_PLAY_SECRET',
  ),
  new Option('--authorization-hook-url <url>', 'address of an application that grants requests by 200').env(
    'AUTHORIZATION_HOOK_URL',
  ),
  new Option(`--authorize <actions>`, `actions that need a right: ${actions.join(',')} (default: all)`)
    .env('AUTHORIZE')
    .argParser(list),
];

/** The source of subscribers' codes, if they are required. */
export function codesOf(configuration: AuthorizationConfiguration) {
  const { subscriberCodes, codePeriodSeconds, codePublishSecret, codePlaySecret } = configuration;
  if (subscriberCodes !== true) return undefined;
  return {
    ...(codePeriodSeconds !== undefined && { periodSeconds: codePeriodSeconds }),
    ...(codePublishSecret !== undefined && { publishSecret: codePublishSecret }),
    ...(codePlaySecret !== undefined && { playSecret: codePlaySecret }),
  };
}

/**
 * Creates the policies.
 *
 * @throws {Error} if the options contradict each other: one token would have to be of two kinds.
 */
export function authorizationOf(configuration: AuthorizationConfiguration, store: Store): Authorize {
  const { oneTimeTokens, hashSecret, streamJwtSecret, streamJwksUrl } = configuration;
  const kinds = [oneTimeTokens, hashSecret, streamJwtSecret ?? streamJwksUrl].filter(Boolean);
  if (kinds.length > 1) throw new Error('A client sends only one token: choose one-time tokens, hashes, or JWTs.');
  return createAuthorization({
    store,
    actions: configuration.authorize,
    registeredOnly: configuration.registeredOnly,
    oneTimeTokens,
    hashSecret,
    jwtSecret: streamJwtSecret,
    jwksUrl: streamJwksUrl,
    jwtAlgorithms: configuration.streamJwtAlgorithms,
    jwtLeewaySeconds: configuration.jwtLeewaySeconds,
    totp: codesOf(configuration),
    webhookUrl: configuration.authorizationHookUrl,
  });
}
