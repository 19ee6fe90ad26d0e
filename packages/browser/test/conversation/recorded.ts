import type { ConversationCase } from '@sigchart/conformance';
import { eventKey, record } from '@sigchart/conformance/record';
import { memoryClient } from './memory.ts';
import { clientScenarios } from './scenario/index.ts';
import { clientPathScenarios } from './scenario/paths.ts';

/** Events of candidates, which arrive at any time. */
const comeAnyway: readonly string[] = ['rtc.iceCandidate', 'signal.takeCandidate'];

/** Records the scenarios that are made from the paths of the client's machines, but those that do not take it along its path. */
async function recordPaths(): Promise<readonly ConversationCase[]> {
  const cases: ConversationCase[] = [];
  for (const scenario of clientPathScenarios()) {
    const seen: string[] = [];
    const { system } = memoryClient({
      observe:
        () =>
        ({ machine, taken, event }) => {
          if (machine === scenario.machine && taken.length > 0 && !comeAnyway.includes(event.type))
            seen.push(eventKey(event));
        },
    });
    const recorded = await record(scenario, system, 0);
    const wanted = scenario.events.filter((event) => !comeAnyway.includes(event));
    if (seen.slice(0, wanted.length).join() === wanted.join()) cases.push(recorded);
  }
  return cases;
}

/** Every case, as the client in memory has it now, by the file that it belongs to. */
export async function recordAll(): Promise<Readonly<Record<string, readonly ConversationCase[]>>> {
  const files: Record<string, ConversationCase[]> = {};
  const add = (each: ConversationCase) => {
    const [file = ''] = each.id.split('/');
    files[file] = [...(files[file] ?? []), each];
  };
  for (const scenario of clientScenarios) add(await record(scenario, memoryClient().system, 0));
  for (const each of await recordPaths()) add(each);
  return files;
}

/** Folder of the cases. */
export const casesFolder = new URL('../../../conformance/src/cases/', import.meta.url);
