import type { RoleHandle } from '@sigchart/browser';
import { createChat } from './chat.ts';
import { showFigures } from './figures.ts';

/** The panels about one connection: its figures and its chat. Returns how to turn them to another role, or to none. */
export function createPanels(): (handle: RoleHandle | undefined) => void {
  const chat = createChat();
  let handle: RoleHandle | undefined;
  showFigures(() => handle?.getSnapshot());
  return (next) => {
    handle = next;
    chat.attach(next);
  };
}
