/** Lets the viewer pin a tile of a grid: it is shown large, the others beside it. */
export function runPins(grid: HTMLElement): void {
  grid.addEventListener('click', ({ target }) => {
    const pin = target instanceof Element ? target.closest('.pin') : null;
    const tile = pin?.closest('.tile');
    if (!tile) return;
    const isPinned = !tile.classList.contains('pinned');
    for (const each of grid.querySelectorAll('.tile')) {
      each.classList.toggle('pinned', isPinned && each === tile);
      each.querySelector('.pin')?.setAttribute('aria-pressed', String(isPinned && each === tile));
    }
  });
}
