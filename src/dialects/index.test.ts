import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSALS, Refusal, type RefusalCode } from '../base/refusal.ts';
import { parseJson } from '../wire/json.ts';
import { SseReader } from '../wire/sse.ts';
import { DIALECTS } from './index.ts';

const events = (wire: string) => {
  const reader = new SseReader({ maxEvent: 1 << 16 });
  const found = reader.push(Buffer.from(wire));
  reader.end();
  return found;
};

/** Enough of a request for every endpoint. */
const EMPTY = {
  model: 'm',
  messages: [],
  contents: [],
  input: '',
  query: '',
  documents: [],
  max_tokens: 1,
};

test('names are unique, and so are the endpoints of a dialect', () => {
  const unique = (values: readonly string[]) =>
    assert.equal(new Set(values).size, values.length, values.join(' '));
  unique(DIALECTS.map(({ name }) => name));
  unique(DIALECTS.flatMap(({ operations }) => operations.map(({ id }) => id)));
  for (const { operations } of DIALECTS) {
    unique(
      operations.flatMap(({ method, path, also = [] }) => [path, ...also].map((one) => `${method} ${one}`)),
    );
  }
});

test('every endpoint on a shared path is claimed by exactly one dialect', () => {
  const anthropic = { 'anthropic-version': '2023-06-01' };
  const claimers = (path: string, headers: Record<string, string>) =>
    DIALECTS.filter((dialect) => dialect.claims(path, headers)).map(({ name }) => name);
  assert.deepEqual(claimers('/v1/models', {}), ['openai']);
  assert.deepEqual(claimers('/v1/models', anthropic), ['anthropic']);
  assert.deepEqual(claimers('/v1/messages', {}), ['anthropic']);
  assert.deepEqual(claimers('/v1/chat/completions', {}), ['openai']);
  assert.deepEqual(claimers('/v1/models', { 'x-goog-api-key': 'k' }), ['gemini']);
  assert.deepEqual(claimers('/v1beta/models/m:generateContent', {}), ['gemini']);
});

/** A tool as each API of chats declares it. */
const SEARCH = {
  'openai.chat': [{ type: 'function', function: { name: 'search' } }],
  'openai.responses': [{ type: 'function', name: 'search' }],
  'anthropic.messages': [{ name: 'search', input_schema: {} }, { type: 'bash_20250124' }],
  'anthropic.count_tokens': [{ name: 'search', input_schema: {} }],
  gemini: [{ functionDeclarations: [{ name: 'search' }] }],
};

for (const dialect of DIALECTS) {
  for (const operation of dialect.operations) {
    test(`${operation.id}: whatever chats says which tools it declares, for policies to decide on`, () => {
      if (operation.translator === undefined) return;
      const { [operation.id as 'openai.chat']: own = SEARCH.gemini } = SEARCH;
      const { tools } = operation.readPrompt({ ...EMPTY, tools: structuredClone(own) }, 'm');
      assert.equal(tools?.[0], 'search');
      assert.equal(tools.length, own.length);
    });

    test(`${operation.id}: the contract`, () => {
      assert.ok(operation.id.startsWith(`${dialect.name}.`));
      assert.match(operation.path, /^(?:\/[a-z0-9_]+)+(?:\/:id(?:[:/][A-Za-z]+)?)?$/);
      assert.match(
        operation.upstreamPath,
        /^(?:\/[a-z0-9_]+)+(?:\/:id|\/\{id\}(?:\/[a-z]+)?|\/\{model\}:[A-Za-z]+)?(?:\?[A-Za-z]+=\w+)?$/,
      );
      for (const name of Object.keys(operation.demands ?? {})) assert.ok(operation.query.includes(name));
      for (const name of Object.keys(operation.headers)) assert.equal(name, name.toLowerCase());
      if (operation.method === 'GET' || operation.kept === true) {
        assert.deepEqual(operation.readPrompt({}).slots, []);
        return;
      }
      assert.throws(
        () => operation.readPrompt({}),
        (error: unknown) =>
          error instanceof Refusal && error.code === 'request_invalid' && error.field === '/model',
      );
      assert.throws(
        () => operation.readPrompt({ ...EMPTY, model: '' }),
        (error: unknown) => error instanceof Refusal && error.field === '/model',
      );
    });

    test(`${operation.id}: a stream that ends before it began is still a stream`, () => {
      if (operation.readStream === undefined) return;
      const prompt = operation.readPrompt({ ...EMPTY, stream: true }, 'm');
      const reader = operation.readStream(prompt);
      const refusal = new Refusal('reply_blocked');
      for (const wire of [reader.cut(refusal, 'req_1'), reader.fail(refusal, 'req_1')]) {
        assert.ok(events(wire).length > 0);
      }
    });
  }

  test(`${dialect.name}: every refusal has its error`, () => {
    for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
      const refusal = new Refusal(code, { field: '/model', hint: 'A "hint".', retryAfter: 1.2 });
      const { status, headers, body } = dialect.refuse(refusal, 'req_1');
      assert.equal(status, REFUSALS[code].status);
      assert.ok(Object.values(headers).includes('req_1'));
      assert.equal(headers['retry-after'], '2');
      assert.match(headers['x-should-retry'] ?? '', /^(?:true|false)$/);
      assert.ok(body.includes(code));
      const said = dialect.readError(parseJson(Buffer.from(body), { maxDepth: 8 }));
      assert.equal(said.message, refusal.message);
      assert.match(said.type ?? '', /^[a-z_]+$/);
    }
    const retry = (code: RefusalCode, retryAfter?: number) =>
      dialect.refuse(new Refusal(code, retryAfter === undefined ? {} : { retryAfter }), 'r').headers[
        'x-should-retry'
      ];
    assert.equal(retry('prompt_blocked'), 'false');
    assert.equal(retry('upstream_overloaded'), 'true');
    assert.equal(retry('quota_requests', 30), 'true');
    assert.equal(retry('quota_requests', 3600), 'false');
  });

  test(`${dialect.name}: an upstream error without sense says nothing`, () => {
    for (const body of [
      {},
      { error: 7 },
      { error: { message: { a: 1 }, type: 'a text with spaces', code: 5 } },
    ]) {
      assert.deepEqual(dialect.readError(body), { message: '' });
    }
  });

  test(`${dialect.name}: models`, () => {
    const cards = [
      { id: 'm/1', created: 1_700_000_000, ownedBy: dialect.name },
      { id: 'm2', created: 0, ownedBy: dialect.name },
    ];
    const read = dialect.readModels(dialect.listModels(cards));
    // Not every API says when a model was made.
    assert.deepEqual(
      read.map((card, at) => ({ ...card, created: card.created || (cards[at]?.created ?? -1) })),
      cards,
    );
    assert.throws(() => dialect.readModels({ data: [{}], models: [{}] }), Refusal);
    const [first] = cards;
    assert.ok(first);
    const { id, name } = dialect.showModel(first);
    assert.match(String(id ?? name), /^(?:models\/)?m\/1$/);
  });

  test(`${dialect.name}: asks with the key it is given`, () => {
    assert.ok(Object.values(dialect.authorize('k-1')).some((value) => value.endsWith('k-1')));
  });
}
