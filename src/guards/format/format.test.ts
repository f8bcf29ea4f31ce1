import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../base/problem.ts';
import { ABOUT, MEANS, readWhole } from '../testing.ts';
import { format } from './index.ts';

type Settings = Parameters<typeof format.build>[1];
const guard = (settings: Settings) => format.build('format', settings, MEANS);
const reasons = async (text: string, settings: Settings) =>
  (await readWhole(guard(settings), text)).map(({ reason }) => reason);

const schema = {
  type: 'object',
  required: ['name', 'age'],
  properties: {
    name: { type: 'string', maxLength: 20 },
    age: { type: 'integer', minimum: 0 },
    pattern: { $ref: '#/$defs/p' },
  },
  additionalProperties: false,
  $defs: { p: { enum: ['a', 'b'] } },
};

test('JSON of a schema', async () => {
  assert.deepEqual(await reasons('{"name":"Ada","age":36,"pattern":"a"}', { schema }), []);
  assert.deepEqual(await reasons('{"name":"Ada","age":-1}', { schema }), ['format.schema']);
  assert.deepEqual(await reasons('{"name":"Ada","age":1,"more":1}', { schema }), ['format.schema']);
  assert.deepEqual(await reasons('Sure: {"name":"Ada","age":36}', { schema }), ['format.json']);
  for (const unsafe of [
    { pattern: '(a+)+$' },
    { properties: { a: { format: 'email' } } },
    { $ref: 'https://x.test/s' },
  ]) {
    assert.throws(() => guard({ schema: unsafe }), Problem);
  }
});

test('a pattern: text leaves while it may still fit, and the first character that does not is found', async () => {
  const reader = guard({ match: '[A-Z]{2}-\\d{4}' }).open(ABOUT);
  assert.deepEqual(await reader.push('AB-12'), { clear: 4, found: [] });
  assert.deepEqual(await reader.push('x4'), {
    clear: 7,
    found: [{ reason: 'format.match', start: 5, end: 6 }],
  });
  assert.deepEqual(await reasons('AB-12', { match: '[A-Z]{2}-\\d{4}' }), ['format.match'], 'too short');
  assert.deepEqual(await reasons('line one\nline two', { match: '.{1,100}' }), []);
});

test('length, language, refusal', async () => {
  assert.deepEqual(await reasons('12345', { max_chars: 5 }), []);
  assert.deepEqual(await reasons('123456', { max_chars: 5 }), ['format.too_long']);
  const german = 'Das Schiff fährt morgen früh um sieben Uhr aus dem Hafen, wenn das Wetter es erlaubt.';
  const english = 'The ship leaves the harbour at seven tomorrow morning if the weather allows it.';
  assert.deepEqual(await reasons(german, { languages: ['en'] }), ['format.language']);
  assert.deepEqual(await reasons(english, { languages: ['en'] }), []);
  for (const text of [
    "I'm sorry, but I can't help with that.",
    'I cannot assist with this request.',
    'Sorry, I am unable to do that.',
    'As an AI language model, I can’t provide that.',
  ]) {
    assert.deepEqual(await reasons(text, { refusals: 'find' }), ['format.refusal'], text);
  }
  assert.deepEqual(await reasons('I can help with that. Sorry for the wait.', { refusals: 'find' }), []);
});

test('only answers, and one rule each', async () => {
  const one = guard({ match: 'yes' });
  assert.deepEqual((await one.open({ ...ABOUT, provenance: 'tool-arguments' }).push('{"a":1}')).found, []);
  assert.deepEqual(
    (await one.open({ ...ABOUT, direction: 'prompt', provenance: 'user' }).push('no')).found,
    [],
  );
  assert.throws(() => guard({ match: 'a', max_chars: 5 }), Problem);
});
