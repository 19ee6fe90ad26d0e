/** Dynamic ports of most systems, without those that Linux assigns itself. @see RFC 6335 § 6 */
const anyPort = [49_152, 65_535] as const;

/**
 * The port range of one transport.
 *
 * werift ends the process if it cannot bind a socket, unless it searches for a free port itself. So it always gets a range: that
 * of the options, or one with a random start, whose first port is most likely free.
 *
 * @throws {RangeError} for invalid ports.
 */
export function portRangeOf(range: readonly [number, number] | undefined): readonly [number, number] {
  if (range === undefined) {
    const [first, last] = anyPort;
    return [first + Math.floor(Math.random() * ((last - first) / 2)), last];
  }
  const [first, last] = range;
  const isPort = (port: number) => Number.isInteger(port) && port > 0 && port < 65_536;
  if (!isPort(first) || !isPort(last) || first > last)
    throw new RangeError(`${first} to ${last} is not a range of ports`);
  return range;
}
