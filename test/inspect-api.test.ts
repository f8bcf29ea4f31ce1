import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import OpenAI from 'openai';
import { caught, SAMPLE_KEY } from './harness/clients.ts';
import { GUARDS, startGateway, type TestGateway } from './harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

const POLICY = `  silent:
    allow: [{ actions: [chat], models: ["*"] }]
${GUARDS}`;

const SECRET = `the key is ${SAMPLE_KEY} and nothing else`;

interface Said {
  readonly id: unknown;
  readonly score: number;
  readonly flagged: boolean;
  readonly spans: readonly { start: number; end: number; type: string }[];
  readonly findings: readonly { guard: string; reason: string; action?: string }[];
  readonly error?: { code: string };
}

suite('texts that are inspected and go nowhere', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  before(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ upstream: upstream.url, policy: POLICY });
  });
  after(async () => {
    await gateway.close();
    await upstream.close();
  });

  const ask = async (body: unknown, headers: Record<string, string> = {}) => {
    const response = await gateway.post('/v1/inspect', body, headers);
    return { status: response.status, text: await response.text() };
  };
  const one = async (body: unknown): Promise<Said> => JSON.parse((await ask(body)).text);

  test('one text is answered with its spans, by the guards of the policy', async () => {
    const said = await one({ id: 'a', text: SECRET, task: 'secret' });
    assert.equal(said.id, 'a');
    assert.equal(said.flagged, true);
    assert.equal(said.score, 1);
    const start = SECRET.indexOf(SAMPLE_KEY);
    assert.deepEqual(
      said.spans.map((span) => [span.start, span.end]),
      [[start, start + SAMPLE_KEY.length]],
    );
    assert.deepEqual(
      said.findings.map(({ guard, action }) => [guard, action]),
      [['secrets', 'block']],
    );
    const clean = await one({ text: 'good morning', task: 'secret' });
    assert.deepEqual([clean.id, clean.flagged, clean.score, clean.spans], [1, false, 0, []]);
  });

  test('what only the policy looks for is found where no task is named', async () => {
    const { findings } = await one({ text: 'a forbidden fruit' });
    assert.ok(findings.some(({ reason }) => reason === 'words.forbidden'));
    const asked = await one({ text: 'a forbidden fruit', task: 'secret' });
    assert.deepEqual(asked.findings, []);
  });

  test('a role may read what it is: a reply is read by the guards on replies', async () => {
    const { findings } = await one({ text: SECRET, role: 'assistant', task: 'secret' });
    assert.deepEqual(
      findings.map(({ action }) => action),
      ['mask'],
    );
  });

  test('several at once, as a list or as lines, each answered in its place', async () => {
    const inputs = [{ text: SECRET, id: 7, task: 'secret' }, { text: 5 }, { text: 'hello', task: 'secret' }];
    const list = await ask({ inputs });
    const { results } = JSON.parse(list.text) as { results: Said[] };
    assert.deepEqual(
      results.map(({ id, flagged, error }) => [id, flagged, error?.code]),
      [
        [7, true, undefined],
        [null, undefined, 'request_invalid'],
        [3, false, undefined],
      ],
    );
    const body = `\ufeff${inputs.map((input) => JSON.stringify(input)).join('\r\n')}\n\n{"text":\n`;
    const lines = await ask(body, { 'content-type': 'application/x-ndjson' });
    const answers = lines.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Said);
    assert.deepEqual(answers.slice(0, 3), results);
    assert.equal(answers[3]?.error?.code, 'body_not_json');
  });

  test('what cannot be understood is refused', async () => {
    const code = async (body: unknown, headers = {}) => {
      const { status, text } = await ask(body, headers);
      return [status, (JSON.parse(text) as { error: { code: string } }).error.code];
    };
    assert.deepEqual(await code({}), [400, 'request_invalid']);
    assert.deepEqual(await code({ text: 'x', role: 'god' }), [400, 'request_invalid']);
    assert.deepEqual(await code({ text: 'x', task: 'all' }), [400, 'request_invalid']);
    assert.deepEqual(await code('x', { 'content-type': 'text/plain' }), [415, 'content_type']);
    assert.deepEqual(await code({ inputs: Array.from({ length: 1001 }, () => ({ text: '' })) }), [
      400,
      'request_invalid',
    ]);
    const lines = '{"text":""}\n'.repeat(1001);
    assert.deepEqual(await code(lines, { 'content-type': 'application/jsonl' }), [400, 'request_invalid']);
    const many = { task: 'pii', text: 'a@b.co '.repeat(10_001) };
    assert.deepEqual(await code(many), [413, 'body_too_large']);
    const got = await fetch(`${gateway.url}/v1/inspect`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    assert.equal(got.status, 405);
  });

  test('it needs a caller, and the action inspect', async () => {
    const { key } = gateway.gateway.gate.store.callers.create({
      name: 'silent',
      owner: 'test',
      team: 'test',
      tags: {},
      roles: ['silent'],
    });
    assert.equal((await ask({ text: 'x' }, { authorization: `Bearer ${key}` })).status, 403);
    assert.equal((await ask({ text: 'x' }, { authorization: 'Bearer ghk_no' })).status, 401);
  });

  test('the ledger knows who asked and what kind was found, and has no text', async () => {
    await one({ text: SECRET, task: 'secret' });
    const entry = gateway.entries().at(-1);
    assert.equal(entry?.kind, 'request.answered');
    assert.equal(entry.operation, 'gatehouse.inspect');
    assert.equal(entry.model, 'gatehouse');
    assert.deepEqual(entry.inspection, {
      texts: 1,
      chars: SECRET.length,
      flagged: 1,
      reasons: { 'secrets.openai_key': 1 },
    });
    assert.ok(!JSON.stringify(gateway.allEntries()).includes(SAMPLE_KEY));
    assert.equal(upstream.seen.length, 0);
  });

  suite('as OpenAI’s moderations', () => {
    const client = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0 });

    test('the model gatehouse answers in their shape, a result for each text', async () => {
      const answer = await client().moderations.create({ model: 'gatehouse', input: [SECRET, 'hello'] });
      assert.equal(answer.model, 'gatehouse');
      assert.match(answer.id, /^modr-/);
      const [first, second] = answer.results;
      assert.equal(first?.flagged, true);
      assert.equal(second?.flagged, false);
      const categories: Record<string, unknown> = { ...first?.categories };
      assert.equal(categories.secrets, true);
      assert.equal(categories.prompt_injection, false);
      assert.equal(first?.categories.violence, false);
      assert.equal(first?.category_scores.hate, 0);
      assert.deepEqual(first?.category_applied_input_types.sexual, []);
    });

    test('a request has a thousand texts at the most', async () => {
      const many = Array.from({ length: 1001 }, () => 'hi');
      const { code } = await caught(
        client().moderations.create({ model: 'gatehouse', input: many }),
        OpenAI.APIError,
      );
      assert.equal(code, 'request_invalid');
    });

    test('what is cut over the parts of a message is found', async () => {
      const input = [SECRET.slice(0, 30), SECRET.slice(30)].map((text) => ({ type: 'text' as const, text }));
      const { results } = await client().moderations.create({ model: 'gatehouse', input });
      assert.equal(results[0]?.flagged, true);
    });

    test('the parts of a message are one text to it, and a picture is nothing that it reads', async () => {
      const parts = [
        { type: 'text' as const, text: 'hello' },
        { type: 'text' as const, text: SECRET },
      ];
      const { results } = await client().moderations.create({ model: 'gatehouse', input: parts });
      assert.deepEqual(
        results.map(({ flagged }) => flagged),
        [true],
      );
      const picture = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } };
      const asked = client().moderations.create({ model: 'gatehouse', input: [picture] });
      const { code } = await caught(asked, OpenAI.APIError);
      assert.equal(code, 'unsupported');
    });
  });
});
