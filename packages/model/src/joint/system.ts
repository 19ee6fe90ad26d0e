import { emptyApp } from '@sigchart/core/app';
import type { AppEvent, RoleName } from '@sigchart/core/machines';
import { connectAll, counterpartOf, madeBy } from './connection.ts';
import type { Move, System } from './explore.ts';
import { Turn } from './turn.ts';
import { type Chances, type Connection, keyOfWorld, nameOf, readName, type World } from './world.ts';

/** Something that the application of a client may do. */
export interface AppCommand {
  readonly role: RoleName;
  readonly id: string;
  readonly event: AppEvent;
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
  /** Number of candidates of each connection. Default 0. */
  readonly candidates?: number;
  /** Maximum number of a client's retries in a row. Default 1. */
  readonly retryLimit?: number;
  /** Maximum number of messages in flight in one direction of a socket. States beyond it are not explored. Default 6. */
  readonly queue?: number;
}

const never: Omit<Chances, 'app'> = { losses: 0, failures: 0, breaks: 0, copies: 0, refusals: 0, operator: 0 };

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

/** A conversation of clients with one server as a {@link System}. Time, media and mishaps are moves like messages. */
export function jointSystem(options: JointOptions): System<World> {
  const {
    clients,
    timers = 'any',
    hasSockets = false,
    isGrantedAtOnce = false,
    isMediaSlow = true,
    hasMemberRoles = true,
    candidates = 0,
    retryLimit = 1,
    queue = 6,
  } = options;
  const settings = { retryLimit, hasSockets, isGrantedAtOnce, hasMemberRoles };

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

      for (const [number, { client, toServer, toClient, ponging }] of links) {
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
        if (!isCurrent)
          add(true, `socket ${number} of client ${client} closed`, ['server', 'server'], (turn) => turn.closed(number));
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

      for (const [name, { asked }] of actors) {
        const [request] = asked;
        if (request === undefined) continue;
        const decide = (event: object) => (turn: Turn) => {
          turn.update(name, { asked: asked.slice(1) });
          turn.tell(name, event as { readonly type: string });
        };
        add(true, 'access granted', at(name), decide({ type: 'access.granted', request }));
        if (chances.refusals > 0)
          add(false, 'access refused', at(name), (turn) => {
            turn.spend('refusals');
            decide({ type: 'access.refused', request, definition: 'unauthorized_access' })(turn);
          });
      }

      for (const [name, { connection }] of actors) {
        if (connection === undefined) continue;
        const { making, local, remote, media } = connection;
        const report =
          (event: object, change: Partial<Connection> = {}) =>
          (turn: Turn) => {
            turn.update(name, { connection: { ...connection, ...change } });
            turn.tell(name, event as { readonly type: string });
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
        if ((making !== undefined || local !== '') && connection.candidates < candidates)
          add(
            false,
            'candidate made',
            at(name),
            report(
              { type: 'rtc.iceCandidate', candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } },
              { candidates: connection.candidates + 1 },
            ),
          );
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
        clients[index]?.forEach(({ role, id, event }, command) => {
          if ((chances.app[index]?.[command] ?? 0) === 0) return;
          const name = nameOf('client', client, role, id);
          if (event.type === 'app.stop' || event.type === 'app.send') {
            if (!actors.has(name)) return;
            add(false, event.type, at(name), (turn) => {
              turn.spendApp(client, command);
              turn.tell(name, event);
            });
          } else
            add(false, event.type, at(name), (turn) => {
              turn.spendApp(client, command);
              turn.startClientRole(client, role, id, event);
            });
        });
      });

      if (chances.operator > 0)
        for (const [name, actor] of actors) {
          if (actor.machine === 'publisher.server')
            add(false, 'operator ends the publisher', at(name), (turn) => {
              turn.spend('operator');
              turn.tell(name, { type: 'stream.ended' });
            });
          if (hasSockets && actor.machine === 'socket.server')
            add(false, 'server stops', at(name), (turn) => {
              turn.spend('operator');
              turn.tell(name, { type: 'app.close' });
            });
        }

      const isBusy = moves.some(({ isBound, name }) => isBound && !name.startsWith('media'));
      if (timers === 'any' || !isBusy)
        for (const [name, actor] of actors)
          for (const timer of actor.timers) {
            // Periodic timers do not mean that something is pending.
            const isBound = timer !== 'ping' && timer !== 'liveness';
            if (!isBound && !hasSockets) continue;
            add(isBound, `timer ${timer} of ${readName(name).what}`, at(name), (turn) => {
              turn.update(name, { timers: actor.timers.filter((other) => other !== timer) });
              turn.tell(name, { type: `timer.${timer}` });
            });
          }
      return moves;
    },
  };
}
