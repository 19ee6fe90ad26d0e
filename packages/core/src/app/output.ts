import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import type { AccessEffect } from '../machines/ports/access.ts';
import type { HookAction } from '../machines/ports/hook.ts';
import type { IceRequestEffect } from '../machines/ports/ice.ts';
import type { QualityEffect } from '../machines/ports/quality.ts';
import type { QuestionEffect } from '../machines/ports/question.ts';
import type { RtcEffect } from '../machines/ports/rtc.ts';
import type { SignalEffect } from '../machines/ports/signal.ts';
import type { SocketCloseEffect, SocketPingEffect } from '../machines/ports/socket.ts';
import type { TimerEffect } from '../machines/ports/timer.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import type { ServerMessage } from '../protocol/message.ts';
import type { Place } from './state.ts';

/** Something that has happened to a stream or room. Texts are `""` where not known. */
export interface AppNotification {
  readonly action: HookAction;
  /** The stream; for what happens in a room, the subtrack. */
  readonly streamId: string;
  /** The socket of the player, when it is about one. */
  readonly by: SocketId | undefined;
  /** The socket of the client that did it: the player, else the publisher. */
  readonly about: SocketId | undefined;
  /** Its room, if it has one. */
  readonly mainTrack: string | undefined;
  /** A name for people, by its publisher's account. */
  readonly streamName: string;
  readonly metaData: string;
  /** Id of the publisher's subscriber, or of the player's if the notification is about a player; not verified. */
  readonly subscriberId: string;
}

/** Notification for the application that runs the server. */
export interface AppNotificationEffect {
  readonly type: 'hook.call';
  readonly notification: AppNotification;
}

/** A machine has ended: its resources can be released. */
export interface MachineEndEffect {
  readonly type: 'machine.end';
}

/** Effects of an app for adapters. Effects between its machines have already been performed. */
export type AppEffect =
  | SignalEffect<ServerMessage>
  | TimerEffect
  | RtcEffect
  | QualityEffect
  | AccessEffect
  | QuestionEffect
  | IceRequestEffect
  | SocketPingEffect
  | SocketCloseEffect
  | AppNotificationEffect
  | MachineEndEffect;

/** Reference to one effect of a machine. */
export interface EffectCause {
  /** The place of its step in {@link AppOutput.steps}. */
  readonly step: number;
  /** Its place among the effects of that step. */
  readonly effect: number;
}

/** An effect to perform. */
export interface AppRequest {
  /** Machine that the effect is performed for, and that receives the reports. For a message or a ping, the socket. */
  readonly place: Place;
  readonly effect: AppEffect;
  /** Cause of the request, if it was a machine's effect. */
  readonly cause: EffectCause | undefined;
}

/** Step of one machine. */
export interface AppStep {
  readonly place: Place;
  readonly machine: AnyStateMachine;
  readonly event: { readonly type: string };
  /** Snapshot before the step; `undefined` at the start. */
  readonly before: AnyMachineSnapshot | undefined;
  readonly snapshot: AnyMachineSnapshot;
  readonly effects: readonly { readonly type: string }[];
  readonly taken: readonly AnyTransitionDefinition[];
  /** Cause of the event; absent for events from outside. */
  readonly cause: EffectCause | undefined;
}

/** A machine whose step has thrown. It has ignored the event. */
export interface AppFailure {
  readonly place: Place;
  readonly error: unknown;
}

/** Output of an app for one input. */
export interface AppOutput {
  /** Steps of its machines, in order. */
  readonly steps: readonly AppStep[];
  /** Effects to perform, in order. */
  readonly requests: readonly AppRequest[];
  readonly failures: readonly AppFailure[];
}
