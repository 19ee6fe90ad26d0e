/** Messages that a machine ignores in some of its states, and why they may arrive there. */
interface PassedOver {
  readonly machines: readonly string[];
  /** Default: all. */
  readonly states?: readonly string[];
  /** The names of messages. Default: all. */
  readonly messages?: readonly string[];
  readonly why: string;
}

/** Messages that may arrive unexpectedly. Any other message that a machine ignores in its state violates "nothing unexpected arrives". */
const passedOver: readonly PassedOver[] = [
  {
    machines: ['publisher.client', 'player.client'],
    messages: ['publish_started', 'play_started', 'session_restored'],
    why: 'The server says that media flows, which the own connection has said already, or is about to say.',
  },
  {
    machines: ['publisher.client', 'player.client', 'peer.client', 'conference.client'],
    states: ['restarting', 'retrying', 'failing', 'stopping', 'restarted', 'leaving', 'rejoining', 'reentering'],
    why: 'It was sent before the server heard that this is over.',
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
    why: 'It answers a message that came to the server late, and ends nothing that is accepted.',
  },
  {
    machines: ['peer.client'],
    states: ['waiting', 'calling', 'called'],
    messages: ['stop', 'error', 'takeConfiguration', 'takeCandidate', 'joined', 'peerMessageCommand'],
    why: 'It is of the peer that was there before, or answers what was meant for that one.',
  },
  {
    machines: ['peer.server'],
    states: ['waiting'],
    messages: ['takeCandidate'],
    why: 'It is for the peer that has just left, and nobody is at fault.',
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
export const isPassedOver = (machine: string, state: string, message: string): boolean =>
  passedOver.some(
    ({ machines, states, messages }) =>
      machines.includes(machine) && (states?.includes(state) ?? true) && (messages?.includes(message) ?? true),
  );
