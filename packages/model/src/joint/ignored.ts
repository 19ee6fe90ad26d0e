/** Messages that a machine ignores in some of its states, and the reason why they may arrive there. */
interface IgnoredMessages {
  readonly machines: readonly string[];
  /** Default: all. */
  readonly states?: readonly string[];
  /** The names of messages. Default: all. */
  readonly messages?: readonly string[];
  readonly why: string;
}

/** Messages that may arrive unexpectedly. Any other message that a machine ignores in its state violates "nothing unexpected arrives". */
const ignored: readonly IgnoredMessages[] = [
  {
    machines: ['publisher.client', 'player.client'],
    messages: ['publish_started', 'play_started', 'session_restored'],
    why: 'The server reports that media flows. The own connection has reported it already, or is about to.',
  },
  {
    machines: ['publisher.client', 'player.client', 'peer.client', 'conference.client'],
    states: ['restarting', 'retrying', 'failing', 'stopping', 'restarted', 'leaving', 'rejoining', 'reentering'],
    why: 'It was sent before the server received the message that ended the role.',
  },
  {
    machines: ['publisher.client', 'player.client', 'peer.client'],
    states: ['requesting', 'joining'],
    messages: ['takeConfiguration', 'takeCandidate', 'publish_finished', 'play_finished', 'leaved', 'stop'],
    why: 'It was sent to the role of this id that ended before this one began.',
  },
  {
    machines: ['publisher.client', 'player.client'],
    states: ['accepted'],
    messages: ['error'],
    why: 'It answers a message that arrived late at the server. It does not end an accepted role.',
  },
  {
    machines: ['peer.client'],
    states: ['waiting', 'calling', 'called'],
    messages: ['stop', 'error', 'takeConfiguration', 'takeCandidate', 'joined', 'peerMessageCommand'],
    why: 'It is from the previous peer, or answers a message that was meant for it.',
  },
  {
    machines: ['peer.server'],
    states: ['waiting'],
    messages: ['takeCandidate'],
    why: 'It is for the peer that has just left.',
  },
  {
    machines: ['socket.client'],
    why: 'It is for a role that has ended on this side.',
  },
  {
    machines: ['socket.server'],
    messages: ['stop', 'enableTrack', 'toggleVideo', 'toggleAudio'],
    why: 'It is for a role that has ended on this side (docs/protocol.md § Routing).',
  },
];

/** True if a machine may ignore a message in a state. */
export const mayIgnore = (machine: string, state: string, message: string): boolean =>
  ignored.some(
    ({ machines, states, messages }) =>
      machines.includes(machine) && (states?.includes(state) ?? true) && (messages?.includes(message) ?? true),
  );
