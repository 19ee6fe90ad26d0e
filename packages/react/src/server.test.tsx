import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ClientProvider, useCall, usePlayer, usePublisher, useRole, useRoom, Video } from './index.ts';

function Everything() {
  const publisher = usePublisher('s1', { stream: null });
  const player = usePlayer('s2');
  const call = useCall('c1', { stream: undefined });
  const room = useRoom('r1', { stream: null });
  const other = useRole(room.players[0]);
  return (
    <>
      <Video stream={player.stream} muted className="tile" />
      {[publisher, player, call, room, other].map(({ state }) => state).join(' ')}
    </>
  );
}

test('renders without a page: everything is idle, and nothing is dialled', () => {
  expect(typeof document).toBe('undefined');
  const html = renderToString(
    <ClientProvider url="ws://memory/live/websocket">
      <Everything />
    </ClientProvider>,
  );
  expect(html).toContain('idle idle idle idle idle');
  expect(html).toMatch(/<video [^>]*class="tile"/);
});
