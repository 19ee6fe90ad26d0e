import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Rows of a long list to draw. */
export interface RowRange {
  readonly first: number;
  /** One after the last. */
  readonly end: number;
}

/** Number of rows that are drawn beyond those that are seen, above and below. */
const beyond = 6;

/** The rows to draw, of `count` rows that are all `height` pixels high, where `top` pixels are scrolled away. */
export function drawnOf(count: number, height: number, top: number, viewHeight: number): RowRange {
  const first = Math.min(Math.max(0, Math.floor(top / height) - beyond), Math.max(0, count - 1));
  return { first, end: Math.min(count, Math.ceil((top + viewHeight) / height) + beyond) };
}

/** Follows the scrolling of an element, and says which of its rows to draw. */
export function useWindow(element: RefObject<HTMLElement | null>, count: number, height: number): RowRange {
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = () => setView({ top: current.scrollTop, height: current.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    current.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      current.removeEventListener('scroll', measure);
    };
  }, [element]);
  return drawnOf(count, height, view.top, view.height);
}

/** Scrolls just as far as it takes to see a row. */
export function reveal(element: HTMLElement | null, index: number, height: number): void {
  if (element === null) return;
  const [top, bottom] = [index * height, (index + 1) * height];
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
}
