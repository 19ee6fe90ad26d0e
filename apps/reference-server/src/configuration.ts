import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import leven from 'leven';
import * as v from 'valibot';
import { authorizationEntries, authorizationFlags } from './authorization.ts';
import { limitEntries, limitFlags } from './limits.ts';
import { integer, isNo, list } from './optionText.ts';
import { servingEntries, servingFlags } from './serving.ts';

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** RFC 7518 § 3.2. */
const hmacSecret = v.pipe(v.string(), v.minBytes(32, 'It must have at least 32 bytes.'));

const iceServer = v.strictObject({
  urls: v.string(),
  username: v.exactOptional(v.string()),
  credential: v.exactOptional(v.string()),
});

/** Everything that can be configured, as the configuration file has it. */
const configuration = v.strictObject({
  ...servingEntries,
  /** The apps to serve; any when absent. */
  apps: v.exactOptional(v.pipe(v.array(v.string()), v.minLength(1, 'Name at least one app.'))),
  /** UDP ports of media, first and last; any when absent. */
  mediaPorts: v.exactOptional(
    v.pipe(
      v.tuple([port, port]),
      v.check(([first, last]) => first <= last, 'first > last'),
    ),
  ),
  /** Address to bind media to; all when absent. */
  mediaAddress: v.exactOptional(v.string()),
  /** Address that clients reach media at, when it is another than that of this machine. */
  announcedAddress: v.exactOptional(v.union([v.array(v.string()), v.pipe(v.string(), v.transform(list))])),
  /** ICE servers for clients (`getIceServerConfig`) and for the server itself. */
  iceServers: v.array(iceServer),
  /**
   * Secret shared with the TURN servers, from which short-lived credentials are made. Without it, clients get the credentials of
   * `iceServers`.
   */
  turnSecret: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  /** Time credentials made with it are good. Seconds; 600 when absent. */
  turnTtlSeconds: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400))),
  /** SQLite file of what is registered; in memory when absent. */
  store: v.exactOptional(v.string()),
  /** Keys of the REST API; with neither keys nor a secret, one is made up at the start and printed. */
  restKeys: v.exactOptional(v.array(v.pipe(v.string(), v.nonEmpty()))),
  /** Secret of JWTs for the REST API (HS256). */
  restJwtSecret: v.exactOptional(hmacSecret),
  /** Address of webhooks for streams without their own. Default none. */
  listenerHookUrl: v.exactOptional(v.pipe(v.string(), v.url(), v.regex(/^https?:/i))),
  /** Secret that signs webhooks. Default: unsigned. */
  hookSecret: v.exactOptional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.regex(/^(?!whsec_)|^whsec_[A-Za-z0-9+/]{4,}=*$/, 'After whsec_ it must be base64.'),
    ),
  ),
  /** True if machines are recorded, and shown at `/inspector/`. */
  inspector: v.boolean(),
  /** Token of the inspector's viewers. Without one, the server generates and prints a token at each start. */
  inspectorToken: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  /** The only origins whose pages may view them or add their own side; any that shows the token when absent. */
  inspectorOrigins: v.exactOptional(v.array(v.string())),
  ...authorizationEntries,
  ...limitEntries,
  /** True if spans are made for OpenTelemetry. */
  traces: v.exactOptional(v.boolean()),
  logLevel: v.picklist(levels),
});

/** Configuration of the reference server. */
export type Configuration = v.InferOutput<typeof configuration>;

const portRange = (text: string): [number, number] => {
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must look like 40000-40999.');
  return [Number(match[1]), Number(match[2])];
};

/** `turn:host:3478,user,secret`, and again for a further server. */
const iceServers = (text: string, before: { urls: string }[] = []) => {
  const [urls = '', username, credential] = text.split(',');
  if (!/^(stun|turn)s?:./.test(urls))
    throw new InvalidArgumentError('Write it like turn:host:3478,user,secret or stun:host:3478.');
  const credentials = username === undefined || credential === undefined ? {} : { username, credential };
  return [...before, { urls, ...credentials }];
};

