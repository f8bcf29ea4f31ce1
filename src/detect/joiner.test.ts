import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { FIELDS } from './facts.ts';
import { Joiner } from './joiner.ts';
import { localTimes } from './local-time.ts';
import { entryAt } from './testing.ts';

const NOON = Date.parse('2026-01-05T12:00:00Z');
const joiner = (zone = 'UTC') => new Joiner(localTimes(zone));
const caller = { id: 'clr_1', name: 'shop', team: 'sales', credential: 'key_1' };
const verdict = (findings: JsonObject[] = [], more: JsonObject = {}): JsonObject => ({
  outcome: 'passed',
  texts: 1,
  chars: 10,
  guards: { injection: { ran: 1, ...(findings.length > 0 && { findings }) } },
  ...more,
});
const BEGIN: JsonObject = { id: 'req_1', caller, model: 'm', operation: 'openai.chat', peer: '203.0.113.9' };

suite('facts of entries', () => {
  test('a closing entry has what its first one said', () => {
    const join = joiner();
    const found = [{ reason: 'injection.jailbreak', action: 'flag', path: '', start: 0, end: 1 }];
    join.events(entryAt(0, NOON, 'request.begin', { ...BEGIN, inspected: verdict(found) }));
    const [event] = join.events(
      entryAt(1, NOON + 10, 'request.end', {
        id: 'req_1',
        begin: 0,
        outcome: 'blocked',
        status: 403,
        ms: 10,
        charge: { input: 3, output: 4, cost: '0.25' },
        inspected: verdict([{ reason: 'secrets.key', action: 'block', path: '', start: 0, end: 1 }]),
      }),
    );
    assert.deepEqual(event?.facts, {
      kind: 'request.end',
      hour: 12,
      weekday: 1,
      outcome: 'blocked',
      status: 403,
      ms: 10,
      input: 3,
      output: 4,
      cost: 0.25,
      reason: ['injection.jailbreak', 'secrets.key'],
      blocked: ['secrets.key'],
      guard: ['injection'],
      findings: 2,
      closed: true,
      caller: 'clr_1',
      name: 'shop',
      team: 'sales',
      credential: 'key_1',
      model: 'm',
      operation: 'openai.chat',
      peer: '203.0.113.9',
      network: '203.0.113.0/24',
    });
  });

  test('guards that skipped or failed, and what none could read, are named', () => {
    const inspected = {
      ...verdict(),
      guards: { a: { ran: 0, skipped: ['/x'] }, b: { ran: 1, failed: ['/y'] } },
      not_inspected: { 'image/png': 2 },
    };
    const [event] = joiner().events(entryAt(0, NOON, 'request.refused', { inspected }));
    const { guard, guard_failed, guard_skipped, unread } = event?.facts ?? {};
    assert.deepEqual([guard, guard_failed, guard_skipped, unread], [['b'], ['b'], ['a'], 2]);
  });

  test('people and networks are known where an entry names them', () => {
    const [event] = joiner().events(
      entryAt(0, NOON, 'person.sign_in_refused', {
        person: { id: 'per_1', team: '' },
        network: '198.51.100.0/24',
      }),
    );
    assert.deepEqual([event?.facts.person, event?.facts.network], ['per_1', '198.51.100.0/24']);
  });

  test('a text of whoever asked is cut', () => {
    const [event] = joiner().events(entryAt(0, NOON, 'request.refused', { model: 'x'.repeat(5000) }));
    assert.equal(String(event?.facts.model).length, 200);
  });

  test('hours and days are those of a time zone', () => {
    const [event] = joiner('Asia/Tokyo').events(
      entryAt(0, Date.parse('2026-01-04T16:30:00Z'), 'admin.begin'),
    );
    assert.deepEqual([event?.facts.hour, event?.facts.weekday], [1, 1]);
  });

  test('what was at work when a process was gone is told at the next start', () => {
    const join = joiner();
    join.events(entryAt(0, NOON, 'system.start'));
    join.events(entryAt(1, NOON, 'request.begin', BEGIN));
    const events = join.events(entryAt(2, NOON + 5, 'system.start'));
    assert.deepEqual(
      events.map(({ seq, facts: { kind, caller: who, clean } }) => [seq, kind, who, clean]),
      [
        [1, 'request.unended', 'clr_1', undefined],
        [2, 'system.start', undefined, false],
      ],
    );
    join.events(entryAt(3, NOON + 6, 'system.stop'));
    assert.equal(join.events(entryAt(4, NOON + 7, 'system.start'))[0]?.facts.clean, true);
  });

  test('first entries that never end are let go of', () => {
    const join = joiner();
    for (let seq = 0; seq < 12_000; seq++) join.events(entryAt(seq, NOON, 'request.begin', BEGIN));
    assert.equal(join.state.open.length, 10_000);
  });

  test('every fact has the type that its field says', () => {
    const join = joiner();
    const entries = [
      entryAt(0, NOON, 'request.begin', { ...BEGIN, inspected: verdict() }),
      entryAt(1, NOON, 'request.end', {
        begin: 0,
        outcome: 'completed',
        status: 'x',
        ms: null,
        charge: null,
      }),
      entryAt(2, NOON, 'caller.suspect', { caller, check: 'networks', action: 'flag', count: 8 }),
      entryAt(3, NOON, 'budget.alert', { budget: 'b', per: 'team', owner: 'sales', percent: 80 }),
      entryAt(4, NOON, 'person.sign_in_refused', { reason: 'passphrase', person: null }),
    ];
    const types = { text: 'string', number: 'number', flag: 'boolean', texts: 'object' };
    for (const { facts } of entries.flatMap((entry) => join.events(entry)))
      for (const [name, fact] of Object.entries(facts))
        assert.equal(typeof fact, types[FIELDS[name as keyof typeof FIELDS].type], name);
  });
});
