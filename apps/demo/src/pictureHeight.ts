/** Size of the received picture relative to its place above which a larger one is not worth its bitrate. */
const tolerance = 0.9;

/**
 * The height to request, given the height of the picture's place and the available heights in ascending order: the smallest that
 * fills the place. 0, for any, if that is the largest.
 */
export function heightToShow(shownHeight: number, heights: readonly number[]): number {
  const height = heights.find((each) => each >= tolerance * shownHeight);
  return height === undefined || height === heights.at(-1) ? 0 : height;
}