const program = () => {
  const command = new Command('sigchart').description(
    'A WebRTC signalling server that speaks the Ant Media protocol: ws://<host>:<port>/<any app>/websocket',
  );
  for (const flag of servingFlags()) command.addOption(flag);
  command
    .addOption(
      new Option('--apps <names>', 'apps to serve, comma separated (default: any)').env('APPS').argParser(list),
    )
    .addOption(
      new Option('--media-ports <first-last>', 'UDP ports of media (default: any)')
        .env('MEDIA_PORTS')
        .argParser(portRange),
    )
    .addOption(new Option('--media-address <address>', 'address to bind media to (default: all)').env('MEDIA_ADDRESS'))
    .addOption(
      new Option(
        '--announced-address <addresses>',
        'address or name that clients reach media at, behind a NAT; one of IPv4 and one of IPv6, comma separated',
      )
        .env('ANNOUNCED_ADDRESS')
        .argParser(list),
    )
    .addOption(
      new Option(
        '--ice-servers <uri[,username,credential]>',
        'STUN or TURN server, for clients and for this server; repeatable',
      )
        .env('ICE_SERVERS')
        .default([], 'none')
        .argParser(iceServers),
    )
    .addOption(
      new Option(
        '--turn-secret <secret>',
        "secret shared with the TURN servers (coturn's static-auth-secret), for short-lived credentials",
      ).env('TURN_SECRET'),
    )
    .addOption(
      new Option('--turn-ttl-seconds <number>', 'lifetime of those credentials (default: 600)')
        .env('TURN_TTL_SECONDS')
        .argParser(integer),
    )
    .addOption(new Option('--no-inspector', 'turn off recording and /inspector/').env('NO_INSPECTOR'))
    .addOption(
      new Option(
        '--inspector-token <token>',
        'token for /inspector/, as ?token= (default: generated at each start and printed)',
      ).env('INSPECTOR_TOKEN'),
    )
    .addOption(
      new Option(
        '--inspector-origins <origins>',
        'origins whose pages may open the feed of /inspector/, comma separated (default: any page with the token)',
      )
        .env('INSPECTOR_ORIGINS')
        .argParser(list),
    )
    .addOption(
      new Option('--store <file>', 'SQLite file of registered streams, tokens and subscribers (default: memory)').env(
        'STORE',
      ),
    )
    .addOption(
      new Option(
        '--rest-keys <keys>',
        'keys of the REST API, comma separated (default: generated at each start and printed)',
      )
        .env('REST_KEYS')
        .argParser(list),
    )
    .addOption(
      new Option('--rest-jwt-secret <secret>', 'secret that signs JWTs for the REST API (HS256)').env(
        'REST_JWT_SECRET',
      ),
    )
    .addOption(
      new Option(
        '--listener-hook-url <url>',
        'address for webhooks of streams without a listenerHookURL (default: none)',
      ).env('LISTENER_HOOK_URL'),
    )
    .addOption(
      new Option('--hook-secret <secret>', 'secret that signs webhooks (default: unsigned)').env('HOOK_SECRET'),
    );
  for (const flag of [...authorizationFlags(), ...limitFlags()]) command.addOption(flag);
  return command
    .addOption(
      new Option('--log-level <level>', 'least severe line to log').env('LOG_LEVEL').choices(levels).default('info'),
    )
    .addOption(
      new Option('--traces', 'create spans for OpenTelemetry; needs the package @opentelemetry/api and an SDK').env(
        'TRACES',
      ),
    )
    .addOption(
      new Option(
        '--config <file>',
        'JSON file with any of these options, named as in port, mediaPorts, iceServers',
      ).env('CONFIG'),
    )
    .addHelpText('after', '\nA flag overrides its environment variable, which overrides the file.');
};

/** Every option of the command line, for its documentation. */
export const optionsOfServe = (): readonly Option[] => program().options;

/** A suggestion of the most similar name, as a question; `""` if none is similar. */
function suggestion(name: string, names: readonly string[]): string {
  const distances = names.map((known) => ({ known, distance: leven(name.toLowerCase(), known.toLowerCase()) }));
  const [nearest] = distances.toSorted((a, b) => a.distance - b.distance);
  const isNear = nearest !== undefined && nearest.distance <= Math.max(2, name.length / 3);
  return isNear ? `; did you mean "${nearest.known}"?` : '';
}

const unknownOption = (name: string, names: readonly string[]) => `unknown option "${name}"${suggestion(name, names)}`;

/** Prefix of environment variables that can only be options. */
const prefix = 'SIGCHART_';

/** The options that a file has. */
function readFile(path: string, names: readonly string[]): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the configuration file "${path}" (${(error as NodeJS.ErrnoException).code})`);
  }
  let file: unknown;
  try {
    // A byte order mark is not part of JSON, and may be ignored (RFC 8259 § 8.1).
    file = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) throw new Error(`${path} is not a JSON object`);
  const unknown = Object.keys(file).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${path}: ${unknownOption(unknown, names)}`);
  return file;
}

