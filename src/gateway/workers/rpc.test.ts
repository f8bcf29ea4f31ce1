import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { type Handlers, Line, type Pipe } from './rpc.ts';

/** Two ends of a pipe in this process; messages cross as text, as they do between processes. */
function pipes(): { a: Pipe; b: Pipe; messages: string[]; cut(): void } {
  const messages: string[] = [];
  const takers: ((message: object) => void)[] = [];
  const closers: (() => void)[] = [];
  const end = (mine: number, other: number): Pipe => ({
    send(message) {
      const text = JSON.stringify(message);
      messages.push(text);
      setImmediate(() => takers[other]?.(JSON.parse(text) as object));
    },
    onMessage(take) {
      takers[mine] = take;
    },
    onClose: (act) => void closers.push(act),
  });
  return { a: end(0, 1), b: end(1, 0), messages, cut: () => closers.forEach((act) => void act()) };
}

const between = (handlers: Handlers) => {
  const { a, b, messages, cut } = pipes();
  const line = new Line(a, 'ledger_unavailable');
  new Line(b, 'internal').serve(handlers);
  return { line, messages, cut };
};

test('answers come to those who asked, whatever their order', async () => {
  const { line } = between({
    slow: async (n) => {
      await new Promise((resolve) => setTimeout(resolve, 10 - Number(n)));
      return Number(n) * 2;
    },
  });
  const answers = await Promise.all([1, 9, 5].map((n) => line.ask('slow', n)));
  assert.deepEqual(answers, [2, 18, 10]);
});

test('what is said in one round of events is one message', async () => {
  const { line, messages } = between({ echo: (value) => value });
  await Promise.all(Array.from({ length: 50 }, (_, n) => line.ask('echo', n)));
  assert.ok(messages.length <= 4, `${messages.length} messages`);
});

test('a refusal is the same on the other side', async () => {
  const { line } = between({
    no: () => {
      throw new Refusal('quota_tokens', { retryAfter: 7, hint: 'Later.', headers: { 'x-a': '1' } });
    },
    broken: () => {
      throw new Error('with a secret in it');
    },
  });
  await assert.rejects(line.ask('no', null), (error) => {
    assert.ok(error instanceof Refusal);
    assert.equal(error.code, 'quota_tokens');
    assert.equal(error.retryAfter, 7);
    assert.equal(error.hint, 'Later.');
    assert.deepEqual(error.headers, { 'x-a': '1' });
    return true;
  });
  await assert.rejects(line.ask('broken', null), { code: 'internal', message: 'The gateway failed.' });
  await assert.rejects(line.ask('unknown', null), { code: 'internal' });
});

test('what is no frame is passed over, and no name but those that are served is called', async () => {
  const { a, b } = pipes();
  const line = new Line(a, 'ledger_unavailable');
  new Line(b, 'internal').serve({ echo: (value) => value });
  for (const odd of [
    null,
    7,
    {},
    [null],
    [[]],
    [['ask']],
    [['refused', 1, null]],
    [['refused', 1, { code: 'x', detail: {} }]],
  ])
    a.send(odd as object);
  await assert.rejects(line.ask('constructor', {}), { code: 'internal' });
  await assert.rejects(line.ask('__proto__', {}), { code: 'internal' });
  assert.equal(await line.ask('echo', 7), 7);
});

test('who waits when the pipe closes is refused, and who asks later too', async () => {
  const { line, cut } = between({ never: () => new Promise<Json>(() => {}) });
  const waiting = line.ask('never', null);
  setImmediate(cut);
  await assert.rejects(waiting, { code: 'ledger_unavailable' });
  await assert.rejects(line.ask('never', null), { code: 'ledger_unavailable' });
});
