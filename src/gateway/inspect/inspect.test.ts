import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cleared } from '../../exchange/cleared.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import type { Slot } from '../../exchange/part.ts';
import type { Guard } from '../../guards/guard.ts';
import { inspectPrompt, openInspection } from './inspect.ts';
import type { GuardPost } from './posts.ts';
import { post, slotOf, watchOf, wordGuard } from './testing.ts';

const promptOf = (slots: readonly Slot[], opaque: Prompt['opaque'] = []): Prompt => ({
  model: 'm',
  stream: false,
  choices: 1,
  maxOutput: undefined,
  slots,
  opaque,
  body: {},
});

async function run(
  posts: readonly GuardPost[],
  slots: readonly Slot[],
  opaque: Prompt['opaque'] = [],
  tick?: () => number,
) {
  const inspection = openInspection(watchOf(posts, tick), 'prompt');
  try {
    const cleared = await inspectPrompt(promptOf(slots, opaque), inspection);
    return { cleared, verdicts: inspection.book.verdicts };
  } catch (error) {
    return { error: error as { code: string }, verdicts: inspection.book.verdicts };
  }
}

test('guards run one after the other, each on what the one before let through', async () => {
  const holder = { text: 'se-cret' };
  const { cleared, verdicts } = await run(
    [post(wordGuard('-', '')), post(wordGuard('secret', '***'))],
    [slotOf(holder)],
  );
  assert.ok(cleared !== undefined && Cleared.check(cleared));
  assert.equal(holder.text, '***');
  assert.deepEqual(
    verdicts.guards.map(({ guard, ran, findings }) => [guard, ran, findings.length]),
    [
      ['word--', 1, 1],
      ['word-secret', 1, 1],
    ],
  );
});

test('parts of one message are also read as one text, and a mask goes over the seam', async () => {
  const parts = [{ text: 'my sec' }, { text: 're' }, { text: 't is out' }];
  const slots = parts.map((part, i) => slotOf(part, { path: `/p/${i}`, joined: 'm0' }));
  const { verdicts } = await run([post(wordGuard('secret', '***'))], slots);
  assert.deepEqual(parts, [{ text: 'my ***' }, { text: '' }, { text: ' is out' }]);
  assert.equal(verdicts.outcome, 'masked');
  assert.equal(verdicts.guards[0]?.findings.length, 1);
});

test('a finding inside one part is counted once', async () => {
  const parts = [{ text: 'a secret' }, { text: 'b' }];
  const slots = parts.map((part) => slotOf(part, { joined: 'm0' }));
  const { verdicts } = await run(
    [post(wordGuard('secret'), { action: { prompt: 'flag', reply: 'flag' } })],
    slots,
  );
  assert.equal(verdicts.guards[0]?.findings.length, 1);
  assert.equal(verdicts.outcome, 'flagged');
  assert.equal(parts[0]?.text, 'a secret');
});

test('a guard that throws, in opening or reading, blocks; with on_error allow it is recorded as failed', async () => {
  const broken: Guard = {
    name: 'broken',
    open: () => ({
      push: () => {
        throw new Error('a text that must not get out');
      },
      end: () => ({ clear: 0, found: [] }),
    }),
  };
  const blocked = await run([post(broken)], [slotOf({ text: 'x' })]);
  assert.equal(blocked.error?.code, 'guard_failed');
  assert.equal(blocked.verdicts.outcome, 'failed');
  const holder = { text: 'a secret' };
  const allowed = await run(
    [post(broken, { onError: 'allow' }), post(wordGuard('secret', '*'))],
    [slotOf(holder)],
  );
  assert.ok(allowed.cleared);
  assert.equal(holder.text, 'a *');
  assert.deepEqual(allowed.verdicts.guards[0]?.failed, ['/text']);
  const unopened: Guard = {
    name: 'unopened',
    open: () => {
      throw new Error('no');
    },
  };
  assert.equal((await run([post(unopened)], [slotOf({ text: 'x' })])).error?.code, 'guard_failed');
});

test('a guard that overstays its budget has not decided', async () => {
  let now = 0;
  const tick = () => (now += 30);
  const { error, verdicts } = await run(
    [post(wordGuard('x'), { budget: 20 })],
    [slotOf({ text: 'y' })],
    [],
    tick,
  );
  assert.equal(error?.code, 'guard_failed');
  assert.deepEqual(verdicts.guards[0]?.failed, ['/text']);
});

test('a guard that claims to be clear of what it was not given is not believed', async () => {
  const liar: Guard = {
    name: 'liar',
    open: () => ({ push: () => ({ clear: 99, found: [] }), end: () => ({ clear: 99, found: [] }) }),
  };
  assert.equal((await run([post(liar)], [slotOf({ text: 'x' })])).error?.code, 'guard_failed');
});

test('guards skip what the policy does not send them to, and the verdict says so', async () => {
  const holder = { text: 'secret' };
  const documents = post(wordGuard('secret', '*'), { provenance: new Set(['document']) });
  const replies = post(wordGuard('other'), { on: { prompt: false, reply: true } });
  const { verdicts } = await run([documents, replies], [slotOf(holder)]);
  assert.equal(holder.text, 'secret');
  assert.deepEqual(
    verdicts.guards.map(({ guard, ran, skipped }) => [guard, ran, skipped]),
    [
      ['word-secret', 0, ['/text']],
      ['word-other', 0, ['*']],
    ],
  );
});

test('content that cannot be read passes only by policy, and is recorded', async () => {
  const png = { path: '/i', media: 'image/png' };
  const allowed = await run([], [], [png]);
  assert.ok(allowed.cleared);
  assert.deepEqual(allowed.verdicts.notInspected, { 'image/png': 1 });
  const refused = await run([], [], [png, { path: '/a', media: 'audio/wav' }]);
  assert.equal(refused.error?.code, 'media_refused');
  assert.equal(refused.verdicts.outcome, 'blocked');
});

test('a Cleared cannot be made by hand', () => {
  const forged = Object.create(Cleared.prototype) as Cleared<string>;
  assert.equal(Cleared.check(forged), false);
});
