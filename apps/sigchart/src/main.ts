import { readFileSync, writeFileSync } from 'node:fs';
import { clientConversations, conversations, lacking, requirements, testFile } from '@sigchart/conformance';
import { serverAt } from './address.ts';
import { type CasesRequest, type Choice, type ConformRequest, commandLine } from './command.ts';
import { conform } from './conform.ts';
import { type DoctorRequest, doctor } from './doctor/checks.ts';
import { doctorReport } from './doctor/report.ts';
import { AddressError, exitCodes } from './exit.ts';
import { type LoadRequest, load } from './load/load.ts';
import { loadReport } from './load/report.ts';
import { count, type Findings, outcomeOf } from './outcome.ts';
import { probe } from './probe.ts';
import { jsonReport } from './report/json.ts';
import { junitReport } from './report/junit.ts';
import { textReport, watchReport } from './report/text.ts';

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

function chosenFrom(all: typeof conversations, { only, requiredBy }: Choice) {
  const most = requirements.indexOf(requiredBy);
  const chosen = all.filter(
    (each) =>
      requirements.indexOf(each.requiredBy) <= most &&
      (only === undefined || [each.id, each.title, each.section].some((text) => only.test(text))),
  );
  if (chosen.length === 0) end(exitCodes.usage, 'error: no case fits that pattern');
  return chosen;
}

function cases({ for: side, vitest, ...choice }: CasesRequest): void {
  const chosen = chosenFrom(side === 'client' ? clientConversations : conversations, choice);
  say(vitest === undefined ? `${JSON.stringify(chosen, null, 2)}\n` : testFile(chosen, vitest));
}

const marks = { passed: '.', failed: 'F', notFollowed: '-' } as const;

async function conformTo(request: ConformRequest): Promise<void> {
  const { address, timeout: timeoutMs, parallel, insecure, configured: settings } = request;
  const chosen = chosenFrom(conversations, request);
  const notRun = chosen.flatMap((each) => {
    const lacks = lacking(each, settings);
    return lacks.length === 0 ? [] : [{ case: each, lacks }];
  });
  const cases = chosen.filter((each) => lacking(each, settings).length === 0);
  if (cases.length === 0) {
    const lacks = [...new Set(notRun.flatMap((each) => each.lacks))];
    end(exitCodes.usage, `error: the cases that fit that pattern need --configured ${lacks.join(', ')}`);
  }
  const server = serverAt(address, { timeoutMs, insecure, settings });
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
    ended: (result) => {
      if (request.watch) say(watchReport(result));
      else say(marks[outcomeOf(result)]);
    },
    isReachable: () =>
      probe(address, { timeoutMs, insecure }, `${server.run}-probe`).then(
        () => true,
        () => false,
      ),
  });
  const findings: Findings = { address: address.href, results, notRun, vanished: results.length < cases.length };
  say(`\n\n${textReport(findings, request.ladders)}`);
  write(request.json, () => jsonReport(findings));
  write(request.junit, () => junitReport(findings));
  if (findings.vanished) process.exit(exitCodes.vanished);
  if (count(findings, 'failed') > 0) process.exit(exitCodes.failed);
  process.exit(count(findings, 'notFollowed') > 0 ? exitCodes.notFollowed : exitCodes.passed);
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** Time in which a server to be loaded has to answer. Milliseconds. */
const addressTimeoutMs = 5_000;

async function loadOn(request: LoadRequest): Promise<void> {
  const { address, insecure } = request;
  try {
    await probe(address, { timeoutMs: addressTimeoutMs, insecure }, `load-probe-${process.pid}`);
  } catch (error) {
    if (error instanceof AddressError) end(1, `${address.href}: ${error.message}`);
    throw error;
  }
  const result = await load(request, (line) => say(`${line}\n`));
  say(`\n${loadReport(result)}`);
  const { publishers, players, packets } = result;
  const isComplete = publishers.connected === publishers.asked && players.connected === players.asked;
  process.exit(isComplete && (players.asked === 0 || packets.received > 0) ? 0 : 1);
}

async function examine(request: DoctorRequest): Promise<void> {
  const findings = await doctor(request);
  say(doctorReport(findings));
  process.exit(findings.some(({ verdict }) => verdict === 'wrong') ? 1 : 0);
}

if (process.argv[2] === 'serve') {
  // The server reads its own options.
  process.argv.splice(2, 1);
  await import('@sigchart/reference-server');
} else {
  await commandLine({ conform: conformTo, cases, load: loadOn, doctor: examine }, version).parseAsync(process.argv);
}
