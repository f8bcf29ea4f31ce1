import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseCall, splitArguments } from './tool-call.ts';

const weather = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const search = { name: 'searchDocs', parameters: {} };
const tools = [weather, search];

const chosen = (text: string, choice: Parameters<typeof chooseCall>[2] = 'auto') =>
  chooseCall(text, tools, choice)?.name;

test('the tool that the text names or hints at', () => {
  assert.equal(chosen('call get_weather'), 'get_weather');
  assert.equal(chosen('Is the weather fine?'), 'get_weather');
  assert.equal(chosen('Look into the docs'), 'searchDocs');
  assert.equal(chosen('Use the tool, please'), 'get_weather');
  assert.equal(chosen('Hello'), undefined);
});

test('the choice of the caller comes first', () => {
  assert.equal(chosen('Is the weather fine?', 'none'), undefined);
  assert.equal(chosen('Hello', 'required'), 'get_weather');
  assert.equal(chosen('Hello', { name: 'searchDocs' }), 'searchDocs');
  assert.equal(chosen('Hello', { name: 'unknown' }), undefined);
  assert.equal(chooseCall('use the tool', [], 'required'), undefined);
});

test('arguments fit the schema', () => {
  const parameters = {
    type: 'object',
    required: ['city', 'days', 'unit', 'exact', 'where', 'tags'],
    properties: {
      city: { type: 'string' },
      days: { type: 'integer' },
      unit: { type: 'string', enum: ['C', 'F'] },
      exact: { type: 'boolean' },
      where: { type: 'object', properties: { kind: { const: 'place' }, name: { type: ['string', 'null'] } } },
      tags: { type: 'array' },
      note: { type: 'string' },
    },
  };
  const call = chooseCall('Forecast of 3 days for New York?', [{ name: 'forecast', parameters }], 'auto');
  assert.deepEqual(call?.arguments, {
    city: 'New York',
    days: 3,
    unit: 'C',
    exact: true,
    where: { kind: 'place', name: 'New York' },
    tags: [],
  });
});

test('a schema without an end is filled to a bound', () => {
  const parameters = { type: 'object', properties: {} as Record<string, object> };
  parameters.properties.again = parameters;
  const call = chooseCall('use the tool', [{ name: 'deep', parameters: parameters as never }], 'auto');
  assert.ok(JSON.stringify(call).length < 500);
});

test('streamed pieces join to the arguments', () => {
  const args = { city: 'Zürich 😀', days: 3 };
  assert.deepEqual(JSON.parse(splitArguments({ name: 'x', arguments: args }).join('')), args);
});
