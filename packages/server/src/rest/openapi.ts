import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { type Endpoint, parameters } from './endpoint.ts';
import { result } from './reply.ts';

/** OpenAPI 3.1 uses JSON Schema unchanged, except for the name of the dialect, which is its default. */
function schemaOf(schema: GenericSchema): object {
  const { $schema: _, ...told } = toJsonSchema(schema, {
    typeMode: 'input',
    errorMode: 'ignore',
    target: 'draft-2020-12',
  });
  return told;
}

const json = (schema: object) => ({ 'application/json': { schema } });

const resultReference = { $ref: '#/components/schemas/Result' };

const isText = (schema: GenericSchema) => schema.type === 'string';

function operationOf({ method, path, summary, query, body, answer }: Endpoint) {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(parameters[name as keyof typeof parameters]),
  }));
  const asked = Object.entries(query?.entries ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: schema.type !== 'optional',
    schema: schemaOf(schema as GenericSchema),
  }));
  return {
    operationId: `${method}${path.replace(/[^A-Za-z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    parameters: [...named, ...asked],
    ...(body && {
      requestBody: {
        content: isText(body) ? { 'text/plain': { schema: schemaOf(body) } } : json(schemaOf(body)),
      },
    }),
    responses: {
      200: {
        description: answer === result ? 'Whether it is done' : 'What was asked for',
        content: json(answer === result ? resultReference : schemaOf(answer)),
      },
      default: { description: 'Why not', content: json(resultReference) },
    },
  };
}

/** Describes endpoints by OpenAPI 3.1, out of the very schemas that check their requests. */
export function openApi(app: string, endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of endpoints) {
    const path = paths[one.path] ?? {};
    path[one.method] = operationOf(one);
    paths[one.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sigchart', version: 'v2', description: 'Streams, rooms, tokens and subscribers of a server.' },
    servers: [{ url: `/${app}/rest/v2` }],
    paths,
    components: {
      schemas: { Result: schemaOf(result) },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ bearer: [] }, {}],
  };
}
