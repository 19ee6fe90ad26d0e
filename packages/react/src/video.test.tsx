// @vitest-environment happy-dom
import { act, createRef, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Video } from './index.ts';

const play = vi.fn<() => Promise<void>>();
const blocked = Object.assign(new Error('play() failed'), { name: 'NotAllowedError' });

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  play.mockReset().mockResolvedValue();
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(play);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const render = async (element: React.ReactNode) => {
  const root = createRoot(document.createElement('div'));
  await act(async () => root.render(<StrictMode>{element}</StrictMode>));
  return (next: React.ReactNode) => act(async () => root.render(<StrictMode>{next}</StrictMode>));
};

test('shows a stream, then another, then none', async () => {
  const ref = createRef<HTMLVideoElement>();
  const [first, second] = [new MediaStream(), new MediaStream()];
  const again = await render(<Video ref={ref} stream={first} />);
  expect(ref.current?.srcObject).toBe(first);
  expect(play).toHaveBeenCalled();
  await again(<Video ref={ref} stream={second} />);
  expect(ref.current?.srcObject).toBe(second);
  await again(<Video ref={ref} stream={undefined} />);
  expect(ref.current?.srcObject).toBe(null);
});

test('plays muted where sound is blocked, and hands over how to unmute', async () => {
  const ref = createRef<HTMLVideoElement>();
  play.mockRejectedValueOnce(blocked);
  const onSoundBlocked = vi.fn<(unmute: () => void) => void>();
  await render(<Video ref={ref} stream={new MediaStream()} onSoundBlocked={onSoundBlocked} />);
  expect(ref.current?.muted).toBe(true);
  expect(onSoundBlocked).toHaveBeenCalledOnce();
  onSoundBlocked.mock.calls[0]?.[0]();
  expect(ref.current?.muted).toBe(false);
});

test('does not start automatically with autoPlay={false}', async () => {
  await render(<Video stream={new MediaStream()} autoPlay={false} />);
  expect(play).not.toHaveBeenCalled();
});
