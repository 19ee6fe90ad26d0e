/** Exit codes of `sigchart conform`. Each has one meaning, which never changes. */
export const exitCodes = {
  /** Every case that was run passed. */
  passed: 0,
  /** The original document is not followed in at least one case; the report says in which, and where. */
  failed: 1,
  /** Invalid arguments: an unknown option, an invalid address, a pattern that matches no case. */
  usage: 2,
  /** The original document is followed, and something beyond it is not. */
  notFollowed: 3,
  /** Connection refused, or the address cannot be resolved or reached. */
  refuses: 10,
  /** The address does not answer in time: no connection, no handshake, or not one message. */
  hangs: 11,
  /** The address closes the connection before it has sent anything. */
  closes: 12,
  /** Something answers there that is no WebSocket. */
  notWebSocket: 13,
  /** The WebSocket opens, and what comes over it is not this protocol. */
  garbage: 14,
  /** The server took part, and then could not be reached any more. */
  vanished: 15,
} as const;

/** Reason no conversation can be held with an address. */
export type AddressFault = Exclude<keyof typeof exitCodes, 'passed' | 'failed' | 'usage' | 'notFollowed' | 'vanished'>;

/** An address with which no conversation can be held. The message is for people. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  readonly fault: AddressFault;

  constructor(fault: AddressFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
