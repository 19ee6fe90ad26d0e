import { type MediaDescription, parseSimulcastStreamList } from 'sdp-transform';

/** Maximum number of encodings of a track that are accepted; more would be received and never forwarded. */
export const maxEncodings = 4;

/** Names that RFC 8852 § 3 allows, and that fit a one-byte header extension. */
const isName = (rid: string) => /^[A-Za-z0-9]{1,16}$/.test(rid);

/**
 * The restriction identifiers of the encodings that a section offers to send under a payload type, in its order. Of alternatives the
 * first is taken; what is not announced by `a=rid`, or is restricted to other payload types, is left out.
 *
 * @see RFC 8853 § 5.1 · RFC 8851 § 4
 */
export function offeredRids(media: MediaDescription, payloadType: number): readonly string[] {
  const { simulcast, rids = [] } = media;
  const list = simulcast?.dir1 === 'send' ? simulcast.list1 : simulcast?.dir2 === 'send' ? simulcast.list2 : undefined;
  if (list === undefined) return [];
  const isUsable = (rid: string) => {
    const announced = rids.find(({ id, direction }) => String(id) === rid && direction === 'send');
    if (announced === undefined || !isName(rid)) return false;
    const payloadTypes = /(?:^|;)pt=([\d,]+)/.exec(announced.params ?? '')?.[1]?.split(',');
    return payloadTypes === undefined || payloadTypes.includes(String(payloadType));
  };
  const names = parseSimulcastStreamList(String(list)).flatMap((alternatives) => {
    const [first] = alternatives.map(({ scid }) => String(scid)).filter(isUsable);
    return first === undefined ? [] : [first];
  });
  return [...new Set(names)].slice(0, maxEncodings);
}

/** The SSRCs of an older simulcast, from the smallest picture to the largest. */
export function simulcastSsrcs({ ssrcGroups = [] }: MediaDescription): readonly number[] {
  const group = ssrcGroups.find(({ semantics }) => semantics === 'SIM');
  const ssrcs = String(group?.ssrcs ?? '')
    .split(' ')
    .map(Number)
    .filter((ssrc) => Number.isInteger(ssrc) && ssrc > 0);
  return [...new Set(ssrcs)].slice(0, maxEncodings);
}
