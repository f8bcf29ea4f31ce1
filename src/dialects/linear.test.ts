import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Operation } from './dialect.ts';
import { DIALECTS } from './index.ts';
import { TurnList, textPart } from './translate.ts';

/**
 * A caller must not hold up the gateway with one request: whatever is read and translated takes time in proportion to
 * its length.
 */

const MANY = 19_990;
const times = (make: (at: number) => JsonObject, count = MANY): JsonObject[] =>
  Array.from({ length: count }, (_, at) => make(at));

const said = (text: string) => ({ role: 'user', content: text });

/** Conversations of very many pieces of one role, by endpoint. */
const LONG: Readonly<Record<string, readonly (() => JsonObject)[]>> = {
  'openai.chat': [
    () => ({ model: 'm', messages: times((at) => said(`${at}`)) }),
    () => ({
      model: 'm',
      messages: [
        { role: 'user', content: 'a' },
        ...times(() => ({ role: 'system', content: 'b' })),
        said('c'),
      ],
    }),
    () => ({
      model: 'm',
      messages: [
        said('go'),
        {
          role: 'assistant',
          tool_calls: times(
            (at) => ({ id: `c${at}`, type: 'function', function: { name: 'f', arguments: '{}' } }),
            MANY / 2 - 2,
          ),
        },
        ...times((at) => ({ role: 'tool', tool_call_id: `c${at}`, content: 'ok' }), MANY / 2 - 2),
      ],
    }),
  ],
  'openai.responses': [() => ({ model: 'm', input: times((at) => said(`${at}`)) })],
  'anthropic.messages': [() => ({ model: 'm', max_tokens: 5, messages: times((at) => said(`${at}`)) })],
  'gemini.generate': [
    () => ({ contents: times((at) => ({ role: 'user', parts: [{ text: `${at}` }] }), MANY / 2) }),
    () => ({
      contents: [
        { role: 'user', parts: [{ text: 'go' }] },
        {
          role: 'model',
          parts: times((at) => ({ functionCall: { id: `c${at}`, name: 'f', args: {} } }), MANY / 2 - 4),
        },
        {
          role: 'user',
          parts: times(
            (at) => ({
              functionResponse: { id: `c${MANY / 2 - 5 - at}`, name: 'f', response: { output: 'ok' } },
            }),
            MANY / 2 - 4,
          ),
        },
      ],
    }),
    () => ({
      contents: [
        { role: 'user', parts: [{ text: 'go' }] },
        { role: 'model', parts: times(() => ({ functionCall: { name: 'f', args: {} } }), MANY / 2 - 4) },
        {
          role: 'user',
          parts: times(() => ({ functionResponse: { name: 'f', response: { output: 'ok' } } }), MANY / 2 - 4),
        },
      ],
    }),
  ],
};

test('a turn that grows is not copied each time', () => {
  const list = new TurnList();
  list.add({ role: 'user', parts: [textPart('a')] });
  const [turn] = list.turns;
  list.add({ role: 'user', parts: [textPart('b')] });
  assert.equal(list.turns.length, 1);
  assert.equal(list.turns[0], turn);
  assert.deepEqual(turn?.parts, [textPart('a'), textPart('b')]);
});

test('what is given to the list stays as it is', () => {
  const list = new TurnList();
  const first = { role: 'user', parts: [textPart('a')] } as const;
  list.add(first);
  list.add({ role: 'user', parts: [textPart('b')] });
  assert.equal(first.parts.length, 1);
});

const OPERATIONS = DIALECTS.flatMap(({ operations }) => operations);
const targets = DIALECTS.flatMap((dialect) => {
  const { translator, id } = dialect.chat(false);
  return translator === undefined ? [] : [{ id, translator }];
});

for (const [id, bodies] of Object.entries(LONG)) {
  test(`${id}: requests of very many pieces are read and translated at once`, { timeout: 20_000 }, () => {
    const operation = OPERATIONS.find((one) => one.id === id) as Operation;
    for (const body of bodies) {
      const prompt = operation.readPrompt(body(), 'm');
      for (const { translator } of targets) {
        const conversation = operation.translator?.readRequest(prompt.body, prompt);
        assert.ok(conversation);
        assert.ok(Object.keys(translator.writeRequest(conversation, 100)).length > 0);
      }
    }
  });

  test(`${id}: a request of more pieces than anybody needs is refused`, () => {
    const operation = OPERATIONS.find((one) => one.id === id) as Operation;
    const field = id.startsWith('gemini') ? 'contents' : id === 'openai.responses' ? 'input' : 'messages';
    const piece = field === 'contents' ? { role: 'user', parts: [] } : said('a');
    const body = { model: 'm', max_tokens: 5, [field]: times(() => ({ ...piece }), 20_001) };
    if (field !== 'messages') Reflect.deleteProperty(body, 'max_tokens');
    assert.throws(
      () => operation.readPrompt(body, 'm'),
      (error: unknown) =>
        error instanceof Refusal && error.code === 'request_invalid' && error.field === `/${field}`,
    );
  });
}
