import { SignallingError } from './error.ts';

const kinds = ['audio', 'video'] as const;

const sends = (direction: string | null) => direction === 'sendrecv' || direction === 'sendonly';

const withSending = (direction: RTCRtpTransceiverDirection): RTCRtpTransceiverDirection =>
  direction === 'recvonly' || direction === 'sendrecv' ? 'sendrecv' : 'sendonly';

const withoutSending = (direction: RTCRtpTransceiverDirection): RTCRtpTransceiverDirection =>
  direction === 'recvonly' || direction === 'sendrecv' ? 'recvonly' : 'inactive';

/** Operations on a sending connection. */
export interface Replacing {
  readonly connection: RTCPeerConnection;
  readonly stream: MediaStream;
  readonly streamId: string;
  /** True if its machine makes another offer when the connection needs one. */
  readonly mayNegotiate: boolean;
}

/**
 * Replaces the tracks being sent by those of another stream, and stops senders of kinds that are gone. Returns the transceivers
 * that must be negotiated before they send.
 *
 * @throws {@link SignallingError} `refused` for a new kind that cannot be negotiated; then nothing changes.
 */
export async function replaceTracks(replacing: Replacing): Promise<readonly RTCRtpTransceiver[]> {
  const { connection, stream, streamId, mayNegotiate } = replacing;
  const plan = kinds.map((kind) => ({
    kind,
    tracks: stream.getTracks().filter((track) => track.kind === kind),
    transceivers: connection
      .getTransceivers()
      .filter(({ receiver, direction }) => receiver.track.kind === kind && direction !== 'stopped'),
  }));
  for (const { kind, tracks, transceivers } of plan) {
    const negotiated = transceivers.filter(({ direction }) => sends(direction)).length;
    if (tracks.length > negotiated && !mayNegotiate)
      throw new SignallingError('refused', `${kind} was not negotiated`, streamId);
  }
  const added: RTCRtpTransceiver[] = [];
  for (const { tracks, transceivers } of plan) {
    for (const [index, transceiver] of transceivers.entries()) {
      const track = tracks[index] ?? null;
      await transceiver.sender.replaceTrack(track);
      if (!mayNegotiate) continue;
      if (track === null) transceiver.direction = withoutSending(transceiver.direction);
      else if (!sends(transceiver.direction)) {
        transceiver.sender.setStreams?.(stream);
        transceiver.direction = withSending(transceiver.direction);
        added.push(transceiver);
      }
    }
    for (const track of tracks.slice(transceivers.length))
      added.push(connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] }));
  }
  return added;
}

/**
 * Resolves once what was added is sent, or once the connection is closed, as the next one sends it from the start.
 *
 * @throws {@link SignallingError} `refused` when the other side does not take it.
 */
export function negotiated(
  connection: RTCPeerConnection,
  added: readonly RTCRtpTransceiver[],
  {
    streamId,
    definition,
    subscribe,
  }: {
    readonly streamId: string;
    /** The definition of the last `error`. */
    readonly definition: () => string | undefined;
    readonly subscribe: (listener: () => void) => () => void;
  },
): Promise<void> {
  const refused = ({ direction, currentDirection }: RTCRtpTransceiver) =>
    !sends(direction) || currentDirection === 'inactive' || currentDirection === 'stopped';
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      connection.removeEventListener('signalingstatechange', check);
      unsubscribe();
      done();
    };
    const check = () => {
      if (connection.signalingState === 'closed') settle(resolve);
      else if (connection.signalingState !== 'stable') asked = true;
      // The effects of a rollback are visible right after it.
      else if (asked) queueMicrotask(() => queueMicrotask(decide));
    };
    const decide = () => {
      if (added.every(({ currentDirection }) => sends(currentDirection))) settle(resolve);
      else if (added.some(refused)) settle(() => reject(new SignallingError('refused', definition(), streamId)));
    };
    let asked = connection.signalingState !== 'stable';
    const unsubscribe = subscribe(check);
    connection.addEventListener('signalingstatechange', check);
    check();
  });
}
