import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import type { AccessEffect } from './ports/access.ts';
import type { AppNotifyEffect } from './ports/app.ts';
import type { HookEffect } from './ports/hook.ts';
import type { HttpEffect } from './ports/http.ts';
import type { IceRequestEffect } from './ports/ice.ts';
import type { MediaEffect } from './ports/media.ts';
import type { QualityEffect } from './ports/quality.ts';
import type { QuestionEffect } from './ports/question.ts';
import type { MemberRoleEffect, RoleStartEffect } from './ports/role.ts';
import type { RoomEffect, RoomTellEffect } from './ports/room.ts';
import type { RtcEffect } from './ports/rtc.ts';
import type { SignalEffect } from './ports/signal.ts';
import type {
  SocketCloseEffect,
  SocketDoubtEffect,
  SocketEffect,
  SocketPingEffect,
  SocketVouchEffect,
} from './ports/socket.ts';
import type { StreamEffect } from './ports/stream.ts';
import type { TimerEffect } from './ports/timer.ts';

/** Effects of a client's role. */
export type ClientRoleEffect = SignalEffect<ClientMessage> | RtcEffect | TimerEffect | AppNotifyEffect;

/** Effects of a client's member of a room. */
export type ClientMemberEffect = SignalEffect<ClientMessage> | TimerEffect | MemberRoleEffect;

/** Effects of a client's socket machine. */
export type ClientSocketEffect = SignalEffect<ClientMessage> | TimerEffect | SocketEffect;

/** Effects of a server's role. */
export type ServerRoleEffect =
  | SignalEffect<ServerMessage>
  | RtcEffect
  | TimerEffect
  | AccessEffect
  | StreamEffect
  | RoomEffect
  | HookEffect
  | SocketPingEffect
  | SocketVouchEffect
  | QualityEffect;

/** Effects of a server's socket machine. */
export type ServerSocketEffect =
  | SignalEffect<ServerMessage>
  | TimerEffect
  | AccessEffect
  | QuestionEffect
  | IceRequestEffect
  | RoomTellEffect
  | SocketPingEffect
  | SocketDoubtEffect
  | SocketCloseEffect
  | RoleStartEffect;

/** Every effect of any machine. */
export type Effect =
  | ClientRoleEffect
  | ClientMemberEffect
  | ClientSocketEffect
  | ServerRoleEffect
  | ServerSocketEffect
  | HttpEffect
  | MediaEffect;
