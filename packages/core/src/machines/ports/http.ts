import type { IceServer } from './ice.ts';

/** Response of a WHIP or WHEP resource to a request. @see docs/whip.md */
export interface HttpResponse {
  readonly status: number;
  /** The body of a 201: the answer. */
  readonly sdp?: string;
  /** The body of a 200 that answers an ICE restart. */
  readonly fragment?: string;
  /** The entity tag of the ICE session, without quotes. */
  readonly tag?: string;
  /** The servers to name in `Link` headers. */
  readonly iceServers?: readonly IceServer[];
  /** Reason for a refusal: a definition of the protocol, or a sentence. */
  readonly reason?: string;
}

/** Responds to one request of an HTTP client. Performed by the resource's `respond`. */
export interface HttpEffect {
  readonly type: 'http.respond';
  /** The number of the request that is responded to. */
  readonly exchange: number;
  readonly response: HttpResponse;
}

/**
 * Request of an HTTP client to a WHIP or WHEP resource. `exchange` numbers the request, for its response.
 *
 * @see docs/whip.md · RFC 9725
 */
export type HttpEvent =
  | {
      readonly type: 'http.post';
      readonly exchange: number;
      readonly role: 'publisher' | 'player';
      readonly streamId: string;
      readonly sdp: string;
      /** The bearer token. */
      readonly token: string | undefined;
      /** The room to publish into. */
      readonly mainTrack: string | undefined;
    }
  | {
      readonly type: 'http.patch';
      readonly exchange: number;
      /** The entity tag that the client takes for current, without quotes; `*` for any. */
      readonly ifMatch: string | undefined;
      readonly body: string;
    }
  | { readonly type: 'http.delete'; readonly exchange: number }
  /** The client closed the connection before the response. */
  | { readonly type: 'http.aborted'; readonly exchange: number };
