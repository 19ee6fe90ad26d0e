import { expect, test } from 'vitest';
import { heightToShow } from './pictureHeight.ts';

test.each([
  [170, 180],
  [180, 180],
  [195, 180],
  [220, 360],
  [390, 360],
  [500, 0],
  [900, 0],
])('a picture that is shown at %i pixels is wanted at %i of 180, 360 and 720', (shown, wanted) => {
  expect(heightToShow(shown, [180, 360, 720])).toBe(wanted);
});

test('where one height is all there is, or none is known, any is wanted', () => {
  expect(heightToShow(100, [360])).toBe(0);
  expect(heightToShow(100, [])).toBe(0);
});
