import { emptyApp } from '@sigchart/core/app';
import type { AccessRequest, AppEvent, QuestionEffect, RoleName } from '@sigchart/core/machines';
import type { ClientMessage } from '@sigchart/core/protocol';
import { connectAll, counterpartOf, isNegotiated, madeBy, negotiate, ufragOf } from './connection.ts';
import type { Move, System } from './explore.ts';
import type { Recorder } from './recorder.ts';
import { Turn } from './turn.ts';
import { type Chances, type Connection, keyOfWorld, nameOf, readName, type World, type WorldLimits } from './world.ts';

/** Something that the application of a client may do. */
export type AppCommand = RoleCommand | QuestionCommand;

/** Request for a role. */
export interface RoleCommand {
  readonly role: RoleName;
  readonly id: string;
  readonly event: AppEvent;
  /** Number of times. Default once. */
  readonly times?: number;
}

/** Question to the server, which no role asks. */
interface QuestionCommand {
  readonly question: Extract<ClientMessage, { readonly command: 'getSubscriberCount' | 'getRoomInfo' }>;
  /** Number of times. Default once. */
  readonly times?: number;
}

/** Participants of a conversation, and possible events. */
export interface JointOptions {
  /** Requests that each client's application may make at any moment. */
  readonly clients: readonly (readonly AppCommand[])[];
  /** Number of times that each mishap may happen. Default never. */
  readonly chances?: Partial<Omit<Chances, 'app'>>;
  /**
   * Times at which timers elapse. `patient`: only when nothing else is bound to happen except media that connects, as if timers
   * were much longer than any delay. `any`: at any moment. Default `any`.
   */
  readonly timers?: 'patient' | 'any';
  /** True if clients open sockets by their socket machines. Default `false`: they have a socket at once, and again after a loss. */
  readonly hasSockets?: boolean;
  /** True if the authorization decides synchronously. Default `false`: at any later moment. */
  readonly isGrantedAtOnce?: boolean;
  /**
   * True if media takes time. Default `true`. Otherwise descriptions are made and connect at once, so that more members fit into
   * the bounds.
   */
  readonly isMediaSlow?: boolean;
  /** True if the publishers and players that members of a room start are part of the system. Default `true`. */
  readonly hasMemberRoles?: boolean;
  /** Limits of the server. Default none that is reached. */
  readonly limits?: WorldLimits;
  /** Number of candidates of each connection. With candidates, descriptions have ICE user name fragments. Default 0. */
  readonly candidates?: number;
  /** Maximum number of a client's retries in a row. Default 1. */
  readonly retryLimit?: number;
  /** Maximum number of messages in flight in one direction of a socket. States beyond it are not explored. Default 6. */
  readonly queue?: number;
}

const never: Omit<Chances, 'app'> = {
  losses: 0,
  failures: 0,
  breaks: 0,
  copies: 0,
  refusals: 0,
  rights: 0,
  operator: 0,
  stops: 0,
  data: 0,
  changes: 0,
};

const commands = new Map<string, string>();

/** A message in a word or two. */
function commandOf(text: string): string {
  const known = commands.get(text) ?? readCommand(text);
  commands.set(text, known);
  return known;
}

const readCommand = (text: string): string => {
  const { command, definition, type } = JSON.parse(text) as Record<string, string>;
  return command === 'notification' || command === 'error'
    ? `${command} ${definition}`
    : `${command}${type === undefined ? '' : ` ${type}`}`;
};

/**
 * A conversation of clients with one server as a {@link System}. Time, media and mishaps are moves like messages.
 *
 * @param recorder - Told what happens in each move that is taken.
 */
