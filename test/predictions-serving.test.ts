import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeModel, storeTensor, valueInfo } from '../src/graph/encode.ts';
import { float32 } from '../src/tensors/tensor.ts';
import { until } from './faults/scene.ts';
import { linearModel, ROW, servePredictions } from './harness/predictions.ts';

const CHILDREN = `/proc/${process.pid}/task/${process.pid}/children`;
const skip = existsSync(CHILDREN) ? false : 'finds processes only on Linux';
const signal = (name: NodeJS.Signals) => {
  for (const pid of readFileSync(CHILDREN, 'utf8').trim().split(' ')) process.kill(Number(pid), name);
};

const POLICY = 'quotas:\n  - { per: caller, requests: 100/day, tokens: 100/day }\n';

type Gate = Awaited<ReturnType<typeof servePredictions>>;

/** Requests and tokens that the caller has left, by an answer. */
const left = ({ headers }: Response): number[] =>
  ['requests', 'tokens'].map((measure) => Number(headers.get(`x-ratelimit-remaining-${measure}`)));

/** What an entry charges. */
const tokens = ({ charge }: Record<string, unknown>): unknown => (charge as { input: number }).input;

/** Asks, and does something when the question is recorded. */
async function during({ ask, entries }: Gate, act: () => void): Promise<Response> {
  const count = () => entries().filter(({ kind }) => kind === 'request.begin').length;
  const before = count();
  const asked = ask([ROW, ROW, ROW]);
  await until('the question is recorded', () => count() > before);
  act();
  return asked;
}

test('what is not answered costs its request, and no tokens', { skip }, async (t) => {
  const gate = await servePredictions(t, { policy: POLICY });
  gate.add();
  assert.deepEqual(left(await gate.ask([ROW, ROW])), [99, 98]);
  signal('SIGSTOP');
  const crashed = await during(gate, () => signal('SIGKILL'));
  assert.equal(crashed.status, 502);
  assert.deepEqual(left(await gate.ask()), [97, 97]);
  signal('SIGSTOP');
  const late = await gate.ask([ROW, ROW, ROW]);
  assert.equal(late.status, 504);
  assert.deepEqual(left(await gate.ask()), [95, 96]);
  const ends = gate.entries().filter(({ kind }) => kind === 'request.end');
  assert.deepEqual(ends.map(tokens), [2, 0, 1, 0, 1]);
});

test('a caller who is gone leaves the queue: what has not begun is not run, and costs no tokens', {
  skip,
}, async (t) => {
  const gate = await servePredictions(t, { policy: POLICY }, ', batch_rows: 1');
  gate.add();
  assert.equal((await gate.ask()).status, 200);
  signal('SIGSTOP');
  const first = gate.ask();
  const leaving = new AbortController();
  const begins = () => gate.entries().filter(({ kind }) => kind === 'request.begin').length;
  await until('the first is recorded', () => begins() === 2);
  const second = fetch(`${gate.url}/v2/models/fraud/rows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gate.key}` },
    body: JSON.stringify({ rows: [ROW, ROW] }),
    signal: leaving.signal,
  });
  await until('the second is recorded', () => begins() === 3);
  leaving.abort();
  await assert.rejects(second);
  // It ends while the process of the model stands still.
  const ended = () => gate.entries().filter(({ code }) => code === 'client_gone');
  await until('it is over', () => ended().length === 1);
  assert.deepEqual(ended().map(tokens), [0]);
  signal('SIGCONT');
  assert.deepEqual(left(await first), [97, 98]);
  const metrics = await gate.gateway.gate.exposition();
  assert.match(metrics, /gatehouse_prediction_questions_total\{model="fraud",end="gone"\} 1/);
  assert.match(metrics, /gatehouse_prediction_rows_total\{model="fraud"\} 2/);
});

test('an answer of a sealed model is as long as the settings say, at most', async (t) => {
  const gate = await servePredictions(t, { policy: POLICY, settings: 'limits: { reply: 4KB }' });
  gate.add(wide(500));
  const rows = (count: number) => Array.from({ length: count }, () => ROW);
  assert.equal((await gate.ask(rows(2))).status, 200);
  const refused = await gate.ask(rows(3));
  assert.equal(refused.status, 502);
  assert.equal(((await refused.json()) as { code: string }).code, 'upstream_invalid');
  assert.equal((await gate.ask(rows(1))).status, 200);
});

test('metrics say how models are at work', { skip }, async (t) => {
  const gate = await servePredictions(t, {});
  gate.add(linearModel([1, 1, 1], 0));
  assert.equal((await gate.ask([ROW, ROW, ROW])).status, 200);
  signal('SIGKILL');
  let again = 0;
  for (let tries = 0; again !== 200 && tries < 100; tries++) again = (await gate.ask()).status;
  const metrics = await gate.gateway.gate.exposition();
  for (const line of [
    /gatehouse_prediction_questions_total\{model="fraud",end="answered"\} 2/,
    /gatehouse_prediction_rows_total\{model="fraud"\} 4/,
    /gatehouse_prediction_batch_rows_bucket\{le="2",model="fraud"\} 1/,
    /gatehouse_prediction_batch_rows_sum\{model="fraud"\} 4/,
    /gatehouse_prediction_wait_seconds_count\{model="fraud"\} 2/,
    /gatehouse_prediction_run_seconds_count\{model="fraud"\} 2/,
    /gatehouse_prediction_restarts_total\{model="fraud"\} 1/,
  ])
    assert.match(metrics, line);
});

/** As many scores for each row. */
function wide(width: number): Uint8Array {
  const node = {
    op: 'MatMul',
    domain: '',
    name: '',
    inputs: ['x', 'w'],
    outputs: ['score'],
    attributes: new Map(),
  };
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'wide',
      nodes: [node],
      initializers: [storeTensor('w', float32([3, width], new Float32Array(3 * width).fill(1)))],
      inputs: [valueInfo('x', 'float32', ['n', 3])],
      outputs: [valueInfo('score', 'float32', ['n', width])],
      rest: [],
    },
  });
}
