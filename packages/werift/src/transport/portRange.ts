/** What systems call dynamic ports, except for those that Linux hands out to others. @see RFC 6335 § 6 */
const anyPort = [49_152, 65_535] as const;

/**
 * The ports that one transport may use.
 *
 * werift ends the process when it cannot bind a socket, unless it looks for a free port itself. So it always gets a range:
 * that of the options, or one that begins anywhere, which makes the first port most likely a free one.
 *
 * @throws {RangeError} for ports that are none.
 */
export function portRangeOf(range: readonly [number, number] | undefined): readonly [number, number] {
  if (range === undefined) {
    const [first, last] = anyPort;
    return [first + Math.floor(Math.random() * ((last - first) / 2)), last];
  }
  const [first, last] = range;
  const isPort = (port: number) => Number.isInteger(port) && port > 0 && port < 65_536;
  if (!isPort(first) || !isPort(last) || first > last) throw new RangeError(`${first} to ${last} is no range of ports`);
  return range;
}
