import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import { isObject, type Json } from '../../src/base/json.ts';
import { flaws } from '../../src/base/schema.ts';
import { ENDPOINTS } from '../../src/gateway/admin/admin.ts';
import type { Result } from '../../src/gateway/admin/endpoint.ts';
import { AUTH_ENDPOINTS } from '../../src/gateway/people/authenticate.ts';
import { Page } from '../../src/gateway/people/endpoint.ts';

/**
 * Holds every answer of the admin API in this process, and of what people see to for themselves, against what its endpoint says
 * it answers, and so what openapi.json says. Nothing may be in an answer that is not in its schema: others may not rely on that, but here it is how the schema stays true.
 */

const wrong: string[] = [];

for (const endpoint of ENDPOINTS) {
  const { act, answer, name, texts } = endpoint;
  const schema = typeof answer === 'string' ? answer : closed(answer);
  const watched: typeof act = async (call) => {
    const result = await act.call(endpoint, call);
    const found = typeof result === 'string' && texts !== undefined ? [] : wrongIn(schema, result);
    wrong.push(...found.map((what) => `${name}: ${what}`));
    return result;
  };
  Object.assign(endpoint, { act: watched });
}

for (const endpoint of AUTH_ENDPOINTS) {
  const { act, answer, name } = endpoint;
  const schema = typeof answer === 'string' ? answer : closed(answer);
  const watched: typeof act = async (call) => {
    const result = await act.call(endpoint, call);
    wrong.push(...wrongIn(schema, result).map((what) => `${name}: ${what}`));
    return result;
  };
  Object.assign(endpoint, { act: watched });
}

/** What the answers since the last time had that their schemas have not. */
export function checkAnswers(): void {
  const found = [...new Set(wrong.splice(0))];
  assert.deepEqual(found, [], 'answers that do not fit the schema of their endpoint');
}

function wrongIn(schema: TSchema | string, result: Result | Page): string[] {
  if (result instanceof Page) return schema === 'page' ? [] : ['a page where none was to come'];
  if (result instanceof Readable) return schema === 'events' ? [] : ['events where none were to come'];
  if (typeof result === 'string') return schema === 'text' ? [] : ['text where none was to come'];
  if (typeof schema === 'string') return [`JSON where ${schema} was to come`];
  return flaws(schema, JSON.parse(JSON.stringify(result)) as Json).map(
    ({ path, message }) => `/${path.join('/')} ${message}`,
  );
}

/** The same, with nothing else in its objects. */
function closed(schema: TSchema): TSchema {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'properties' ? members(value) : within(value),
    ]),
  );
  const open = inner.properties !== undefined && inner.additionalProperties === undefined;
  return { ...inner, ...(open && { additionalProperties: false }) };
}

function members(properties: Record<string, TSchema>): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, closed(one)]));
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return isObject(value) ? closed(value as TSchema) : value;
}
