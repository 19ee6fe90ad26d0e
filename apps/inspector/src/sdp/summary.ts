import { parse } from 'sdp-transform';

/** Direction of media, as an arrow. */
const directions: Readonly<Record<string, string>> = { sendrecv: '⇄', sendonly: '→', recvonly: '←', inactive: '∅' };

/** Codecs that only repair others. */
const repairing = /^(rtx|red|ulpfec|flexfec-03)$/i;

/** True if a text is a session description. @see RFC 8866 § 5 */
export const isDescription = (text: string): boolean => /^v=0\r?\n/.test(text);

/** A session description in one line: its media with direction and codecs. */
export function summaryOfDescription(text: string): string {
  try {
    const media = parse(text).media.map(({ type, direction = 'sendrecv', rtp = [], port }) => {
      if (type === 'application') return 'data';
      const codecs = [...new Set(rtp.map(({ codec }) => codec).filter((codec) => !repairing.test(codec)))];
      const more = codecs.length > 3 ? ` +${codecs.length - 3}` : '';
      return `${port === 0 ? 'no ' : ''}${type} ${directions[direction] ?? direction} ${codecs.slice(0, 3).join(' ')}${more}`.trim();
    });
    return media.length === 0 ? 'no media' : media.join(' · ');
  } catch {
    return 'illegible';
  }
}

/** An ICE candidate in one line: its type, transport and address. Empty text is the end of candidates. @see RFC 8839 § 5.1 */
export function summaryOfCandidate(text: string): string {
  if (text.trim() === '') return 'end of candidates';
  const [, , transport = '', , address = '', port = '', , type = ''] = text.replace(/^(a=)?candidate:/, '').split(' ');
  return type === ''
    ? text
    : `${type} ${transport.toLowerCase()} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

interface Fields {
  readonly [name: string]: unknown;
}

/** A message of the protocol in one line, without what its name says already. */
export function summaryOfMessage(message: unknown): string {
  if (typeof message !== 'object' || message === null) return '';
  const { command, sdp, candidate, definition, streamId, room } = message as Fields;
  if (typeof sdp === 'string' && isDescription(sdp)) return summaryOfDescription(sdp);
  if (typeof candidate === 'string') return summaryOfCandidate(candidate);
  return [command === 'notification' ? '' : definition, room, streamId]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' · ');
}

/** Name of a message: its command, and the definition of a notification or an error. */
export function nameOfMessage(message: unknown): string {
  if (typeof message !== 'object' || message === null) return 'message';
  const { command, definition, type } = message as Fields;
  if (command === 'notification' && typeof definition === 'string') return definition;
  if (command === 'takeConfiguration' && typeof type === 'string') return type;
  if (command === 'takeCandidate') return 'candidate';
  return typeof command === 'string' ? command : 'message';
}
