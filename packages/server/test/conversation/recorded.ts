import type { ConversationCase, ServerUnderTest, Setting } from '@sigchart/conformance';
import { eventKey, type PathScenario, record } from '@sigchart/conformance/record';
import { clientMessages, notifications, serverMessages } from '@sigchart/core/protocol';
import { configured, told } from './configured.ts';
import { factsIn } from './facts.ts';
import { memoryServer } from './memory.ts';
import { callPathScenarios } from './scenario/callPaths.ts';
import { scenarios } from './scenario/index.ts';
import { rolePathScenarios } from './scenario/rolePaths.ts';
import { roomPathScenarios } from './scenario/roomPaths.ts';
import { socketPathScenarios } from './scenario/socketPaths.ts';

/** Events of candidates. Those of a role arrive at any time; in a call they are ordinary messages. */
const candidates: readonly string[] = ['rtc.iceCandidate', 'signal.takeCandidate'];

/** Records a scenario, unless it does not take its machine along the path that it is made from. */
async function recordPath(scenario: PathScenario): Promise<ConversationCase | undefined> {
  const seen: string[] = [];
  const comesAnyway = (type: string) => scenario.socket !== 0 && candidates.includes(type);
  const { system } = memoryServer({
    observe:
      ({ socket }) =>
      ({ machine, taken, event }) => {
        const isIt = machine === scenario.machine && socket === scenario.socket;
        if (isIt && taken.length > 0 && !comesAnyway(event.type)) seen.push(eventKey(event));
      },
  });
  const recorded = await record(scenario, system, 0);
  const wanted = scenario.events.filter((event) => !comesAnyway(event));
  // Without a listener, nothing can fail.
  const listens = recorded.steps.some(({ does }) => does === 'hear' || does === 'hearNothing' || does === 'hearClose');
  return listens && seen.slice(0, wanted.length).join() === wanted.join() ? recorded : undefined;
}

/** Cases of the machines' paths. Paths that no client can cause are left out. */
async function recordPaths(): Promise<readonly ConversationCase[]> {
  const cases: ConversationCase[] = [];
  const paths = [...callPathScenarios(), ...rolePathScenarios(), ...roomPathScenarios(), ...socketPathScenarios()];
  for (const scenario of paths) {
    const recorded = await recordPath(scenario);
    if (recorded !== undefined) cases.push(recorded);
  }
  return cases;
}

/** A server in memory that makes the given refusals, with their settings. */
export async function configuredServer(needs: readonly Setting[]): Promise<ServerUnderTest> {
  const { system } = memoryServer(await configured('live', needs));
  return { ...system, settings: told };
}

/** The page of the protocol that has a section: each message has one under its name. */
export const pageOf = (section: string): string =>
  section in clientMessages || section in serverMessages || section in notifications
    ? 'docs/protocol/messages.md'
    : 'docs/protocol.md';

/** Adds where it is written what a case asks for: what only this project asks for, in its own document. */
function sourced({ id, title, section, requiredBy, ...rest }: ConversationCase): ConversationCase {
  const own = requiredBy === 'project' ? [`${pageOf(section)} § ${section}`] : [];
  // Steps of a section in one.
  const steps = new Map<string, Set<string>>();
  for (const { source } of factsIn({ ...rest, requiredBy })) {
    const [kind, of, step] = source.split(', ');
    const known = steps.get(`${kind}, ${of}`) ?? new Set();
    steps.set(`${kind}, ${of}`, step === undefined ? known : known.add(step));
  }
  const others = [...steps].map(([of, each]) => [of, ...each].join(', '));
  const references = [...own, ...others];
  return { id, title, section, requiredBy, references, ...rest };
}

/** Every case, as the server in memory has it now, by the file that it belongs to. */
export async function recordAll(): Promise<Readonly<Record<string, readonly ConversationCase[]>>> {
  const { system } = memoryServer();
  const files: Record<string, ConversationCase[]> = {};
  for (const [number, scenario] of scenarios.entries()) {
    const [file = ''] = scenario.id.split('/');
    const right = scenario.needs === undefined ? system : await configuredServer(scenario.needs);
    files[file] = [...(files[file] ?? []), sourced(await record(scenario, right, number))];
  }
  for (const each of await recordPaths()) {
    const [file = ''] = each.id.split('/');
    files[file] = [...(files[file] ?? []), sourced(each)];
  }
  return files;
}

/** Folder of the cases. */
export const casesFolder = new URL('../../../conformance/src/cases/', import.meta.url);
