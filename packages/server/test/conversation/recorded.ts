import { type ConversationCase, record, scenarios } from '@sigchart/model';
import { memoryServer } from './memory.ts';

/** Every case, as the server in memory has it now, by the file that it belongs to. */
export async function recordAll(): Promise<Readonly<Record<string, readonly ConversationCase[]>>> {
  const { system } = memoryServer();
  const files: Record<string, ConversationCase[]> = {};
  for (const [number, scenario] of scenarios.entries()) {
    const [file = ''] = scenario.id.split('/');
    files[file] = [...(files[file] ?? []), await record(scenario, system, number)];
  }
  return files;
}

/** Where the cases are kept. */
export const casesFolder = new URL('../../../model/src/conversation/cases/', import.meta.url);
