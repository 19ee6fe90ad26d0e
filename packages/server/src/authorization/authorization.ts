import type { AccessAction } from '@sigchart/core/machines';
import type { Store } from '../store/store.ts';
import type { TotpOptions } from '../totp.ts';
import { acquainted } from './acquainted.ts';
import type { AuthorizationRequest, Authorize } from './authorize.ts';
import { hashTokens } from './hashTokens.ts';
import { jwtTokens } from './jwtTokens.ts';
import { oneTimeTokens } from './oneTimeTokens.ts';
import { every, forActions, type Policy } from './policy.ts';
import { registeredOnly } from './registeredOnly.ts';
import { subscriberCodes } from './subscriberCodes.ts';
import { webhook } from './webhook.ts';

/** The policies of a server. An absent option leaves its policy out; without any, every request is granted. */
export interface AuthorizationOptions {
  /** Registered streams, rooms, tokens and subscribers. */
  readonly store: Store;
  /** The actions that need a right. Default all of them. */
  readonly actions?: readonly Exclude<AccessAction, 'query' | 'relay'>[] | undefined;
  /** Only registered streams and rooms. Default `false`. */
  readonly registeredOnly?: boolean | undefined;
  /** One-time tokens of the store. Default `false`. */
  readonly oneTimeTokens?: boolean | undefined;
  /** The secret of hash tokens. */
  readonly hashSecret?: string | undefined;
  /** The secret of JWTs, at least 32 bytes, or the address of their keys. */
  readonly jwtSecret?: string | undefined;
  readonly jwksUrl?: string | undefined;
  /** Accepted signature algorithms of JWTs. */
  readonly jwtAlgorithms?: readonly string[] | undefined;
  /** Tolerance for the clock of the JWTs' signer. Seconds, default 30. */
  readonly jwtLeewaySeconds?: number | undefined;
  /** Time-based codes of subscribers. */
  readonly totp?: TotpOptions | undefined;
  /** The address of the deciding application. */
  readonly webhookUrl?: string | undefined;
  /** The time. Milliseconds since 1970. Default that of Node. */
  readonly now?: () => number;
}

/**
 * A question that is not covered by an earlier right is decided by its token. Only `getTrackList` has one, because pages of SDKs
 * ask it before they play.
 */
const questions =
  (shown: Authorize): Policy =>
  (request: AuthorizationRequest) => {
    const refusal = acquainted(request);
    return refusal !== undefined && request.action === 'query' && request.token !== undefined
      ? shown(request)
      : refusal;
  };

/**
 * Combines the configured policies: a request is granted if all of them agree. If any policy requires a right, a question is
 * answered only if the socket has shown a right to its subject.
 *
 * @throws {Error} if the options contradict each other.
 * @see docs/protocol.md § Authorization
 *
 * @example
 * ```ts
 * const authorize = createAuthorization({ store, jwtSecret: secret });
 * const signalling = createSignallingServer({ media, store, authorize });
 * ```
 */
export function createAuthorization(options: AuthorizationOptions): Authorize {
  const {
    store,
    actions = ['publish', 'play', 'join', 'enter'],
    now = Date.now,
    hashSecret,
    jwtSecret,
    jwksUrl,
    totp,
    webhookUrl,
  } = options;
  const shown: Policy[] = [
    ...(hashSecret === undefined ? [] : [hashTokens({ secret: hashSecret })]),
    ...(jwtSecret === undefined && jwksUrl === undefined
      ? []
      : [
          jwtTokens({
            secret: jwtSecret,
            jwksUrl,
            algorithms: options.jwtAlgorithms,
            leewaySeconds: options.jwtLeewaySeconds,
            now,
          }),
        ]),
    ...(totp === undefined
      ? []
      : [
          subscriberCodes({
            subscriberOf: (app, streamId, subscriberId) => store.of(app).subscribers.get(streamId, subscriberId),
            totp,
            now,
          }),
        ]),
    ...(webhookUrl === undefined ? [] : [webhook({ url: webhookUrl })]),
    // Last, so that no token is used up for a request that another policy refuses.
    ...(options.oneTimeTokens === true
      ? [
          oneTimeTokens({
            get: (app, tokenId) => store.of(app).tokens.get(tokenId),
            take: (app, tokenId) => store.of(app).tokens.take(tokenId),
            now,
          }),
        ]
      : []),
  ];
  const isRegistered = (app: string, streamId: string) => {
    const found = store.of(app).broadcasts.get(streamId);
    return found instanceof Promise ? found.then((known) => known !== undefined) : found !== undefined;
  };
  return every([
    ...(options.registeredOnly === true ? [registeredOnly({ isRegistered })] : []),
    ...(shown.length > 0 ? [questions(every(shown))] : []),
    ...shown.map((policy) => forActions(actions, policy)),
  ]);
}
