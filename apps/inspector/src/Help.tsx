import { useEffect, useRef } from 'preact/hooks';

/** Keyboard shortcuts. */
const shortcuts: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'search'],
  ['j  k', 'next and previous run'],
  ['↑  ↓', 'the same, within a list'],
  ['←  →', 'step back and forward'],
  ['b', 'to the beginning'],
  ['Space', 'pause, or play from here'],
  ['l', 'live again'],
  ['1  2  3', 'chart, ladder, log'],
  ['+  −  0', 'chart larger, smaller, as wide as there is room'],
  ['c', 'coverage on the chart'],
  ['e', 'export'],
  ['o', 'open a trace file'],
  ['Esc', 'back to the list'],
  ['?', 'this list'],
];

/** The list of keys. */
export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="helpTitle" onClose={onClose}>
      <h2 id="helpTitle">Keys</h2>
      <dl>
        {shortcuts.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split('  ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
