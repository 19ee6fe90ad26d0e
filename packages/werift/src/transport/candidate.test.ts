import { expect, test } from 'vitest';
import { IceCandidate } from 'werift';
import { announced, lineOf, readCandidate } from './candidate.ts';

const line = (ip: string, rest = 'udp 2122194687', port = '50000') => `candidate:1 1 ${rest} ${ip} ${port} typ host`;

test('a host candidate is announced under every address of its family, the first preferred', () => {
  const candidate = new IceCandidate(1, 'f', '192.0.2.1', 5000, 1, 'udp', 'host');
  const lines = announced(candidate, ['192.0.2.1', '127.0.0.1', '2001:db8::1']).map(lineOf);
  expect(lines.map((text) => text.replace(/^candidate:\S+ /, ''))).toEqual([
    '1 udp 2130706431 192.0.2.1 5000 typ host',
    '1 udp 2130706175 127.0.0.1 5000 typ host',
  ]);
  expect(new Set(lines.map((text) => text.split(' ')[0])).size).toBe(2);
});

test('a candidate of a server is announced as it is', () => {
  const candidate = new IceCandidate(1, 'f', '198.51.100.1', 6000, 100, 'udp', 'srflx');
  candidate.relatedAddress = '192.0.2.1';
  candidate.relatedPort = 5000;
  expect(announced(candidate, ['203.0.113.1']).map(lineOf)).toEqual([
    'candidate:f 1 udp 100 198.51.100.1 6000 typ srflx raddr 192.0.2.1 rport 5000',
  ]);
});

test.each([
  line('192.0.2.1'),
  line('2001:db8::1'),
  line('192.0.2.1', 'UDP 2122194687'),
  line('0a1b2c3d-0000-4000-8000-0123456789ab.local'),
  line('192.0.2.1').replace('candidate:', ''),
  `${line('192.0.2.1')}\r\n`,
])('%s is a candidate', (text) => {
  expect(readCandidate(text)).toMatchObject({ port: 50_000, type: 'host' });
});

test.each([
  ['garbage', 'garbage'],
  ['nothing', 'candidate:'],
  ['TCP', `${line('192.0.2.1', 'tcp 1518214911', '9')} tcptype active`],
  ['the port 0', line('192.0.2.1', 'udp 1', '0')],
  ['a port above all', line('192.0.2.1', 'udp 1', '65536')],
  ['RTCP on its own', line('192.0.2.1').replace('1 1 udp', '1 2 udp')],
  ['a host name, which would have to be resolved', line('internal.example')],
  ['a local name that no browser makes', line('printer.local')],
  ['a zone of an address', line('fe80::1%eth0')],
])('%s is no candidate', (_, text) => {
  expect(() => readCandidate(text)).toThrow(TypeError);
});
