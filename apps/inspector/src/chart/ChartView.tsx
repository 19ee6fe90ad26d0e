import { useSignal, useSignalEffect } from '@preact/signals';
import { type Detail, drawChart, drawingOf, type Layout, light } from '@sigchart/chart/svg';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { machine, machineHash } from '../look/selection.ts';
import { layoutOf } from './layoutOf.ts';
import { chosenDetail, lights, showsCoverage, zoom } from './shown.ts';

/** Around the chart, as the style sheet has it. Pixels. */
const padding = 8;

/** Scale below which the names of events are not legible. */
const legible = 0.7;

const sizes: readonly (readonly [Detail, string])[] = [
  ['states', 'States'],
  ['events', 'Events'],
  ['effects', 'Effects'],
];

/** Scrolls a chart so that a state that became active is seen. */
function follow(frame: HTMLElement, svg: SVGSVGElement): void {
  const active = [...svg.querySelectorAll('.state.active:not(.filled)')];
  const [first] = active;
  if (first === undefined) return;
  const [box, view] = [first.getBoundingClientRect(), frame.getBoundingClientRect()];
  const isSeen = box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
  if (isSeen) return;
  frame.scrollBy({
    left: box.left < view.left || box.right > view.right ? box.left - view.left - (view.width - box.width) / 2 : 0,
    top: box.top < view.top || box.bottom > view.bottom ? box.top - view.top - (view.height - box.height) / 2 : 0,
    behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth',
  });
}

/** Scale of the chart for the available width. */
const scaleOf = (layout: Layout, width: number, chosen: number | undefined, least = 0.3): number =>
  chosen ?? Math.min(1, Math.max(least, width / layout.width));

function Toolbar({ detail, scale }: { detail: Detail; scale: number }) {
  return (
    <div class="tools" role="toolbar" aria-label="Chart">
      <fieldset class="segments">
        <legend class="unseen">Level of detail</legend>
        {sizes.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="detail"
              checked={detail === value}
              onChange={() => {
                chosenDetail.value = value;
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={showsCoverage.value}
          onChange={() => {
            showsCoverage.value = !showsCoverage.value;
          }}
        />
        Coverage
      </label>
      <span class="zoom">
        <button type="button" class="quiet" aria-label="Smaller" onClick={() => zoomBy(1 / 1.25, scale)}>
          −
        </button>
        <button
          type="button"
          class="quiet"
          title="Fit the width (0)"
          onClick={() => {
            zoom.value = undefined;
          }}
        >
          Fit <small>{Math.round(scale * 100)} %</small>
        </button>
        <button type="button" class="quiet" aria-label="Larger" onClick={() => zoomBy(1.25, scale)}>
          +
        </button>
      </span>
    </div>
  );
}

/** The scale at which the chart is drawn now. */
let drawnScale = 1;

/** Draws the chart larger or smaller. */
export function zoomBy(factor: number, from = drawnScale): void {
  zoom.value = Math.min(2.5, Math.max(0.2, from * factor));
}

/** The statechart of the selected machine, with its active states highlighted. */
export function ChartView() {
  const frame = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const width = useSignal(800);
  const [definition, hash] = [machine.value, machineHash.value];

  useLayoutEffect(() => {
    const { current } = frame;
    if (current === null) return;
    const observer = new ResizeObserver(() => {
      width.value = current.clientWidth - 2 * padding;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [definition === undefined]);

  const find = (detail: Detail) =>
    definition === undefined || hash === undefined ? 'pending' : layoutOf(hash, definition, detail);
  let detail = chosenDetail.value ?? 'events';
  let layout = find(detail);
  if (
    chosenDetail.value === undefined &&
    typeof layout === 'object' &&
    scaleOf(layout, width.value, undefined) < legible
  ) {
    detail = 'states';
    layout = find(detail);
  }
  const drawn = typeof layout === 'object' ? layout : undefined;
  const scale =
    drawn === undefined ? 1 : scaleOf(drawn, width.value, zoom.value, detail === 'states' ? undefined : legible);
  drawnScale = scale;

  useLayoutEffect(() => {
    if (host.current === null) return;
    host.current.innerHTML =
      definition === undefined || drawn === undefined ? '' : drawChart(drawingOf(definition, detail), drawn);
    const svg = host.current.querySelector('svg');
    if (svg !== null) light(svg, lights.peek());
  }, [definition, drawn, detail]);

  useLayoutEffect(() => {
    const svg = host.current?.querySelector('svg');
    if (!svg || drawn === undefined) return;
    svg.style.width = `${drawn.width * scale}px`;
    svg.style.height = 'auto';
    if (frame.current !== null) follow(frame.current, svg);
  }, [drawn, detail, scale]);

  useSignalEffect(() => {
    const shown = lights.value;
    const svg = host.current?.querySelector('svg');
    if (!svg) return;
    light(svg, shown);
    if (frame.current !== null) follow(frame.current, svg);
  });

  return (
    <section class="chart-view" aria-label="Statechart">
      <Toolbar detail={detail} scale={scale} />
      <div
        ref={frame}
        class="frame"
        role="img"
        aria-label={definition === undefined ? 'No machine' : `Statechart of ${definition.id}`}
      >
        <div ref={host} class="host" />
        {layout === 'pending' && <p class="hint">Laying out …</p>}
        {layout === 'failed' && <p class="hint">This machine could not be laid out.</p>}
      </div>
    </section>
  );
}
