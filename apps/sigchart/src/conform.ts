import { type CaseResult, type ConversationCase, conversations, runCase, type ServerUnderTest } from '@sigchart/model';

/** How to hold the conversations. */
export interface ConformOptions {
  /** How long a message may take. Milliseconds. */
  readonly timeoutMs: number;
  /** How many conversations at a time. */
  readonly parallel: number;
  /** Hears of each case as it ends. */
  readonly ended?: (result: CaseResult) => void;
}

/** Holds all conversations with a server, and tells how each went, in their order. */
export async function conform(
  cases: readonly ConversationCase[],
  server: ServerUnderTest,
  { timeoutMs, parallel, ended }: ConformOptions,
): Promise<readonly CaseResult[]> {
  // Those that wait longest begin first, so that the whole takes hardly longer than they do.
  const waits = ({ steps }: ConversationCase) =>
    steps.reduce((sum, step) => sum + (step.does === 'wait' ? step.ms : 0), 0);
  const queue = [...cases].sort((a, b) => waits(b) - waits(a));
  const results = new Map<ConversationCase, CaseResult>();
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = await runCase(next, server, conversations.indexOf(next), {
        timeoutMs,
        optionalMs: Math.min(1_000, timeoutMs),
        connectMs: Math.max(10_000, timeoutMs),
      });
      results.set(next, result);
      ended?.(result);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return cases.map((each) => results.get(each) as CaseResult);
}
