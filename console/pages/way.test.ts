import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, wayOf } from './way.ts';

const states = (first: Entry, last: Entry) =>
  Object.fromEntries(wayOf(first, last).map(({ name, state }) => [name, state]));

const first: Entry = {
  seq: 4,
  kind: 'request.begin',
  time: '',
  operation: 'chat',
  model: 'm',
  caller: { id: 'clr_1', name: 'app', team: 't', credential: 'key:x' },
  inspected: {
    outcome: 'pass',
    texts: 1,
    chars: 5,
    guards: { secrets: { ran: 1 }, slow: { ran: 0, skipped: ['budget'] } },
  },
};

test('a request that completed passed every step', () => {
  const last: Entry = { seq: 5, kind: 'request.end', time: '', outcome: 'completed', attempts: [] };
  assert.deepEqual(new Set(Object.values(states(first, last))), new Set(['passed']));
  const prompt = wayOf(first, last).find(({ name }) => name === 'inspect prompt');
  assert.deepEqual(
    prompt?.guards.map(({ name, state, why }) => [name, state, why]),
    [
      ['secrets', 'ran', []],
      ['slow', 'skipped', ['budget']],
    ],
  );
});

test('where it ended, nothing after it was reached, but it is recorded all the same', () => {
  const refused = { ...first, kind: 'request.refused', outcome: 'blocked', code: 'prompt_blocked' };
  assert.deepEqual(states(refused, refused), {
    identify: 'passed',
    authorize: 'passed',
    limit: 'passed',
    'inspect prompt': 'stopped',
    route: 'not reached',
    'inspect reply': 'not reached',
    record: 'passed',
  });
  const stranger: Entry = {
    seq: 1,
    kind: 'request.refused',
    time: '',
    outcome: 'refused',
    code: 'credential_missing',
  };
  assert.equal(states(stranger, stranger).identify, 'stopped');
  const cut: Entry = { seq: 9, kind: 'request.end', time: '', outcome: 'cut', code: 'reply_blocked' };
  assert.equal(states(first, cut)['inspect reply'], 'stopped');
});
