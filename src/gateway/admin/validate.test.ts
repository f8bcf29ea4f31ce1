import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import Type, { type TObject, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Json, JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { AUTH_ENDPOINTS } from '../people/authenticate.ts';
import { ENDPOINTS } from './admin.ts';
import { count, duration, fields, Label, since, sinceIn, Tags, until, untilIn, words } from './parameters.ts';
import { checkBody, checkParameters } from './validate.ts';

const refusalOf = (act: () => unknown): Refusal => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'it was let through' });
};

suite('what is wrong is said in words, and never with what was sent', () => {
  const body = fields({
    name: Label,
    roles: Type.Optional(Type.Array(Label)),
    to: Type.Optional(words(['coarser', 'block'])),
    uses: Type.Optional(count(1000)),
    overlap: Type.Optional(duration()),
    expires: Type.Optional(until()),
    tags: Type.Optional(Tags),
    files: Type.Optional(Type.Array(fields({ bytes: Type.Integer() }))),
  });
  const cases: readonly (readonly [JsonObject, string | undefined, RegExp])[] = [
    [{ nmae: 'x' }, undefined, /field that is not known\. Did you mean “name”\? Known: name, roles/],
    [{}, '/name', /It must have “name”\./],
    [{ name: null }, '/name', /It must have “name”\./],
    [{ name: 5 }, '/name', /It must be text\./],
    [{ name: 'a\nb' }, '/name', /It must be: 1 to 100 characters/],
    [{ name: 'a', roles: ['x', 5] }, '/roles/1', /It must be text\./],
    [{ name: 'a', to: 'blokc' }, '/to', /one of coarser, block\. Did you mean “block”\?/],
    [{ name: 'a', uses: 5000 }, '/uses', /a whole number from 1 to 1000\./],
    [{ name: 'a', uses: '5' }, '/uses', /a whole number from 1 to 1000\./],
    [{ name: 'a', overlap: 'soon' }, '/overlap', /a duration such as 24h or 30d/],
    [{ name: 'a', expires: '2027-13-45' }, '/expires', /a date such as 2027-01-31/],
    [{ name: 'a', tags: { s3cret: 5 } }, '/tags', /It must be text\./],
    [{ name: 'a', tags: { 's3c\nret': 'x' } }, '/tags', /a field that is not known/],
    [{ name: 'a', files: [{ bytes: 1, s3cret: 2 }] }, '/files/0', /field that is not known\. Known: bytes\./],
  ];
  for (const [given, field, says] of cases)
    test(JSON.stringify(given), () => {
      const refusal = refusalOf(() => checkBody(body, given));
      assert.deepEqual([refusal.code, refusal.field], ['request_invalid', field]);
      assert.match(refusal.message, says);
      assert.doesNotMatch(refusal.message + refusal.field, /s3c/);
    });

  const query = fields({
    since: Type.Optional(since()),
    limit: Type.Optional(count(1000)),
    open: Type.Optional(Type.Boolean()),
    by: Type.Optional(words(['minute', 'hour'])),
    from: Type.Union([words(['draft']), count(9)]),
  });
  const queries: readonly (readonly [string, RegExp])[] = [
    ['from=1&limt=5', /parameter that is not known\. Did you mean “limit”\? Known: since, limit/],
    ['from=1&limit=5&limit=6', /there twice/],
    ['limit=5', /must have “from”\./],
    ['from=1&limit=0', /“limit” must be a whole number from 1 to 1000\./],
    ['from=1&limit=1e3', /“limit” must be a whole number from 1 to 1000\./],
    ['from=1&open=yes', /“open” must be true or false\./],
    ['from=1&by=day', /“by” must be one of minute, hour\./],
    ['from=1&since=s3cret', /“since” must be: a time such as 2026-01-31T12:00:00Z/],
    ['from=1&__proto__=s3cret', /parameter that is not known/],
  ];
  for (const [given, says] of queries)
    test(given, () => {
      const { code, message } = refusalOf(() => checkParameters(query, new URLSearchParams(given)));
      assert.equal(code, 'query_refused');
      assert.match(message, says);
      assert.doesNotMatch(message, /s3c/);
    });

  test('parameters are what their schema says, and what is null was not said', () => {
    const given = new URLSearchParams('from=3&limit=7&open=true&since=24h');
    assert.deepEqual(checkParameters(query, given), { from: 3, limit: 7, open: true, since: '24h' });
    assert.deepEqual(checkBody(body, { name: 'a', to: null }), { name: 'a' });
    assert.equal(refusalOf(() => checkBody(undefined, { a: 1 })).code, 'request_invalid');
    assert.equal(
      refusalOf(() => checkParameters(undefined, new URLSearchParams('a=1'))).code,
      'query_refused',
    );
  });

  test('times are from now on, or before it', () => {
    assert.equal(untilIn('1h', 1000), 3_601_000);
    assert.equal(sinceIn('1h', 3_601_000), 1000);
    assert.equal(sinceIn('2026-01-31T12:00:00Z', 0), Date.UTC(2026, 0, 31, 12));
    assert.equal(untilIn(undefined, 0), undefined);
  });
});

