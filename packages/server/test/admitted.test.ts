import { describe, expect, test } from 'vitest';
import { hashToken } from '../src/authorization/hashTokens.ts';
import { createAuthorization, memoryStore } from '../src/index.ts';
import { useServer } from './wire.ts';

const secret = 'a secret that both sides know';
const { connect } = useServer({
  authorize: createAuthorization({ store: memoryStore(), actions: ['enter'], hashSecret: secret }),
});

describe('where rooms want a token', () => {
  const refused = { command: 'error', definition: 'unauthorized_access', streamId: 'r1', room: 'r1' };

  test.each([undefined, 'guessed', hashToken('r2', 'publish', secret)])('%j does not let in', async (token) => {
    const wire = await connect();
    wire.send({ command: 'joinRoom', room: 'r1', token });
    expect(await wire.news()).toEqual([refused]);
  });

  test('joinRoom with the right one does, also after a wrong one', async () => {
    const wire = await connect();
    wire.send({ command: 'joinRoom', room: 'r1', token: 'guessed' });
    wire.send({ command: 'joinRoom', room: 'r1', streamId: 'a', token: hashToken('r1', 'publish', secret) });
    expect(await wire.news()).toMatchObject([refused, { definition: 'joinedTheRoom', streamId: 'a' }]);
  });
});
