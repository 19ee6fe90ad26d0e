import type { Drawing, DrawnState, Line } from './drawing.ts';
import type { Box, Layout } from './layout.ts';
import { headSize, labelSize, metrics } from './measure.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);

type Attributes = Readonly<Record<string, string | number | undefined>>;

function tag(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(String(value))}"`]))
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

/** The corners of a line are rounded by this much. */
const corner = 6;

/** A line along points, with round corners. */
function path(points: readonly number[]): string {
  const at = (index: number): [number, number] => [points[2 * index] ?? 0, points[2 * index + 1] ?? 0];
  const count = points.length / 2;
  if (count === 0) return '';
  const toward = ([x, y]: [number, number], [toX, toY]: [number, number]) => {
    const length = Math.hypot(toX - x, toY - y);
    const part = length === 0 ? 0 : Math.min(corner, length / 2) / length;
    return `${+(x + (toX - x) * part).toFixed(1)} ${+(y + (toY - y) * part).toFixed(1)}`;
  };
  const bends = Array.from({ length: Math.max(0, count - 2) }, (_, index) => {
    const point = at(index + 1);
    return `L${toward(point, at(index))}Q${point.join(' ')} ${toward(point, at(index + 2))}`;
  });
  return `M${at(0).join(' ')}${bends.join('')}L${at(count - 1).join(' ')}`;
}

/** The tip of an arrow, filled. */
function tip(points: readonly number[]): string {
  const [fromX = 0, fromY = 0, x = 0, y = 0] = points.slice(-4);
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [dx, dy] = [((x - fromX) / length) * 7, ((y - fromY) / length) * 7];
  return `M${x} ${y}L${x - dx - dy * 0.5} ${y - dy + dx * 0.5}L${x - dx + dy * 0.5} ${y - dy - dx * 0.5}Z`;
}

function textLine({ word, guard, effects, edge }: Line, x: number, y: number): string {
  const part = (name: string, content: string) =>
    content === '' ? '' : tag('tspan', { class: name }, escaped(content));
  return tag(
    'text',
    { class: 'line', x, y, 'data-edge': edge, 'xml:space': 'preserve' },
    part(edge === undefined ? 'keyword' : 'event', word),
    part('guard', guard === '' ? '' : ` [${guard}]`),
    part('effects', effects === '' ? '' : `${word === '' ? '  ' : ' / '}${effects}`),
    // How often the edge was taken; once for each edge.
    edge !== undefined && word !== '' ? tag('tspan', { class: 'count', 'data-count': edge, dx: 5 }, '') : '',
  );
}

const lines = (all: readonly Line[], x: number, y: number) =>
  all.map((line, index) => textLine(line, x, y + (index + 0.75) * metrics.lineHeight)).join('');

const historyGroup = (name: string, key: string, index: number, [x, y, width, height]: Box): string =>
  tag(
    'g',
    { class: 'state history', 'data-state': index },
    tag('rect', { class: 'box', x, y, width, height, rx: height / 2 }),
    tag('text', { class: 'name', x: x + width / 2, y: y + height / 2 + 4.5, 'text-anchor': 'middle' }, escaped(name)),
    tag('title', {}, escaped(key)),
  );

/** The name of a state: at its left, where there is a figure beside it, or in its middle. A final state has its ring before it. */
function nameText(name: string, isFinal: boolean, isCentred: boolean, [x, y, width]: Box): string {
  const { paddingX, nameHeight } = metrics;
  const place = isCentred
    ? { x: x + width / 2, 'text-anchor': 'middle' }
    : { x: x + paddingX + (isFinal ? 19 : 0), 'text-anchor': undefined };
  return tag('text', { class: 'name', ...place, y: y + nameHeight / 2 + 5.5 }, escaped(name));
}

function stateGroup(state: DrawnState, index: number, box: Box, isFilled: boolean, isCentred: boolean): string {
  const { paddingX, nameHeight } = metrics;
  const { name, definition, isRegion } = state;
  const [x, y, width, height] = box;
  const isFinal = definition.type === 'final';
  if (definition.type === 'history') return historyGroup(name, definition.key, index, box);
  const middle = y + nameHeight / 2 + 1;
  const ring = isFinal
    ? tag('circle', { class: 'ring', cx: x + 18, cy: middle, r: 7 }) +
      tag('circle', { class: 'core', cx: x + 18, cy: middle, r: 3.6 })
    : '';
  const classes = [
    'state',
    definition.type,
    isRegion ? 'region' : '',
    isFilled ? 'filled' : '',
    index === 0 ? 'root' : '',
  ];
  return tag(
    'g',
    { class: classes.filter(Boolean).join(' '), 'data-state': index, 'data-name': definition.key },
    tag('rect', { class: 'box', x, y, width, height, rx: isFinal ? nameHeight / 2 + 1 : 9 }),
    ring,
    nameText(name, isFinal, isCentred && !isFilled && !isFinal, box),
    tag(
      'text',
      { class: 'dwell', x: x + width - paddingX, y: middle + 4, 'text-anchor': 'end', 'data-dwell': index },
      '',
    ),
    state.lines.length > 0 && definition.type !== 'final'
      ? tag('path', { class: 'rule', d: `M${x} ${y + nameHeight}h${width}` })
      : '',
    lines(state.lines, x + paddingX, y + nameHeight + 2),
    definition.description === undefined ? '' : tag('title', {}, escaped(definition.description)),
  );
}

