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

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Write a number from 0 to 65535.');
  return port;
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
  if (!/^(?:stun|turn)s?:./.test(urls))
    throw new InvalidArgumentError('Write it like turn:host:3478,user,secret or stun:host:3478.');
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
Settings for --configured, each with its own flag
${names.map((name) => `  ${`${name}=…`.padEnd(20)}${settings[name]}`).join('\n')}
`;

const codes = `
Exit codes
  0   every case that was run passed
  1   the original document is not followed in some case
  2   the command was called wrongly
  3   the original document is followed, but not everything beyond it
  10  connection refused: nothing listens there, or it cannot be reached
  11  timeout: no connection, no handshake or no message in time
  12  the address closes the connection before it has sent anything
  13  not a WebSocket server
  14  a WebSocket server of another protocol
  15  the server vanished: it answered at first, and then could not be reached`;

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
    .option('--only <pattern>', 'only cases whose id, title or section matches this regular expression', patternOf)
    .addOption(
      new Option('--required-by <who>', 'only cases required by this class or an earlier one')
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
    .description('Reports which parts of the protocol a server follows. Nothing needs to be installed on the server.')
    .argument('<address>', 'address for clients: ws://host:5080/App/websocket', addressOf)
    .option('--json <file>', 'write a report as JSON')
    .option('--junit <file>', 'write a JUnit report')
    .option(
      '--configured <name=value>',
      'a setting of the server, listed below; cases without their settings are not run',
      configuredBy,
      {},
    )
    .option('--timeout <ms>', 'maximum wait for anything', atLeast(1), 5_000)
    .option('--parallel <n>', 'maximum number of cases at a time', atLeast(1), 8)
    .option('--ladders', 'also show the ladders of cases that passed', false)
    .option('--watch', 'show the ladder of each case when it ends', false)
    .option('--insecure', 'accept any certificate', false)
    .addHelpText('after', configurations + codes)
    .action(async (address: URL, options: Omit<ConformRequest, 'address'>) => conform({ address, ...options }));
  choosing(program.command('cases'))
    .description('Writes the cases as JSON, for runners in any language, or as a test file.')
    .addOption(new Option('--for <side>', 'side that is tested').choices(['server', 'client']).default('server'))
    .option(
      '--vitest <module>',
      'as a test file for vitest that imports `underTest` from this module; otherwise as JSON',
    )
    .action((options: CasesRequest) => cases(options));
  program
    .command('load')
    .description('Publishes and plays with real media, and reports what arrives. For any server of the protocol.')
    .argument('<address>', 'address for clients: ws://host:5080/App/websocket', addressOf)
    .option('--publishers <n>', 'number of streams', atLeast(1), 1)
    .option('--players <n>', 'number of players of each stream', atLeast(0), 10)
    .option('--rate <n>', 'players that join each second', atLeast(1), 10)
    .option('--bitrate <kbps>', 'bitrate of each stream', atLeast(1), 1_000)
    .option('--seconds <n>', 'time for which packets are counted', atLeast(1), 10)
    .option('--token <token>', 'token of publishers and players')
    .option('--pid <n>', 'process of the server on this machine, to measure its CPU time', atLeast(1))
    .option('--insecure', 'accept any certificate', false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      '\nExit codes\n  0  every participant connected, and packets arrived\n  1  a participant did not connect, or nothing arrived\n  2  the command was called wrongly',
    )
    .action(async (address: URL, options: Omit<LoadRequest, 'address'>) => load({ address, ...options }));
  program
    .command('doctor')
    .description(
      'Checks this machine for what a server needs, and prints what to do. Takes the relevant options of serve.',
    )
    .option('--port <number>', 'TCP port of HTTP and WebSocket', portOf, 5080)
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
