import { clientConversations, runCase } from '@sigchart/conformance';
import { expect, test } from 'vitest';
import { memoryClient } from './memory.ts';
import { wrongClients } from './wrong.ts';

test.each(wrongClients.map((wrong) => [wrong.what, wrong] as const))(
  'a client that %s is found out',
  async (_, { foundBy, wire }) => {
    const failed: string[] = [];
    for (const each of clientConversations.filter(({ id }) => !id.includes('Paths/'))) {
      const { passed } = await runCase(each, memoryClient({ wire: wire() }).system, 0);
      if (!passed) failed.push(each.id);
    }
    expect(failed).toContain(foundBy);
    // A test that fails for everything does not locate a fault.
    expect(failed.length).toBeLessThan(clientConversations.length / 4);
  },
);
