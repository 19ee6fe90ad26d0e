import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type Decoded, decodeClientMessage, decodeServerMessage, maxTextLength } from './decode.ts';
import { encode } from './encode.ts';
import { maxIdLength } from './field.ts';
import { type ClientMessage, clientMessages, type ServerMessage, serverMessages } from './message.ts';
import { notifications } from './notification.ts';

/** Frames of real clients and servers, and what they mean; `message` is left out where it is the frame itself. */
interface Golden {
  readonly source: string;
  readonly direction: 'client → server' | 'server → client';
  readonly frames: readonly { readonly frame: { readonly command: string }; readonly message?: object }[];
}

const golden = Object.values(import.meta.glob<Golden>('./golden/*.json', { eager: true, import: 'default' })).flatMap(
  ({ source, direction, frames }) =>
    frames.map(({ frame, message = frame }) => ({ source, direction, text: JSON.stringify(frame), message })),
);

type Decode = (text: string) => Decoded<ClientMessage | ServerMessage>;

const decoders: readonly (readonly [string, Decode])[] = [
  ['a client', decodeClientMessage],
  ['a server', decodeServerMessage],
];

const fromClient = (fields: object) => decodeClientMessage(JSON.stringify(fields));
const fromServer = (fields: object) => decodeServerMessage(JSON.stringify(fields));
const candidate = { command: 'takeCandidate', streamId: 's1', candidate: 'candidate:1' };

describe('frames of real clients and servers', () => {
  test.each(golden)('$source: $text', ({ direction, text, message }) => {
    const decode: Decode = direction === 'client → server' ? decodeClientMessage : decodeServerMessage;
    const decoded = decode(text);
    expect(decoded).toEqual({ ok: true, message });
    if (decoded.ok) expect(decode(encode(decoded.message))).toEqual(decoded);
  });
});

describe('encode', () => {
  test('leaves out absent fields', () => {
    const message = { command: 'publish', streamId: 's1', token: undefined } as const;
    expect(encode(message)).toBe('{"command":"publish","streamId":"s1"}');
  });
});

describe.each(decoders)('a text from %s', (_, decode) => {
  test.each([
    ['nothing', ''],
    ['no JSON', 'publish s1'],
    ['JSON with keys out of quotes', '{command:"ping"}'],
    ['two objects', '{"command":"ping"}{"command":"ping"}'],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"ping"'],
    ['an array', '[{"command":"ping"}]'],
    ['an object without a command', '{"streamId":"s1"}'],
    ['a command that is no text', '{"command":1}'],
    ['a command in a list', '{"command":["ping"]}'],
    ['a command in other case', '{"command":"PING"}'],
    ['an unknown command', '{"command":"makeCoffee","streamId":"s1"}'],
    ['a notification without a definition', '{"command":"notification","streamId":"s1"}'],
    ['a notification with an unknown definition', '{"command":"notification","definition":"x","streamId":"s1"}'],
    ['the command __proto__', '{"command":"__proto__"}'],
    ['the command constructor', '{"command":"constructor"}'],
    ['the command toString', '{"command":"toString"}'],
    ['the definition __proto__', '{"command":"notification","definition":"__proto__"}'],
    ['a command only in __proto__', '{"__proto__":{"command":"ping"}}'],
    ['a megabyte', `{"command":"ping","x":"${'x'.repeat(1_000_000)}"}`],
    ['a hundred thousand opening brackets', '['.repeat(100_000)],
  ])('that is %s is malformed and names no command', (_name, text) => {
    const decoded = decode(text);
    expect(decoded).toMatchObject({ ok: false, malformed: { command: undefined, field: undefined, missing: false } });
  });

  test.each([
    ['', 'an empty text instead of a JSON object'],
    ['null', 'null instead of a JSON object'],
    ['17', 'a number instead of a JSON object'],
    ['"secret"', 'a string instead of a JSON object'],
    ['false', 'a boolean instead of a JSON object'],
    ['[{"token":"secret"}]', 'an array instead of a JSON object'],
    ['{"token":"secret"}', 'an object without a "command" that is a string'],
    ['{"command":{"token":"secret"}}', 'an object without a "command" that is a string'],
    ['{"token":secret}', 'not JSON: at position 9 of 16, a value is expected'],
    ['x'.repeat(maxTextLength + 1), '262145 UTF-16 code units instead of at most 262144'],
  ])(
    'that is no object with a command is at fault itself, and what is wrong repeats nothing of it: %.40s',
    (text, detail) => {
      expect(decode(text)).toMatchObject({ ok: false, malformed: { fault: 'text', detail } });
    },
  );

  test('with a command that nobody knows is no fault of the text', () => {
    expect(decode('{"command":"makeCoffee"}')).toMatchObject({ ok: false, malformed: { fault: 'command' } });
    expect(decode('{"command":"__proto__"}')).toMatchObject({ ok: false, malformed: { fault: 'command' } });
  });

  test('is read as Ant Media Server reads it where that has one meaning', () => {
    const [command, streamId] = decode === decodeClientMessage ? ['play', 's1'] : ['start', 's1'];
    expect(decode(`{"command" "${command}" "streamId":"${streamId}",}`)).toMatchObject({
      ok: true,
      message: { command, streamId },
    });
  });
});

