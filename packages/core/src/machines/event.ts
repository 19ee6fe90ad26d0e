import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import type { AccessEvent, AccessShownEvent } from './ports/access.ts';
import type { AppEvent } from './ports/app.ts';
import type { ClockEvent } from './ports/clock.ts';
import type { HttpEvent } from './ports/http.ts';
import type { IceServersEvent } from './ports/ice.ts';
import type { QuestionEvent } from './ports/question.ts';
import type { RoleRefusedEvent } from './ports/role.ts';
import type { RtcEvent } from './ports/rtc.ts';
import type { MalformedEvent, SignalEvent } from './ports/signal.ts';
import type { SocketEvent } from './ports/socket.ts';
import type { StreamEvent } from './ports/stream.ts';
import type { TimerEvent } from './ports/timer.ts';

/** Every event of a client's machines. */
export type ClientEvent = SignalEvent<ServerMessage> | RtcEvent | SocketEvent | TimerEvent | ClockEvent | AppEvent;

/** Every event of a server's machines. */
export type ServerEvent =
  | SignalEvent<ClientMessage>
  | RtcEvent
  | SocketEvent
  | TimerEvent
  | AccessEvent
  | StreamEvent
  | QuestionEvent
  | RoleRefusedEvent
  | AccessShownEvent
  | IceServersEvent
  | MalformedEvent
  | Extract<AppEvent, { type: 'app.close' }>;

/** Every event of any machine. */
export type Event = ClientEvent | ServerEvent | HttpEvent;
