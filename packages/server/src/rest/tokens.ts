import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import * as v from 'valibot';
import { purpose, registeredId, token as tokenSchema } from '../store/registered.ts';
import { endpoint, longestPage } from './endpoint.ts';
import { done, found, notDone, result } from './reply.ts';

/** Expiry of a token, as a query parameter. Seconds since 1970. */
const expireDate = v.pipe(v.string(), v.digits(), v.maxLength(12), v.transform(Number));

const wanted = v.object({
  expireDate,
  type: purpose,
  /** The room that the token is for, if it is for one. */
  roomId: v.optional(v.union([v.literal(''), registeredId]), ''),
});

const shown = v.object({
  tokenId: tokenSchema.entries.tokenId,
  streamId: registeredId,
  type: purpose,
  roomId: v.optional(v.nullable(v.string())),
});

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Endpoints for tokens. */
export const tokenEndpoints = [
  endpoint({
    method: 'post',
    path: '/broadcasts/validate-token',
    summary: 'Says whether a one-time token is good, and uses it up; one for a room is not used up',
    body: shown,
    answer: result,
    async handle({ store, now, body: { tokenId, streamId, type } }) {
      const token = await store.tokens.get(tokenId);
      const isGood =
        token !== undefined &&
        token.type === type &&
        seconds(now) < token.expireDate &&
        (token.roomId !== '' || token.streamId === streamId);
      if (!isGood) return notDone('The token is not good for this.');
      if (token.roomId === '' && (await store.tokens.take(tokenId)) === undefined)
        return notDone('The token has been used.');
      return done(tokenId);
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/token',
    summary: 'Makes a token that lets somebody publish or play once',
    query: wanted,
    answer: tokenSchema,
    async handle({ store, now, parameters: { id }, query }) {
      await store.tokens.forgetExpired(seconds(now));
      const token = { tokenId: randomBytes(24).toString('base64url'), streamId: id, ...query };
      await store.tokens.create(token);
      return found(token);
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/jwt-token',
    summary: 'Makes a JWT that lets somebody publish or play until it ends',
    query: wanted,
    answer: tokenSchema,
    async handle({ secrets, parameters: { id }, query }) {
      if (secrets.streamJwt === undefined) return notDone('No secret for JWTs of streams is configured.', 400);
      const { type, roomId } = query;
      const claims = { streamId: id, type, ...(roomId !== '' && { roomId }) };
      const tokenId = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setExpirationTime(query.expireDate)
        .sign(new TextEncoder().encode(secrets.streamJwt));
      return found({ tokenId, streamId: id, ...query });
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/tokens/list/{offset}/{size}',
    summary: 'The tokens of a stream that are not used up',
    answer: v.array(tokenSchema),
    async handle({ store, parameters: { id, offset, size } }) {
      return found(await store.tokens.list(id, { offset, size: Math.min(size, longestPage) }));
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/{id}/tokens',
    summary: 'Revokes all tokens of a stream, but not its JWTs',
    answer: result,
    async handle({ store, parameters: { id } }) {
      const revoked = await store.tokens.revoke(id);
      return revoked > 0 ? done(id) : notDone(`${id} has no tokens.`);
    },
  }),
];
