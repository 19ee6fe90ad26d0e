import * as v from 'valibot';
import { maxIdLength, tooLong } from './field.ts';
import { parseJson } from './lenientJson.ts';
import { type ClientMessage, clientMessages, type ServerMessage, serverMessages } from './message.ts';
import { notifications } from './notification.ts';

/**
 * Longest text that is decoded, in UTF-16 code units. Descriptions of a browser with every codec are near 10 000; Ant
 * Media Server accepts 81 920 bytes.
 */
export const maxTextLength = 262_144;

/** A text that is no message of this direction, and why. */
export interface Malformed {
  /**
   * Part at fault: the `text`, which is not an object with a `command`; the `command`, which is unknown; or a `field`. Receivers
   * ignore unknown commands, which may be those of newer clients and servers.
   */
  readonly fault: 'text' | 'command' | 'field';
  /** The command, when the text has one that is known. */
  readonly command: string | undefined;
  /** The first field at fault: absent, or of a value that it cannot have. */
  readonly field: string | undefined;
  /** True if that field is absent, rather than wrong. */
  readonly missing: boolean;
  /** True if that field is longer than it may be. */
  readonly tooLong: boolean;
  /** The `streamId` for the answer, as received, unless it is not a string or longer than any id. */
  readonly streamId: string | undefined;
  /** Description of the fault, which may be sent: it contains nothing of the text but the name of a known field. */
  readonly detail: string;
}

/** A decoded message, or the fault. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly malformed: Malformed };

const echo = v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxIdLength));

type Schemas = Readonly<Record<string, v.GenericSchema>>;

const unread = (fault: 'text' | 'command', detail: string): Malformed => ({
  fault,
  command: undefined,
  field: undefined,
  missing: false,
  tooLong: false,
  streamId: undefined,
  detail,
});

/** A message of bytes, which this protocol does not have. */
export const binaryMessage: Malformed = unread('text', 'a binary message instead of a text');

const refuse = (fault: 'text' | 'command', detail: string) =>
  ({ ok: false, malformed: unread(fault, detail) }) as const;

/** Names what is wrong with JSON that is not an object. */
const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
};

/** A lookup that `__proto__` and `constructor` do not fool. */
const schemaOf = (schemas: Schemas, name: unknown): v.GenericSchema | undefined =>
  typeof name === 'string' && Object.hasOwn(schemas, name) ? schemas[name] : undefined;

function decode<Message>(text: string, schemaFor: (input: Record<string, unknown>) => v.GenericSchema | undefined) {
  const { length } = text;
  if (length > maxTextLength) return refuse('text', `${length} UTF-16 code units instead of at most ${maxTextLength}`);
  if (length === 0) return refuse('text', 'an empty text instead of a JSON object');
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { position, expected } = parsed;
    return refuse('text', `not JSON: at position ${position} of ${length}, ${expected} is expected`);
  }
  const input = parsed.value;
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refuse('text', `${kindOf(input)} instead of a JSON object`);
  const fields = input as Record<string, unknown>;
  if (typeof fields.command !== 'string' || fields.command === '')
    return refuse('text', 'an object without a "command" that is a string');
  const schema = schemaFor(fields);
  if (schema === undefined) return refuse('command', 'no known command');
  const result = v.safeParse(schema, fields, { abortEarly: true });
  if (result.success) return { ok: true, message: result.output as Message } as const;
  const issue = result.issues[0];
  const field = issue.path?.[0]?.key as string | undefined;
  const value = field === undefined ? undefined : fields[field];
  return {
    ok: false,
    malformed: {
      fault: 'field',
      command: fields.command,
      field,
      missing: typeof value !== 'string' || value === '',
      tooLong: issue.message === tooLong,
      streamId: v.is(echo, fields.streamId) ? fields.streamId : undefined,
      detail: value === undefined ? `"${field}" is missing` : `"${field}": ${issue.message}`,
    },
  } as const;
}

/**
 * Decodes a text from a client. Never throws.
 *
 * Unknown fields are removed. The result for a text that is not an object, or for an unknown command, has no `command`.
 *
 * @see docs/protocol.md § Framing · docs/protocol/framing.md
 *
 * @example
 * ```ts
 * const decoded = decodeClientMessage('{"command":"play","streamId":"stream1"}');
 * if (decoded.ok) console.log(decoded.message.command);
 * ```
 */
export const decodeClientMessage = (text: string): Decoded<ClientMessage> =>
  decode<ClientMessage>(text, (fields) => schemaOf(clientMessages, fields.command));

/**
 * Reads a text from a server. Never throws.
 *
 * @example
 * ```ts
 * const decoded = decodeServerMessage('{"command":"start","streamId":"stream1"}');
 * if (decoded.ok) console.log(decoded.message.command);
 * ```
 */
export const decodeServerMessage = (text: string): Decoded<ServerMessage> =>
  decode<ServerMessage>(text, (fields) =>
    fields.command === 'notification'
      ? schemaOf(notifications, fields.definition)
      : schemaOf(serverMessages, fields.command),
  );