/** The dashed lines between the regions of a parallel state. */
function dividers(boxes: readonly Box[], [x, y, width, height]: Box, top: number): string {
  const apart = (axis: 0 | 1) => {
    const sorted = boxes.toSorted((a, b) => a[axis] - b[axis]);
    const gaps = sorted.slice(1).map((box, index) => {
      const before = sorted[index] ?? box;
      return [before[axis] + before[(axis + 2) as 2 | 3], box[axis]] as const;
    });
    return gaps.every(([end, begin]) => end <= begin)
      ? gaps.map(([end, begin]) => Math.round((end + begin) / 2))
      : undefined;
  };
  const columns = apart(0);
  const rows = columns === undefined ? apart(1) : undefined;
  const d = [
    ...(columns ?? []).map((at) => `M${at} ${y + top}V${y + height}`),
    ...(rows ?? []).map((at) => `M${x} ${at}H${x + width}`),
  ].join('');
  return d === '' ? '' : tag('path', { class: 'divider', d });
}

/** Options for drawing a chart. */
export interface ChartOptions {
  /** Style sheet inside the SVG. Default none. */
  readonly style?: string;
  /** True if names stand in the middle of states that have neither text nor states inside. Default false. */
  readonly centred?: boolean;
}

/**
 * Draws a machine: a pure function from its drawing and layout to the text of an SVG.
 *
 * States carry `data-state` and their name as `data-name`, arrows and lines `data-edge` (an index, or several with spaces between),
 * so that what happens can be shown on them ({@link light}). Colours come by class, from a style sheet such as `svg.css`.
 */
export function drawChart(
  drawing: Drawing,
  layout: Layout,
  { style = '', centred = false }: ChartOptions = {},
): string {
  const childrenOf = (index: number) =>
    drawing.states.flatMap(({ definition: { parent } }, child) => (parent === index ? [child] : []));
  const states = drawing.states.map((state, index) => {
    const box = layout.states[index];
    if (box === undefined) return '';
    const children = childrenOf(index);
    const group = stateGroup(state, index, box, children.length > 0, centred);
    const regions = children.filter((child) => drawing.states[child]?.isRegion);
    const isParallel = state.definition.type === 'parallel';
    const boxes = regions.map((region) => layout.states[region]).filter((each) => each !== undefined);
    return group + (isParallel ? dividers(boxes, box, headSize(state).height) : '');
  });
  const initials = layout.initials.map((line, index) => {
    const [x = 0, y = 0] = line;
    if (line.length === 0) return '';
    return tag(
      'g',
      { class: 'initial', 'data-initial': index },
      tag('circle', { cx: x, cy: y, r: metrics.initial / 2 }),
      tag('path', { class: 'way', d: path(line) }),
      tag('path', { class: 'tip', d: tip(line) }),
    );
  });
  const arrows = drawing.arrows.map(({ lines: texts, edges: all }, index) => {
    const { line = [], label: [x, y] = [0, 0] } = layout.arrows[index] ?? {};
    const edges = all.join(' ');
    const { width, height } = labelSize(texts);
    return {
      way: tag(
        'g',
        { class: 'arrow', 'data-edges': edges },
        tag('path', { class: 'way', d: path(line) }),
        tag('path', { class: 'tip', d: tip(line) }),
      ),
      label:
        texts.length === 0
          ? ''
          : tag(
              'g',
              { class: 'label', 'data-edges': edges },
              tag('rect', { x, y, width, height, rx: 4 }),
              lines(texts, x + 4, y + 1),
            ),
    };
  });
  const { width, height } = layout;
  return tag(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', class: 'statechart', viewBox: `0 0 ${width} ${height}`, width, height },
    style === '' ? '' : tag('style', {}, style),
    ...states,
    ...initials,
    ...arrows.map(({ way }) => way),
    ...arrows.map(({ label }) => label),
  );
}
