import type { AppLimits, AppState, Membership } from '@sigchart/core/app';

/** An RTCPeerConnection, as far as signalling sees it. */
export interface Connection {
  /** Number that distinguishes this connection from others of the same role. */
  readonly serial: number;
  /** Description being made. */
  readonly making: 'offer' | 'answer' | undefined;
  readonly local: string;
  readonly remote: string;
  readonly media: 'new' | 'connected' | 'disconnected' | 'failed';
  /** Number of candidates it has made. */
  readonly candidates: number;
  /** True if its tracks have changed since its last offer. */
  readonly isOutdated: boolean;
}

/** One machine that runs. */
export interface Actor {
  /** The id of its machine. */
  readonly machine: string;
  /** The number of the state that it is in. */
  readonly state: number;
  readonly timers: readonly string[];
  readonly connection: Connection | undefined;
  /** Undecided requests. */
  readonly asked: readonly object[];
  /** True between the notifications of start and end. */
  readonly started: boolean;
  /** ICE user name fragments of the last description that its session received for it. */
  readonly ufrags: readonly string[];
  /** Of a client's peer: the messages of the other application that its own was given. */
  readonly heard: readonly string[];
}

/** One WebSocket. It exists until both ends know that it is closed. */
export interface Link {
  readonly client: number;
  readonly toServer: readonly string[];
  readonly toClient: readonly string[];
  /** True while a pong is in flight. */
  readonly ponging: boolean;
  /** True if the server's end is closed. */
  readonly closed: boolean;
  readonly membership: Membership;
  /** The roles that the app has data of, as `role id`. */
  readonly claimed: readonly string[];
  /** Requests whose last decision was a refusal, as `action id`. */
  readonly refused: readonly string[];
  /** Questions that are not answered yet, by the id that they are about. */
  readonly questions: readonly string[];
  /** Streams of its room that its member was told of. */
  readonly told: readonly string[];
}

/** A message that is repeated, or late. */
interface Copy {
  readonly socket: number;
  readonly to: 'client' | 'server';
  readonly text: string;
}

/** Remaining numbers of possible events. */
export interface Chances {
  /** Remaining requests of each client's application, by index in the list. */
  readonly app: readonly (readonly number[])[];
  /** Number of sockets that may be lost. */
  readonly losses: number;
  /** Number of descriptions that may fail. */
  readonly failures: number;
  /** Number of connected media that may break. */
  readonly breaks: number;
  /** Number of messages that may arrive twice, the second time at any later moment. */
  readonly copies: number;
  /** Number of requests that the authorization may refuse. */
  readonly refusals: number;
  /** Number of requests that the authorization may grant by a right that was shown: to the stream, or to its room. */
  readonly rights: number;
  /** Number of times that an operator may end a stream. */
  readonly operator: number;
  /** Number of times that the server may stop: it closes all sockets. */
  readonly stops: number;
  /** Number of times that the server's application may send data to the players of a stream. */
  readonly data: number;
  /** Number of times that the tracks of a connection may change, so that it is negotiated again. */
  readonly changes: number;
}

/** Bounds that the app of a server was given. */
export interface WorldLimits extends Partial<AppLimits> {
  /** Players of a stream or room. */
  readonly viewers?: number;
  /** Streams that publish into a room. */
  readonly subtracks?: number;
}

/** A joint state: every machine, everything on the wires, and what may still go wrong. */
export interface World {
  /** `client 1 · publisher s1`, `server 1 · publisher s1` (by socket), `server · stream s1`. */
  readonly actors: ReadonlyMap<string, Actor>;
  /** By the number of the socket. */
  readonly links: ReadonlyMap<number, Link>;
  /** The socket of each client; 0 when it has none. */
  readonly sockets: readonly number[];
  /** The clients whose socket is being opened. */
  readonly dialling: readonly number[];
  /**
   * The app of the server. The states of its machines and the memberships of its sockets are also in `actors` and `links`,
   * together with their adapters.
   */
  readonly app: AppState;
  readonly limits: WorldLimits;
  /** Notifications of a start whose end is to be notified, as `kind id`. */
  readonly notified: readonly string[];
  readonly copies: readonly Copy[];
  readonly chances: Chances;
  /** Faults in the step to this state: name of the property, and detail. */
  readonly faults: readonly (readonly [property: string, detail: string])[];
}

/** Place of a machine: at a client, on a socket of the server, or shared by the sockets. */
export type Place =
  | { readonly side: 'client'; readonly number: number }
  | { readonly side: 'server'; readonly number: number };

/** The name of a machine in a {@link World}. `number` 0: the server's that all sockets share. */
export const nameOf = (side: Place['side'], number: number, what: string, id = ''): string =>
  `${side}${number === 0 ? '' : ` ${number}`} · ${what}${id === '' ? '' : ` ${id}`}`;

type Named = Place & { readonly what: string; readonly id: string };

const names = new Map<string, Named>();

/** Parts of a name made by {@link nameOf}. */
export function readName(name: string): Named {
  const known = names.get(name);
  if (known !== undefined) return known;
  const [, side, number = '0', what = '', id = ''] = /^(client|server)(?: (\d+))? · (\S+)(?: (\S+))?$/.exec(name) ?? [];
  const read = { side: side as Place['side'], number: Number(number), what, id };
  names.set(name, read);
  return read;
}

const numbers = new Map<string, number>();
const numbered = new WeakMap<object, number>();

/** The same number for equal parts of worlds. Worlds share most of their parts, so few are ever written out. */
function numberOf(part: object): number {
  const known = numbered.get(part);
  if (known !== undefined) return known;
  const text = JSON.stringify(part);
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  numbered.set(part, number);
  return number;
}

/** Key of a world. The app is represented by its actors and links. */
export function keyOfWorld(world: World): string {
  const { actors, links, sockets, dialling, notified, copies, chances, faults } = world;
  let key = `${numberOf(chances)} ${sockets} ${dialling} ${copies.length === 0 ? '' : numberOf(copies)} ${notified}`;
  for (const name of [...actors.keys()].sort()) key += `|${name}:${numberOf(actors.get(name) as Actor)}`;
  for (const [number, link] of links) key += `|${number}:${numberOf(link)}`;
  return faults.length === 0 ? key : `${key}|${faults.join()}`;
}
