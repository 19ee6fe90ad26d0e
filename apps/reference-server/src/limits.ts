import { defaultServerLimits, type ServerLimits } from '@sigchart/server';
import { InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import { defaultHttpLimits, type HttpLimits } from './http/requestPace.ts';
import { list } from './optionText.ts';

/** Every limit with its default. */
export const defaultLimits: ServerLimits & HttpLimits = { ...defaultServerLimits, ...defaultHttpLimits };

const names = Object.keys(defaultLimits) as (keyof typeof defaultLimits)[];

const limit = v.pipe(
  v.union([v.literal('none'), v.pipe(v.number(), v.minValue(0))], 'It must be a number, or none.'),
  v.transform((value) => (value === 'none' ? Number.POSITIVE_INFINITY : value)),
);

/** Limits of the configuration file, by the names of docs/limits.md. */
export const limitEntries = {
  limits: v.exactOptional(v.record(v.picklist(names, 'It is not a limit of docs/limits.md.'), limit)),
};

/** `sockets=5000,messageRate=none` */
function limitsOf(text: string, before: Record<string, number | 'none'> = {}): Record<string, number | 'none'> {
  const limits = { ...before };
  for (const entry of list(text)) {
    const [name = '', value = ''] = entry.split('=', 2);
    if (!(names as readonly string[]).includes(name))
      throw new InvalidArgumentError(`There is no limit "${name}". The limits are: ${names.join(', ')}.`);
    if (value !== 'none' && (value === '' || !(Number(value) >= 0)))
      throw new InvalidArgumentError('It must look like sockets=5000,messageRate=none.');
    limits[name] = value === 'none' ? value : Number(value);
  }
  return limits;
}

/** The same as a flag and in the environment. */
export const limitFlags = (): readonly Option[] => [
  new Option(
    '--limits <name=value>',
    'limits for clients, by their names in docs/limits.md, comma separated; a value may be none',
  )
    .env('LIMITS')
    .argParser(limitsOf),
];
