import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { RESPONSES, type Response, type Rung } from '../../policy/predictions.ts';
import { type AlarmNote, type Known, Ladder, type LadderRule } from './ladder.ts';

const DAY = 86_400_000;
const rung = (respond: Response, approval = respond === 'block'): Rung => ({
  respond,
  shapers: [],
  model: undefined,
  approval,
});
const rule = (ladder: readonly Rung[], more: Partial<LadderRule> = {}): LadderRule => ({
  ladder,
  forget: 30 * DAY,
  patience: 5,
  ...more,
});
const ALL = rule(RESPONSES.map((respond) => rung(respond)));

const eve: Known = { id: 'clr_eve', name: 'eve', team: 'web' };
const note = (time = 0, scope: AlarmNote['scope'] = 'caller'): AlarmNote => ({
  time,
  request: 'req_1',
  monitor: 'near-duplicates',
  scope,
  strength: 5,
  query: 40,
  explanation: 'Many queries are alike.',
  atlas: 'AML.T0043.001',
  owasp: 'ML01',
});

/** So many alarms about eve; the stance after each. */
const alarms = (ladder: Ladder, count: number, by = ALL) =>
  Array.from({ length: count }, () => ladder.alarm(eve, note(), by).after);

suite('the ladder', () => {
  test('each alarm about a caller climbs a rung; before the one that a person has to allow, they wait', () => {
    const ladder = new Ladder();
    assert.deepEqual(alarms(ladder, 4), ['log', 'coarser', 'misinformation', 'decoy']);
    assert.deepEqual(ladder.alarm(eve, note(), ALL), { before: 'decoy', after: 'decoy', waits: 'block' });
    assert.equal(ladder.alarm(eve, note(), ALL).waits, undefined, 'said once');
    assert.deepEqual(ladder.approve(eve.id, ALL), { before: 'decoy', after: 'block', waits: undefined });
    assert.equal(ladder.approve(eve.id, ALL), undefined, 'nothing waits any more');
    assert.equal(alarms(ladder, 1)[0], 'block', 'the last rung is the last');
    assert.equal(ladder.stanceOf('clr_other', ALL), undefined);
  });

  test('after an alarm, patience strange queries climb; what chance has does not', () => {
    const ladder = new Ladder();
    const ask = (strange: boolean) => ladder.query(eve, strange, ALL, 0);
    for (let at = 0; at < 100; at++) assert.equal(ask(true), undefined, 'no alarm yet');
    alarms(ladder, 1);
    for (let at = 0; at < 4; at++) assert.equal(ask(true), undefined);
    assert.deepEqual(ask(true), { before: 'log', after: 'coarser', waits: undefined });
    // One in ten is less than what honest callers may have.
    for (let at = 0; at < 10_000; at++) assert.equal(ask(at % 10 === 0), undefined);
    const steps = Array.from({ length: 200 }, (_, at) => ask(at % 2 === 0)).filter(Boolean);
    assert.equal(steps.length, 3, 'two rungs, and the one that they wait for');
    assert.equal(ladder.get(eve.id)?.waiting, 'block');
  });

  test('what several callers did together opens an account, and does no more than log', () => {
    const ladder = new Ladder();
    for (let at = 0; at < 5; at++) ladder.alarm(eve, note(0, 'everyone'), ALL);
    assert.equal(ladder.stanceOf(eve.id, ALL), 'log');
    const hard = rule([rung('decoy', false)]);
    assert.equal(ladder.alarm({ ...eve, id: 'b' }, note(0, 'team'), hard).after, undefined);
    for (let at = 0; at < 5; at++) ladder.query({ ...eve, id: 'b' }, true, hard, 0);
    assert.equal(ladder.stanceOf('b', hard), 'decoy', 'strange queries of their own climb');
  });

  test('in a team that an alarm was about, strange queries count for each of its callers', () => {
    const ladder = new Ladder();
    ladder.suspect('web', 0);
    for (let at = 0; at < 5; at++) ladder.query(eve, true, ALL, 0);
    assert.equal(ladder.stanceOf(eve.id, ALL), 'log');
    const honest = { ...eve, id: 'honest' };
    for (let at = 0; at < 1000; at++) ladder.query(honest, at % 12 === 0, ALL, 0);
    assert.equal(ladder.stanceOf('honest', ALL), undefined);
    for (let at = 0; at < 50; at++) ladder.query({ ...eve, id: 'c', team: '' }, true, ALL, 0);
    assert.equal(ladder.get('c'), undefined);
  });

  test('time forgets those of whom nothing was strange, but not those whom a person put there', () => {
    const ladder = new Ladder();
    alarms(ladder, 2);
    ladder.raise({ ...eve, id: 'held' }, 'block', ALL, 0);
    assert.deepEqual(ladder.forget(ALL, 30 * DAY - 1).callers, []);
    for (let at = 0; at < 3; at++) ladder.query(eve, true, ALL, 10 * DAY);
    assert.deepEqual(ladder.forget(ALL, 30 * DAY).callers, [], 'they went on');
    // Now and then something is strange of everybody.
    ladder.query(eve, false, ALL, 20 * DAY);
    ladder.query(eve, false, ALL, 20 * DAY);
    ladder.query(eve, false, ALL, 20 * DAY);
    ladder.query(eve, false, ALL, 20 * DAY);
    assert.deepEqual(
      ladder.forget(ALL, 40 * DAY).callers.map(({ id }) => id),
      [eve.id],
    );
    assert.equal(ladder.stanceOf(eve.id, ALL), undefined);
    assert.equal(ladder.stanceOf('held', ALL), 'block');
    assert.deepEqual(ladder.forget({ ...ALL, forget: undefined }, 1000 * DAY).callers, []);
  });

  test('under another ladder they stand on the nearest milder rung that there is', () => {
    const ladder = new Ladder();
    alarms(ladder, 4);
    const stance = (...rungs: Rung[]) => ladder.stanceOf(eve.id, rule(rungs));
    assert.equal(stance(rung('log'), rung('coarser')), 'coarser');
    assert.equal(stance(rung('block')), undefined);
    assert.equal(stance(rung('log'), rung('misinformation', true)), 'log', 'no person has said so');
    assert.equal(stance(rung('decoy')), 'decoy');
    assert.equal(ladder.stanceOf(eve.id, ALL), 'decoy', 'nothing is forgotten');
  });

  test('people approve, raise and clear; what there is not is said', () => {
    const ladder = new Ladder();
    assert.equal(ladder.approve(eve.id, ALL), undefined);
    assert.equal(ladder.clear(eve.id, ALL), undefined);
    assert.equal(ladder.raise(eve, undefined, ALL, 0)?.after, 'log');
    assert.equal(ladder.raise(eve, 'block', ALL, 0)?.after, 'block');
    assert.equal(ladder.raise(eve, undefined, ALL, 0), undefined, 'there is no rung above');
    assert.equal(ladder.raise(eve, 'decoy', rule([rung('log')]), 0), undefined);
    assert.equal(ladder.raise(eve, 'coarser', ALL, 0)?.after, 'coarser', 'and down');
    assert.deepEqual(ladder.clear(eve.id, ALL), { before: 'coarser', after: undefined, waits: undefined });
  });

  test('the least suspicious are forgotten first, and it is saved and loaded whole', () => {
    const ladder = new Ladder(100);
    for (let at = 0; at < 10; at++)
      for (let of = 0; of < 4; of++) ladder.alarm({ ...eve, id: `bad ${at}` }, note(), ALL);
    for (let at = 0; at < 5000; at++) ladder.alarm({ ...eve, id: `new ${at}` }, note(at), ALL);
    assert.ok(ladder.all.length <= 100);
    for (let at = 0; at < 10; at++) assert.equal(ladder.stanceOf(`bad ${at}`, ALL), 'decoy');
    ladder.suspect('web', 3);
    const again = new Ladder(100);
    again.load(JSON.parse(JSON.stringify(ladder.state)));
    assert.deepEqual(again.state, ladder.state);
  });

  test('whatever happens, nobody is on a rung that a person has to allow without one, and none is left out', () => {
    const rungs = fc
      .uniqueArray(fc.record({ at: fc.nat(4), approval: fc.boolean() }), {
        selector: ({ at }) => at,
        minLength: 1,
      })
      .map((picked) =>
        picked.sort((a, b) => a.at - b.at).map(({ at, approval }) => rung(RESPONSES[at] ?? 'log', approval)),
      );
    fc.assert(
      fc.property(rungs, fc.array(fc.constantFrom('alarm', 'shared', 'query', 'calm')), (picked, events) => {
        const by = rule(picked, { patience: 1 });
        const ladder = new Ladder();
        let before = -1;
        for (const event of events) {
          if (event === 'alarm') ladder.alarm(eve, note(), by);
          else if (event === 'shared') ladder.alarm(eve, note(0, 'everyone'), by);
          else ladder.query(eve, event === 'query', by, 0);
          const at = picked.findIndex(({ respond }) => respond === ladder.stanceOf(eve.id, by));
          assert.ok(at - before <= 1 && at >= before);
          if (at >= 0) assert.ok(!picked.slice(0, at + 1).some(({ approval }) => approval));
          before = at;
        }
      }),
    );
  });
});
