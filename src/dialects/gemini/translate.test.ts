import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import type { AnswerEvent, Conversation, Turn } from '../../exchange/conversation.ts';
import { readGenerate } from './request.ts';
import { translator } from './translate.ts';
import { jsonSchema } from './translate-schema.ts';

const read = (body: JsonObject): Conversation => {
  const prompt = readGenerate(false)(body, 'm');
  return translator.readRequest(prompt.body, prompt);
};
const ask = (...more: JsonObject[]): JsonObject => ({
  contents: [{ role: 'user', parts: [{ text: 'hi' }] }, ...more],
});
const unsupported = (body: JsonObject, field: string) =>
  assert.throws(() => read(body), { code: 'unsupported', field });

const model = (...parts: JsonObject[]): JsonObject => ({ role: 'model', parts });
const call = (name: string, more: JsonObject = {}): JsonObject => ({
  functionCall: { name, args: {}, ...more },
});
const result = (name: string, response: JsonObject, more: JsonObject = {}): JsonObject => ({
  role: 'user',
  parts: [{ functionResponse: { name, response, ...more } }],
});

const parts = ({ turns }: Conversation) => turns.flatMap((turn) => turn.parts as Turn['parts'][number][]);

test('calls without ids get some, and results find theirs by name, in order', () => {
  const body = ask(
    model(call('a'), call('b'), call('a')),
    {
      role: 'user',
      parts: [...(result('b', {}).parts as JsonObject[]), ...(result('a', {}).parts as JsonObject[])],
    },
    result('a', { output: 'last' }),
  );
  const found = parts(read(structuredClone(body)));
  const ids = found.flatMap((part) => (part.kind === 'tool-call' ? [part.id] : []));
  const answered = found.flatMap((part) => (part.kind === 'tool-result' ? [part.callId] : []));
  assert.equal(new Set(ids).size, 3);
  assert.deepEqual(answered, [ids[1], ids[0], ids[2]]);
  // The next request, with more behind it, gives them the same.
  const again = parts(
    read({
      contents: [
        ...(body.contents as JsonObject[]),
        model({ text: 'ok' }),
        ...(ask().contents as JsonObject[]),
      ],
    }),
  );
  assert.deepEqual(
    again.flatMap((part) => (part.kind === 'tool-call' ? [part.id] : [])),
    ids,
  );
});

test('a result of no call is refused', () => {
  unsupported(ask(result('a', {})), '/contents/1/parts/0/functionResponse/id');
  unsupported(
    ask(model(call('a', { id: '1' })), result('a', {}, { id: '2' })),
    '/contents/2/parts/0/functionResponse/id',
  );
});

test('what a tool said: output, result, error, texts of MCP, and any other object as JSON', () => {
  const said = (response: JsonObject) => {
    const found = parts(read(ask(model(call('f')), result('f', response)))).find(
      ({ kind }) => kind === 'tool-result',
    );
    assert.ok(found?.kind === 'tool-result');
    return [...found.parts.map((part) => (part.kind === 'text' ? part.text : '')), found.failed];
  };
  assert.deepEqual(said({ output: 'rain' }), ['rain', false]);
  assert.deepEqual(said({ result: 'rain' }), ['rain', false]);
  assert.deepEqual(said({ error: 'no' }), ['no', true]);
  assert.deepEqual(said({ output: { city: 'Paris' } }), ['{"output":{"city":"Paris"}}', false]);
  assert.deepEqual(said({ temperature: 7 }), ['{"temperature":7}', false]);
  assert.deepEqual(said({}), [false]);
  const content = ['a', 'b'].map((text) => ({ type: 'text', text }));
  assert.deepEqual(said({ content }), ['a', 'b', false]);
  assert.deepEqual(said({ content, isError: true }), ['a', 'b', true]);
});

test('a signature goes back to the server that made it, and to no other', () => {
  const answer = translator.readReply({
    candidates: [
      { content: { parts: [{ ...call('f'), thoughtSignature: 'EqQB+/==' }] }, finishReason: 'STOP' },
    ],
    responseId: 'r1',
  });
  const [said] = answer.choices[0]?.parts ?? [];
  assert.deepEqual(said, {
    kind: 'tool-call',
    id: 'call-r1-0-0',
    name: 'f',
    arguments: '{}',
    signature: 'gemini-EqQB+/==',
  });
  assert.equal(answer.choices[0]?.stop, 'tool-calls');
  const asked = (signature?: string) => {
    const turns: Turn[] = [
      { role: 'user', parts: [{ kind: 'text', text: 'hi' }] },
      {
        role: 'assistant',
        parts: [
          { kind: 'tool-call', id: '1', name: 'f', arguments: '{}', signature },
          { kind: 'tool-call', id: '2', name: 'f', arguments: '{}' },
        ],
      },
      { role: 'user', parts: [{ kind: 'tool-result', callId: '1', name: 'f', parts: [], failed: false }] },
    ];
    const body = translator.writeRequest({ ...read(ask()), turns }, 0) as {
      contents: { parts: JsonObject[] }[];
    };
    return body.contents[1]?.parts.map(({ thoughtSignature }) => thoughtSignature);
  };
  assert.deepEqual(asked('gemini-EqQB+/=='), ['EqQB+/==', undefined]);
  assert.deepEqual(asked('anthropic-EqQB'), ['skip_thought_signature_validator', undefined]);
  assert.deepEqual(asked(), ['skip_thought_signature_validator', undefined]);
});

