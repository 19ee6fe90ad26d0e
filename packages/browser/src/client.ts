import {
  type ClientRole,
  type Clock,
  createClientSession,
  type IceServer,
  type Performer,
  type PlayRequest,
  type PublishRequest,
  type RoleAddress,
  type RtcEffect,
  type RtcEvent,
  type SessionTransition,
} from '@sigchart/core';
import { rtcPerformer } from '@sigchart/webrtc';
import { connectWith } from './connection.ts';
import { dial } from './dial.ts';
import { createHandle, type RoleHandle, type Surface } from './handle.ts';

/** How to make a client. */
export interface ClientOptions {
  /** The ICE servers to use. Default: those the server names. */
  readonly iceServers?: readonly IceServer[];
  /** How often in a row a role tries again before it gives up. Default 10, about 100 s. */
  readonly retryLimit?: number;
  /** Whether publishers open a data channel. Default `true`. */
  readonly dataChannel?: boolean;
  /** Hears of every event of every machine of this client. */
  readonly observe?: (transition: SessionTransition) => void;
}

/** What to publish, besides the stream's id. */
export interface PublishOptions extends Omit<PublishRequest, 'streamId' | 'video' | 'audio'> {
  /** What to send. Without any, only the data channel is opened. */
  readonly stream?: MediaStream;
}

/** What to play, besides the stream's id. */
export interface PlayOptions extends Omit<PlayRequest, 'streamId'> {}

/** A client of one server: one WebSocket, dialled again whenever it is lost, and any number of roles on it. */
export interface Client {
  /** Becomes the publisher of a stream, or returns the handle of the one that runs. */
  publish(streamId: string, options?: PublishOptions): RoleHandle;
  /** Becomes a player of a stream, or returns the handle of the one that runs. */
  play(streamId: string, options?: PlayOptions): RoleHandle;
  /** Ends every role and closes the socket for good. */
  close(): void;
}

const clock: Clock = {
  start(ms, elapsed) {
    const timeout = setTimeout(elapsed, ms);
    return () => clearTimeout(timeout);
  },
};

interface Role {
  readonly running: ClientRole;
  readonly handle: RoleHandle;
  readonly surface: Surface;
}

const keyOf = ({ role, streamId }: RoleAddress) => `${role} ${streamId}`;

/**
 * Makes a client of the server at `url`, such as `wss://example.org:5443/live/websocket`. Dials at the first role.
 *
 * Never throws; what goes wrong is in a handle's snapshot and in the rejection of its `finished`.
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  const roles = new Map<string, Role>();
  const media = new Map<string, MediaStream | undefined>();

  const rtc: Performer<RtcEffect, RtcEvent> = (address, report) => {
    const key = keyOf(address);
    const connect = connectWith({
      iceServers: () => session.iceServers,
      surface: () => (roles.get(key) as Role).surface,
      media: () => media.get(key),
      dataChannel: options.dataChannel ?? true,
    });
    const perform = rtcPerformer(connect)(address, report);
    return (effect) => {
      perform(effect);
      if (effect.type !== 'rtc.close') return;
      const surface = roles.get(key)?.surface;
      if (surface === undefined) return;
      surface.connection = undefined;
      surface.stream = undefined;
      surface.channel = undefined;
      surface.changed();
    };
  };

  const session = createClientSession({
    dial: dial(url),
    clock,
    rtc,
    iceServers: options.iceServers,
    retryLimit: options.retryLimit,
    observe: options.observe,
  });

  const start = (address: RoleAddress, running: ClientRole): RoleHandle => {
    const key = keyOf(address);
    const known = roles.get(key);
    if (known?.running === running) return known.handle;
    const role = { running, ...createHandle(address.streamId, running, () => session.stop(address)) };
    roles.set(key, role);
    const forget = () => {
      if (roles.get(key) !== role) return;
      roles.delete(key);
      media.delete(key);
    };
    role.handle.finished.then(forget, forget);
    return role.handle;
  };

  return {
    publish(streamId, { stream, ...request } = {}) {
      const address = { role: 'publisher', streamId } as const;
      media.set(keyOf(address), stream);
      const video = (stream?.getVideoTracks().length ?? 0) > 0;
      const audio = (stream?.getAudioTracks().length ?? 0) > 0;
      return start(address, session.publish({ ...request, streamId, video, audio }));
    },
    play: (streamId, request = {}) => start({ role: 'player', streamId }, session.play({ ...request, streamId })),
    close: () => session.close(),
  };
}
