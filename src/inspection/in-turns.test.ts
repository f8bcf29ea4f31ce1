import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Weighed } from '../guards/guard.ts';
import { inspectInTurns } from './in-turns.ts';
import type { Post } from './posts.ts';
import type { Question } from './question.ts';

const NOTHING: Weighed = { score: 0, threshold: 0.5, found: [], parts: {}, why: [] };

const post = (name: string, weigh: () => Weighed | Promise<Weighed>, budget = 500): Post => ({
  name,
  kind: name,
  task: undefined,
  reads: () => true,
  action: undefined,
  budget,
  guard: () => ({ name, open: () => assert.fail('what weighs need not be opened'), weigh }),
});

const asking = (text: string): Question => ({ text, role: 'user', tasks: undefined });

suite('inspection in turns', () => {
  test('what all guards say, where each keeps to its budget', async () => {
    const said = await inspectInTurns(
      [
        post('a', () => ({ ...NOTHING, score: 0.2 })),
        post('b', async () => ({ ...NOTHING, score: 0.7 })),
        post('c', () => NOTHING),
      ],
      asking('x'),
      () => 0,
    );
    assert.deepEqual(said, { score: 0.7, flagged: false, spans: [], findings: [] });
  });

  test('a guard that overstays has not decided, and no other is asked', async () => {
    let now = 0;
    const slow = post('slow', () => {
      now += 11;
      return NOTHING;
    });
    const next = post('next', () => assert.fail('asked all the same'));
    const asked = inspectInTurns([{ ...slow, budget: 10 }, next], asking('x'), () => now);
    await assert.rejects(asked, { code: 'guard_failed', hint: /slow.+10 ms/ });
    const said = await inspectInTurns([{ ...slow, budget: 11 }], asking('x'), () => now);
    assert.equal(said.flagged, false);
  });

  test('a guard that never answers is not waited for', async () => {
    const never = post('never', () => new Promise(() => {}), 5);
    await assert.rejects(
      inspectInTurns([never], asking('x'), () => 0),
      { code: 'guard_failed' },
    );
  });

  test('others are served between the guards of a long text', async () => {
    const order: string[] = [];
    const noting = (name: string) =>
      post(name, () => {
        order.push(name);
        setImmediate(() => order.push('another'));
        return NOTHING;
      });
    await inspectInTurns([noting('a'), noting('b')], asking('x'.repeat(100_000)), () => 0);
    assert.deepEqual(order, ['a', 'another', 'b']);
  });

  test('what a guard throws is its failure, not its silence', async () => {
    const broken = post('broken', () => {
      throw new Error('with a text in it');
    });
    await assert.rejects(
      inspectInTurns([broken], asking('x'), () => 0),
      { code: 'guard_failed' },
    );
  });
});
