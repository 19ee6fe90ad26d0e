import type { Configuration } from './configuration.ts';
import type { ReferenceServer } from './referenceServer.ts';

/** Text printed when the server runs: its addresses, with the key if it was generated. */
export function greetingOf({ access, main, admin }: ReferenceServer, { demo, inspector }: Configuration): string {
  const { madeUp, inspectorToken } = access;
  const token = inspectorToken === madeUp ? `?token=${madeUp}` : '';
  const at = main.address();
  const adminAt = (admin ?? main).address();
  const restKey = madeUp !== undefined && access.restKeys.includes(madeUp);
  const rows: readonly (readonly [string, string] | false)[] = [
    demo && ['Demo', `${at}/${inspector && admin === undefined ? token : ''}`],
    inspector && ['Inspector', `${adminAt}/inspector/${token}`],
    ['REST', `${adminAt}/live/rest/v2${restKey ? `  (Authorization: Bearer ${madeUp})` : ''}`],
    ['Signalling', `${at.replace('http', 'ws')}/live/websocket (any app name)`],
  ];
  const lines = rows.flatMap((row) => (row === false ? [] : [`  ${row[0].padEnd(12)}${row[1]}\n`]));
  return `Sigchart is running.\n\n${lines.join('')}\n`;
}