test('a text may be as long as the limit and no longer', () => {
  const padded = (length: number) => '{"command":"ping"}'.padEnd(length);
  expect(decodeClientMessage(padded(maxTextLength))).toEqual({ ok: true, message: { command: 'ping' } });
  expect(decodeClientMessage(padded(maxTextLength + 1)).ok).toBe(false);
});

test('the length of a text is counted in code units, not bytes', () => {
  const text = JSON.stringify({ command: 'ping', x: 'ü'.repeat(maxTextLength - 30) });
  expect(decodeClientMessage(text).ok).toBe(true);
});

test('messages of one side are unknown from the other', () => {
  expect(fromServer({ command: 'publish', streamId: 's1' }).ok).toBe(false);
  expect(fromClient({ command: 'start', streamId: 's1' }).ok).toBe(false);
  expect(fromClient({ command: 'notification', definition: 'publish_started', streamId: 's1' }).ok).toBe(false);
});

test('unknown fields do not reach the message, and neither does a prototype', () => {
  const decoded = decodeClientMessage('{"command":"stop","streamId":"s1","x":1,"__proto__":{"polluted":true}}');
  expect(decoded).toEqual({ ok: true, message: { command: 'stop', streamId: 's1' } });
  expect(decoded.ok && Object.keys(decoded.message)).toEqual(['command', 'streamId']);
  expect({}).not.toHaveProperty('polluted');
});

test('a track id under __proto__ is left out of idMapping', () => {
  const decoded = decodeServerMessage(
    '{"command":"takeConfiguration","streamId":"s1","type":"offer","sdp":"v=0","idMapping":{"__proto__":"x","0":"ARDAMSvs1"}}',
  );
  expect(decoded).toMatchObject({ ok: true, message: { idMapping: { 0: 'ARDAMSvs1' } } });
  expect(decoded.ok && 'idMapping' in decoded.message && Object.keys(decoded.message.idMapping ?? {})).toEqual(['0']);
});

describe('a streamId', () => {
  const commands = Object.entries(clientMessages).flatMap(([command, { entries }]) =>
    'streamId' in entries && !v.is(entries.streamId, undefined) ? [command] : [],
  );

  test.each(commands)('that is missing from %s is called missing', (command) => {
    for (const streamId of [undefined, null, '', 5, true, ['s1'], { s1: 1 }]) {
      const decoded = fromClient({ command, streamId });
      expect(decoded).toMatchObject({
        ok: false,
        malformed: { command, field: 'streamId', missing: true, streamId: undefined },
      });
    }
  });

  test.each([
    ['a blank', 'a b'],
    ['a slash', 'a/b'],
    ['a line end', 'a\n'],
    ['a zero byte', 'a\0'],
    ['a letter beyond ASCII', 'zürich'],
    ['markup', '<script>'],
  ])('with %s is wrong, not missing, and echoed', (_, streamId) => {
    expect(fromClient({ command: 'publish', streamId })).toMatchObject({
      ok: false,
      malformed: { command: 'publish', field: 'streamId', missing: false, streamId },
    });
  });

  test('that is longer than any id is invalid, and not echoed', () => {
    const wrong = (length: number) => fromClient({ command: 'publish', streamId: '/'.repeat(length) });
    const malformed = { command: 'publish', field: 'streamId', missing: false };
    expect(wrong(maxIdLength)).toMatchObject({ malformed: { ...malformed, streamId: '/'.repeat(maxIdLength) } });
    expect(wrong(maxIdLength + 1)).toMatchObject({ malformed: { ...malformed, streamId: undefined } });
  });

  test.each([
    ['of one character', 'x'],
    ['of every kind of character', 'AZaz09-_.'],
    ['of dots', '..'],
    ['named __proto__', '__proto__'],
    ['as long as it may be', 'x'.repeat(maxIdLength)],
  ])('%s is right', (_, streamId) => {
    expect(fromClient({ command: 'stop', streamId })).toEqual({ ok: true, message: { command: 'stop', streamId } });
  });
});

