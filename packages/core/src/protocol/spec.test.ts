import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { StateMachine } from 'xstate';
import * as timers from '../machines/timer.ts';
import { type Decoded, decodeClientMessage, decodeServerMessage } from './decode.ts';
import { errors } from './error.ts';
import { clientMessages, serverMessages } from './message.ts';
import { notifications } from './notification.ts';

// Core is compiled without Node, so it is the test runner's bundler that reads files.
declare global {
  interface ImportMeta {
    glob<File>(
      patterns: string | string[],
      options: { readonly eager: true; readonly query?: '?raw'; readonly import?: 'default' },
    ): Record<string, File>;
  }
}

/** docs/protocol.md and the pages that continue it, by their path. */
const pages = Object.entries(
  import.meta.glob<string>(['../../../../docs/protocol.md', '../../../../docs/protocol/*.md'], {
    eager: true,
    query: '?raw',
    import: 'default',
  }),
).map(([path, text]) => [path.slice(path.indexOf('docs/')), text] as const);
const sources = import.meta.glob<string>(['../../../*/src/**/*.ts', '!**/*.test.ts'], {
  eager: true,
  query: '?raw',
  import: 'default',
});
const serverSource = Object.values(
  import.meta.glob<string>(
    [
      '../machines/**/*.ts',
      '../app/*.ts',
      '../session/*.ts',
      '../../../server/src/**/*.ts',
      '!**/*.test.ts',
      '!**/client.ts',
      '!**/retry.ts',
    ],
    { eager: true, query: '?raw', import: 'default' },
  ),
).join('\n');
const machines = Object.values(
  import.meta.glob<object>(['../machines/**/*.ts', '!**/*.test.ts'], { eager: true }),
).flatMap((module) => Object.values(module).filter((value) => value instanceof StateMachine));

/** Content under one heading, up to the next. */
interface Section {
  /** Everything but tables and ladders, on one line. */
  readonly prose: string;
  /** The cells of the table's body. */
  readonly rows: readonly (readonly string[])[];
  /** The lines of each fenced text. */
  readonly ladders: readonly (readonly string[])[];
}

const plain = (cell: string) => cell.replaceAll('`', '');

function sectionOf(body: string): Section {
  const fenced = /```text\n(.*?)```/gs;
  const unfenced = body.replace(fenced, '');
  const lines = unfenced.split('\n');
  const table = lines.filter((line) => line.startsWith('|')).slice(2);
  return {
    prose: lines
      .filter((line) => !line.startsWith('|'))
      .join(' ')
      .replace(/\s+/g, ' '),
    rows: table.map((line) => line.split('|').map((cell) => cell.trim())).map((cells) => cells.slice(1, -1)),
    ladders: [...body.matchAll(fenced)].map(([, text = '']) => text.trimEnd().split('\n')),
  };
}

const parts = pages.flatMap(([page, text]) =>
  text
    .split(/^#{2,} /m)
    .slice(1)
    .map((part) => ({
      page,
      heading: part.slice(0, part.indexOf('\n')),
      ...sectionOf(part.slice(part.indexOf('\n'))),
    })),
);
const sections = new Map(parts.map((part) => [part.heading, part]));
const section = (heading: string): Section => sections.get(heading) ?? { prose: '', rows: [], ladders: [] };

const directionOf = ({ prose }: Section) => /^ Direction: (\S+ → \S+(?: \(notification\))?|both)/.exec(prose)?.[1];

const both = Object.keys(clientMessages).filter((command) => command in serverMessages);
const directions: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(clientMessages).map((command) => [command, 'client → server'])),
  ...Object.fromEntries(Object.keys(serverMessages).map((command) => [command, 'server → client'])),
  ...Object.fromEntries(Object.keys(notifications).map((definition) => [definition, 'server → client (notification)'])),
  ...Object.fromEntries(both.map((command) => [command, 'both'])),
};
const schemas = { ...clientMessages, ...serverMessages, ...notifications };
const messages = Object.entries(schemas).map(([name, { entries }]) => ({ name, entries: entries as v.ObjectEntries }));

interface Field {
  readonly name: string;
  readonly schema: v.GenericSchema;
}

/** The fields of a message in their order, those of the objects in its lists included. */
function fieldsOf(entries: v.ObjectEntries, prefix = ''): readonly Field[] {
  return Object.entries(entries)
    .filter(([, schema]) => schema.type !== 'literal')
    .flatMap(([key, schema]) => {
      const field = { name: prefix + key, schema: schema as v.GenericSchema };
      const list = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema;
      const members =
        'item' in list
          ? fieldsOf((list.item as v.ObjectSchema<v.ObjectEntries, undefined>).entries ?? {}, `${field.name}[].`)
          : [];
      return [field, ...members];
    });
}

