import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { suite, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import type { Alerted } from '../incidents/alert.ts';
import { entryOf, type Fact, factOf, NO_LINKS, type Recorded } from '../incidents/fact.ts';
import { Incidents } from './incidents.ts';
import { MIGRATIONS } from './migrations.ts';

const ANN = { id: 'clr_ann', name: 'ann' };
const OPENED: Fact = {
  ...{
    act: 'opened',
    title: 'x',
    severity: 'high',
    origin: 'rule',
    rule: 'r',
    group: '{}',
    atlas: [],
    owasp: [],
  },
  links: { ...NO_LINKS, detections: [3] },
};
const CONTAINED: Fact = {
  act: 'contained',
  measure: 1,
  action: 'suspend_caller',
  on: { caller: 'clr_1' },
  was: 'on',
};
const ACTED: Fact = { act: 'acted', measure: 1, of: 'contain', ok: true };

/** In memory: what is tested is what it says, not where it stands. */
function store(t: TestContext): Incidents {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  for (const migration of MIGRATIONS) database.exec(migration);
  return new Incidents(database);
}

const recorded = (seq: number, fact: Fact, incident = 'inc_1'): Recorded => ({
  incident,
  seq,
  time: 1000 * seq,
  by: ANN,
  fact,
});

/** As the ledger has it. */
function fromLedger(one: Recorded): Recorded {
  const { kind, ...fields } = entryOf(one);
  const time = new Date(one.time + 5).toISOString();
  return factOf({ seq: one.seq, time, kind, fields: { kind, ...fields } }) as Recorded;
}

const anyFact: fc.Arbitrary<Fact> = fc.constantFrom<Fact>(
  OPENED,
  CONTAINED,
  ACTED,
  { act: 'undone', measure: 1 },
  { act: 'acted', measure: 1, of: 'undo', ok: true },
  { act: 'acted', measure: 1, of: 'contain', ok: false },
  { act: 'moved', to: 'triage' },
  { act: 'moved', to: 'eradicated' },
  { act: 'moved', to: 'recovered' },
  { act: 'moved', to: 'closed', resolution: 'resolved' },
  { act: 'moved', to: 'closed', resolution: 'duplicate' },
  { act: 'changed', severity: 'low' },
  { act: 'commented', comment: 'cmt_1', digest: 'd' },
);

suite('incidents in the store', () => {
  test('are the same from a replay of the ledger as they were when they happened', (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('inc_1', 'inc_2'), anyFact), { maxLength: 30 }),
        (acts) => {
          const [live, again] = [store(t), store(t)];
          const written: Recorded[] = [];
          for (const [index, [incident, fact]] of acts.entries()) {
            const one = recorded(index, fact, incident);
            try {
              live.take(one);
              written.push(one);
            } catch (error) {
              if (!(error instanceof Refusal)) throw error;
            }
          }
          const entries = written.map(fromLedger);
          again.replay(entries, [], acts.length);
          // Half of it twice, as after a crash.
          again.replay(entries.slice(entries.length >> 1), [], acts.length);
          for (const id of ['inc_1', 'inc_2']) {
            assert.deepEqual(again.find(id), live.find(id));
            assert.deepEqual(again.facts(id), live.facts(id));
          }
          assert.deepEqual(again.measures(), live.measures());
        },
      ),
      { numRuns: 25 },
    );
  });

  test('what a replay tells of is to be done to this database, and only that', (t) => {
    const [live, behind] = [store(t), store(t)];
    const all = [OPENED, CONTAINED, ACTED].map((fact, seq) => recorded(seq, fact));
    for (const one of all) live.take(one);
    live.replay(all, [], 3);
    assert.deepEqual(live.missed, []);
    behind.replay(all, [], 3);
    assert.deepEqual(
      behind.missed.map(({ taken }) => taken.on.caller),
      ['clr_1'],
    );
  });

  test('alerts wait until they were looked at, and the place in the ledger only grows', (t) => {
    const incidents = store(t);
    const about = { rule: 'r', title: 'x', atlas: [], owasp: [], group: {} };
    const alert: Alerted = { seq: 3, time: 5000, severity: 'high', ...about };
    incidents.replay([], [alert], 10);
    assert.deepEqual(incidents.waiting, [alert]);
    assert.equal(incidents.knows(3), false);
    incidents.take(recorded(11, OPENED));
    incidents.looked(alert);
    assert.deepEqual([incidents.waiting, incidents.knows(3), incidents.applied], [[], true, 10]);
    assert.equal(incidents.lastAlerts().get('r'), 5000);
    assert.equal(incidents.openAbout('r', '{}')?.id, 'inc_1');
    assert.equal(incidents.openAbout('r', '{"caller":"x"}'), undefined);
  });
});
