import { afterEach, expect, test, vi } from 'vitest';
import { readConfiguration } from './configuration.ts';

const read = (...flags: string[]) => readConfiguration(['node', 'sigchart', ...flags]);

afterEach(() => vi.unstubAllEnvs());

test('without anything, there is an inspector, and nothing is asked for', () => {
  expect(read()).toMatchObject({ port: 5080, inspector: true, logLevel: 'info', iceServers: [] });
  expect(read()).not.toHaveProperty('registeredOnly');
});

test.each([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', undefined],
  ['0', undefined],
  ['no', undefined],
  ['', undefined],
])('a variable that is "%s" means what it says', (text, registeredOnly) => {
  vi.stubEnv('REGISTERED_ONLY', text);
  expect(read().registeredOnly).toBe(registeredOnly);
});

test.each([
  ['true', false],
  ['false', true],
])('NO_INSPECTOR that is "%s" as well', (text, inspector) => {
  vi.stubEnv('NO_INSPECTOR', text);
  expect(read().inspector).toBe(inspector);
});

test('limits are numbers or none, by their names', () => {
  expect(read('--limits', 'sockets=5000,members=10', '--limits', 'messageRate=none').limits).toEqual({
    sockets: 5_000,
    members: 10,
    messageRate: Number.POSITIVE_INFINITY,
  });
  expect(read()).not.toHaveProperty('limits');
});

test.each(['sockets', 'sockets=', 'sockets=many', 'sockets=-1', 'toString=1', 'sokets=1'])(
  'limits of "%s" are refused',
  (text) => {
    vi.spyOn(process, 'exit').mockImplementation((() => {
      throw new Error('exit');
    }) as never);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => read('--limits', text)).toThrow('exit');
    vi.restoreAllMocks();
  },
);

test('a flag wins over its variable', () => {
  vi.stubEnv('PORT', '7000');
  expect(read().port).toBe(7000);
  expect(read('--port', '7001').port).toBe(7001);
});