suite('every endpoint takes what its schema says, and nothing else', () => {
  for (const { body, name, query } of [...ENDPOINTS, ...AUTH_ENDPOINTS]) {
    if (body !== undefined)
      test(`${name}: its body`, () => {
        fc.assert(
          fc.property(fitting(body), (value) => void checkBody(body, value as JsonObject)),
          { numRuns: 20 },
        );
        fc.assert(
          fc.property(spoiled(body), ({ field, value }) => {
            const refusal = refusalOf(() => checkBody(body, value));
            assert.deepEqual([refusal.code, refusal.status], ['request_invalid', 400]);
            assert.ok(field === undefined || refusal.field?.startsWith(`/${field}`), refusal.message);
          }),
          { numRuns: 20 },
        );
      });
    if (query !== undefined && query !== 'any')
      test(`${name}: its query`, () => {
        fc.assert(
          fc.property(fitting(query), (value) => {
            const texts = Object.entries(value as JsonObject).map(([key, one]) => [key, String(one)]);
            assert.deepEqual(checkParameters(query, new URLSearchParams(texts)), value);
          }),
          { numRuns: 20 },
        );
      });
  }
});

/** A value that fits, with a field too many, or one field that is of another kind. */
const spoiled = (body: TObject): fc.Arbitrary<{ field: string | undefined; value: JsonObject }> =>
  fc
    .tuple(fitting(body), fc.nat(), fc.constantFrom<Json>(5, '\u0000', true, [], [[]], { '': 1 }))
    .map(([value, at, other]) => {
      const names = Object.keys(body.properties).filter((name) => !Check(body.properties[name] ?? {}, other));
      const field = names[at % (names.length + 1)];
      return { field, value: { ...(value as JsonObject), [field ?? 'not_known']: other } };
    });

/** What of JSON Schema our schemas use. */
interface Shape {
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Values that fit a schema. */
const fitting = (shape: Shape): fc.Arbitrary<Json> =>
  likely(shape).filter((value): value is Json => Check(shape as TSchema, value));

function likely(shape: Shape): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 9, properties, patternProperties, required = [] } = shape;
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.anyOf !== undefined) return fc.oneof(...shape.anyOf.map(fitting));
  if (properties !== undefined) {
    const members = Object.entries(properties).map(([name, one]) => [name, fitting(one)]);
    return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<Json>>, {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }
  if (patternProperties !== undefined) {
    const [inner = {}] = Object.values(patternProperties);
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fitting(inner), { noNullPrototype: true });
  }
  switch (shape.type) {
    case 'array':
      return fc.array(fitting(shape.items ?? {}), { maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: minimum, max: maximum });
    case 'string':
      return textOf(shape);
    default:
      return fc.constant('x');
  }
}

/** Texts of the forms that there are. */
const TEXTS = ['x', '24h', '2026-01-31', '2026-10', 'ab'.repeat(32), 'a@1', '1', 'a/b', 'a-b', 'team'];

/** Those by chance that do not fit give way to one that does. */
function textOf(shape: Shape): fc.Arbitrary<string> {
  const { maxLength, minLength = 1, pattern } = shape;
  const fit = (text: string): boolean => Check(shape as TSchema, text);
  const known = TEXTS.find(fit);
  assert.ok(known !== undefined, `say here a text that fits ${JSON.stringify(shape)}`);
  // Patterns that name kinds of characters are met by plain text too.
  const made =
    pattern === undefined || pattern.includes('\\p{')
      ? fc.stringMatching(/^[ -~]{0,20}$/).map((text) => text.padEnd(minLength, 'x').slice(0, maxLength))
      : fc.stringMatching(new RegExp(pattern, 'u'));
  return made.map((text) => (fit(text) ? text : known));
}