export function jointSystem(options: JointOptions, recorder?: Recorder): System<World> {
  const {
    clients,
    timers = 'any',
    hasSockets = false,
    isGrantedAtOnce = false,
    isMediaSlow = true,
    hasMemberRoles = true,
    limits = {},
    candidates = 0,
    retryLimit = 1,
    queue = 6,
  } = options;
  const hasUfrags = candidates > 0;
  const settings = { retryLimit, hasSockets, isGrantedAtOnce, hasMemberRoles, hasUfrags, recorder };

  const settle = (turn: Turn): World => {
    if (!isMediaSlow) connectAll(turn);
    return turn.finish();
  };

  const start = new Turn(
    {
      actors: new Map(),
      links: new Map(),
      sockets: clients.map(() => 0),
      dialling: [],
      app: emptyApp,
      limits,
      notified: [],
      copies: [],
      chances: {
        ...never,
        ...options.chances,
        app: clients.map((commands) => commands.map(({ times = 1 }) => times)),
      },
      faults: [],
    },
    settings,
  );
  clients.forEach((_, index) => {
    if (hasSockets) start.begin(nameOf('client', index + 1, 'socket'), 'socket.client', {});
    else start.opened(index + 1);
  });

  return {
    initial: settle(start),
    keyOf: keyOfWorld,
    isBeyond: ({ links }) =>
      [...links.values()].some(({ toServer, toClient }) => toServer.length > queue || toClient.length > queue),
    movesOf(world) {
      const moves: Move<World>[] = [];
      const { actors, links, sockets, chances } = world;
      const add = (isBound: boolean, name: string, between: Move<World>['between'], take: (turn: Turn) => void) =>
        void moves.push({
          name,
          between,
          isBound,
          take() {
            const turn = new Turn(world, settings);
            take(turn);
            return settle(turn);
          },
        });
      const clientName = (number: number) => `client ${number}`;
      const at = (name: string): Move<World>['between'] => {
        const { side, number } = readName(name);
        return side === 'client' ? [clientName(number), clientName(number)] : ['server', 'server'];
      };

      for (const [number, { client, toServer, toClient, ponging, closed }] of links) {
        const [said] = toServer;
        const [answered] = toClient;
        const isCurrent = sockets[client - 1] === number;
        if (said !== undefined) {
          const between = [clientName(client), 'server'] as const;
          const shift = { toServer: toServer.slice(1) };
          const deliver = (keeps: boolean) => (turn: Turn) => {
            turn.updateLink(number, shift);
            if (keeps) {
              turn.spend('copies');
              turn.keepCopy({ socket: number, to: 'server', text: said });
            }
            turn.deliverToServer(number, said);
          };
          add(true, commandOf(said), between, deliver(false));
          if (chances.copies > 0) add(false, `${commandOf(said)}, and once more later`, between, deliver(true));
        }
        if (answered !== undefined && isCurrent) {
          const between = ['server', clientName(client)] as const;
          const deliver = (keeps: boolean) => (turn: Turn) => {
            turn.updateLink(number, { toClient: toClient.slice(1) });
            if (keeps) {
              turn.spend('copies');
              turn.keepCopy({ socket: number, to: 'client', text: answered });
            }
            turn.deliverToClient(client, answered);
          };
          add(true, commandOf(answered), between, deliver(false));
          if (chances.copies > 0) add(false, `${commandOf(answered)}, and once more later`, between, deliver(true));
        }
        if (ponging && isCurrent)
          add(true, 'pong (RFC 6455)', [clientName(client), 'server'], (turn) => turn.ponged(number));
        if (closed && isCurrent && toClient.length === 0)
          add(true, 'socket closed', ['server', clientName(client)], (turn) => turn.lost(client));
        if (!isCurrent)
          add(true, `socket ${number} of client ${client} closed`, ['server', 'server'], (turn) => turn.hungUp(number));
      }

      world.copies.forEach(({ socket, to, text }, index) => {
        const link = links.get(socket);
        if (link === undefined) return;
        const between =
          to === 'server'
            ? ([clientName(link.client), 'server'] as const)
            : (['server', clientName(link.client)] as const);
        if (to === 'client' && sockets[link.client - 1] !== socket) return;
        add(true, `${commandOf(text)} again`, between, (turn) => {
          turn.dropCopy(index);
          if (to === 'server') turn.deliverToServer(socket, text);
          else turn.deliverToClient(link.client, text);
        });
      });

      for (const [name, { asked }] of actors)
        for (const request of asked) {
          if ('question' in request) {
            add(true, 'question answered', at(name), (turn) => turn.answerQuestion(name, request as QuestionEffect));
            continue;
          }
          add(true, 'access granted', at(name), (turn) => turn.decide(name, request as AccessRequest, true));
          if (chances.rights > 0 && (request as AccessRequest).action !== 'query')
            for (const right of ['stream', 'room'] as const)
              add(false, `access granted by a right to the ${right}`, at(name), (turn) => {
                turn.spend('rights');
                turn.decide(name, request as AccessRequest, true, right);
              });
          if (chances.refusals > 0)
            add(false, 'access refused', at(name), (turn) => {
              turn.spend('refusals');
              turn.decide(name, request as AccessRequest, false);
            });
        }

      for (const [name, { connection }] of actors) {
        if (connection === undefined) continue;
        const { making, local, remote, media } = connection;
        const report =
          (event: object, change: Partial<Connection> = {}) =>
          (turn: Turn) => {
            turn.update(name, { connection: { ...connection, ...change } });
            turn.report(name, event as { readonly type: string });
          };
        if (making !== undefined && isMediaSlow) {
          add(true, `${making} made`, at(name), (turn) => madeBy(turn, name));
          if (chances.failures > 0)
            add(false, `${making} fails`, at(name), (turn) => {
              turn.spend('failures');
              const step = making === 'offer' ? 'setLocalDescription' : 'setRemoteDescription';
              report({ type: 'rtc.failed', step, reason: 'no description' }, { making: undefined })(turn);
            });
        }
        if (
          making === undefined &&
          local.startsWith('offer') &&
          remote !== '' &&
          media === 'new' &&
          chances.failures > 0
        )
          add(false, 'answer fails', at(name), (turn) => {
            turn.spend('failures');
            report({ type: 'rtc.failed', step: 'setRemoteDescription', reason: 'no description' })(turn);
          });
        if ((making !== undefined || local !== '') && connection.candidates < candidates) {
          const candidate = `candidate:1 ufrag ${ufragOf(name, connection)}`;
          add(
            false,
            'candidate made',
            at(name),
            report(
              { type: 'rtc.iceCandidate', candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } },
              { candidates: connection.candidates + 1 },
            ),
          );
        }
        if (connection.isOutdated && isMediaSlow)
          add(true, 'tracks changed', at(name), (turn) => negotiate(turn, name));
        // Only who offers can negotiate again. In calls, only the first offer is made.
        const isOfferer = local.startsWith('offer') && readName(name).what !== 'peer';
        if (chances.changes > 0 && isOfferer && isNegotiated(connection))
          add(false, 'tracks changed', at(name), (turn) => {
            turn.spend('changes');
            negotiate(turn, name);
          });
        const counterpart = counterpartOf(world, name, connection);
        if (isMediaSlow && counterpart !== undefined && media !== 'connected')
          add(true, 'media connected', at(name), report({ type: 'rtc.connected' }, { media: 'connected' }));
        if (media === 'connected') {
          if (counterpart === undefined)
            add(true, 'media gone', at(name), report({ type: 'rtc.disconnected' }, { media: 'disconnected' }));
          else if (chances.breaks > 0)
            add(false, 'media interrupted', at(name), (turn) => {
              turn.spend('breaks');
              report({ type: 'rtc.disconnected' }, { media: 'disconnected' })(turn);
            });
        }
        if (media !== 'failed' && local !== '' && remote !== '' && chances.breaks > 0)
          add(false, 'media failed', at(name), (turn) => {
            turn.spend('breaks');
            report({ type: 'rtc.failed', step: 'connection', reason: 'failed' }, { media: 'failed' })(turn);
          });
      }

      for (const client of new Set(world.dialling))
        add(true, 'socket opened', [clientName(client), 'server'], (turn) => {
          turn.dialling.splice(turn.dialling.indexOf(client), 1);
          turn.opened(client);
        });
      sockets.forEach((socket, index) => {
        const client = index + 1;
        if (socket === 0 && !hasSockets)
          add(true, 'socket opened', [clientName(client), 'server'], (turn) => turn.opened(client));
        if (socket !== 0 && chances.losses > 0)
          add(false, 'socket lost', at(nameOf('client', client, 'socket')), (turn) => {
            turn.spend('losses');
            turn.lost(client);
          });
        clients[index]?.forEach((wish, command) => {
          const left = chances.app[index]?.[command] ?? 0;
          if (left === 0) return;
          if ('question' in wish) {
            const { question } = wish;
            if (socket !== 0)
              add(false, `asks ${question.command}`, [clientName(client), clientName(client)], (turn) => {
                turn.spendApp(client, command);
                turn.ask(client, question);
              });
            return;
          }
          const { role, id, event, times = 1 } = wish;
          const name = nameOf('client', client, role, id);
          if (event.type === 'app.stop' || event.type === 'app.send') {
            if (!actors.has(name)) return;
            add(false, event.type, at(name), (turn) => {
              turn.spendApp(client, command);
              const data = `${client}.${times - left + 1}`;
              turn.report(name, event.type === 'app.send' ? ({ ...event, data } as AppEvent) : event);
            });
          } else
            add(false, event.type, at(name), (turn) => {
              turn.spendApp(client, command);
              turn.startRole(client, role, id, event);
            });
        });
      });

      for (const { place } of world.app.machines.values()) {
        if (place.kind !== 'stream' && place.kind !== 'room') continue;
        const { id } = place;
        if (chances.operator > 0)
          add(false, `operator ends ${id}`, ['server', 'server'], (turn) => {
            turn.spend('operator');
            turn.endStream(id);
          });
        if (chances.data > 0)
          add(false, `data for the players of ${id}`, ['server', 'server'], (turn) => {
            turn.spend('data');
            turn.sendData(id, `data ${chances.data}`);
          });
      }
      if (chances.stops > 0)
        add(false, 'server stops', ['server', 'server'], (turn) => {
          turn.spend('stops');
          turn.stopServer();
        });

      const isBusy = moves.some(({ isBound, name }) => isBound && !name.startsWith('media'));
      if (timers === 'any' || !isBusy)
        for (const [name, actor] of actors)
          for (const timer of actor.timers) {
            // Periodic timers do not mean that something is pending.
            const isBound = timer !== 'ping' && timer !== 'liveness';
            if (!isBound && !hasSockets) continue;
            add(isBound, `timer ${timer} of ${readName(name).what}`, at(name), (turn) => {
              turn.elapse(name, timer);
            });
          }
      return moves;
    },
  };
}
