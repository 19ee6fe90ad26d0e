import {
  type CaseResult,
  type ConversationCase,
  conversations,
  runCase,
  type ServerUnderTest,
} from '@sigchart/conformance';

/** Expectation that failed if a socket could not be opened. */
const openSocket = 'an open socket';

/** Options to hold the conversations. */
export interface ConformOptions {
  /** Time a message may take. Milliseconds. */
  readonly timeoutMs: number;
  /** Maximum number of conversations at a time. */
  readonly parallel: number;
  /** Called with each case when it ends. */
  readonly ended?: (result: CaseResult) => void;
  /** Reports whether the server can still be reached. Called if a socket could not be opened. Default: it can. */
  readonly isReachable?: () => Promise<boolean>;
}

/**
 * Runs all conversations with a server and returns their results in order. If the server can no longer be reached, the rest is
 * skipped, because its failures would say nothing.
 */
export async function conform(
  cases: readonly ConversationCase[],
  server: ServerUnderTest,
  { timeoutMs, parallel, ended, isReachable = async () => true }: ConformOptions,
): Promise<readonly CaseResult[]> {
  // The slowest cases start first, so that the whole run takes hardly longer than they do.
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
      if (result.divergence?.expected === openSocket && !(await isReachable())) {
        queue.length = 0;
        return;
      }
      results.set(next, result);
      ended?.(result);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return cases.flatMap((each) => results.get(each) ?? []);
}