describe.each([
  'publish_started',
  'publish_finished',
  'play_started',
  'play_finished',
  'session_restored',
  'joined',
  'leaved',
])('the streamId of %s', (definition) => {
  const message = { command: 'notification', definition };

  test.each([
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['no id', 'a/b'],
    ['no text', { s1: 1 }],
  ])('is "" when it is %s, since other servers leave it out', (_, streamId) => {
    expect(fromServer({ ...message, streamId })).toEqual({ ok: true, message: { ...message, streamId: '' } });
  });

  test('is the id when it is there', () => {
    expect(fromServer({ ...message, streamId: 's1' })).toEqual({ ok: true, message: { ...message, streamId: 's1' } });
  });
});

test.each(['joinRoom', 'leaveFromRoom', 'getRoomInfo'])(
  'a room that is missing from %s is called missing',
  (command) => {
    for (const room of [undefined, null, '', 5])
      expect(fromClient({ command, room })).toMatchObject({ malformed: { command, field: 'room', missing: true } });
    expect(fromClient({ command, room: 'a/b' })).toMatchObject({
      malformed: { command, field: 'room', missing: false },
    });
  },
);

describe('takeConfiguration', () => {
  const offer = { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp: 'v=0' };

  test.each([
    ['type', undefined],
    ['type', 'Offer'],
    ['type', 'pranswer'],
    ['sdp', undefined],
    ['sdp', null],
    ['sdp', { sdp: 'v=0' }],
  ])('with a %s of %s is malformed, and says of which stream', (field, value) => {
    const decoded = fromClient({ ...offer, [field]: value });
    expect(decoded).toMatchObject({
      ok: false,
      malformed: { command: 'takeConfiguration', field, streamId: 's1' },
    });
  });

  test('accepts any string as a description', () => {
    expect(fromClient({ ...offer, sdp: '' })).toEqual({ ok: true, message: { ...offer, sdp: '' } });
  });

  test.each([
    ['null', null],
    ['a text', '0'],
    ['a list of objects', [{}]],
    ['an object of numbers', { 0: 1 }],
  ])('has no idMapping when that is %s', (_, idMapping) => {
    const decoded = fromServer({ ...offer, idMapping });
    expect(decoded).toEqual({ ok: true, message: offer });
    expect(decoded.ok && encode(decoded.message)).not.toContain('idMapping');
  });
});

describe('takeCandidate', () => {
  test.each([
    ['a number', 1, 1],
    ['digits', '1', 1],
    ['digits with blanks', ' 1 ', 1],
    ['absent', undefined, undefined],
    ['null', null, undefined],
    ['empty', '', undefined],
    ['a word', 'video', undefined],
    ['a list', [1], undefined],
  ])('has a label that is %s', (_, label, expected) => {
    expect(fromClient({ ...candidate, label })).toEqual({ ok: true, message: { ...candidate, label: expected } });
  });

  test.each([
    ['a text', 'video', 'video'],
    ['a number', 0, '0'],
    ['absent', undefined, undefined],
    ['null', null, undefined],
    ['empty', '', undefined],
  ])('has an id that is %s', (_, id, expected) => {
    expect(fromClient({ ...candidate, id })).toEqual({ ok: true, message: { ...candidate, id: expected } });
  });

  test('may be empty or null, but not absent', () => {
    for (const line of ['', null])
      expect(fromClient({ ...candidate, candidate: line })).toMatchObject({ ok: true, message: { candidate: '' } });
    for (const line of [undefined, 1, {}])
      expect(fromClient({ ...candidate, candidate: line })).toMatchObject({ malformed: { field: 'candidate' } });
  });
});

