import type { TSchema } from 'typebox';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { REFUSALS } from '../../base/refusal.ts';
import type { Endpoint } from './endpoint.ts';

/** What a client must bring; one of them is enough. */
type Security = readonly Readonly<Record<string, readonly string[]>>[];

/** A key says who asks. A page that changes something also shows that it is the gateway's own. */
const READS: Security = [{ key: [] }, { session: [] }];
const CHANGES: Security = [{ key: [] }, { session: [], csrf: [] }];

const DESCRIPTION = `Everything that the console and the command line ask of a gateway, and scripts can. This document is written from the
schemas that requests are checked by, and answers are held against it by the tests of the gateway.

Whoever may open the control socket in the data folder may ask the same of it without a credential. A field that is null is as
if it were not there. Objects in answers may have more members in a later version.

- \`x-gatehouse-action\`: what the policy must allow.
- \`x-gatehouse-changes\`: it is in the ledger before it is done.
- \`x-gatehouse-fresh\`: a person must have shown a factor just now.`;

/**
 * The OpenAPI document (3.1) of the admin API. Schemas with an `$id` stand once, among its components.
 * @throws Error where an endpoint says too little of itself, or two schemas have one name
 */
export function openapi(endpoints: readonly Endpoint[]): JsonObject {
  const schemas = new Map<string, JsonObject>();
  const paths: { [path: string]: JsonObject } = {};
  for (const endpoint of endpoints) {
    if (endpoint.answer === undefined) continue;
    const path = endpoint.path.replace(':id', '{id}');
    const operation = { [endpoint.method.toLowerCase()]: operationOf(endpoint, schemas) };
    paths[path] = { ...paths[path], ...operation };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Gatehouse admin API',
      // Of the API, as its paths have it; a version of the gateway need not change it.
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '{gateway}', variables: { gateway: { default: 'http://127.0.0.1:8642' } } }],
    tags: [...new Set(endpoints.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))), Problem: PROBLEM },
      responses: {
        Refused: problem('It was refused, and nothing was done.'),
        Failed: problem('The gateway could not do it.'),
      },
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'The API key of a caller, or a token of an issuer.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-gatehouse',
          description: 'The session of a person who has signed in; `gatehouse` where there is no TLS.',
        },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'x-gatehouse-csrf',
          description: 'What `GET /auth/v1/session` says; each change that a session asks for needs it.',
        },
      },
    },
  };
}

/** RFC 9457. */
const PROBLEM: JsonObject = {
  type: 'object',
  description: 'Why not (RFC 9457): the code is for programs, the title for people.',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(REFUSALS) },
    instance: { type: 'string', description: 'The id of the request, as the ledger has it.' },
    field: { type: 'string', description: 'The field that is meant (RFC 6901).' },
  },
};

const problem = (description: string): JsonObject => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const tagOf = ({ name }: Endpoint): string => name.split('.')[0] ?? name;

function operationOf(endpoint: Endpoint, schemas: Map<string, JsonObject>): JsonObject {
  const { action, body, changes, fresh = false, method, name, status = 200, summary } = endpoint;
  const { answer } = endpoint;
  if (summary === undefined || answer === undefined) throw new Error(`${name} says nothing of itself`);
  return {
    operationId: name,
    summary,
    tags: [tagOf(endpoint)],
    security: (method === 'GET' && !changes ? READS : CHANGES) as Json,
    parameters: parametersOf(endpoint, schemas),
    ...(body !== undefined && {
      requestBody: {
        required: (body.required ?? []).length > 0,
        content: { 'application/json': { schema: shared(body, schemas) } },
      },
    }),
    responses: {
      [status]: { description: summary, content: contentOf(endpoint, answer, schemas) },
      '4XX': { $ref: '#/components/responses/Refused' },
      '5XX': { $ref: '#/components/responses/Failed' },
    },
    'x-gatehouse-action': action,
    'x-gatehouse-changes': changes,
    'x-gatehouse-fresh': fresh,
  };
}

function parametersOf({ path, query }: Endpoint, schemas: Map<string, JsonObject>): JsonObject[] {
  const id: JsonObject = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const { properties = {}, required = [] } = (query ?? {}) as Partial<TSchema> & {
    properties?: Record<string, TSchema>;
    required?: string[];
  };
  return [
    ...(path.includes('/:id') ? [id] : []),
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: shared(schema, schemas),
    })),
  ];
}

function contentOf(
  { texts }: Endpoint,
  answer: NonNullable<Endpoint['answer']>,
  schemas: Map<string, JsonObject>,
): JsonObject {
  const text = { schema: { type: 'string' } };
  if (answer === 'events') return { 'text/event-stream': text };
  const types = texts ?? (answer === 'text' ? ['text/plain'] : []);
  return {
    ...(typeof answer !== 'string' && { 'application/json': { schema: shared(answer, schemas) } }),
    ...Object.fromEntries(types.map((type) => [type, text])),
  };
}

/** A schema as the document has it: those with a name stand elsewhere, once. */
function shared(schema: TSchema, schemas: Map<string, JsonObject>): JsonObject {
  return named(JSON.parse(JSON.stringify(schema)) as JsonObject, schemas);
}

function named({ $id: name, ...schema }: JsonObject, schemas: Map<string, JsonObject>): JsonObject {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, within(value, schemas)]),
  );
  if (typeof name !== 'string') return inner;
  const before = schemas.get(name);
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(inner))
    throw new Error(`two schemas are named ${name}`);
  schemas.set(name, inner);
  return { $ref: `#/components/schemas/${name}` };
}

function within(value: Json, schemas: Map<string, JsonObject>): Json {
  if (Array.isArray(value)) return value.map((one) => within(one, schemas));
  return isObject(value) ? named(value, schemas) : value;
}
