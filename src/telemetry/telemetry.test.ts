import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answered } from './delivery.ts';
import { deliver } from './delivery.ts';
import { Telemetry } from './telemetry.ts';
import type { Told } from './told.ts';
import { beginTrace, traceparentOf } from './trace.ts';

const fine: Answered = { status: 200, retryAfter: undefined, text: '{}' };
const [TRACE, PARENT] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

const told = (telemetry: Telemetry): Told => ({
  trace: telemetry.begin(undefined),
  id: 'req_1',
  method: 'POST',
  https: false,
  operation: 'openai.chat',
  status: 200,
  outcome: 'completed',
  code: undefined,
  start: 1000,
  ms: 5,
  stages: [],
  call: undefined,
});

function exporter(answers: () => Promise<Answered>, linger = 0) {
  const posted: { path: string; body: string }[] = [];
  const dropped: [string, number][] = [];
  const telemetry = new Telemetry({
    service: 'test',
    traces: true,
    metrics: true,
    sample: 1,
    every: 1_000_000,
    linger,
    clock: { now: () => 2000, tick: () => 0 },
    onDrop: (signal, count) => void dropped.push([signal, count]),
    post(path, body) {
      posted.push({ path, body });
      return answers();
    },
  });
  return { telemetry, posted, dropped };
}

test('a client’s trace is gone on with, and any other header is passed over', () => {
  const known = beginTrace(`00-${TRACE}-${PARENT}-01`, true);
  assert.deepEqual([known.traceId, known.parentId], [TRACE, PARENT]);
  assert.match(traceparentOf(known), new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  assert.equal(beginTrace(`cc-${TRACE}-${PARENT}-01-later`, true).traceId, TRACE);
  for (const text of [
    '',
    `00-${TRACE}-${PARENT}-01-more`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    ` 00-${TRACE}-${PARENT}-01`,
  ]) {
    const { traceId, parentId } = beginTrace(text, false);
    assert.notEqual(traceId, TRACE, text);
    assert.equal(parentId, undefined, text);
  }
});

test('whatever a client sends, ids are ids', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.match(traceparentOf(beginTrace(text, true)), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }),
  );
});

test('a collector that is busy is asked again as it wishes; one that refuses is not', async () => {
  const pauses: number[] = [];
  const wait = async (ms: number) => pauses.push(ms) > 0;
  const send = (answers: (Answered | Error)[]) =>
    deliver(
      async () => {
        const next = answers.shift() ?? fine;
        if (next instanceof Error) throw next;
        return next;
      },
      '/v1/traces',
      '',
      { attempts: 3, wait },
    );
  const busy = { ...fine, status: 429, retryAfter: '7' };
  assert.equal(await send([busy, { ...fine, status: 503 }]), 0);
  assert.equal(pauses[0], 7000);
  assert.ok((pauses[1] ?? 0) >= 1000 && (pauses[1] ?? 0) <= 3000);
  assert.equal(await send([new Error('gone'), busy, busy]), undefined, 'three attempts and no more');
  const before = pauses.length;
  assert.equal(await send([{ ...fine, status: 400 }]), undefined);
  assert.equal(pauses.length, before, 'what it refuses is not sent again');
  const partial = { ...fine, text: '{"partialSuccess":{"rejectedSpans":"2"}}' };
  assert.equal(await send([partial]), 2);
  for (const text of ['', '[', 'null', '{"partialSuccess":{"rejectedSpans":-1}}'])
    assert.equal(await send([{ ...fine, text }]), 0);
});

test('a collector that never answers holds nothing up, and what waits is bounded', async () => {
  const { telemetry, dropped } = exporter(() => new Promise(() => {}));
  for (let i = 0; i < 20_000; i++) telemetry.ended(told(telemetry));
  const lost = dropped.reduce((sum, [, count]) => sum + count, 0);
  assert.ok(lost >= 20_000 - 8192 - 512, String(lost));
  await telemetry.close();
});

test('at the end everything that waits is sent once, with spans in batches', async () => {
  const { telemetry, posted, dropped } = exporter(async () => fine, 1_000_000);
  for (let i = 0; i < 600; i++) telemetry.ended(told(telemetry));
  await telemetry.close();
  const spans = posted
    .filter(({ path }) => path === '/v1/traces')
    .map(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.length as number);
  assert.equal(
    spans.reduce((sum, count) => sum + count, 0),
    600,
  );
  assert.ok(Math.max(...spans) <= 512);
  assert.equal(posted.filter(({ path }) => path === '/v1/metrics').length, 1);
  assert.deepEqual(dropped, []);
  telemetry.ended(told(telemetry));
  assert.equal(posted.length, spans.length + 1, 'nothing after the end');
});
