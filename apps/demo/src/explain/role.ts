import type { ChartedRole } from '../chart/plans.ts';
import { explainDefinition } from './definition.ts';
import type { Explanation } from './explanation.ts';

/** The state in which a role does what it is for. */
export const flowing: Readonly<Record<ChartedRole, string>> = {
  publisher: 'publishing',
  player: 'playing',
  peer: 'connected',
  member: 'entered',
};

/** State of a role and its socket. */
export interface Situation {
  readonly role: ChartedRole;
  /** The state word of the role's machine. */
  readonly state: string;
  /** Number of times in a row the role has tried again. */
  readonly attempt: number;
  /** Number of times in a row it may. */
  readonly retryLimit: number;
  readonly reason: string | undefined;
  readonly definition: string | undefined;
  /** True if media has flowed since the role was started. */
  readonly established: boolean;
  /** The state word of the machine of the socket. */
  readonly socket: string;
  /** The address that it dials. */
  readonly url: string;
  /** True if it has been open since the role was started. */
  readonly wasOpen: boolean;
  /** True if the socket was lost, or could not be opened, since the role was started. */
  readonly wasLost: boolean;
}

const noPath = (other: string) =>
  `Something between you and ${other}, most often a firewall, lets no media through. Try another network, or a TURN server.`;

/** Reason a connection that never was could not be made. */
const unmade: Readonly<Record<ChartedRole, string>> = {
  publisher: noPath('the server'),
  player: noPath('the server'),
  peer: noPath('the other participant'),
  member: 'The server took too long to answer. Join again in a moment.',
};

/** Media that stopped with a lost connection. */
const stopped: Readonly<Record<ChartedRole, string>> = {
  publisher: 'Your stream stopped reaching the server.',
  player: 'The stream stopped arriving.',
  peer: 'The connection to the other participant was lost.',
  member: 'The server no longer answers.',
};

/** A server's end to it. */
const ended: Readonly<Record<ChartedRole, Pick<Explanation, 'title' | 'advice'>>> = {
  publisher: { title: 'The server ended the stream.', advice: 'Press Start to publish it again.' },
  player: { title: 'The stream has ended.', advice: 'Press Play once it is being published again.' },
  peer: { title: 'The server ended the call.', advice: 'Press Join to call again.' },
  member: { title: 'The server ended the conference.', advice: 'Press Join to enter again.' },
};

const asTry = (attempt: number, { retryLimit }: Situation): string =>
  // The last retry ends before the machine reports it.
  `Try ${Math.min(attempt, retryLimit)} of ${retryLimit}.`;

function explainEnd({ role, reason, definition, established }: Situation): Explanation {
  const outlook = 'over';
  if (reason === 'refused' && definition !== undefined) return { ...explainDefinition(definition), outlook };
  if (reason === 'ended') return { ...ended[role], outlook };
  if (established)
    return {
      title: 'The connection was lost and could not be made again.',
      advice: 'Check your network, then start again.',
      outlook,
    };
  return { title: 'The connection could not be made.', advice: unmade[role], outlook };
}

/** The same words while it waits and while it dials: they are read out once. */
function explainSocket({ socket, url, wasOpen, wasLost }: Situation): Explanation | undefined {
  if (socket === 'open' || !wasLost) return undefined;
  if (wasOpen)
    return {
      title: 'The connection to the server was lost.',
      advice: 'It continues as soon as the server is back.',
      outlook: 'retrying',
    };
  return {
    title: 'The server cannot be reached.',
    advice: `Trying until it answers. Check that it is running and that ${url} is right.`,
    outlook: 'retrying',
  };
}

function explainRetry(situation: Situation, waiting: boolean): Explanation {
  const { role, attempt, definition, established } = situation;
  const tried = asTry(waiting ? attempt + 1 : attempt, situation);
  if (definition === 'no_stream_exist')
    return { title: 'The stream has stopped.', advice: `It may come back. ${tried}`, outlook: 'retrying' };
  if (definition !== undefined)
    return { title: explainDefinition(definition).title, advice: tried, outlook: 'retrying' };
  if (!established) return { title: 'The connection could not be made yet.', advice: tried, outlook: 'retrying' };
  return { title: stopped[role], advice: tried, outlook: 'retrying' };
}

/** The explanation of a role's problem, or `undefined` without one. */
export function explainRole(situation: Situation): Explanation | undefined {
  switch (situation.state) {
    case 'offline':
      return explainSocket(situation);
    case 'waiting':
      return situation.established
        ? {
            title: 'The other participant left the call.',
            advice: 'Wait until someone opens the link, or leave.',
            outlook: 'retrying',
          }
        : undefined;
    case 'requesting':
    case 'joining':
    case 'entering':
    case 'connecting':
      return situation.attempt > 0 ? explainRetry(situation, false) : undefined;
    case 'interrupted':
      return {
        title: 'The network is interrupted.',
        advice: 'It often comes back within seconds. If not, the page connects again by itself.',
        outlook: 'retrying',
      };
    case 'restarting':
    case 'retrying':
      return explainRetry(situation, true);
    // It only awaits the server's word of the end. The same words: they are read out once.
    case 'failing':
    case 'ended':
      return explainEnd(situation);
    default:
      return undefined;
  }
}
