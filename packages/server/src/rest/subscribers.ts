import * as v from 'valibot';
import { base32Secret, participantId, purpose, subscriber as subscriberSchema } from '../store/registered.ts';
import { totpCode } from '../totp.ts';
import { endpoint, longestPage } from './endpoint.ts';
import { done, found, notDone, result } from './reply.ts';

const newSubscriber = v.object({
  subscriberId: participantId,
  b32Secret: base32Secret,
  type: v.optional(purpose, 'play'),
  totpExpiryPeriodSeconds: v.optional(v.nullable(subscriberSchema.entries.totpExpiryPeriodSeconds)),
});

/** A subscriber in the REST API. The secret is never returned, because it makes every code. */
const toldSubscriber = v.omit(subscriberSchema, ['b32Secret']);

/** Endpoints for subscribers with time-based codes. */
export const subscriberEndpoints = [
  endpoint({
    method: 'post',
    path: '/broadcasts/{id}/subscribers',
    summary: 'Registers a subscriber of a stream, in place of the one of the same id',
    body: newSubscriber,
    answer: result,
    async handle({ store, parameters: { id }, body }) {
      const { totpExpiryPeriodSeconds, ...rest } = body;
      await store.subscribers.set({
        streamId: id,
        ...rest,
        totpExpiryPeriodSeconds: totpExpiryPeriodSeconds ?? 0,
      });
      return done(body.subscriberId);
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/subscribers/list/{offset}/{size}',
    summary: 'The subscribers of a stream, without their secrets',
    answer: v.array(toldSubscriber),
    async handle({ store, parameters: { id, offset, size } }) {
      const page = await store.subscribers.list(id, { offset, size: Math.min(size, longestPage) });
      return found(page.map(({ b32Secret: _, ...told }) => told));
    },
  }),
  endpoint({
    method: 'get',
    path: '/broadcasts/{id}/subscribers/{subscriberId}/totp',
    summary: 'The code of a subscriber now, as dataId',
    query: v.object({ type: v.optional(purpose) }),
    answer: result,
    async handle({ store, secrets, now, parameters: { id, subscriberId }, query }) {
      const subscriber = await store.subscribers.get(id, subscriberId);
      const type = subscriber?.type ?? query.type;
      if (type === undefined) return notDone('type is missing.', 400);
      const code = totpCode({ streamId: id, subscriberId, type, subscriber }, secrets.totp ?? {}, now);
      return code === undefined ? notDone(`There is no subscriber ${subscriberId}.`) : done(code);
    },
  }),
  endpoint({
    method: 'put',
    path: '/broadcasts/{id}/subscribers/{subscriberId}/block/{seconds}/{blockType}',
    summary: 'Keeps somebody from publishing or playing a stream for some time; 0 seconds end it',
    answer: result,
    async handle({ store, now, parameters: { id, subscriberId, seconds, blockType } }) {
      await store.blocks.set({ streamId: id, subscriberId, type: blockType, until: now + seconds * 1000 });
      return done(subscriberId);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/{id}/subscribers/{subscriberId}',
    summary: 'Forgets a subscriber',
    answer: result,
    async handle({ store, parameters: { id, subscriberId } }) {
      const wasThere = await store.subscribers.delete(id, subscriberId);
      return wasThere ? done(subscriberId) : notDone(`There is no subscriber ${subscriberId}.`);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/broadcasts/{id}/subscribers',
    summary: 'Forgets all subscribers of a stream',
    answer: result,
    async handle({ store, parameters: { id } }) {
      const forgotten = await store.subscribers.deleteAll(id);
      return forgotten > 0 ? done(id) : notDone(`${id} has no subscribers.`);
    },
  }),
];
