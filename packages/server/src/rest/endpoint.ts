import * as v from 'valibot';
import type { LiveStreams } from '../liveStreams.ts';
import { block, participantId, registeredId } from '../store/registered.ts';
import type { AppStore, Awaitable } from '../store/store.ts';
import type { TotpOptions } from '../totp.ts';
import type { Reply, result } from './reply.ts';

/** Secrets for tokens and codes. */
export interface RestSecrets {
  /** Secret of the JWTs that let people publish and play (HS256), at least 32 bytes. Without it none are made. */
  readonly streamJwt?: string | undefined;
  readonly totp?: TotpOptions | undefined;
}

/** Number of entries a list has at most. */
export const longestPage = 250;

const index = v.pipe(v.string(), v.digits(), v.maxLength(9), v.transform(Number));

/** Parameters of paths. */
export const parameters = {
  id: registeredId,
  streamId: registeredId,
  subscriberId: participantId,
  offset: index,
  size: index,
  seconds: index,
  blockType: block.entries.type,
} as const;

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

type ParametersOf<Path extends string> = {
  readonly [Name in ParameterNames<Path> & keyof typeof parameters]: v.InferOutput<(typeof parameters)[Name]>;
};

/** One request, once it is known to make sense. */
export interface Call<Parameters = unknown, Query = unknown, Body = unknown> {
  readonly app: string;
  readonly store: AppStore;
  readonly live: LiveStreams;
  readonly secrets: RestSecrets;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
}

/** Schema of a successful answer; every other answer is a {@link result}. */
export type AnswerSchema = v.GenericSchema | typeof result;

/** One thing that the REST API can do. From this one record come its route, its checks and its description. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Under `/<app>/rest/v2`. */
  readonly path: string;
  readonly summary: string;
  readonly query: v.ObjectSchema<v.ObjectEntries, undefined> | undefined;
  /** Of the JSON body, or of the text when it is a string schema. An absent body is `{}`. */
  readonly body: v.GenericSchema | undefined;
  readonly answer: AnswerSchema;
  readonly handle: (call: Call) => Awaitable<Reply>;
}

type None = undefined;

/** Describes one endpoint, and gives its handler typed parameters. */
export function endpoint<
  const Path extends string,
  Query extends v.ObjectSchema<v.ObjectEntries, undefined> | None = None,
  Body extends v.GenericSchema | None = None,
>(one: {
  readonly method: Endpoint['method'];
  readonly path: Path;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: AnswerSchema;
  readonly handle: (
    call: Call<
      ParametersOf<Path>,
      Query extends v.GenericSchema ? v.InferOutput<Query> : None,
      Body extends v.GenericSchema ? v.InferOutput<Body> : None
    >,
  ) => Awaitable<Reply>;
}): Endpoint {
  // The call is made by `rest.ts`, which has checked it against these very schemas.
  return { query: undefined, body: undefined, ...one, handle: one.handle as Endpoint['handle'] };
}
