import { createFeed, createRecorder } from '@sigchart/inspect';
import { type ServedFeed, serveFeed } from '@sigchart/inspect/node';
import type { ServerObserver } from '@sigchart/server';
import type { Configuration } from './configuration.ts';

/** What records the server's machines and shows them. */
export interface Inspector extends ServedFeed {
  /** Hears every transition. */
  readonly observe: ServerObserver;
}

/** Makes the inspector, unless it is switched off. */
export function createInspector(
  { inspector, inspectorOrigins: origins }: Configuration,
  token: string,
): Inspector | undefined {
  if (!inspector) return undefined;
  const recorder = createRecorder({ name: 'server' });
  return { observe: recorder.observer(), ...serveFeed(createFeed(recorder), { token, origins }) };
}
