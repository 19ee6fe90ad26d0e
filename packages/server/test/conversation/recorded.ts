import {
  type ConversationCase,
  callPathScenarios,
  eventKey,
  type PathScenario,
  record,
  rolePathScenarios,
  scenarios,
} from '@sigchart/model';
import { memoryServer } from './memory.ts';

/** Candidates of a role come when they come. In a call they are nothing but messages. */
const candidates: readonly string[] = ['rtc.iceCandidate', 'signal.takeCandidate'];

/** Records a scenario, unless it does not take its machine along the path that it is made from. */
async function recordPath(scenario: PathScenario): Promise<ConversationCase | undefined> {
  const seen: string[] = [];
  const comesAnyway = (type: string) => scenario.socket !== 0 && candidates.includes(type);
  const { system } = memoryServer({
    observe: ({ machine, socket, taken, event }) => {
      const isIt = machine === scenario.machine && socket === scenario.socket;
      if (isIt && taken.length > 0 && !comesAnyway(event.type)) seen.push(eventKey(event));
    },
  });
  const recorded = await record(scenario, system, 0);
  const wanted = scenario.events.filter((event) => !comesAnyway(event));
  return seen.slice(0, wanted.length).join() === wanted.join() ? recorded : undefined;
}

/** The cases that a machine's paths make. Paths that nobody outside can bring about make none. */
export async function recordPaths(): Promise<readonly ConversationCase[]> {
  const cases: ConversationCase[] = [];
  for (const scenario of [...callPathScenarios(), ...rolePathScenarios()]) {
    const recorded = await recordPath(scenario);
    if (recorded !== undefined) cases.push(recorded);
  }
  return cases;
}

/** Every case, as the server in memory has it now, by the file that it belongs to. */
export async function recordAll(): Promise<Readonly<Record<string, readonly ConversationCase[]>>> {
  const { system } = memoryServer();
  const files: Record<string, ConversationCase[]> = {};
  for (const [number, scenario] of scenarios.entries()) {
    const [file = ''] = scenario.id.split('/');
    files[file] = [...(files[file] ?? []), await record(scenario, system, number)];
  }
  for (const each of await recordPaths()) {
    const [file = ''] = each.id.split('/');
    files[file] = [...(files[file] ?? []), each];
  }
  return files;
}

/** Where the cases are kept. */
export const casesFolder = new URL('../../../model/src/conversation/cases/', import.meta.url);
