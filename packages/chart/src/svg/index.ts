export { type ChartOptions, drawChart } from './drawChart.ts';
export { type Detail, type Drawing, type DrawnState, drawingOf, type Line, textOf } from './drawing.ts';
export type { Box, Layout } from './layout.ts';
export { type Lights, light } from './light.ts';
export { headSize, labelSize, metrics } from './measure.ts';
export { type PackedLayout, type PackedLayouts, packLayout, unpackLayout } from './packedLayout.ts';
