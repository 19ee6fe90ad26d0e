import type { ClaimRequest, StreamEffect, SubscribeRequest } from '../machines/ports/stream.ts';

/** Data about a stream from its publisher, with times. Milliseconds since 1970; `startTime` is 0 before media is connected. */
export interface Claim extends ClaimRequest {
  readonly date: number;
  readonly startTime: number;
}

/** Data from the publishers and players of one socket, by stream, for as long as they run. */
export interface Claims {
  readonly published: ReadonlyMap<string, Claim>;
  readonly played: ReadonlyMap<string, SubscribeRequest>;
}

/** The claims of a socket that has just been opened. */
export const noClaims: Claims = { published: new Map(), played: new Map() };

const including = <Value>(map: ReadonlyMap<string, Value>, id: string, value: Value) => new Map(map).set(id, value);

const without = <Value>(map: ReadonlyMap<string, Value>, id: string): ReadonlyMap<string, Value> => {
  const others = new Map(map);
  others.delete(id);
  return others;
};

/** The claims of a socket after an effect of one of its roles at a time. */
export function claimsAfter(claims: Claims, effect: StreamEffect, now: number): Claims {
  const { published, played } = claims;
  const { streamId } = effect;
  const claim = published.get(streamId);
  const claimed = (changed: Claim): Claims => ({ played, published: including(published, streamId, changed) });
  switch (effect.type) {
    case 'stream.claim': {
      const { type: _, subtracksLimit: __, ...request } = effect;
      return claimed({ ...request, date: now, startTime: 0 });
    }
    case 'stream.update': {
      const { type: _, ...request } = effect;
      return claim === undefined ? claims : claimed({ ...claim, ...request });
    }
    case 'stream.announce':
      return claim === undefined ? claims : claimed({ ...claim, startTime: now });
    case 'stream.release':
      return { played, published: without(published, streamId) };
    case 'stream.subscribe': {
      const { type: _, viewerLimit: __, ...request } = effect;
      return { published, played: including(played, streamId, request) };
    }
    case 'stream.unsubscribe':
      return { published, played: without(played, streamId) };
    default:
      return claims;
  }
}