describe('joinRoom', () => {
  test.each([
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['the word null', 'null'],
    ['the word undefined', 'undefined'],
    ['no id', 'a b'],
    ['a number', 5],
  ])('asks for no stream id of its own when it is %s', (_, streamId) => {
    expect(fromClient({ command: 'joinRoom', room: 'r', streamId })).toEqual({
      ok: true,
      message: { command: 'joinRoom', room: 'r' },
    });
  });

  test('reads both spellings of metaData', () => {
    const message = { command: 'joinRoom', room: 'r', metadata: 'a', metaData: 'b' };
    expect(fromClient(message)).toEqual({ ok: true, message });
  });
});

describe('the other members of a room', () => {
  const joined = { command: 'notification', definition: 'joinedTheRoom', streamId: 'a', streams: ['b'] };
  const information = { command: 'roomInformation', room: 'r', ATTR_ROOM_NAME: 'r', streams: ['b'] };
  const named = [{ streamId: 'b', streamName: '', metaData: '' }];

  test.each([
    ['absent', {}],
    ['null', { streamName: null, metaData: null }],
    ['no texts', { streamName: 5, metaData: {} }],
  ])('have "" for a name and metaData that are %s', (_, texts) => {
    const streamList = [{ streamId: 'b', ...texts }];
    expect(fromServer({ ...joined, streamList })).toMatchObject({ ok: true, message: { streamList: named } });
    expect(fromServer({ ...information, streamList })).toMatchObject({ ok: true, message: { streamList: named } });
  });

  test.each([
    ['null', null],
    ['a text', 'b'],
    ['a list of texts', ['b']],
  ])('are [] in joinedTheRoom when the list is %s, and not there when it is not', (_, streamList) => {
    expect(fromServer({ ...joined, streamList })).toEqual({ ok: true, message: { ...joined, streamList: [] } });
    expect(fromServer(joined)).toEqual({ ok: true, message: joined });
  });
});

test('a bitrate that is absent is 0', () => {
  const message = { command: 'notification', definition: 'bitrateMeasurement', streamId: 's1' };
  expect(fromServer({ ...message, videoBitrate: 500_000 })).toEqual({
    ok: true,
    message: { ...message, targetBitrate: 0, videoBitrate: 500_000, audioBitrate: 0 },
  });
});

describe.each(decoders)('the data of a peerMessageCommand from %s', (_, decode) => {
  const nested = (open: string, close: string, depth: number) =>
    decode(`{"command":"peerMessageCommand","streamId":"c1","data":${open.repeat(depth)}1${close.repeat(depth)}}`);

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('may be nested 64 deep in %s, and no deeper', (_name, open, close) => {
    expect(nested(open, close, 64).ok).toBe(true);
    expect(nested(open, close, 65)).toMatchObject({
      ok: false,
      malformed: { command: 'peerMessageCommand', field: 'data', streamId: 'c1' },
    });
  });

  test('is malformed when it is as deep as a text can be', () => {
    expect(nested('[', ']', 131_000)).toMatchObject({ ok: false, malformed: { field: 'data' } });
  });
});

describe('a field', () => {
  const withField = (command: string, field: string, value: unknown) =>
    decodeClientMessage(
      JSON.stringify({
        command,
        streamId: 's1',
        room: 'r1',
        type: 'offer',
        sdp: 'v=0',
        candidate: '',
        trackId: 'x',
        [field]: value,
      }),
    );

  test.each([
    ['publish', 'metaData', 8_192],
    ['publish', 'streamName', 256],
    ['publish', 'mainTrack', 256],
    ['publish', 'token', 8_192],
    ['play', 'subscriberId', 256],
    ['play', 'viewerInfo', 8_192],
    ['joinRoom', 'metadata', 8_192],
    ['enableTrack', 'trackId', 256],
    ['updateStreamMetaData', 'metaData', 8_192],
    ['takeCandidate', 'candidate', 2_048],
    ['peerMessageCommand', 'definition', 256],
  ])('of %s, %s, may have %d code units and no more', (command, field, length) => {
    expect(withField(command, field, 'x'.repeat(length))).toMatchObject({ ok: true });
    expect(withField(command, field, 'x'.repeat(length + 1))).toMatchObject({
      ok: false,
      malformed: { command, field, tooLong: true, streamId: 's1' },
    });
  });

  test('that is a list has bounded entries, and so many of them', () => {
    expect(withField('play', 'trackList', Array(250).fill('x'.repeat(256)))).toMatchObject({ ok: true });
    for (const list of [Array(251).fill('x'), ['x'.repeat(257)]])
      expect(withField('play', 'trackList', list)).toMatchObject({ malformed: { field: 'trackList', tooLong: true } });
  });
});

