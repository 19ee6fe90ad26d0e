import { type RequiredBy, requirements, type Setting, type Settings, type Side, settings } from '@sigchart/conformance';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { DoctorRequest } from './doctor/checks.ts';
import type { LoadRequest } from './load/load.ts';

/** Selection of cases. */
export interface Choice {
  readonly only?: RegExp;
  readonly requiredBy: RequiredBy;
}

/** Options of `cases`. */
export interface CasesRequest extends Choice {
  readonly for: Side;
  readonly vitest?: string;
}

/** Options of `conform`. */
export interface ConformRequest extends Choice {
  readonly address: URL;
  readonly json?: string;
  readonly junit?: string;
  readonly configured: Settings;
  readonly timeout: number;
  readonly parallel: number;
  readonly ladders: boolean;
  readonly watch: boolean;
  readonly insecure: boolean;
}

function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:'))
    throw new InvalidArgumentError('Write it like ws://host:5080/App/websocket, or wss:.');
  return url;
}

const atLeast = (least: number) => (text: string) => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
  return number;
};

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function portRangeOf(text: string): [number, number] {
  const [, first = '', last = ''] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  if (first === '' || Number(first) > Number(last) || Number(last) > 65_535)
    throw new InvalidArgumentError('Write it like 40000-40999.');
  return [Number(first), Number(last)];
}

function iceServerOf(text: string, before: DoctorRequest['iceServers']): DoctorRequest['iceServers'] {
  const [urls = '', username, credential] = text.split(',');
  if (!/^(?:stun|turn)s?:/.test(urls)) throw new InvalidArgumentError('It must start with stun: or turn:.');
  return [...before, { urls, ...(username !== undefined && credential !== undefined && { username, credential }) }];
}

const names = Object.keys(settings) as Setting[];

/** Adds one setting of the server, given as `name=value`. */
function configuredBy(text: string, before: Settings): Settings {
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  if (!(names as readonly string[]).includes(name) || value === '')
    throw new InvalidArgumentError(`Write it like name=value, with one of these names: ${names.join(', ')}.`);
  return { ...before, [name]: value };
}

const configurations = `
What --configured may say, each by a flag of its own
${names.map((name) => `  ${`${name}=…`.padEnd(20)}${settings[name]}`).join('\n')}
`;

const codes = `
Exit codes
  0   every case that was run passed
  1   the original document is not followed in some case
  2   the command was called wrongly
  3   the original document is followed, and something beyond it is not
  10  the address refuses: nothing listens there, or it cannot be reached
  11  the address hangs: no connection, no handshake or no message in time
  12  the address closes the connection before it has said anything
  13  what answers there is no WebSocket
  14  what comes over the WebSocket is not this protocol
  15  the server vanished: it took part, and then could not be reached any more`;

/** Handlers of the subcommands. */
export interface Verbs {
  load(request: LoadRequest): Promise<void>;
  doctor(request: DoctorRequest): Promise<void>;
  conform(request: ConformRequest): Promise<void>;
  cases(request: CasesRequest): void;
}

/** Adds the options by which cases are chosen. */
const choosing = (command: Command): Command =>
  command
    .option('--only <pattern>', 'only cases whose id, title or section fits this regular expression', patternOf)
    .addOption(
      new Option('--required-by <who>', 'only what is required by these, and those before them')
        .choices(requirements)
        .default('project'),
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

/** The command line. Calls a handler with the parsed options; invalid arguments end the process with 2. */
export function commandLine({ conform, cases, load, doctor }: Verbs, version: string): Command {
  const program = new Command('sigchart')
    .description('WebRTC signalling as executable statecharts.')
    .version(version)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  choosing(program.command('conform'))
    .description('Says which parts of the protocol a server follows. Nothing needs to be installed there.')
    .argument('<address>', 'as clients dial it: ws://host:5080/App/websocket', addressOf)
    .option('--json <file>', 'write a report for programs')
    .option('--junit <file>', 'write a report as JUnit does')
    .option(
      '--configured <name=value>',
      'the server is configured to refuse something, listed below; without it, those cases are not run',
      configuredBy,
      {},
    )
    .option('--timeout <ms>', 'how long anything may take', atLeast(1), 5_000)
    .option('--parallel <n>', 'how many conversations at a time', atLeast(1), 8)
    .option('--ladders', 'show the ladder of cases that passed, too', false)
    .option('--watch', 'show the ladder of each case as it ends', false)
    .option('--insecure', 'accept any certificate', false)
    .addHelpText('after', configurations + codes)
    .action(async (address: URL, options: Omit<ConformRequest, 'address'>) => conform({ address, ...options }));
  choosing(program.command('cases'))
    .description('Writes the cases themselves, for programs in any language or for people.')
    .addOption(
      new Option('--for <side>', 'what they are to be held with').choices(['server', 'client']).default('server'),
    )
    .option('--vitest <module>', 'as a test file for vitest, which imports `underTest` from there; else as JSON')
    .action((options: CasesRequest) => cases(options));
  program
    .command('load')
    .description('Publishes and plays with real media, and reports what arrives. For any server of the protocol.')
    .argument('<address>', 'as clients dial it: ws://host:5080/App/websocket', addressOf)
    .option('--publishers <n>', 'number of streams', atLeast(1), 1)
    .option('--players <n>', 'number of players of each stream', atLeast(0), 10)
    .option('--rate <n>', 'players that join in a second', atLeast(1), 10)
    .option('--bitrate <kbps>', 'bitrate of each stream', atLeast(1), 1_000)
    .option('--seconds <n>', 'how long packets are counted', atLeast(1), 10)
    .option('--token <token>', 'shown by publishers and players')
    .option('--pid <n>', 'process of the server on this machine, to measure its CPU time', atLeast(1))
    .option('--insecure', 'accept any certificate', false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      '\nExit codes\n  0  everybody connected, and packets arrived\n  1  somebody did not connect, or nothing arrived\n  2  the command was called wrongly',
    )
    .action(async (address: URL, options: Omit<LoadRequest, 'address'>) => load({ address, ...options }));
  program
    .command('doctor')
    .description(
      'Checks what a server needs on this machine, and says what to do. Takes the options of serve that matter.',
    )
    .option('--port <number>', 'TCP port of HTTP and WebSocket', atLeast(0), 5080)
    .option('--media-ports <first-last>', 'UDP ports of media', portRangeOf)
    .option('--announced-address <address>', 'address at which clients reach media')
    .option('--ice-servers <uri[,username,credential]>', 'STUN or TURN server; may be given again', iceServerOf, [])
    .option('--tls-certificate <file>', 'PEM certificate')
    .option('--tls-key <file>', 'PEM private key')
    .option('--timeout <ms>', 'how long a TURN server may take to answer', atLeast(1), 3_000)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      '\nExit codes\n  0  nothing is wrong; warnings may be listed\n  1  something is wrong\n  2  the command was called wrongly',
    )
    .action(async (options: DoctorRequest) => doctor(options));
  program
    .command('serve')
    .description(
      'Runs the reference server with its demo and inspector pages. `sigchart serve --help` lists its options.',
    );
  return program;
}
