import { describe, test } from 'vitest';
import { fakeNetwork, peerConnectionSuite } from './index.ts';

describe('a fake connection', () => {
  const network = fakeNetwork();
  const connect = () => network.connect(['ARDAMSvsuite']);
  for (const { name, run } of peerConnectionSuite({ offerer: connect, answerer: connect })) test(name, run);
});
