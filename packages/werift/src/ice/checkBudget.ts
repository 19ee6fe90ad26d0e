/** With the answer to a check, which is shorter than the check, at most 3 bytes leave for each that arrives. */
const bytesOutPerByteIn = 2;

/**
 * Budget of bytes for connectivity checks to addresses that have not answered.
 *
 * A remote can name any address as its candidate, and so make this server send to a third party. RFC 8445 § 19.5.1 asks for a
 * limit. The limit here is {@link bytesOutPerByteIn} for each byte that the remote sent, so that an attacker gains nothing over
 * sending to the third party itself. An address that has answered has consented, and costs nothing.
 */
export class CheckBudget {
  #bytes = 0;

  /** Counts what the remote sent: descriptions, candidates, and checks that are authentic. */
  earn(bytes: number): void {
    this.#bytes += bytes * bytesOutPerByteIn;
  }

  /** Takes the bytes of one check. `false` when they are not there; then nothing may be sent. */
  spend(bytes: number): boolean {
    if (this.#bytes < bytes) return false;
    this.#bytes -= bytes;
    return true;
  }
}
