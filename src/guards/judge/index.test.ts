import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABOUT, consultWith, MEANS, read } from '../testing.ts';
import { judge } from './index.ts';

const means = { ...MEANS, consult: () => consultWith((asked) => asked.includes('stupid')) };

test('a judge is told the categories of the policy, and finds those only', async () => {
  const guard = judge.build('tone', { judge: 'any' }, means);
  const [one] = await read(guard.open(ABOUT), ['You are ', 'stupid.']);
  assert.ok(one);
  assert.deepEqual([one.start, one.end, one.reason, one.tier], [0, 15, 'tone.injection', 3]);
  assert.deepEqual(await read(guard.open(ABOUT), ['You are clever.']), []);
  // The double says “injection”, which is no category here.
  const other = judge.build('tone', { judge: 'any', categories: { toxicity: 'insults' } }, means);
  await assert.rejects(read(other.open(ABOUT), ['You are stupid.']));
});

test('how sure it must be is up to the policy; nothing is asked about blanks', async () => {
  const strict = judge.build('tone', { judge: 'any', threshold: 0.95 }, means);
  assert.deepEqual(await read(strict.open(ABOUT), ['You are stupid.']), []);
  const weighed = await strict.weigh?.('You are stupid.', ABOUT);
  assert.equal(weighed?.score, 0.9);
  const silent = {
    ...MEANS,
    consult: () => ({ ...consultWith(() => true), ask: () => Promise.reject(new Error()) }),
  };
  assert.deepEqual(await read(judge.build('tone', { judge: 'any' }, silent).open(ABOUT), [' \n']), []);
});
