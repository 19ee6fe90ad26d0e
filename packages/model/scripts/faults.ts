/**
 * Puts faults into the wiring that ships, one at a time and in memory, and reports the property that sees each.
 *
 *     npm run model:faults                  # every fault
 *     npm run model:faults -- --every 8     # one of eight: the short form
 *     npm run model:faults -- --only route  # those of files whose name matches
 *     npm run model:faults -- --write       # only writes the table of them, packages/model/wiring.md
 */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { type Fault, faults } from '../test/wiring/faults.ts';
import type { Finding } from '../test/wiring/finding.ts';
import { page, pageUrl } from '../test/wiring/page.ts';

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});

const packages = new URL('../../', import.meta.url).href;
const core = new URL('../../core/src/', import.meta.url).href;

/** Number of the fault with which a module is loaded. Its imports are loaded with the same. */
const faultOf = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : (new URL(url, packages).searchParams.get('fault') ?? undefined);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const fault = faultOf(context.parentURL);
    const isOwn = resolved.url.startsWith(packages) && !resolved.url.includes('/node_modules/');
    return fault === undefined || !isOwn ? resolved : { ...resolved, url: `${resolved.url}?fault=${fault}` };
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const { file, from, to } = faults[Number(faultOf(url) ?? -1)] ?? {};
    if (file === undefined || !url.startsWith(`${core}${file}?`)) return loaded;
    return { ...loaded, source: String(loaded.source).replace(from as string, () => to as string) };
  },
});

/** The findings of the check of a fault, with or without it. */
async function findings(index: number | undefined, { check }: Pick<Fault, 'check'>): Promise<readonly Finding[]> {
  const query = index === undefined ? '' : `?fault=${index}`;
  const { checks } = (await import(`../test/wiring/checks.ts${query}`)) as typeof import('../test/wiring/checks.ts');
  try {
    return await checks[check]();
  } catch (error) {
    return [{ property: 'nothing throws', detail: String(error) }];
  }
}

const chosen = [...faults.entries()].filter(
  ([index, { file }]) => !values.write && index % Number(values.every) === 0 && file.includes(values.only),
);
if (values.write) writeFileSync(pageUrl, page());
let missed = 0;
for (const check of new Set(chosen.map(([, fault]) => fault.check)))
  for (const { property, detail } of await findings(undefined, { check })) {
    missed += 1;
    console.log(`✗ without any fault, ${check}: ${property}\n    ${detail}`);
  }
for (const [index, fault] of chosen) {
  const found = await findings(index, fault);
  const isSeen = found.some(({ property }) => property === fault.property);
  if (!isSeen) missed += 1;
  const seen = found.map(({ property }) => property).join('; ') || 'nothing';
  console.log(`${isSeen ? '✓' : '✗'} ${fault.file}: ${fault.fault} → ${isSeen ? fault.property : seen}`);
}
console.log(`\n${chosen.length} faults, ${missed} not seen.`);
if (missed > 0) process.exitCode = 1;
