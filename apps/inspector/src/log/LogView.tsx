import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { goTo, moments, position } from '../look/selection.ts';
import { changeOf } from '../look/state.ts';
import { duration, timeOfDay } from '../look/time.ts';
import { reveal, useWindow } from '../look/useWindow.ts';

/** The height of a row in pixels, as the style sheet has it. */
const rowHeight = 34;

const counted = (effects: number) => (effects === 0 ? '' : effects === 1 ? '1 effect' : `${effects} effects`);

/** Every event of the selected run. A click selects its moment. */
export function LogView() {
  const list = useRef<HTMLDivElement>(null);
  const all = moments.value;
  const chosen = position.value;
  const { first, end } = useWindow(list, all.length, rowHeight);
  useSignalEffect(() => reveal(list.current, position.value, rowHeight));
  return (
    <section class="log" aria-label="Log">
      <div
        ref={list}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Events"
        aria-activedescendant={chosen >= first && chosen < end ? `event-${chosen}` : undefined}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1, Home: -all.length, End: all.length }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          goTo(chosen + by);
        }}
      >
        <div class="all" style={{ height: `${all.length * rowHeight}px` }}>
          {all.slice(first, end).map((moment, offset) => {
            const index = first + offset;
            const { seq, time, transition } = moment;
            const before = all[index - 1];
            const isUnknown = transition !== undefined && transition.taken.length === 0 && seq > 1;
            return (
              // biome-ignore lint/a11y: the list has the focus, and the keys
              <div
                key={seq}
                id={`event-${index}`}
                role="option"
                class={`event ${isUnknown ? 'unknown' : ''}`}
                aria-selected={index === chosen}
                style={{ top: `${index * rowHeight}px` }}
                onClick={() => goTo(index)}
              >
                <span class="seq">{seq}</span>
                <time title={timeOfDay(time)}>
                  {before === undefined ? timeOfDay(time) : `+${duration(time - before.time)}`}
                </time>
                <b>{transition?.event.type ?? 'earlier ones are gone'}</b>
                <span class="into">{isUnknown ? 'ignored' : changeOf(before?.state, moment.state)}</span>
                <small>{counted(transition?.effects.length ?? 0)}</small>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}
