import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { parseJson } from '../wire/json.ts';
import { mediaUrl, tokens } from './media.ts';
import { Reading } from './reading.ts';
import {
  array,
  base64,
  bool,
  count,
  either,
  ident,
  integer,
  jsonText,
  keyed,
  measure,
  name,
  nullable,
  number,
  object,
  only,
  opaque,
  parts,
  readBody,
  refused,
  required,
  type Shape,
  text,
  tree,
  usually,
  variant,
} from './shape.ts';
import { asChannels } from './unknown.ts';

function read(shape: Shape, body: JsonObject, from: 'client' | 'upstream' = 'client'): Reading {
  const reading = new Reading(from);
  readBody(shape, body, reading);
  return reading;
}
const field = (shape: Shape, value: JsonObject[string]) => read(object({ f: shape }), { f: value });
const slotOf = (reading: Reading, path: string) => {
  const slot = reading.slots.find((one) => one.path === path);
  assert.ok(slot, path);
  return slot;
};
const refusedAt = (code: string, path: string) => (error: unknown) =>
  error instanceof Refusal && error.code === code && error.field === path;

test('each shape takes its own kind and refuses the others by the pointer', () => {
  const good: readonly [Shape, JsonObject[string]][] = [
    [text('user'), 'a'],
    [jsonText('user'), '{}'],
    [usually('a'), 'z'],
    [number, 1.5],
    [integer(1, 3), 3],
    [count, 0],
    [bool, false],
    [array(bool), [true]],
    [object({}), {}],
    [either({ string: ident, array: array(ident) }), ['a']],
    [variant('type', { a: {} }), { type: 'a' }],
    [opaque('image/png'), 'AAAA'],
    [base64, 'AAA='],
    [base64, 'A_-'],
    [mediaUrl, 'https://a.example'],
    [tokens, [1, 2]],
    [tokens, [[1], [2]]],
  ];
  for (const [shape, value] of good) field(shape, value);
  const bad: readonly [Shape, JsonObject[string], string][] = [
    [text('user'), 1, '/f'],
    [jsonText('user'), {}, '/f'],
    [usually('a'), 1, '/f'],
    [number, '1', '/f'],
    [integer(1, 3), 4, '/f'],
    [integer(1, 3), 1.5, '/f'],
    [count, -1, '/f'],
    [bool, 'true', '/f'],
    [array(bool), [true, 'x'], '/f/1'],
    [array(bool), { 0: true }, '/f'],
    [object({}), [], '/f'],
    [object({ a: required(bool) }), {}, '/f/a'],
    [object({ a: required(bool) }), { a: null }, '/f/a'],
    [either({ string: ident }), 1, '/f'],
    [keyed('index', object({ index: count }), 2), [{ index: 2 }], '/f/0/index'],
    [opaque('image/png'), {}, '/f'],
    [base64, 'not base64', '/f'],
    [mediaUrl, 'file:///etc/passwd', '/f'],
    [tokens, 'a text', '/f'],
    [tokens, [[1], ['a text']], '/f'],
  ];
  for (const [shape, value, path] of bad) {
    assert.throws(() => field(shape, value), refusedAt('request_invalid', path), JSON.stringify(value));
  }
  assert.throws(() => read(object({ f: bool }), { f: 'x' }, 'upstream'), refusedAt('upstream_invalid', '/f'));
  read(object({ a: required(nullable(bool)), b: bool }), { a: null, b: null });
});

test('what is not passed on', () => {
  for (const [shape, value, path] of [
    [refused('No.'), {}, '/f'],
    [only(false, 'No.'), true, '/f'],
    [variant('type', { a: {} }), { type: 'b' }, '/f/type'],
    [variant('type', { a: {} }), {}, '/f/type'],
    [variant('type', { a: {} }), { type: 'constructor' }, '/f/type'],
  ] as const) {
    assert.throws(() => field(shape, value as JsonObject[string]), refusedAt('unsupported', path));
  }
  field(only(false, 'No.'), false);
  field(refused('No.'), null);
  field(variant('type', { a: {} }, { absent: 'a' }), {});
});

test('a number that a double would change is a number and nothing else', () => {
  const body = () => parseJson(Buffer.from('{"f":12345678901234567890}'), { maxDepth: 8 });
  assert.deepEqual(read(object({ f: measure }), body()).slots, []);
  assert.equal(slotOf(read(object({ f: number }), body()), '/f').text, '12345678901234567890');
  assert.equal(slotOf(read(object({ f: tree('other') }), body()), '/f').text, '12345678901234567890');
  assert.throws(() => read(object({ f: object({}) }), body()), refusedAt('request_invalid', '/f'));
  assert.throws(() => read(object({ f: count }), body()), refusedAt('request_invalid', '/f'));
});

