import * as v from 'valibot';
import { maxIdLength, tooLong } from './field.ts';
import { type ClientMessage, clientMessages, type ServerMessage, serverMessages } from './message.ts';
import { notifications } from './notification.ts';

/**
 * Longest text that is decoded, in UTF-16 code units. Descriptions of a browser with every codec are near 10 000; Ant
 * Media Server accepts 81 920 bytes.
 */
export const maxTextLength = 262_144;

/** A text that is no message of this direction, and why. */
export interface Malformed {
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
  /** Description of the fault, for logs. */
  readonly detail: string;
}

/** A decoded message, or the fault. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly malformed: Malformed };

const echo = v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxIdLength));

type Schemas = Readonly<Record<string, v.GenericSchema>>;

const refuse = (detail: string): { ok: false; malformed: Malformed } => ({
  ok: false,
  malformed: { command: undefined, field: undefined, missing: false, tooLong: false, streamId: undefined, detail },
});

/** A lookup that `__proto__` and `constructor` do not fool. */
const schemaOf = (schemas: Schemas, name: unknown): v.GenericSchema | undefined =>
  typeof name === 'string' && Object.hasOwn(schemas, name) ? schemas[name] : undefined;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Writes control characters inside strings as JSON has them: Ant Media's parser takes them as they are. */
function escapeControls(text: string): string {
  let escaped = '';
  let from = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString && code === 0x5c) at += 1;
    else if (code === 0x22) isInString = !isInString;
    else if (isInString && code < 0x20) {
      escaped += `${text.slice(from, at)}\\u${code.toString(16).padStart(4, '0')}`;
      from = at + 1;
    }
  }
  return escaped + text.slice(from);
}

const parse = (text: string): unknown => parsed(text) ?? parsed(escapeControls(text));

function decode<Message>(text: string, schemaFor: (input: Record<string, unknown>) => v.GenericSchema | undefined) {
  if (text.length > maxTextLength) return refuse(`longer than ${maxTextLength}`);
  const input = parse(text);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return refuse('no JSON object');
  const fields = input as Record<string, unknown>;
  const schema = schemaFor(fields);
  if (schema === undefined) return refuse('no known command');
  const result = v.safeParse(schema, fields, { abortEarly: true });
  if (result.success) return { ok: true, message: result.output as Message } as const;
  const issue = result.issues[0];
  const field = issue.path?.[0]?.key as string | undefined;
  const value = field === undefined ? undefined : fields[field];
  return {
    ok: false,
    malformed: {
      command: fields.command as string,
      field,
      missing: typeof value !== 'string' || value === '',
      tooLong: issue.type === 'max_length' || issue.message === tooLong,
      streamId: v.is(echo, fields.streamId) ? fields.streamId : undefined,
      detail: issue.message,
    },
  } as const;
}

/**
 * Decodes a text from a client. Never throws.
 *
 * Unknown fields are removed. The result for an unknown command has no `command`, so that the receiver can ignore it silently.
 *
 * @see docs/protocol.md § Framing
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
