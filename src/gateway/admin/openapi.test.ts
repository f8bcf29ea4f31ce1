import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Type from 'typebox';
import { AUTH_ENDPOINTS } from '../people/authenticate.ts';
import { apiDocument, ENDPOINTS } from './admin.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { openapi } from './openapi.ts';

test('the document is one of OpenAPI 3.1, by a judge who has not seen ours', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(apiDocument()));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
});

test('every endpoint says what it does and answers, and stands in the document once', () => {
  const endpoints = [...ENDPOINTS, ...AUTH_ENDPOINTS];
  for (const { name, summary } of endpoints) assert.match(summary, /^[A-Z][^\n]{5,90}[^.\n]$/, name);
  const { paths, tags } = apiDocument() as unknown as {
    paths: Record<string, Record<string, { operationId: string; tags: string[] }>>;
    tags: { name: string }[];
  };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  assert.deepEqual(
    operations.map(({ operationId }) => operationId).sort(),
    endpoints.map(({ name }) => name).sort(),
  );
  const known = new Set(tags.map(({ name }) => name));
  for (const { operationId, tags } of operations)
    assert.ok(tags.length === 1 && known.has(tags[0] ?? ''), operationId);
});

test('objects of bodies and queries take nothing that is not known', () => {
  const check = (name: string, schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if ('properties' in schema) assert.equal(Reflect.get(schema, 'additionalProperties'), false, name);
    for (const inner of Object.values(schema)) check(name, inner);
  };
  for (const { body, name, query } of [...ENDPOINTS, ...AUTH_ENDPOINTS]) {
    check(name, body);
    check(name, query);
  }
});

const plain = { method: 'GET', action: 'config.read', changes: false, summary: 'Says something' } as const;
const made = (path: string, answer: Endpoint['answer'] = 'text') =>
  endpoint({ ...plain, path, name: `x.${path.length}`, answer, act: () => '' });

test('a schema with a name stands once, and two of one name are not let through', () => {
  const one = Type.Object({ id: Type.String() }, { $id: 'Thing' });
  const other = Type.Object({ id: Type.Integer() }, { $id: 'Thing' });
  const { components } = openapi(
    [made('/a', one), made('/bb', Type.Object({ all: Type.Array(one) }))],
    [],
  ) as unknown as { components: { schemas: Record<string, object> } };
  assert.deepEqual(Object.keys(components.schemas).sort(), ['Problem', 'Thing']);
  assert.throws(() => openapi([made('/a', one), made('/bb', other)], []), /two schemas are named Thing/);
});
