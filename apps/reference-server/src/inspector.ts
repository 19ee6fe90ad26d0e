import { createFeed, createRecorder } from '@sigchart/inspect';
import { type ServedFeed, serveFeed } from '@sigchart/inspect/node';
import type { ServerObserver } from '@sigchart/server';
import type { Configuration } from './configuration.ts';

/** Recorder of the server's machines, and its page. */
export interface Inspector extends ServedFeed {
  /** Called with every transition. */
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