describe('optional fields', () => {
  test.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
    ['TRUE', undefined],
    ['', undefined],
    [null, undefined],
    [1, undefined],
  ])('a boolean of %j reads as %j', (video, expected) => {
    const message = { command: 'publish', streamId: 's1', video: expected };
    expect(fromClient({ command: 'publish', streamId: 's1', video })).toEqual({ ok: true, message });
  });

  test.each([
    ['t', 't'],
    [123456, '123456'],
    ['', undefined],
    [null, undefined],
    [true, undefined],
    [['t'], undefined],
    [{ t: 1 }, undefined],
  ])('a text of %j reads as %j', (token, expected) => {
    const message = { command: 'publish', streamId: 's1', token: expected };
    expect(fromClient({ command: 'publish', streamId: 's1', token })).toEqual({ ok: true, message });
  });

  test.each([
    [
      ['a', '!b'],
      ['a', '!b'],
    ],
    [['a', '', null, 5, ['b']], ['a']],
    [undefined, []],
    [null, []],
    ['', []],
    ['a', []],
  ])('a list of texts of %j reads as %j', (trackList, expected) => {
    const message = { command: 'play', streamId: 's1', trackList: expected };
    expect(fromClient({ command: 'play', streamId: 's1', trackList })).toEqual({ ok: true, message });
  });
});

describe('whatever a field holds', () => {
  const directions = [
    ...Object.entries(clientMessages).map(([name, { entries }]) => ({ name, entries, decode: decodeClientMessage })),
    ...Object.entries(serverMessages).map(([name, { entries }]) => ({ name, entries, decode: decodeServerMessage })),
    ...Object.entries(notifications).map(([name, { entries }]) => ({ name, entries, decode: decodeServerMessage })),
  ].map(({ name, entries, decode }) => ({
    name,
    schemas: Object.entries(entries as v.ObjectEntries),
    decode: decode as (text: string) => Decoded<ClientMessage | ServerMessage>,
  }));
  const values = ['x', 'offer', '', ' ', 1, -1, 1.5, true, false, null, [], [null], [['x']], {}, { x: null }];

  /** A right value for each field that must be there. */
  const least = (schemas: readonly (readonly [string, v.GenericSchema])[]) =>
    Object.fromEntries(
      schemas
        .filter(([, schema]) => !v.is(schema, undefined))
        .map(([field, schema]) => [
          field,
          'literal' in schema ? schema.literal : values.find((value) => v.is(schema, value)),
        ]),
    );

  test.each(directions)('$name decodes, or names the field at fault', ({ schemas, decode }) => {
    const right = least(schemas as never);
    expect(decode(JSON.stringify(right))).toMatchObject({ ok: true, message: right });
    for (const [field, schema] of schemas.filter(([, { type }]) => type !== 'literal')) {
      for (const value of values) {
        const decoded = decode(JSON.stringify({ ...right, [field]: value }));
        expect(decoded.ok, `${field}: ${JSON.stringify(value)}`).toBe(v.is(schema, value));
        if (decoded.ok) expect(decode(encode(decoded.message))).toEqual(decoded);
        else expect(decoded.malformed).toMatchObject({ command: right.command, field });
      }
    }
  });

  test.each(directions)('$name takes null and "" for absent in what is optional', ({ schemas, decode }) => {
    const right = least(schemas as never);
    const absent = decode(JSON.stringify(right));
    // Neither a list of objects nor what the application says is one of the types that this holds for, and a bitrate is a
    // number or not there at all.
    const others = ['streamList', 'data', 'targetBitrate', 'videoBitrate', 'audioBitrate'];
    for (const [field] of schemas.filter(([name, schema]) => v.is(schema, undefined) && !others.includes(name))) {
      for (const value of [null, ''])
        expect(decode(JSON.stringify({ ...right, [field]: value })), field).toEqual(absent);
    }
  });
});

test('a control character inside a string may stand there as it is, and nowhere else', () => {
  const text = String.raw`{"command":"publish","streamId":"s1","metaData":"a \"quote\" \\` + '\n\tand more"}';
  expect(decodeClientMessage(text)).toMatchObject({ ok: true, message: { metaData: 'a "quote" \\\n\tand more' } });
  expect(decodeClientMessage('{"command":"ping"\u0001}')).toMatchObject({ ok: false });
  expect(decodeClientMessage('{"command":"pi\n')).toMatchObject({ ok: false });
});
