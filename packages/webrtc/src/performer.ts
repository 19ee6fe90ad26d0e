import type { MediaEffect, MediaEvent, RoleAddress, RtcEffect, RtcEvent, RtcStep } from '@sigchart/core/machines';
import type { Performer } from '@sigchart/core/session';
import { type Connect, NoCommonCodecError, type OpenConnection, type PeerConnectionLike } from './connection.ts';

const reasonOf = (error: unknown): string => {
  if (error instanceof NoCommonCodecError) return 'noCommonCodec';
  return error instanceof Error ? error.message : String(error);
};

/** Operations on an open connection. */
type Operations = {
  readonly [Type in Exclude<RtcEffect['type'], 'rtc.open' | 'rtc.checkMedia' | 'rtc.close'>]: (
    connection: PeerConnectionLike,
    effect: Extract<RtcEffect, { type: Type }>,
  ) => unknown;
};

async function describe(connection: PeerConnectionLike, type: 'offer' | 'answer'): Promise<string> {
  const { sdp = '' } = await (type === 'offer' ? connection.createOffer() : connection.createAnswer());
  await connection.setLocalDescription({ type, sdp });
  return connection.localDescription?.sdp ?? sdp;
}

const trackIdsOf = (connection: PeerConnectionLike): Record<string, string> =>
  Object.fromEntries(
    connection
      .getTransceivers()
      .flatMap(({ mid, sender: { track } }) => (mid === null || track === null ? [] : [[mid, track.id]])),
  );

/** Step of a failed operation, for the machine. */
const stepOf = {
  'rtc.createOffer': 'setLocalDescription',
  'rtc.createAnswer': 'setLocalDescription',
  'rtc.setRemoteDescription': 'setRemoteDescription',
} as const satisfies Partial<Record<RtcEffect['type'], RtcStep>>;

/** Listeners of one connection. */
interface Listeners {
  readonly report: (event: RtcEvent) => void;
  /** Called with media measurements, if there is a listener. */
  readonly measured: ((event: MediaEvent) => void) | undefined;
}

/** One connection, from `rtc.open` to `rtc.close`. */
class Opened {
  readonly #report: (event: RtcEvent) => void;
  readonly #measured: (event: MediaEvent) => void;
  readonly #connection: Promise<PeerConnectionLike | undefined>;
  #chain: Promise<unknown>;
  #closed = false;
  /** True if an operation has failed that the next ones build on. */
  #broken = false;
  #state = 'new';

  constructor(connect: Connect, open: OpenConnection, { report, measured }: Listeners) {
    this.#report = (event) => {
      if (!this.#closed) report(event);
    };
    this.#measured = (event) => {
      if (!this.#closed) measured?.(event);
    };
    this.#connection = this.#open(connect, open);
    this.#chain = this.#connection;
  }

