import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../base/json.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import type { GuardRule } from './policy.ts';
import { type Judgement, recordedJudgement, rejudge, sameGuards } from './rejudge.ts';

const guard = (name: string, action: GuardAction, more: Partial<GuardRule> = {}): GuardRule => ({
  use: 'word',
  name,
  on: { prompt: true, reply: true },
  provenance: undefined,
  action: { prompt: action, reply: action === 'pseudonymise' ? 'mask' : action },
  label: {},
  onError: 'block',
  budget: 500,
  stream: 'exact',
  window: 512,
  settings: { word: name },
  ...more,
});

const MASKS: ReadonlySet<GuardAction> = new Set(['mask', 'hash', 'pseudonymise']);

/** Guards that look for their own word, in order; one that masks takes it out. What an entry says of it, and what it comes to. */
function judge(text: string, guards: readonly GuardRule[]): { inspected: JsonObject; judged: Judgement } {
  let left = text;
  let held: string | undefined;
  let blocked: string | undefined;
  const masks: string[] = [];
  const said: JsonObject = {};
  for (const { name, settings, action } of guards) {
    const found = blocked === undefined && left.includes(String(settings.word));
    said[name] = found
      ? { ran: 1, findings: [{ reason: name, action: action.prompt }] }
      : { ran: blocked === undefined ? 1 : 0 };
    if (!found) continue;
    if (action.prompt === 'block') blocked = name;
    if (action.prompt === 'review') held ??= name;
    if (MASKS.has(action.prompt)) {
      masks.push(name);
      left = left.replaceAll(String(settings.word), '*');
    }
  }
  const outcome = blocked !== undefined ? 'blocked' : held !== undefined ? 'held' : 'passed';
  return { inspected: { outcome, guards: said }, judged: { outcome, masks, guard: blocked ?? held } };
}

const WORDS = ['a', 'b', 'c', 'ab'];
const actions = fc.constantFrom<GuardAction>('block', 'mask', 'hash', 'flag', 'review');
const lists = fc
  .shuffledSubarray(WORDS)
  .chain((words) => fc.tuple(...words.map((word) => actions.map((action) => guard(word, action)))));

test('what entries are concluded from is what the guards would say of the text, or nothing is concluded', () => {
  let known = 0;
  fc.assert(
    fc.property(fc.stringMatching(/^[abcx]{0,6}$/), lists, lists, (text, before, after) => {
      const { inspected } = judge(text, before);
      const concluded = rejudge(inspected, before, after, 'prompt');
      if (concluded === undefined) return;
      known += 1;
      assert.deepEqual(concluded, judge(text, after).judged);
    }),
    { numRuns: 3000 },
  );
  assert.ok(known > 300, `${known} known`);
});

test('the same guards come to what the entry says', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[abcx]{0,6}$/), lists, (text, guards) => {
      const { inspected, judged } = judge(text, guards);
      assert.ok(sameGuards(guards, guards, 'prompt'));
      assert.deepEqual(recordedJudgement(inspected, guards, 'prompt'), judged);
      assert.deepEqual(rejudge(inspected, guards, guards, 'prompt'), judged);
    }),
  );
});

test('a guard that could not decide goes by what is said of that now', () => {
  const [before, after] = [[guard('a', 'flag')], [guard('a', 'flag', { onError: 'allow' })]];
  const inspected = { outcome: 'failed', guards: { a: { ran: 0, failed: ['/x'] } } };
  assert.deepEqual(recordedJudgement(inspected, before, 'prompt'), {
    outcome: 'blocked',
    masks: [],
    guard: 'a',
  });
  assert.equal(rejudge(inspected, before, after, 'prompt')?.outcome, 'passed');
});

test('other settings, and a guard that is new, have to read', () => {
  const before = [guard('a', 'flag')];
  const inspected = { outcome: 'passed', guards: { a: { ran: 1 } } };
  assert.equal(
    rejudge(inspected, before, [guard('a', 'flag', { settings: { word: 'b' } })], 'prompt'),
    undefined,
  );
  assert.equal(rejudge(inspected, before, [...before, guard('b', 'flag')], 'prompt'), undefined);
  const onReplies = guard('b', 'flag', { on: { prompt: false, reply: true } });
  assert.equal(rejudge(inspected, before, [...before, onReplies], 'prompt')?.outcome, 'passed');
});
