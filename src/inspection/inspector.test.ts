import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../base/problem.ts';
import type { Found, Guard } from '../guards/guard.ts';
import { whole } from '../guards/hold.ts';
import { categorise } from './categories.ts';
import { inspect, weigh } from './inspector.ts';
import { type Post, taskOf } from './posts.ts';
import type { Question } from './question.ts';

const post = (kind: string, guard: () => Guard): Post => ({
  name: kind,
  kind,
  task: taskOf(kind),
  reads: (direction) => kind !== 'patterns' || direction === 'prompt',
  action: undefined,
  budget: 500,
  guard,
});

/** A guard that matches a word. */
const matching = (kind: string, word: string, more: Partial<Found> = {}): Post =>
  post(kind, () => ({
    name: kind,
    open: () =>
      whole((text) => {
        const start = text.indexOf(word);
        return start < 0 ? [] : [{ start, end: start + word.length, reason: `${kind}.${word}`, ...more }];
      }),
  }));

/** A guard that cannot decide: at once, or after a while. */
const failing = (kind: string, late: boolean): Post =>
  post(kind, () => ({
    name: kind,
    open: () => whole(() => []),
    weigh: () => {
      if (late) return Promise.reject(new Error('late'));
      throw new Error('at once');
    },
  }));

/** A guard that weighs, at its leisure. */
const weighing = (score: number, parts: Record<string, number> = {}): Post =>
  post('injection', () => ({
    name: 'injection',
    open: () => assert.fail('what weighs need not be opened'),
    weigh: async () => ({ score, threshold: 0.5, found: [], parts, why: [] }),
  }));

const ask = (text: string, more: Partial<Question> = {}): Question => ({
  text,
  role: 'user',
  tasks: undefined,
  ...more,
});

suite('inspect', () => {
  test('the score is the greatest of the guards that are asked, also where nothing is found', async () => {
    const posts = [weighing(0.3), matching('secrets', 'token', { score: 0.8 }), matching('pii', 'anna')];
    assert.equal((await inspect(posts, ask('nothing'))).score, 0.3);
    assert.equal((await inspect(posts, ask('a token'))).score, 0.8);
    assert.equal((await inspect(posts, ask('anna'))).score, 1);
    const secret = await inspect(posts, ask('anna', { tasks: ['secret'] }));
    assert.deepEqual([secret.score, secret.flagged], [0, false]);
  });

  test('a stretch is one span, whoever finds it; findings are all there', async () => {
    const { spans, findings } = await inspect(
      [matching('pii', 'anna'), matching('pii', 'anna')],
      ask('so anna'),
    );
    assert.deepEqual(spans, [{ start: 3, end: 7, type: 'ANNA' }]);
    assert.equal(findings.length, 2);
  });

  test('spans of secrets are as data sets have them, findings are what is masked', async () => {
    const { spans, findings } = await inspect(
      [matching('secrets', 'url_password')],
      ask('at db://me:url_password@host now'),
    );
    assert.deepEqual(spans, [{ start: 3, end: 28, type: 'DB_URL' }]);
    assert.deepEqual([findings[0]?.start, findings[0]?.end], [11, 23]);
  });

  test('a technique is named with its numbers', async () => {
    const posts = [matching('injection', 'DAN', { technique: 'jailbreak', tier: 1, score: 0.9 })];
    const { findings } = await inspect(posts, ask('DAN'));
    assert.equal(findings[0]?.type, 'jailbreak');
    assert.deepEqual([findings[0]?.owasp, findings[0]?.atlas], ['LLM01', 'AML.T0054']);
  });

  test('a guard reads the directions that its policy names', async () => {
    const posts = [matching('patterns', 'word')];
    assert.equal((await inspect(posts, ask('word'))).flagged, true);
    assert.equal((await inspect(posts, ask('word', { role: 'assistant' }))).flagged, false);
  });

  test('what cannot decide is no “clean”', async () => {
    const broken = post('secrets', () => ({
      name: 'secrets',
      open: () => {
        throw new Error('broken');
      },
    }));
    assert.throws(() => inspect([broken], ask('x')), { code: 'guard_failed' });
    const late = post('pii', () => ({
      name: 'pii',
      open: () => assert.fail(),
      weigh: () => Promise.reject(new Error('broken')),
    }));
    await assert.rejects(async () => inspect([late], ask('x')), { code: 'guard_failed' });
    const missing = post('pii', () => {
      throw new Problem('environment', 'no weights');
    });
    assert.throws(() => inspect([missing], ask('x')), Problem);
    assert.throws(() => inspect([broken], ask('x', { tasks: ['pii'] })), { code: 'unsupported' });
  });
});

suite('categories', () => {
  test('techniques are told apart, by what they go against', async () => {
    const { flagged, category_scores } = await categorise(
      [weighing(0.4, { jailbreak: 0.4, 'direct-override': 0.1, harm: 0.9 })],
      ['x'],
      () => {},
    );
    assert.equal(flagged, false);
    assert.deepEqual([category_scores.jailbreak, category_scores.prompt_injection], [0.4, 0.1]);
  });

  test('a message has what any of its texts has', async () => {
    const lengths: number[] = [];
    const { flagged, categories } = await categorise(
      [matching('pii', 'anna'), matching('patterns', 'word')],
      ['anna', 'a word', ''],
      (chars) => lengths.push(chars),
    );
    assert.equal(flagged, true);
    assert.deepEqual(
      [categories.pii, categories.other, categories.secrets, categories.hate],
      [true, true, false, false],
    );
    assert.deepEqual(lengths, [4, 6, 0, 10], 'and all of them together');
  });
});

test('guards that fail one after the other are one failure, and none that nobody hears of', async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on('unhandledRejection', hear);
  const posts = [failing('judge', true), failing('pii', false)];
  await assert.rejects(async () => inspect(posts, ask('hello')), { code: 'guard_failed' });
  await assert.rejects(async () => weigh(posts, ask('hello')), { code: 'guard_failed' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', hear);
  assert.deepEqual(unheard, []);
});
