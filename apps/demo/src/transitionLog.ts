import type { SessionObserver } from '@sigchart/core/session';
import { pathsOf, wordOf } from './chart/path.ts';
import type { ChartedRole } from './chart/plans.ts';
import { element } from './element.ts';

const atMost = 80;

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 2,
  hour12: false,
});

/** The part of a machine that a path belongs to: the whole role, or the negotiation inside it, or the socket. */
const partOf = (path: string): string => (path.includes('.negotiation.') ? 'negotiation' : 'role');

const wordsOf = (state: unknown, socket: boolean): ReadonlyMap<string, string> => {
  // Substates of an open socket only count pings, and are not listed.
  if (socket) return new Map([['socket', typeof state === 'string' ? state : (Object.keys(state ?? {})[0] ?? '')]]);
  return new Map(pathsOf(state).map((path) => [partOf(path), wordOf(path)]));
};

function cell(name: string, text: string): HTMLElement {
  const span = document.createElement('span');
  span.className = name;
  span.textContent = text;
  return span;
}

/** Lists the state changes of all machines on a page of `role`, newest first. Returns their observer. */
export function listTransitions(role: ChartedRole): SessionObserver {
  const list = element('transitions', HTMLOListElement);
  return ({ address }) =>
    ({ event, from, state }) => {
      if (from === undefined) return;
      const socket = address === undefined;
      const before = wordsOf(from, socket);
      for (const [part, word] of wordsOf(state, socket)) {
        const last = before.get(part);
        if (last === word) continue;
        const item = document.createElement('li');
        item.className = part;
        // A conference runs machines of other roles besides its own.
        const whose = socket || address.role === role ? '' : `${address.role} ${address.streamId}: `;
        const change = part === 'role' ? whose : `${whose}${part}: `;
        item.append(
          cell('time', time.format()),
          cell('change', `${change}${last === undefined ? '' : `${last} → `}${word}`),
          cell('cause', event.type),
        );
        list.prepend(item);
      }
      while (list.childElementCount > atMost) list.lastElementChild?.remove();
    };
}
