import type { PlayerHandle, RoleSnapshot } from '@sigchart/browser';

/** The menu of heights to choose from. */
export interface QualityMenu {
  /** Turns to a player, or to none. */
  attach(handle: PlayerHandle | undefined): void;
  /** Offers the heights that there are. */
  show(snapshot: Pick<RoleSnapshot, 'quality'>): void;
}

/** Runs the menu, which is hidden while there is no choice. A choice is kept while its height is unavailable. */
export function runQualityMenu(select: HTMLSelectElement): QualityMenu {
  let player: PlayerHandle | undefined;
  let offered = '';
  select.addEventListener('change', () => player?.preferHeight(Number(select.value)));
  const show = ({ quality }: Pick<RoleSnapshot, 'quality'>) => {
    const own = Number(select.value);
    const sent = quality?.tracks.flatMap(({ heights }) => heights) ?? [];
    const heights = [...new Set([...sent, ...(own > 0 ? [own] : [])])].sort((one, other) => other - one);
    select.hidden = heights.length < 2;
    if (heights.join() === offered) return;
    offered = heights.join();
    select.replaceChildren(
      new Option('Quality: auto', '0'),
      ...heights.map((height) => new Option(`${height}p`, String(height))),
    );
    select.value = String(own);
  };
  return {
    attach(handle) {
      player = handle;
      select.value = '0';
      show({ quality: undefined });
    },
    show,
  };
}