  async #open(connect: Connect, open: OpenConnection): Promise<PeerConnectionLike | undefined> {
    try {
      const connection = await connect(open);
      this.#listen(connection);
      return connection;
    } catch (error) {
      this.#report({ type: 'rtc.failed', step: 'open', reason: reasonOf(error) });
      return undefined;
    }
  }

  #listen(connection: PeerConnectionLike): void {
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (!candidate) return;
      const { candidate: line, sdpMid = null, sdpMLineIndex = null } = candidate;
      this.#report({ type: 'rtc.iceCandidate', candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    });
    connection.quality?.onMeasured((measurement) => this.#measured({ type: 'media.measured', measurement }));
    connection.addEventListener('negotiationneeded', () => this.#report({ type: 'rtc.negotiationNeeded' }));
    connection.addEventListener('datachannelopen', () => this.#report({ type: 'rtc.dataChannelOpened' }));
    connection.addEventListener('audiolevelchange', () => {
      const { audioLevel: level } = connection;
      if (level !== undefined) this.#report({ type: 'rtc.audioLevel', level });
    });
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      if (state === this.#state) return;
      this.#state = state;
      if (state === 'connected') this.#report({ type: 'rtc.connected' });
      else if (state === 'disconnected') this.#report({ type: 'rtc.disconnected' });
      else if (state === 'failed' || state === 'closed')
        this.#report({ type: 'rtc.failed', step: 'connection', reason: state });
    });
  }

  readonly #operations: Operations = {
    'rtc.createOffer': async (connection) => {
      this.#broken = false;
      const sdp = await describe(connection, 'offer');
      this.#report({ type: 'rtc.offerCreated', sdp, trackIds: trackIdsOf(connection) });
    },
    'rtc.rollBack': async (connection) => {
      await connection.setLocalDescription({ type: 'rollback' });
      // The unapplied changes would trigger the same offer again.
      for (const transceiver of connection.getTransceivers()) {
        if (transceiver.mid === null) transceiver.stop?.();
        else if (transceiver.currentDirection) transceiver.direction = transceiver.currentDirection;
      }
    },
    'rtc.createAnswer': async (connection) => {
      if (this.#broken) return;
      this.#report({ type: 'rtc.answerCreated', sdp: await describe(connection, 'answer') });
    },
    'rtc.setRemoteDescription': async (connection, { description }) => {
      this.#broken = false;
      await connection.setRemoteDescription(description);
    },
    'rtc.addIceCandidate': async (connection, { candidate }) => {
      if (this.#broken) return;
      // A candidate that cannot be used is one path less, not a failed connection.
      await connection.addIceCandidate(candidate).catch(() => {});
    },
    'rtc.setTracks': (connection, { tracks }) => connection.setTracks?.(tracks),
    'rtc.setEnabled': (connection, { streamId, kind, enabled }) => connection.setEnabled?.(streamId, kind, enabled),
    'rtc.sendData': (connection, { text }) => connection.sendData?.(text),
  };

  ask(effect: Exclude<RtcEffect, { type: 'rtc.open' | 'rtc.checkMedia' | 'rtc.close' }>): void {
    const operation = this.#operations[effect.type] as Operations[typeof effect.type];
    this.#chain = this.#chain.then(async () => {
      const connection = await this.#connection;
      if (connection === undefined || this.#closed) return;
      try {
        await operation(connection, effect as never);
      } catch (error) {
        this.#broken = true;
        const step = effect.type in stepOf ? stepOf[effect.type as keyof typeof stepOf] : 'setLocalDescription';
        this.#report({ type: 'rtc.failed', step, reason: reasonOf(error) });
      }
    });
  }

  /** Not chained: what is decided over layers does not wait for a negotiation. */
  decide(effect: MediaEffect): void {
    void this.#connection.then((connection) => {
      const quality = this.#closed ? undefined : connection?.quality;
      if (effect.type === 'media.selectLayer') quality?.selectLayer(effect.trackId, effect.layer);
      else if (effect.type === 'media.limit') quality?.limit(effect.trackId, effect.bitrate);
      else if (effect.type === 'media.probe') quality?.probe(effect.bitrate);
      else quality?.measure();
    });
  }

  /** Not queued: a decision about a contested id does not wait for a negotiation. */
  async checkMedia(): Promise<void> {
    const isReceived = await this.#connection.then((connection) => connection?.checkMedia?.()).catch(() => false);
    this.#report({ type: isReceived === true ? 'rtc.mediaReceived' : 'rtc.mediaMissing' });
  }

  close(): void {
    this.#closed = true;
    // Not queued: closing the connection ends the running operation.
    // An exception while closing has no listener.
    this.#connection.then((connection) => connection?.close()).catch(() => {});
  }
}

/** Performers for the effects of roles with connections. */
export interface ConnectionPerformers {
  readonly rtc: Performer<RtcEffect, RtcEvent>;
  /** For the quality of a player: of the connection that `rtc` opened for the same address, the same object. */
  readonly media: Performer<MediaEffect, MediaEvent>;
}

/**
 * Performs `rtc.*` and `media.*` effects on the connections that `connect` opens, in browsers and on servers.
 *
 * Effects are performed one after another, in order. A failed one is reported as `rtc.failed`, and those that depend on it are
 * skipped. After `rtc.close`, nothing is reported. `rtc.checkMedia` is performed at once.
 *
 * @see RFC 8829 § 4.1 · https://www.w3.org/TR/webrtc/#dfn-operations-chain
 */
export function connectionPerformers(connect: Connect): ConnectionPerformers {
  const roles = new WeakMap<RoleAddress, { opened?: Opened | undefined; measured?: (event: MediaEvent) => void }>();
  const roleOf = (address: RoleAddress) => {
    const known = roles.get(address) ?? {};
    roles.set(address, known);
    return known;
  };
  return {
    rtc: (address, report) => {
      const role = roleOf(address);
      return (effect) => {
        if (effect.type === 'rtc.open') {
          role.opened?.close();
          role.opened = new Opened(connect, effect, { report, measured: (event) => role.measured?.(event) });
        } else if (effect.type === 'rtc.close') {
          role.opened?.close();
          role.opened = undefined;
        } else if (effect.type === 'rtc.checkMedia') {
          void role.opened?.checkMedia();
        } else {
          role.opened?.ask(effect);
        }
      };
    },
    media: (address, report) => {
      const role = roleOf(address);
      role.measured = report;
      return (effect) => role.opened?.decide(effect);
    },
  };
}

/**
 * Performs `rtc.*` effects on the connections that `connect` opens, without layer selection. See {@link connectionPerformers}.
 *
 * @example
 * ```ts
 * const rtc = rtcPerformer(() => new RTCPeerConnection());
 * ```
 */
export const rtcPerformer = (connect: Connect): Performer<RtcEffect, RtcEvent> => connectionPerformers(connect).rtc;
