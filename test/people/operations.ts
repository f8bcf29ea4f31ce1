import assert from 'node:assert/strict';
import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';
import type { Action } from '../../src/exchange/exchange.ts';

/** An operation as openapi.json has it. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: string;
  /** Undefined: of what people see to for themselves. */
  readonly action: Action | undefined;
  readonly fresh: boolean;
  /** For anybody. */
  readonly open: boolean;
  /** A session needs its token for it. */
  readonly csrf: boolean;
  readonly events: boolean;
  /** Names of the members of its body. */
  readonly takes: ReadonlySet<string>;
  readonly body: JsonObject | undefined;
  readonly required: readonly (readonly [string, JsonObject])[];
}

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: JsonObject;
}

interface Written {
  readonly operationId: string;
  readonly security: readonly JsonObject[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonObject;
  }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonObject } };
  };
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
  readonly 'x-gatehouse-action'?: Action;
  readonly 'x-gatehouse-fresh'?: boolean;
}

interface Document {
  readonly paths: Record<string, Record<string, Written>>;
  readonly components: { readonly schemas: Record<string, JsonObject> };
}

/** Those of a document, with the schemas of what they take written out. */
export function operations(text: string): Operation[] {
  const { paths, components } = JSON.parse(text) as Document;
  const resolved = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(resolved);
    if (!isObject(value)) return value;
    const name = typeof value.$ref === 'string' ? value.$ref.split('/').at(-1) : undefined;
    if (name !== undefined) return resolved(components.schemas[name] ?? {});
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one)]));
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, written]): Operation => {
      const given = written.requestBody?.content['application/json'].schema;
      const body = given && (resolved(given) as JsonObject);
      return {
        method: method === 'get' ? 'GET' : 'POST',
        path,
        name: written.operationId,
        action: written['x-gatehouse-action'],
        fresh: written['x-gatehouse-fresh'] === true,
        open: written.security.length === 0,
        csrf: written.security.some((one) => 'csrf' in one),
        events: Object.values(written.responses).some(({ content = {} }) => 'text/event-stream' in content),
        takes: new Set(Object.keys((body?.properties as JsonObject | undefined) ?? {})),
        body,
        required: (written.parameters ?? [])
          .filter((one) => one.in === 'query' && one.required === true)
          .map(({ name, schema }) => [name, resolved(schema) as JsonObject]),
      };
    }),
  );
}

/** The least that an operation takes. */
export function leastOf({ body, method, required }: Operation): {
  body: JsonObject | undefined;
  query: string;
} {
  const query = new URLSearchParams(required.map(([name, schema]) => [name, String(least(schema))]));
  return {
    body: method === 'GET' ? undefined : ((body === undefined ? {} : least(body)) as JsonObject),
    query: query.size === 0 ? '' : `?${query}`,
  };
}

/** Texts that forms of texts are met by. */
const TEXTS = ['x', '24h', '2026-01-31', '2026-10', 'ab'.repeat(32), 'a@1', '1'];

function least(schema: JsonObject): Json {
  const {
    anyOf,
    const: only,
    enum: known,
    items,
    minItems,
    minimum,
    pattern,
    properties,
    required,
    type,
  } = schema;
  if (Array.isArray(known)) return known[0] ?? null;
  if (only !== undefined) return only;
  if (Array.isArray(anyOf)) return least((anyOf[0] ?? {}) as JsonObject);
  switch (type) {
    case 'object':
      return Object.fromEntries(
        ((required ?? []) as string[]).map((name) => [
          name,
          least(((properties as JsonObject)[name] ?? {}) as JsonObject),
        ]),
      );
    case 'array':
      return Array.from({ length: Number(minItems ?? 0) }, () => least((items ?? {}) as JsonObject));
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Number(minimum ?? 1);
    default: {
      const form = new RegExp(typeof pattern === 'string' ? pattern : '', 'u');
      const text = TEXTS.find((one) => form.test(one));
      assert.ok(text !== undefined, `a text that fits ${form} is not known here`);
      return text;
    }
  }
}
