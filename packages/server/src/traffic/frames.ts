/** Most bytes that a frame has before its payload: two, eight of an extended length, four of a mask. */
const maxHeaderBytes = 14;

/**
 * Tracks the frames of a WebSocket from the received bytes, without their content: the number of frames, and the size of an
 * unfinished message.
 *
 * @see RFC 6455 § 5.2
 */
export class Frames {
  readonly #header = Buffer.alloc(maxHeaderBytes);
  #headerBytes = 0;
  #payloadLeft = 0;
  #isWithinMessage = false;
  #messageBytes = 0;
  #count = 0;
  #messages = 0;

  /** Number of frames started. */
  get count(): number {
    return this.#count;
  }

  /** Number of messages that are complete. */
  get messages(): number {
    return this.#messages;
  }

  /** Number of bytes received of unfinished messages. */
  get unfinishedBytes(): number {
    return this.#messageBytes + this.#headerBytes;
  }

  /** True if a frame, or a message of several, is not finished. */
  get isUnfinished(): boolean {
    return this.#isWithinMessage || this.#headerBytes > 0;
  }

  read(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft === 0) {
        this.#header[this.#headerBytes] = chunk[at] as number;
        this.#headerBytes += 1;
        at += 1;
        if (this.#headerBytes >= 2 && this.#headerBytes === this.#headerLength()) this.#begin();
        continue;
      }
      const taken = Math.min(this.#payloadLeft, chunk.length - at);
      this.#payloadLeft -= taken;
      if (!this.#isControl) this.#messageBytes += taken;
      at += taken;
      if (this.#payloadLeft === 0) this.#end();
    }
  }

  /** Control frames may come between those of a message. */
  get #isControl(): boolean {
    return ((this.#header[0] as number) & 0x08) !== 0;
  }

  #headerLength(): number {
    const second = this.#header[1] as number;
    const length = second & 0x7f;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & 0x80) === 0 ? 0 : 4);
  }

  #begin(): void {
    const length = (this.#header[1] as number) & 0x7f;
    this.#payloadLeft =
      length === 126 ? this.#header.readUInt16BE(2) : length === 127 ? Number(this.#header.readBigUInt64BE(2)) : length;
    this.#count += 1;
    if (!this.#isControl) this.#isWithinMessage = true;
    if (this.#payloadLeft === 0) this.#end();
  }

  #end(): void {
    this.#headerBytes = 0;
    const isLast = ((this.#header[0] as number) & 0x80) !== 0;
    if (this.#isControl || !isLast) return;
    this.#isWithinMessage = false;
    this.#messageBytes = 0;
    this.#messages += 1;
  }
}
