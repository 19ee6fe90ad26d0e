/** Size of the received picture relative to its place above which a larger one is not worth its bitrate. */
const tolerance = 0.9;

/**
 * The height to ask for, given the height at which a picture is shown and those that there are, from the smallest to the largest: the
 * smallest that fills its place. 0, for any, where that is the largest one.
 */
export function heightToShow(shownHeight: number, heights: readonly number[]): number {
  const height = heights.find((each) => each >= tolerance * shownHeight);
  return height === undefined || height === heights.at(-1) ? 0 : height;
}