test('texts are written back where they stood', () => {
  const body: JsonObject = { a: 'x', b: { c: [1, 'y'] }, d: '{"k":"v"}' };
  const reading = read(object({ a: text('user'), b: tree('other'), d: jsonText('tool-arguments') }), body);
  slotOf(reading, '/a').set('X');
  slotOf(reading, '/b').set('{"c":[1,"Y",12345678901234567890]}');
  slotOf(reading, '/d').set('{"k":"V"}');
  assert.equal(
    JSON.stringify(body),
    '{"a":"X","b":{"c":[1,"Y",12345678901234567890]},"d":"{\\"k\\":\\"V\\"}"}',
  );
});

test('fields without a name are one slot, names included, and their path does not tell the names', () => {
  const body = JSON.parse('{"a":true,"my secret":1,"__proto__":{"x":"y"},"constructor":null}') as JsonObject;
  const reading = read(object({ a: bool }), body);
  assert.equal(reading.slots.length, 1);
  const slot = slotOf(reading, '/(unknown)');
  assert.equal(slot.text, '{"my secret":1,"__proto__":{"x":"y"},"constructor":null}');
  slot.set('{"my ***":1,"__proto__":{"x":"z"}}');
  slot.set('{"my ***":2,"__proto__":{"x":"z"}}');
  assert.equal(JSON.stringify(body), '{"a":true,"my ***":2,"__proto__":{"x":"z"}}');
  assert.equal(Object.getPrototypeOf(body), Object.prototype);
});

test('a mask cannot turn an unknown name into one that was checked', () => {
  const body: JsonObject = { model: 'small', moSECRETdel: 'large' };
  const slot = slotOf(read(object({ model: ident }), body), '/(unknown)');
  assert.throws(() => slot.set('{"model":"large"}'), refusedAt('request_invalid', ''));
});

test('parts of one message stand together, whatever is found between them', () => {
  const shape = parts(
    variant('type', { text: { text: text('user', { part: true }) }, other: { id: ident } }),
  );
  const found = field(shape, [
    { type: 'text', text: 'a', x: 1 },
    { type: 'other', id: 'between' },
    { type: 'text', text: 'b' },
  ]);
  assert.deepEqual(
    found.slots.map(({ path, joined }) => [path, joined]),
    [
      ['/f/0/(unknown)', undefined],
      ['/f/1/id', undefined],
      ['/f/0/text', '/f'],
      ['/f/2/text', '/f'],
    ],
  );
});

test('a mask tells whoever watches, and only for what was watched', () => {
  const reading = new Reading('upstream');
  const body: JsonObject = { a: 'x', b: 'y' };
  let calls = 0;
  reading.watching(
    () => calls++,
    () => readBody(object({ a: ident, b: array(ident) }), { a: 'x' }, reading),
  );
  readBody(object({ a: ident, b: ident }), body, reading);
  const [watched, free] = reading.slots;
  watched?.set('x');
  free?.set('z');
  assert.equal(calls, 0);
  watched?.set('z');
  assert.equal(calls, 1);
});

test('names are fixed, empty texts and trees are no slots', () => {
  assert.equal(slotOf(field(name('other'), 'n'), '/f').fixed, true);
  for (const value of ['', {}, [], true, null]) assert.deepEqual(field(tree('other'), value).slots, []);
  assert.deepEqual(field(text('user'), '').slots, []);
  assert.equal(field(tree('other'), 4111111111111111).slots.length, 1);
});

test('unknown fields of a stream: each string a channel of its own over all events', () => {
  const channels = new Map<string, number>();
  const shape = object({ known: bool }, asChannels);
  const pieces = ['AK', 'IA'].map((piece) => {
    const reading = new Reading('upstream', channels);
    readBody(shape, { other: 'x', details: [{ text: piece }] }, reading);
    return reading.slots;
  });
  for (const [i, slots] of pieces.entries()) {
    const piece = ['AK', 'IA'][i];
    assert.deepEqual(
      slots.map(({ path, text, delta }) => [path, text, delta]),
      [
        ['/(unknown)/0', 'x', true],
        ['/(unknown)/1', piece, true],
        ['/(unknown)', JSON.stringify({ other: 'x', details: [{ text: piece }] }), false],
      ],
    );
    for (const slot of slots) {
      assert.ok(slot.fixed);
      assert.throws(() => slot.set('[mask]'), refusedAt('upstream_invalid', '/(unknown)'));
    }
  }
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, 'x']));
  assert.throws(() => read(shape, many, 'upstream'), refusedAt('upstream_invalid', '/(unknown)'));
});

test('media types come from the address, and from nowhere else', () => {
  const mediaOf = (url: string) => field(mediaUrl, url).opaque[0]?.media;
  assert.equal(mediaOf('data:image/PNG;base64,AAAA'), 'image/png');
  assert.equal(mediaOf('DATA:application/pdf;base64,AA_-\r\n=='), 'application/pdf');
  // Whatever else an address may hold could be a text.
  for (const rest of [
    ',x',
    'image/png,x',
    'image/png;a=b;base64,AAAA',
    'image/png;base64,a text',
    'a text;base64,',
  ])
    assert.throws(() => mediaOf(`data:${rest}`), refusedAt('request_invalid', '/f'), rest);
  assert.equal(mediaOf('http://a.example/x'), 'remote-url');
});
