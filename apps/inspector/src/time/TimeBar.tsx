import { input } from '../feed/input.ts';
import { goTo, isLive, moment, moments, position, selected } from '../look/selection.ts';
import { duration, timeOfDay } from '../look/time.ts';
import { goLive, isPlaying, pause, stepBy, toggle } from './player.ts';

const icon = (path: string) => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
);

const icons = {
  first: icon('M6 5v14M19 6l-9 6 9 6z'),
  back: icon('M15 6l-7 6 7 6'),
  forth: icon('M9 6l7 6-7 6'),
  pause: icon('M9 6v12M15 6v12'),
  play: icon('M8 5.5l11 6.5-11 6.5z'),
};

/** Pause, step, and a way to any point of the past. */
export function TimeBar() {
  const all = moments.value;
  const at = position.value;
  const current = moment.value;
  const running = isLive.value || isPlaying.value;
  const begin = all[0]?.time ?? 0;
  const ended =
    input.value.kind === 'file' || (selected.value !== undefined && selected.value.record.status !== 'active');
  return (
    <section class="time-bar" aria-label="Time">
      <button
        type="button"
        class="icon"
        aria-label="To the beginning"
        disabled={at <= 0}
        onClick={() => stepBy(-all.length)}
      >
        {icons.first}
      </button>
      <button type="button" class="icon" aria-label="Step back" disabled={at <= 0} onClick={() => stepBy(-1)}>
        {icons.back}
      </button>
      <button
        type="button"
        class="icon"
        aria-label={running ? 'Pause' : 'Play'}
        disabled={all.length === 0}
        onClick={toggle}
      >
        {running ? icons.pause : icons.play}
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Step forward"
        disabled={at >= all.length - 1}
        onClick={() => stepBy(1)}
      >
        {icons.forth}
      </button>
      <input
        type="range"
        aria-label="Moment"
        min={0}
        max={Math.max(0, all.length - 1)}
        value={Math.max(0, at)}
        aria-valuetext={
          current === undefined ? '' : `${at + 1} of ${all.length}, ${current.transition?.event.type ?? ''}`
        }
        style={{ '--part': all.length < 2 ? 1 : at / (all.length - 1) }}
        onInput={({ currentTarget }) => {
          pause();
          goTo(Number(currentTarget.value));
        }}
      />
      <output>
        <b>
          {all.length === 0 ? 0 : at + 1}/{all.length}
        </b>
        {current !== undefined && <span title={timeOfDay(current.time)}>+{duration(current.time - begin)}</span>}
      </output>
      <button type="button" class="live" aria-pressed={isLive.value} onClick={goLive}>
        {ended ? 'End' : 'Live'}
      </button>
    </section>
  );
}