test('which tool: one, any, none, and what no other API can say', () => {
  const tools = [{ functionDeclarations: ['a', 'b', 'c'].map((name) => ({ name })) }];
  const choice = (functionCallingConfig: JsonObject) =>
    read({ ...ask(), tools, toolConfig: { functionCallingConfig } }).toolChoice;
  assert.equal(choice({ mode: 'NONE' }), 'none');
  assert.equal(choice({ mode: 'AUTO' }), 'auto');
  assert.equal(choice({ mode: 'ANY' }), 'required');
  assert.equal(choice({ mode: 'ANY', allowedFunctionNames: ['a', 'b', 'c'] }), 'required');
  assert.deepEqual(choice({ mode: 'ANY', allowedFunctionNames: ['b'] }), { name: 'b' });
  assert.throws(() => choice({ mode: 'ANY', allowedFunctionNames: ['a', 'b'] }), { code: 'unsupported' });
});

test('thinking: a budget, a level, none, and as the model likes', () => {
  const thinking = (thinkingConfig: JsonObject) =>
    read({ ...ask(), generationConfig: { thinkingConfig } }).reasoning;
  assert.deepEqual(thinking({ thinkingBudget: 2000 }), { budget: 2000 });
  assert.deepEqual(thinking({ thinkingBudget: 0 }), { effort: 'none' });
  assert.deepEqual(thinking({ thinkingLevel: 'LOW', includeThoughts: true }), { effort: 'low' });
  assert.equal(thinking({ thinkingBudget: -1 }), undefined);
});

test('what another model cannot be told is refused', () => {
  unsupported({ ...ask(), cachedContent: 'cachedContents/1' }, '/cachedContent');
  unsupported(
    { ...ask(), generationConfig: { responseModalities: ['IMAGE'] } },
    '/generationConfig/responseModalities',
  );
  unsupported({ ...ask(), aNewField: 1 }, '/(unknown)');
  unsupported(ask(model({ text: 'I beg' })), '/contents');
  unsupported(
    ask({ parts: [{ fileData: { fileUri: 'gs://a/b', mimeType: 'image/png' } }] }),
    '/contents/1/parts/0/fileData',
  );
  const conversation = read({ ...ask(), tools: [{ functionDeclarations: [{ name: 'f' }] }] });
  assert.throws(() => translator.writeRequest({ ...conversation, parallelTools: false }, 0), {
    code: 'unsupported',
  });
});

test('a schema of the API’s own becomes JSON Schema', () => {
  assert.deepEqual(
    jsonSchema({
      type: 'OBJECT',
      properties: {
        max_items: { type: 'ARRAY', items: { type: 'STRING', nullable: true }, max_items: '5' },
        one: { anyOf: [{ type: 'INTEGER' }, { type: 'STRING', enum: ['a'] }], example: 'a' },
      },
      required: ['one'],
      propertyOrdering: ['one', 'max_items'],
    }),
    {
      type: 'object',
      properties: {
        max_items: { type: 'array', items: { type: ['string', 'null'] }, maxItems: 5 },
        one: { anyOf: [{ type: 'integer' }, { type: 'string', enum: ['a'] }], examples: ['a'] },
      },
      required: ['one'],
    },
  );
});

test('a time that no calendar has is left out', () => {
  const prompt = readGenerate(false)(ask(), 'm');
  const written = (created: number) =>
    translator.writeReply({ id: 'r', model: 'm', created, choices: [], usage: undefined }, prompt).createTime;
  assert.equal(written(5), '1970-01-01T00:00:05.000Z');
  for (const created of [1e20, -1, Number.NaN]) assert.equal(written(created), undefined);
});

test('why it ended', () => {
  const stop = (finishReason: string) =>
    translator.readReply({ candidates: [{ finishReason }] }).choices[0]?.stop;
  assert.equal(stop('STOP'), 'stop');
  assert.equal(stop('MAX_TOKENS'), 'length');
  for (const reason of ['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'SPII', 'OTHER', 'OF_TOMORROW'])
    assert.equal(stop(reason), 'content-filter');
  assert.throws(() => stop('MALFORMED_FUNCTION_CALL'), { code: 'upstream_invalid' });
  const blocked = translator.readReply({ promptFeedback: { blockReason: 'SAFETY' } });
  assert.deepEqual(blocked.choices, [{ parts: [], stop: 'content-filter' }]);
});

test('a stream whose prompt was blocked has an end', () => {
  const stream = translator.readStream();
  const data = JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' } });
  const events: AnswerEvent[] = [...stream.read({ event: 'message', data }), ...(stream.end?.() ?? [])];
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['start', 'stop', 'end'],
  );
});

test('pieces of calls that are mixed, and arguments that are no object, are refused', () => {
  const writer = () => translator.writeStream(readGenerate(true)(ask(), 'm'));
  const invalid = { code: 'upstream_invalid' };
  const one = writer();
  one.write({ kind: 'tool-call', choice: 0, call: 0, id: '1', name: 'f' });
  one.write({ kind: 'tool-call', choice: 0, call: 1, id: '2', name: 'f' });
  assert.throws(() => one.write({ kind: 'arguments', choice: 0, call: 0, json: '{}' }), invalid);
  const other = writer();
  other.write({ kind: 'tool-call', choice: 0, call: 0, id: '1', name: 'f' });
  other.write({ kind: 'arguments', choice: 0, call: 0, json: '[1' });
  assert.throws(() => other.write({ kind: 'stop', choice: 0, stop: 'tool-calls' }), invalid);
  const short = writer();
  short.write({ kind: 'tool-call', choice: 0, call: 0, id: '1', name: 'f' });
  short.write({ kind: 'arguments', choice: 0, call: 0, json: '{"a":' });
  assert.deepEqual(short.write({ kind: 'stop', choice: 0, stop: 'length' }), []);
});
