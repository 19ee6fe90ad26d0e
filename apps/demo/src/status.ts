/** Status that a participant shares with the others. */
export interface Status {
  readonly name: string;
  /** True if the microphone is on. */
  readonly microphone: boolean;
  /** True if it is seen. */
  readonly camera: boolean;
  /** True if it has raised a hand. */
  readonly hand: boolean;
}

/**
 * Content of a text on the data channel: a change of status, or the request for a status. The events of devices are those of the
 * Ant Media SDKs, so that their pages understand them.
 */
export type StatusText = { readonly news: Partial<Status> } | 'question';

const devices: Readonly<Record<string, Partial<Status>>> = {
  MIC_MUTED: { microphone: false },
  MIC_UNMUTED: { microphone: true },
  CAM_TURNED_OFF: { camera: false },
  CAM_TURNED_ON: { camera: true },
  HAND_RAISED: { hand: true },
  HAND_LOWERED: { hand: false },
};

/** The longest name that is shown, in characters. */
export const nameLength = 40;

const text = (streamId: string, eventType: string, more: object = {}) =>
  JSON.stringify({ streamId, eventType, ...more });

/** The request for the status of the publisher of a stream. */
export const statusQuestion = (streamId: string): string => text(streamId, 'STATUS_REQUESTED');

/** The texts that send a status. */
export const statusTexts = (streamId: string, { name, microphone, camera, hand }: Status): readonly string[] => [
  text(streamId, 'NAME_CHANGED', { name }),
  text(streamId, microphone ? 'MIC_UNMUTED' : 'MIC_MUTED'),
  text(streamId, camera ? 'CAM_TURNED_ON' : 'CAM_TURNED_OFF'),
  text(streamId, hand ? 'HAND_RAISED' : 'HAND_LOWERED'),
];

/** Reads a text of the data channel. `undefined` when it is about something else. */
export function readStatus(data: string | ArrayBuffer): StatusText | undefined {
  if (typeof data !== 'string' || !data.startsWith('{')) return undefined;
  let parsed: { readonly eventType?: unknown; readonly name?: unknown };
  try {
    parsed = JSON.parse(data);
  } catch {
    return undefined;
  }
  const { eventType, name } = parsed;
  if (eventType === 'STATUS_REQUESTED') return 'question';
  if (eventType === 'NAME_CHANGED' && typeof name === 'string') return { news: { name: name.slice(0, nameLength) } };
  if (typeof eventType !== 'string' || !Object.hasOwn(devices, eventType)) return undefined;
  return { news: devices[eventType] ?? {} };
}
