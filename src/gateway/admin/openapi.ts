import type { TObject, TSchema } from 'typebox';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { REFUSALS } from '../../base/refusal.ts';
import type { AuthEndpoint } from '../people/endpoint.ts';
import type { Endpoint } from './endpoint.ts';

/** What a client must bring; one of them is enough, and none where there are none. */
type Security = readonly Readonly<Record<string, readonly string[]>>[];

/** What both kinds of endpoints say of themselves. */
interface Operation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly tag: string;
  readonly security: Security;
  readonly status: string;
  readonly query: TObject | undefined;
  readonly body: TObject | undefined;
  readonly answer: TSchema | undefined;
  /** Media types of what it answers that is not JSON. */
  readonly texts: readonly string[];
  readonly marks: JsonObject;
}

const DESCRIPTION = `Everything that the console and the command line ask of a gateway, and scripts can. This document is written from the
schemas that requests are checked by, and answers are held against it by the tests of the gateway.

Whoever may open the control socket in the data folder may ask the same of it without a credential. A field that is null is as
if it were not there. Objects in answers may have more members in a later version.

- \`x-gatehouse-action\`: what the policy must allow.
- \`x-gatehouse-changes\`: it is in the ledger before it is done.
- \`x-gatehouse-fresh\`: a person must have shown a factor just now.`;

/**
 * The OpenAPI document (3.1) of the admin API, and of what people see to for themselves. Schemas with an `$id` stand once, among its
 * components.
 * @throws Error where two schemas have one name
 */
export function openapi(admin: readonly Endpoint[], auth: readonly AuthEndpoint[]): JsonObject {
  const operations = [...admin.map(ofAdmin), ...auth.map(ofAuth)];
  const schemas = new Map<string, JsonObject>();
  const paths: { [path: string]: JsonObject } = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(id|name)/, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: written(operation, schemas) };
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
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
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

/** A key says who asks. A page that changes something also shows that it is the gateway's own. */
function ofAdmin(endpoint: Endpoint): Operation {
  const { action, answer, body, changes, fresh = false, method, name, query, status = 200 } = endpoint;
  const { path, summary, texts = answer === 'text' ? ['text/plain'] : [] } = endpoint;
  const [tag = name] = name.split('.');
  const reads = method === 'GET' && !changes;
  return {
    ...{ method, path, name, summary, tag, body, query },
    security: [{ key: [] }, reads ? { session: [] } : { session: [], csrf: [] }],
    status: String(status),
    answer: typeof answer === 'string' ? undefined : answer,
    texts: answer === 'events' ? ['text/event-stream'] : texts,
    marks: {
      'x-gatehouse-action': action,
      'x-gatehouse-changes': changes,
      'x-gatehouse-fresh': fresh,
    },
  };
}

function ofAuth({ answer, body, method, name, path, query, session, summary }: AuthEndpoint): Operation {
  const signed: Security = [method === 'GET' ? { session: [] } : { session: [], csrf: [] }];
  return {
    ...{ method, path, name, summary, tag: 'auth', body },
    query: query === 'any' ? undefined : query,
    security: session === 'none' ? [] : signed,
    // A page may be a redirect, too.
    status: answer === 'page' ? 'default' : '200',
    answer: answer === 'page' ? undefined : answer,
    texts: answer === 'page' ? ['text/html'] : [],
    marks: { 'x-gatehouse-fresh': session === 'fresh' },
  };
}

function written(operation: Operation, schemas: Map<string, JsonObject>): JsonObject {
  const { answer, body, marks, name, security, status, summary, tag, texts } = operation;
  const text = { schema: { type: 'string' } };
  return {
    operationId: name,
    summary,
    tags: [tag],
    security: security as Json,
    parameters: parametersOf(operation, schemas),
    ...(body !== undefined && {
      requestBody: {
        required: (body.required ?? []).length > 0,
        content: { 'application/json': { schema: shared(body, schemas) } },
      },
    }),
    responses: {
      [status]: {
        description: summary,
        content: {
          ...(answer !== undefined && { 'application/json': { schema: shared(answer, schemas) } }),
          ...Object.fromEntries(texts.map((type) => [type, text])),
        },
      },
      '4XX': { $ref: '#/components/responses/Refused' },
      '5XX': { $ref: '#/components/responses/Failed' },
    },
    ...marks,
  };
}

function parametersOf({ path, query }: Operation, schemas: Map<string, JsonObject>): JsonObject[] {
  const named = /:(id|name)/.exec(path)?.[1];
  const required: readonly string[] = query?.required ?? [];
  return [
    ...(named === undefined ? [] : [{ name: named, in: 'path', required: true, schema: { type: 'string' } }]),
    ...Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: shared(schema, schemas),
    })),
  ];
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
