import { readFileSync } from 'node:fs';
import { conversations } from '@sigchart/conformance';
import { expect, test } from 'vitest';
import { facts, factsIn, unfounded, unshown } from './facts.ts';
import { pageOf } from './recorded.ts';

const sdkFolder = new URL(
  '../../../../apps/reference-server/node_modules/antmedia-sdk-2-16-2/src/main/',
  import.meta.url,
);

const byOthers = conversations.filter(({ requiredBy }) => requiredBy !== 'project');

test('sixty facts and more are written down, most of them of the original document', () => {
  expect(facts.length).toBeGreaterThanOrEqual(60);
  expect(new Set(facts.map(({ says, source }) => `${source}: ${says}`)).size).toBe(facts.length);
  expect(facts.filter(({ requiredBy }) => requiredBy === 'spec').length).toBeGreaterThan(45);
});

test.each(facts.filter(({ text }) => text !== undefined).map((fact) => [fact.source, fact.text ?? ''] as const))(
  '%s has the text %s',
  (source, text) => {
    expect(readFileSync(new URL(source.split(', ')[1] ?? '', sdkFolder), 'utf8')).toContain(text);
  },
);

test.each(facts.map((fact) => [`${fact.source}: ${fact.says}`, fact] as const))(
  'a case shows that, as in the %s',
  (_, fact) => {
    expect(byOthers.filter((each) => factsIn(each).includes(fact)).map(({ id }) => id)).not.toEqual([]);
  },
);

test.each(byOthers.map((each) => [each.id, each] as const))('%s asks for nothing but facts', (_, each) => {
  expect(unfounded(each)).toEqual([]);
});

test('what the document has and no case shows cannot be brought about by a client', () => {
  const asked = new Set(
    byOthers.flatMap(({ steps }) => steps.map((step) => (step.does === 'hear' ? String(step.message.definition) : ''))),
  );
  expect(Object.keys(unshown).filter((definition) => asked.has(definition))).toEqual([]);
});

test('each case names its references', () => {
  for (const { id, references, section, requiredBy } of conversations) {
    expect(references, id).not.toEqual([]);
    if (requiredBy === 'project') expect(references, id).toContain(`${pageOf(section)} § ${section}`);
  }
});

test('each reference to the protocol leads to a heading', () => {
  const own = new Set(
    conversations.flatMap(({ references = [] }) => references.filter((each) => each.startsWith('docs/'))),
  );
  expect(own.size).toBeGreaterThan(20);
  const leadsNowhere = [...own].filter((reference) => {
    const [page = '', heading = ''] = reference.split(' § ');
    const text = readFileSync(new URL(`../../../../${page}`, import.meta.url), 'utf8');
    return !new RegExp(`^#{2,3} ${heading}$`, 'm').test(text);
  });
  expect(leadsNowhere).toEqual([]);
});
