import type { RoleName } from '@sigchart/core/machines';
import type { ClientMessage } from '@sigchart/core/protocol';
import type { JointEvent } from './memo.ts';

/** Something that comes to the machines of a world from outside of them. */
export type Stimulus =
  /** A client's socket is open. */
  | { readonly type: 'opened'; readonly client: number; readonly socket: number }
  /** A client has lost its socket. */
  | { readonly type: 'lost'; readonly client: number }
  /** The server learns that a socket is closed. */
  | { readonly type: 'closed' | 'ponged'; readonly socket: number }
  /** The next message of a wire arrives. */
  | { readonly type: 'toServer'; readonly socket: number }
  | { readonly type: 'toClient'; readonly client: number }
  /** A client's application asks for a role. */
  | { readonly type: 'started'; readonly client: number; readonly role: RoleName; readonly event: JointEvent }
  /** A client asks something that is no request of a role. */
  | { readonly type: 'asked'; readonly client: number; readonly message: ClientMessage }
  /** The application of the server sends data to the players of a stream. */
  | { readonly type: 'data'; readonly streamId: string; readonly text: string }
  /** The application of the server ends a stream. */
  | { readonly type: 'ended'; readonly streamId: string }
  /** A timer of a machine elapses. */
  | { readonly type: 'elapsed'; readonly name: string; readonly timer: string }
  /** A machine gets a report of an adapter, or a request of its application. */
  | { readonly type: 'report'; readonly name: string; readonly event: JointEvent };

/** Listener to the moves of a joint system. */
export interface Recorder {
  stimulus(stimulus: Stimulus): void;
  /** A machine has asked an adapter for something. `server`: a notification of the app. */
  effect(name: string, effect: object): void;
  /** A machine has started a timer. */
  timer(name: string, timer: string): void;
}
