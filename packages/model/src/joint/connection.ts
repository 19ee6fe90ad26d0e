import type { RtcEffect } from '@sigchart/core/machines';
import type { JointEvent } from './memo.ts';
import type { Turn } from './turn.ts';
import type { Connection, World } from './world.ts';

/** Performs a machine's effect on its connection, and records effects that are not allowed. */
export function performRtc(turn: Turn, name: string, effect: RtcEffect): void {
  const connection = turn.actors.get(name)?.connection;
  const change = (part: Partial<Connection>) =>
    turn.update(name, { connection: { ...(connection as Connection), ...part } });
  if (effect.type === 'rtc.open') {
    if (connection !== undefined) turn.fault('connections are closed', `${name} opens a second connection`);
    const serial = freshSerial(turn, name);
    turn.update(name, {
      connection: { serial, making: undefined, local: '', remote: '', media: 'new', candidates: 0 },
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
      if (type === 'answer' && sdp !== `answer to ${connection.local}`)
        turn.fault('an answer belongs to its offer', `${name} offered "${connection.local}" and applies "${sdp}"`);
      change({ remote: sdp });
      break;
    }
    case 'rtc.checkMedia': {
      const isReceived = connection.media === 'connected' && counterpartOf(turn, name, connection) !== undefined;
      turn.tell(name, { type: isReceived ? 'rtc.mediaReceived' : 'rtc.mediaMissing' });
      break;
    }
    case 'rtc.addIceCandidate':
      if (connection.remote === '')
        turn.fault(
          'no candidate before its description',
          `${name} adds a candidate to a connection without description`,
        );
      break;
    default:
  }
}

/** The lowest number that nothing on its way names any more, so that the same situation has the same name. */
function freshSerial(turn: Turn, name: string): number {
  const said = [...turn.underWay];
  for (const { connection } of turn.actors.values())
    if (connection !== undefined) said.push(connection.local, connection.remote);
  const all = said.join('\n');
  for (let serial = 1; ; serial += 1) if (!all.includes(`${name} #${serial}`)) return serial;
}

/** Reports that a connection has made the requested description. */
export function madeBy(turn: Turn, name: string): void {
  const connection = turn.actors.get(name)?.connection as Connection;
  const offer = `offer of ${name} #${connection.serial}`;
  // A further offer of one connection differs from the one before.
  const sdp =
    connection.making === 'answer'
      ? `answer to ${connection.remote}`
      : connection.local === offer
        ? `${offer} again`
        : offer;
  const type = connection.making === 'offer' ? 'rtc.offerCreated' : 'rtc.answerCreated';
  turn.update(name, { connection: { ...connection, making: undefined, local: sdp } });
  turn.tell(name, { type, sdp, ...(type === 'rtc.offerCreated' && { trackIds: {} }) } as JointEvent);
}

/** The other end of a connection: what has applied its description, and whose description it has applied. */
export function counterpartOf(
  world: Pick<World, 'actors'>,
  name: string,
  { local, remote }: Connection,
): string | undefined {
  if (local === '' || remote === '') return undefined;
  for (const [other, { connection }] of world.actors)
    if (other !== name && connection?.local === remote && connection.remote === local) return other;
  return undefined;
}

/** Makes requested descriptions, and connects and disconnects connections. */
export function connectAll(turn: Turn): void {
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const [name, { connection }] of turn.actors) {
      if (connection === undefined) continue;
      const isConnected = connection.media === 'connected';
      const counterpart = counterpartOf(turn, name, connection);
      if (connection.making !== undefined) madeBy(turn, name);
      else if (counterpart !== undefined && !isConnected) {
        turn.update(name, { connection: { ...connection, media: 'connected' } });
        turn.tell(name, { type: 'rtc.connected' });
      } else if (counterpart === undefined && isConnected) {
        turn.update(name, { connection: { ...connection, media: 'disconnected' } });
        turn.tell(name, { type: 'rtc.disconnected' });
      } else continue;
      isSettled = false;
      break;
    }
  }
}
