import type { RtcEffect } from '@sigchart/core/machines';
import type { JointEvent } from './memo.ts';
import type { Actor, Connection, World } from './world.ts';

/** Owner of connections: a turn of a joint exploration. */
interface ConnectionHost {
  readonly actors: ReadonlyMap<string, Actor>;
  /** All that is on its way and may name a description. */
  readonly underWay: readonly string[];
  /** True if descriptions have an ICE user name fragment. */
  readonly hasUfrags: boolean;
  update(name: string, change: Partial<Actor>): void;
  /** Reports an event of a connection to its machine. */
  report(name: string, event: JointEvent): void;
  /** Notes a text on a data channel. */
  noteData(name: string, text: string): void;
  /** Notes that a property does not hold. */
  fault(property: string, detail: string): void;
}

/** The ICE user name fragments in a description (RFC 8839 § 5.4). */
export const ufragsIn = (sdp: string): readonly string[] =>
  [...sdp.matchAll(/^a=ice-ufrag:(\S+)/gm)].map(([, ufrag]) => ufrag as string);

/** The ICE user name fragment of a connection. */
export const ufragOf = (name: string, { serial }: Connection): string => `${name.replaceAll(/\W+/g, '')}${serial}`;

/** A description without its ICE user name fragment. */
const titleOf = (sdp: string): string => sdp.split('\n', 1)[0] as string;

/** A description as it was before its connection was negotiated again. */
const firstOf = (sdp: string): string => titleOf(sdp).replace(' again', '');

/** True if the last offer of a connection is answered. */
export const isNegotiated = ({ local, remote, making }: Connection): boolean =>
  making === undefined && remote !== '' && titleOf(remote) === `answer to ${titleOf(local)}`;

/** Performs a machine's effect on its connection, and records effects that are not allowed. */
export function performRtc(turn: ConnectionHost, name: string, effect: RtcEffect): void {
  const connection = turn.actors.get(name)?.connection;
  const change = (part: Partial<Connection>) =>
    turn.update(name, { connection: { ...(connection as Connection), ...part } });
  if (effect.type === 'rtc.open') {
    if (connection !== undefined) turn.fault('connections are closed', `${name} opens a second connection`);
    const serial = freshSerial(turn, name);
    turn.update(name, {
      connection: { serial, making: undefined, local: '', remote: '', media: 'new', candidates: 0, isOutdated: false },
    });
    return;
  }
  if (connection === undefined) {
    turn.fault('connections are asked while they are open', `${name} asks for ${effect.type} without a connection`);
    return;
  }
  switch (effect.type) {
    case 'rtc.close':
      turn.update(name, { connection: undefined });
      break;
    case 'rtc.createOffer':
    case 'rtc.createAnswer':
      if (connection.making !== undefined)
        turn.fault(
          'one description at a time',
          `${name} asks for ${effect.type} while it makes an ${connection.making}`,
        );
      change({ making: effect.type === 'rtc.createOffer' ? 'offer' : 'answer' });
      break;
    case 'rtc.setRemoteDescription': {
      const { type, sdp } = effect.description;
      if (type === 'answer' && titleOf(sdp) !== `answer to ${titleOf(connection.local)}`)
        turn.fault('an answer belongs to its offer', `${name} offered "${connection.local}" and applies "${sdp}"`);
      change({ remote: sdp });
      break;
    }
    case 'rtc.checkMedia': {
      const isReceived = connection.media === 'connected' && counterpartOf(turn, name, connection) !== undefined;
      turn.report(name, { type: isReceived ? 'rtc.mediaReceived' : 'rtc.mediaMissing' });
      break;
    }
    case 'rtc.addIceCandidate': {
      if (connection.remote === '')
        turn.fault(
          'no candidate before its description',
          `${name} adds a candidate to a connection without description`,
        );
      const ufrag = / ufrag (\S+)/.exec(effect.candidate.candidate)?.[1];
      if (ufrag !== undefined && connection.remote !== '' && !ufragsIn(connection.remote).includes(ufrag))
        turn.fault(
          'a candidate belongs to its negotiation',
          `${name} adds a candidate of ${ufrag} to a connection with ${ufragsIn(connection.remote)}`,
        );
      break;
    }
    case 'rtc.rollBack':
      change({ local: connection.local.includes(' again') ? connection.local.replace(' again', '') : '' });
      break;
    case 'rtc.setTracks':
      change({ isOutdated: true });
      break;
    case 'rtc.sendData':
      turn.noteData(name, effect.text);
      break;
    default:
  }
}

/** The lowest number that nothing on its way names any more, so that the same situation has the same name. */
function freshSerial(turn: ConnectionHost, name: string): number {
  const said = [...turn.underWay];
  for (const { connection } of turn.actors.values())
    if (connection !== undefined) said.push(connection.local, connection.remote);
  const all = said.join('\n');
  for (let serial = 1; ; serial += 1) if (!all.includes(`${name} #${serial}`)) return serial;
}

/** Reports that a connection has made the requested description. */
export function madeBy(turn: ConnectionHost, name: string): void {
  const connection = turn.actors.get(name)?.connection as Connection;
  const offer = `offer of ${name} #${connection.serial}`;
  // A further offer of one connection differs from the one before.
  const title =
    connection.making === 'answer'
      ? `answer to ${titleOf(connection.remote)}`
      : titleOf(connection.local) === offer
        ? `${offer} again`
        : offer;
  const sdp = turn.hasUfrags ? `${title}\na=ice-ufrag:${ufragOf(name, connection)}` : title;
  const type = connection.making === 'offer' ? 'rtc.offerCreated' : 'rtc.answerCreated';
  turn.update(name, { connection: { ...connection, making: undefined, local: sdp } });
  turn.report(name, { type, sdp, ...(type === 'rtc.offerCreated' && { trackIds: {} }) } as JointEvent);
}

/** Reports that the tracks of a connection differ from what was negotiated. */
export function negotiate(turn: ConnectionHost, name: string): void {
  const connection = turn.actors.get(name)?.connection as Connection;
  turn.update(name, { connection: { ...connection, isOutdated: false } });
  turn.report(name, { type: 'rtc.negotiationNeeded' });
}

/** The other end of a connection: what has applied its description, and whose description it has applied. */
export function counterpartOf(
  world: Pick<World, 'actors'>,
  name: string,
  { local, remote }: Connection,
): string | undefined {
  if (local === '' || remote === '') return undefined;
  for (const [other, { connection }] of world.actors)
    if (
      other !== name &&
      connection !== undefined &&
      firstOf(connection.local) === firstOf(remote) &&
      firstOf(connection.remote) === firstOf(local)
    )
      return other;
  return undefined;
}

/** Makes requested descriptions, and connects and disconnects connections. */
export function connectAll(turn: ConnectionHost): void {
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const [name, { connection }] of turn.actors) {
      if (connection === undefined) continue;
      const isConnected = connection.media === 'connected';
      const counterpart = counterpartOf(turn, name, connection);
      if (connection.making !== undefined) madeBy(turn, name);
      else if (connection.isOutdated) negotiate(turn, name);
      else if (counterpart !== undefined && !isConnected) {
        turn.update(name, { connection: { ...connection, media: 'connected' } });
        turn.report(name, { type: 'rtc.connected' });
      } else if (counterpart === undefined && isConnected) {
        turn.update(name, { connection: { ...connection, media: 'disconnected' } });
        turn.report(name, { type: 'rtc.disconnected' });
      } else continue;
      isSettled = false;
      break;
    }
  }
}