/** Accepts variables with the prefix: `SIGCHART_PORT` besides `PORT`. Returns those that are not options. */
function readPrefixed(variables: readonly string[]): readonly string[] {
  const long = Object.keys(process.env).filter((name) => name.startsWith(prefix));
  for (const name of long) {
    const short = name.slice(prefix.length);
    if (variables.includes(short)) process.env[short] = process.env[name];
  }
  return long.filter((name) => !variables.includes(name.slice(prefix.length)));
}

/**
 * Options that have an effect only together with one of others. Without that, the server would start with less than was asked for: an
 * operator who sets the algorithms of JWTs expects that JWTs are required.
 */
const companions: readonly (readonly [keyof Configuration, ...(keyof Configuration)[]])[] = [
  ['tlsKey', 'tlsCertificate'],
  ['adminHost', 'adminPort'],
  ['forwardingHeader', 'trustProxy'],
  ['streamJwtAlgorithms', 'streamJwtSecret', 'streamJwksUrl'],
  ['codePeriodSeconds', 'subscriberCodes'],
  ['codePublishSecret', 'subscriberCodes'],
  ['codePlaySecret', 'subscriberCodes'],
  ['turnTtlSeconds', 'turnSecret'],
  [
    'authorize',
    'oneTimeTokens',
    'hashSecret',
    'streamJwtSecret',
    'streamJwksUrl',
    'subscriberCodes',
    'authorizationHookUrl',
  ],
];

/** Error about options that are valid alone but contradict each other, or `undefined`. */
function contradiction(configured: Configuration): string | undefined {
  const { tlsCertificate, tlsKey, turnSecret, iceServers } = configured;
  const isSet = (name: keyof Configuration) => configured[name] !== undefined && configured[name] !== false;
  if (tlsCertificate !== undefined && tlsKey === undefined)
    return 'tlsCertificate needs tlsKey: without the key the server could only speak plain HTTP';
  if (turnSecret !== undefined && iceServers.length === 0) return 'turnSecret needs iceServers';
  const lonely = companions.find(([name, ...others]) => isSet(name) && !others.some(isSet));
  if (lonely === undefined) return undefined;
  const [name, ...others] = lonely;
  return `${name} needs ${others.join(', ').replace(/, (?=\w+$)/, ' or ')}`;
}

/**
 * Reads flags, environment and file, in that order of precedence.
 *
 * Prints what is wrong in one sentence and exits with 1 when they do not make sense; prints the help and exits with 0 for `--help`.
 */
export function readConfiguration(argv: readonly string[]): Configuration {
  const command = program();
  const fail = (message: string): never => command.error(`error: ${message}`);
  const flags = command.options.map(({ long }) => (long ?? '').replace(/^--/, ''));
  const variables = command.options.flatMap(({ envVar }) => envVar ?? []);
  const [unknownVariable] = readPrefixed(variables);
  if (unknownVariable !== undefined)
    fail(
      unknownOption(
        unknownVariable,
        variables.map((name) => prefix + name),
      ),
    );
  command.exitOverride((error) => {
    const [, flag] = /unknown option '--?([^'=]*)/.exec(error.message) ?? [];
    if (error.code === 'commander.unknownOption' && flag !== undefined)
      process.stderr.write(`error: ${unknownOption(flag, flags)}\n`);
    process.exit(error.exitCode);
  });
  command.configureOutput({
    writeErr: (text) => {
      // Printed above, in one sentence.
      if (!text.startsWith("error: unknown option '")) process.stderr.write(text);
    },
  });
  command.parse(argv);
  const { config, ...options } = command.opts<Record<string, unknown>>();
  let file = {};
  try {
    if (config !== undefined) file = readFile(String(config), Object.keys(configuration.entries));
  } catch (error) {
    fail((error as Error).message);
  }
  for (const option of command.options) {
    // Commander takes any text in the variable of such an option for a yes.
    const name = option.attributeName();
    const isFromEnvironment = command.getOptionValueSource(name) === 'env';
    if ((option.isBoolean() || option.negate) && isFromEnvironment && isNo(process.env[option.envVar ?? '']))
      delete options[name];
  }
  const given = Object.fromEntries(
    Object.entries(options).filter(([name]) => command.getOptionValueSource(name) !== 'default'),
  );
  const defaults = {
    inspector: true,
    demo: true,
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !(name in given))),
  };
  const result = v.safeParse(configuration, { ...defaults, ...file, ...given });
  if (!result.success) {
    const [issue] = result.issues;
    return fail(`${v.getDotPath(issue) ?? 'configuration'}: ${issue.message}`);
  }
  const wrong = contradiction(result.output);
  if (wrong !== undefined) fail(wrong);
  return result.output;
}
