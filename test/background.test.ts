import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import OpenAI from 'openai';
import { reportUsage } from '../src/ledger/usage.ts';
import { caught } from './harness/clients.ts';
import { GUARDS, startGateway, type TestGateway } from './harness/gateway.ts';
import { json, type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

// OpenAI's background mode, with its own client: who may have the answer, what is read of it, and what it costs.

const POLICY = `  narrow: { allow: [{ actions: [chat], models: [gpt-4] }] }
${GUARDS}media: { allow: [background] }
prices: prices.yaml
quotas: [{ per: caller, tokens: 100k/day, requests: 1000/day }]
budgets: [{ per: caller, dollars: 1000/month }]
`;
const PRICES = `version: 1
as_of: "2026-01-01"
prices: [{ models: ["*"], input: 1000, output: 2000 }]
`;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let client: OpenAI;
before(async () => {
  upstream = await startUpstream();
  await open(POLICY);
});
afterEach(() => {
  upstream.seen.length = 0;
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

async function open(policy: string): Promise<void> {
  gateway = await startGateway({ upstream: upstream.url, policy, files: { 'prices.yaml': PRICES } });
  client = clientOf(gateway.key);
}

const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 });

let serial = 0;
/** What the model server says of an answer. */
const answer = (id: string, status: string, text?: string, used?: [input: number, output: number]) => ({
  id,
  object: 'response',
  created_at: 1,
  model: 'm',
  status,
  background: true,
  output:
    text === undefined
      ? []
      : [
          {
            id: `msg_${id}`,
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ],
  usage: used === undefined ? null : { input_tokens: used[0], output_tokens: used[1], total_tokens: 0 },
});

/** An answer that has begun; from now on the model server says this of it. */
async function begun(more: object = {}, asker = client) {
  const id = `resp_${++serial}`;
  upstream.script = json(answer(id, 'queued'));
  const first = await asker.responses.create({
    model: 'm',
    input: 'Think long.',
    max_output_tokens: 100,
    background: true,
    ...more,
  });
  assert.deepEqual([first.id, first.status], [id, 'queued']);
  return {
    id,
    becomes: (status: string, text?: string, used?: [number, number]) => {
      upstream.script = json(answer(id, status, text, used));
    },
  };
}

const lastOf = (kind: string) => gateway.entries().findLast((entry) => entry.kind === kind);
const settled = () => gateway.entries().filter((entry) => entry.settles !== undefined);
const usage = () => reportUsage(`${gateway.folder}/gatehouse-data/ledger`, { by: ['operation', 'day'] });

/** Tokens and nano-dollars that the counters hold for all callers. */
async function counted(): Promise<[number, number]> {
  await gateway.gateway.gate.store.quotas.flushed();
  const { DatabaseSync } = await import('node:sqlite');
  const file = new DatabaseSync(`${gateway.folder}/gatehouse-data/gatehouse.sqlite`, { readOnly: true });
  const sum = (like: string) =>
    Number(file.prepare('SELECT sum(used) AS n FROM counters WHERE name LIKE ?').get(like)?.n ?? 0);
  try {
    return [sum('tokens %'), sum('dollars %')];
  } finally {
    file.close();
  }
}

/** The ledger and the counters say the same. */
async function agreed(): Promise<void> {
  const { total, rows } = await Promise.resolve(usage()).then((report) => ({
    total: report.total,
    rows: report.rows(),
  }));
  assert.deepEqual([total.input + total.output, Number(total.cost)], await counted());
  for (const { sums } of rows) assert.ok(sums.input >= 0 && sums.output >= 0 && sums.cost >= 0n);
}

test('created, asked for until it is there, and settled once to what it used', async () => {
  const { id, becomes } = await begun();
  assert.deepEqual(
    [upstream.seen[0]?.path, upstream.seen[0]?.body.store, upstream.seen[0]?.body.background],
    ['/v1/responses', true, true],
  );
  const begin = lastOf('request.begin') as { inspected?: { not_inspected?: object } };
  assert.deepEqual(begin.inspected?.not_inspected, { background: 1 });
  const end = lastOf('request.end') as { response?: string; charge?: { basis: string; output: number } };
  assert.deepEqual([end.charge?.basis, end.charge?.output], ['estimated', 100]);
  assert.ok(end.response !== undefined && !JSON.stringify(gateway.allEntries()).includes(`"${id}"`));
  await agreed();

  becomes('in_progress', 'half of an ans', [1, 1]);
  const half = await client.responses.retrieve(id);
  assert.deepEqual([half.status, half.output], ['in_progress', []], 'what is half done stays there');
  assert.equal(settled().length, 0);
  assert.deepEqual(
    [upstream.seen.at(-1)?.method, upstream.seen.at(-1)?.path],
    ['GET', `/v1/responses/${id}`],
  );
  assert.equal(upstream.seen.at(-1)?.headers.authorization, 'Bearer upstream-key-openai');

  becomes('completed', 'At last.', [10, 40]);
  for (let i = 0; i < 3; i++) assert.equal((await client.responses.retrieve(id)).output_text, 'At last.');
  const [settlement, ...more] = settled() as { settles?: object; response?: string }[];
  assert.equal(more.length, 0);
  assert.partialDeepStrictEqual(settlement?.settles, {
    operation: 'openai.responses',
    model: 'm',
    upstream: 'open',
    charge: { input: 10, output: 40, cost: '0.09', basis: 'reported' },
    instead_of: { output: 100, basis: 'estimated' },
  });
  assert.equal(settlement?.response, end.response);
  const row = (await usage()).rows().find(({ of }) => of.operation === 'openai.responses');
  assert.partialDeepStrictEqual(row?.sums, { requests: 1, input: 10, output: 40, estimated: 0 });
  await agreed();
});

test('cancelled and deleted; an answer that used more than was set aside is charged with all of it', async () => {
  const { id, becomes } = await begun();
  becomes('cancelled', undefined, [10, 3000]);
  assert.equal((await client.responses.cancel(id)).status, 'cancelled');
  assert.deepEqual(
    [upstream.seen.at(-1)?.method, upstream.seen.at(-1)?.path, upstream.seen.at(-1)?.text],
    ['POST', `/v1/responses/${id}/cancel`, ''],
  );
  await agreed();
  upstream.script = json({ id, object: 'response', deleted: true });
  await client.responses.delete(id);
  assert.equal(upstream.seen.at(-1)?.method, 'DELETE');
  await agreed();
});

test('many ask at once: it is settled once', async () => {
  const { id, becomes } = await begun();
  const before = settled().length;
  becomes('completed', 'ok', [10, 1]);
  await Promise.all(Array.from({ length: 20 }, () => client.responses.retrieve(id)));
  assert.equal(settled().length, before + 1);
  await agreed();
});

test('a model server that answers at once is charged at once', async () => {
  upstream.script = json(answer('resp_now', 'completed', 'ok', [7, 3]));
  const before = settled().length;
  await client.responses.create({ model: 'm', input: 'Hi', background: true });
  assert.partialDeepStrictEqual(lastOf('request.end'), {
    charge: { input: 7, output: 3, basis: 'reported' },
  });
  assert.equal((await client.responses.retrieve('resp_now')).output_text, 'ok');
  assert.equal(settled().length, before);
  await agreed();
});

test('guards read the answer each time: blocked stays blocked, masked stays masked, and it is paid', async () => {
  const { id, becomes } = await begun();
  const before = settled().length;
  becomes('completed', 'the forbidden fruit', [10, 5]);
  for (let i = 0; i < 2; i++) {
    const error = await caught(client.responses.retrieve(id), OpenAI.PermissionDeniedError);
    assert.equal(error.code, 'reply_blocked');
  }
  assert.equal(settled().length, before + 1);
  assert.equal(lastOf('request.end')?.outcome, 'blocked');
  await agreed();
});

test('nobody else has it: another’s id, a guessed one and forms of one are unknown, and nothing is sent', async () => {
  const { id } = await begun();
  const { callers } = gateway.gateway.gate.store;
  const more = { owner: 'test', team: 'test', tags: {}, roles: ['app'] };
  const other = clientOf(callers.create({ name: 'other', ...more }).key);
  upstream.seen.length = 0;
  for (const ask of [
    () => other.responses.retrieve(id),
    () => other.responses.cancel(id),
    () => other.responses.delete(id),
    () => client.responses.retrieve('resp_nobody'),
    () => client.responses.retrieve(`${id}/input_items`.replace('/', '%2F')),
    () => client.get(`/responses/${id.replace('_', '%255F')}`),
    () => client.get(`/responses/..%2Fresponses%2F${id}`),
    () => client.get(`/responses/${id}%00`),
  ]) {
    const error = await caught(ask(), OpenAI.NotFoundError);
    assert.equal(error.code, 'not_found');
    assert.match(error.message, /No answer of that id was given to this caller/);
  }
  assert.equal(upstream.seen.length, 0);
});

test('a right that was lost is lost for answers too', async () => {
  const { callers } = gateway.gateway.gate.store;
  const more = { owner: 'test', team: 'test', tags: {} };
  const { key, caller } = callers.create({ name: 'lost', ...more, roles: ['app'] });
  const mine = clientOf(key);
  const { id, becomes } = await begun({}, mine);
  becomes('completed', 'ok', [1, 1]);
  callers.update(caller.id, { roles: ['narrow'] });
  upstream.seen.length = 0;
  await caught(mine.responses.retrieve(id), OpenAI.PermissionDeniedError);
  assert.equal(upstream.seen.length, 0);
});

test('what cannot be is refused, and says what to do instead', async () => {
  const { id } = await begun();
  upstream.seen.length = 0;
  const ask = { model: 'm', input: 'Hi', background: true } as const;
  const asks: readonly (() => PromiseLike<unknown>)[] = [
    () => client.responses.create({ ...ask, store: false }),
    () => client.responses.create({ ...ask, stream: true }),
    () => client.responses.create({ ...ask, model: 'claude-x' }),
    () => client.responses.retrieve(id, { stream: true, starting_after: 3 }),
    () => client.responses.retrieve(id, { include: ['reasoning.encrypted_content'] }),
    () => client.post(`/responses/${id}/cancel`, { body: { x: 1 } }),
  ];
  for (const one of asks) await caught(one(), OpenAI.BadRequestError);
  await caught(client.get(`/responses/${id}/input_items`), OpenAI.BadRequestError);
  assert.equal(upstream.seen.length, 0);
});

test('an id that a model server gives twice, or that is none, is given to nobody', async () => {
  const { id } = await begun();
  for (const bad of [id, '../x', 7]) {
    upstream.script = json({ ...answer('x', 'queued'), id: bad });
    const error = await caught(
      client.responses.create({ model: 'm', input: 'Hi', background: true }),
      OpenAI.InternalServerError,
    );
    assert.equal(error.code, 'upstream_invalid');
  }
  await agreed();
});

test('an answer of another id is none of theirs', async () => {
  const { id } = await begun();
  const before = settled().length;
  upstream.script = json(answer('resp_of_somebody', 'completed', 'secret of somebody', [1, 1]));
  for (const ask of [() => client.responses.retrieve(id), () => client.responses.cancel(id)]) {
    const error = await caught(ask(), OpenAI.InternalServerError);
    assert.equal(error.code, 'upstream_invalid');
  }
  assert.equal(settled().length, before);
  await agreed();
});

test('each asking is a request of the quotas, and an error of the model server is a refusal', async () => {
  const { id, becomes } = await begun();
  becomes('in_progress');
  const left = async () => {
    const { headers } = await client.responses.retrieve(id).asResponse();
    return ['requests', 'tokens'].map((of) => Number(headers.get(`x-ratelimit-remaining-${of}`)));
  };
  const [requests = 0, tokens = 0] = await left();
  assert.deepEqual(await left(), [requests - 1, tokens]);
  upstream.script = json({ error: { message: 'Response not found.', type: 'invalid_request_error' } }, 404);
  const error = await caught(client.responses.retrieve(id), OpenAI.NotFoundError);
  assert.match(error.message, /Response not found/);
  await agreed();
});

test('a policy that does not allow it, or no longer, refuses it', async () => {
  const { id } = await begun();
  const { writeFileSync, readFileSync } = await import('node:fs');
  const file = `${gateway.folder}/policy.yaml`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('[background]', '[image/png]'));
  await gateway.gateway.reload();
  upstream.seen.length = 0;
  const refused = await caught(
    client.responses.create({ model: 'm', input: 'Hi', background: true }),
    OpenAI.PermissionDeniedError,
  );
  assert.deepEqual([refused.code, refused.param], ['media_refused', '/background']);
  assert.equal((await caught(client.responses.retrieve(id), OpenAI.BadRequestError)).code, 'unsupported');
  assert.equal(upstream.seen.length, 0);
  writeFileSync(file, text);
  await gateway.gateway.reload();
});
