import { errors } from '@sigchart/core/protocol';
import { describe, expect, test } from 'vitest';
import { explainDefinition } from './definition.ts';

describe('every error of the protocol has plain words', () => {
  for (const definition of Object.keys(errors))
    test(definition, () => {
      const { title, advice } = explainDefinition(definition);
      expect(title).toMatch(/^[A-Z].+\.$/);
      expect(advice).toMatch(/^[A-Z].+\.$/);
      expect(title).not.toContain(definition);
    });
});

test('a definition that only other servers send is quoted', () => {
  expect(explainDefinition('encoderNotOpened').title).toBe('The server refused: “encoderNotOpened”.');
  // A property of every object is not a definition.
  expect(explainDefinition('toString').title).toBe('The server refused: “toString”.');
});
