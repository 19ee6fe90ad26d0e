import type { HeaderExtension } from '../sdp/extensions.ts';
import { dependencyUri, midUri, sendTimeUri, transportSequenceUri } from '../sdp/extensions.ts';
import type { ExtensionIds } from './outgoingHeader.ts';

/** One-byte header extensions have these numbers. @see RFC 8285 § 4.2 */
const isOneByte = (id: number) => id >= 1 && id <= 14;

/**
 * The header extensions that both sides support, with their ids. The absolute send time is used only for players without
 * transport-wide feedback, which estimate their bandwidth from it.
 */
export function extensionIds(own: readonly HeaderExtension[], answered: readonly HeaderExtension[]): ExtensionIds {
  const idOf = (uri: string) =>
    own.some((one) => one.uri === uri) ? answered.find((one) => one.uri === uri && isOneByte(one.id))?.id : undefined;
  const transportSequence = idOf(transportSequenceUri);
  return {
    mid: idOf(midUri),
    transportSequence,
    dependency: idOf(dependencyUri),
    sendTime: transportSequence === undefined ? idOf(sendTimeUri) : undefined,
  };
}