/** A value of each type that the tables use. */
const samples: Readonly<Record<string, unknown>> = {
  string: 'x',
  number: 1,
  boolean: true,
  object: { 0: 'x' },
  any: [null, { x: 1 }],
  'array of string': ['x'],
  'array of object': [],
  '"offer" or "answer"': 'answer',
  '"stopped", "ended", "replaced" or "timeout"': 'timeout',
};

describe('every message', () => {
  test('has a heading and a direction, and so has nothing else', () => {
    const documented = parts.flatMap((part) => {
      const direction = directionOf(part);
      return direction === undefined ? [] : [[part.heading, direction]];
    });
    expect(documented.sort()).toEqual(Object.entries(directions).sort());
  });

  test.each(both)('%s has the same fields in both directions', (command) => {
    expect(clientMessages[command as 'stop']).toBe(serverMessages[command as 'stop']);
  });

  test.each(messages)('$name has a table of its fields, in their order', ({ name, entries }) => {
    const fields = fieldsOf(entries).map((field) => [
      field.name,
      v.is(field.schema, undefined) ? 'optional' : 'required',
    ]);
    expect(section(name).rows.map(([field = '', , required]) => [plain(field), required])).toEqual(fields);
  });

  test.each(messages)('$name takes values of the types in its table', ({ name, entries }) => {
    const schemaOf = new Map(fieldsOf(entries).map((field) => [field.name, field.schema]));
    for (const [field = '', type = ''] of section(name).rows.map((cells) => cells.map(plain))) {
      expect(samples, `the type of ${field}`).toHaveProperty([type]);
      const schema = schemaOf.get(field) ?? v.never();
      expect(v.safeParse(schema, samples[type]), field).toMatchObject({ output: samples[type], success: true });
    }
  });
});

test.each(Object.entries({ ...serverMessages, ...notifications }))(
  '%s has in its table that what has a default is always sent',
  (name, { entries }) => {
    const defaults = fieldsOf(entries as v.ObjectEntries).filter(({ schema }) => v.getDefault(schema) !== undefined);
    const alwaysSent = section(name).rows.filter(([, , , meaning]) => meaning?.startsWith('Always sent.'));
    expect(alwaysSent.map(([field = '']) => plain(field))).toEqual(defaults.map((field) => field.name));
  },
);

/** True if a section says that a message has no role behind it. */
const says = (phrase: string, name: string) => section(name).prose.includes(phrase);

describe('served messages', () => {
  const heard = new Set(
    machines.filter(({ id }) => !id.endsWith('.client')).flatMap(({ events }) => events as readonly string[]),
  );

  test.each(Object.keys(clientMessages))('%s is "not served yet" if no machine of a server hears it', (command) => {
    expect(says('Not served yet', command)).toBe(!heard.has(`signal.${command}`));
  });

  test.each([...Object.keys(serverMessages), ...Object.keys(notifications)])(
    '%s is "not sent yet" if the source of the server does not name it',
    (name) => {
      expect(says('Not sent yet', name)).toBe(!serverSource.includes(`'${name}'`));
    },
  );
});

describe('§ Errors', () => {
  test('names the errors that end no role', () => {
    const [, listed = ''] = /These end no role: ([^.]*)\./.exec(section('Errors').prose) ?? [];
    const named = [...listed.matchAll(/`(\w+)`/g)].map(([, definition]) => definition);
    const survived = Object.entries(errors).flatMap(([definition, { survives }]) => (survives ? [definition] : []));
    expect(named.sort()).toEqual(survived.sort());
  });

  test('lists errors that are not sent yet', () => {
    const [, listed = ''] = /Not sent yet: ([^.]*)\./.exec(section('Errors').prose) ?? [];
    const unsent = Object.keys(errors).filter((definition) => !serverSource.includes(`'${definition}'`));
    expect(plain(listed)).toBe(unsent.join(', '));
  });
});

