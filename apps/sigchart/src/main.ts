import { readFileSync, writeFileSync } from 'node:fs';
import { conversations, requirements } from '@sigchart/model';
import { serverAt } from './address.ts';
import { type ConformRequest, commandLine } from './command.ts';
import { conform } from './conform.ts';
import { AddressError, exitCodes } from './exit.ts';
import { probe } from './probe.ts';
import { jsonReport } from './report/json.ts';
import { junitReport } from './report/junit.ts';
import { textReport } from './report/text.ts';

const say = (text: string) => process.stdout.write(text);

function end(code: number, text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function write(file: string | undefined, report: () => string): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, report());
  } catch (error) {
    end(exitCodes.usage, `error: ${file}: ${(error as Error).message}`);
  }
}

function casesFor({ only, requiredBy }: ConformRequest) {
  const most = requirements.indexOf(requiredBy);
  return conversations.filter(
    (each) =>
      requirements.indexOf(each.requiredBy) <= most &&
      (only === undefined || [each.id, each.title, each.section].some((text) => only.test(text))),
  );
}

async function run(request: ConformRequest): Promise<void> {
  const { address, timeout: timeoutMs, parallel, insecure } = request;
  const cases = casesFor(request);
  if (cases.length === 0) end(exitCodes.usage, 'error: no case fits that pattern');
  const server = serverAt(address, { timeoutMs, insecure });
  try {
    await probe(address, { timeoutMs, insecure }, `${server.run}-probe`);
  } catch (error) {
    if (error instanceof AddressError) end(exitCodes[error.fault], `${address.href}: ${error.message}`);
    throw error;
  }
  say(`${cases.length} conversations with ${address.href}\n`);
  const results = await conform(cases, server, {
    timeoutMs,
    parallel,
    ended: ({ passed }) => say(passed ? '.' : 'F'),
  });
  say(`\n\n${textReport(address.href, results, request.ladders)}`);
  write(request.json, () => jsonReport(address.href, results));
  write(request.junit, () => junitReport(address.href, results));
  process.exit(results.every(({ passed }) => passed) ? exitCodes.passed : exitCodes.failed);
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
await commandLine(run, version).parseAsync(process.argv);