describe('the table of timers', () => {
  const rows = section('Every timer').rows.map((cells) => cells.map(plain));

  test('has those of § Timers', () => {
    const inShort = section('Timers').rows.map(([timer, ms]) => `${timer} ${ms}`);
    const documented = rows.map(([timer, , ms]) => `${timer} ${ms}`);
    expect(inShort.length).toBeGreaterThan(0);
    expect(inShort.filter((each) => !documented.includes(each))).toEqual([]);
  });

  test('has every duration', () => {
    const durations = Object.entries(timers).filter(([, value]) => typeof value === 'number');
    const documented = rows.map(([, constant, ms = '']) => [constant, Number(ms.replaceAll(' ', ''))]);
    expect(documented.sort()).toEqual(durations.sort());
  });

  test('has every timer of every machine', () => {
    const waits = machines.flatMap(({ id, events }) =>
      (events as readonly string[]).flatMap((type) => (type.startsWith('timer.') ? [`${id} ${type}`] : [])),
    );
    const documented = rows.flatMap(([timer, , , owners = '']) =>
      owners.split(', ').map((id) => `${id} timer.${timer}`),
    );
    expect(new Set(documented)).toEqual(new Set(waits));
  });
});

/** The message of a line like `3  S→C  start {"streamId":"s1"}`, or `undefined` for a remark. */
function stepOf(line: string) {
  const match = /^(\d+) +([A-Z])→([A-Z]) +(\w+) (\{.*\})$/.exec(line);
  if (match === null) return undefined;
  const [, step, from, , command, fields = ''] = match;
  return { step: Number(step), fromServer: from === 'S', message: { command, ...JSON.parse(fields) } };
}

describe('every ladder', () => {
  const ladders = parts.flatMap(({ heading, ladders }) =>
    ladders
      .map((lines) => ({ heading, lines: lines.filter((line) => line.includes('→')) }))
      .filter(({ lines }) => lines.length > 0),
  );

  test.each(ladders)('under "$heading" is numbered', ({ lines }) => {
    expect(lines.map((line) => stepOf(line)?.step)).toEqual(lines.map((_, index) => index + 1));
  });

  test.each(ladders)('under "$heading" has messages that decode, with every field', ({ lines }) => {
    for (const line of lines) {
      const { fromServer = false, message = {} } = stepOf(line) ?? {};
      const decode: (text: string) => Decoded<unknown> = fromServer ? decodeServerMessage : decodeClientMessage;
      expect(decode(JSON.stringify(message)), line).toMatchObject({ ok: true, message });
    }
  });
});

describe('every reference', () => {
  const flat = (text: string) => text.replace(/\n\s*(?:\*|\/\/)?\s*/g, ' ');

  /** The headings that a text refers to, as `§ Publish` or `§ Publish, step 7`, up to the end of what could be one. */
  const referencesIn = (text: string): readonly string[] =>
    text
      .split('§ ')
      .slice(1)
      .filter((reference) => !/^\d/.test(reference))
      .map((reference) => reference.slice(0, 80));

  const leadsTo = (page: string, reference: string): boolean =>
    parts.some(({ page: its, heading, ladders }) => {
      if (its !== page || !reference.startsWith(heading) || /^\w/.test(reference.slice(heading.length))) return false;
      const [, step] = /^, step (\d+)/.exec(reference.slice(heading.length)) ?? [];
      return step === undefined || (ladders[0] ?? []).some((line) => stepOf(line)?.step === Number(step));
    });

  const link = /\[§ ([^\]]+)\]\(([^)#]*)#([^)]*)\)/g;
  const anchorOf = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
  const folderOf = (page: string) => page.slice(0, page.lastIndexOf('/') + 1);

  test.each(pages)('within %s resolves', (page, text) => {
    const references = referencesIn(flat(text).replace(link, ''));
    expect(references.filter((reference) => !leadsTo(page, reference))).toEqual([]);
  });

  test('from one page to another resolves', () => {
    const links = pages.flatMap(([page, text]) =>
      [...flat(text).matchAll(link)].map(([all, heading = '', path = '', anchor]) => {
        const target = path.startsWith('../') ? `docs/${path.slice(3)}` : `${folderOf(page)}${path}`;
        return { all, resolves: leadsTo(target, heading) && anchor === anchorOf(heading) };
      }),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ resolves }) => !resolves).map(({ all }) => all)).toEqual([]);
  });

  test('from the sources of every package resolves', () => {
    const references = Object.values(sources).flatMap((source) =>
      [...flat(source).matchAll(/(docs\/protocol(?:\/\w+)?\.md)(?=(?: § (.{1,80}))?)/g)].map(
        ([, page = '', reference]) => ({
          page,
          reference,
        }),
      ),
    );
    expect(references.length).toBeGreaterThan(0);
    const paths = pages.map(([path]) => path);
    const leadsNowhere = references.filter(({ page, reference }) =>
      reference === undefined ? !paths.includes(page) : !/^\d/.test(reference) && !leadsTo(page, reference),
    );
    expect(leadsNowhere).toEqual([]);
  });

  test('is to one heading only', () => {
    expect([...sections.keys()]).toEqual(parts.map(({ heading }) => heading));
  });
});
