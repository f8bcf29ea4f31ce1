import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { entryOf, type Fact, factOf, NO_LINKS, type Opening, type Recorded } from './fact.ts';
import { fold, follow, type Incident, isOn } from './incident.ts';
import { MEASURES, type MeasureName } from './measure.ts';
import { SEVERITIES } from './severity.ts';
import { mayMove, RESOLUTIONS, STATES, waysFrom } from './states.ts';
import { timesOf } from './times.ts';

const ANN = { id: 'clr_ann', name: 'ann' };
const OPENING: Opening = {
  title: 'a series',
  severity: 'high',
  origin: 'person',
  atlas: ['AML.T0051'],
  owasp: [],
  links: { ...NO_LINKS, callers: ['clr_1'] },
};
const START = Date.UTC(2026, 10, 21);

/** Facts as they would be recorded, one a second. */
const recorded = (facts: readonly Fact[]): Recorded[] =>
  facts.map((fact, index) => ({
    incident: 'inc_1',
    seq: index,
    time: START + index * 1000,
    by: ANN,
    fact,
  }));
const opened: Fact = { act: 'opened', ...OPENING };
const after = (...facts: Fact[]): Incident => fold(recorded([opened, ...facts])) as Incident;
const refuses = (code: string, ...facts: Fact[]): void => {
  const all = recorded([opened, ...facts]);
  const before = fold(all.slice(0, -1));
  assert.throws(
    () => follow(before, all.at(-1) as Recorded),
    (error) => error instanceof Refusal && error.code === code,
  );
};

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({
    act: fc.constant('moved' as const),
    to: fc.constantFrom(...STATES),
    resolution: fc.option(fc.constantFrom(...RESOLUTIONS), { nil: undefined }),
  }),
  fc.record(
    { act: fc.constant('changed' as const), title: fc.string(), severity: fc.constantFrom(...SEVERITIES) },
    { requiredKeys: ['act'] },
  ),
  fc.record({
    act: fc.constant('contained' as const),
    measure: fc.integer({ min: 1, max: 4 }),
    action: fc.constantFrom(...(Object.keys(MEASURES) as MeasureName[])),
    on: fc.constant({ caller: 'clr_1' }),
    until: fc.option(fc.integer({ min: START, max: 2 * START }), { nil: undefined }),
  }),
  fc.record({ act: fc.constant('undone' as const), measure: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    act: fc.constant('acted' as const),
    measure: fc.integer({ min: 1, max: 4 }),
    of: fc.constantFrom('contain' as const, 'undo' as const),
    ok: fc.boolean(),
  }),
  fc.record({ act: fc.constant('step' as const), step: fc.constantFrom('look', 'back'), done: fc.boolean() }),
  fc.record({ act: fc.constant('commented' as const), comment: fc.string(), digest: fc.string() }),
  fc.record({
    act: fc.constantFrom('linked' as const, 'unlinked' as const),
    exchanges: fc.array(fc.string()),
    callers: fc.array(fc.string()),
    models: fc.array(fc.string()),
    detections: fc.array(fc.nat()),
  }),
);
const anyFacts = fc.array(anyFact, { maxLength: 40 }).map((facts) => recorded([opened, ...facts]));

suite('an incident', () => {
  test('what was linked by mistake is taken off again, and nothing else', () => {
    const links = { ...NO_LINKS, exchanges: ['req_1', 'req_2'], detections: [7] };
    const linked = after(
      { act: 'linked', ...links },
      { act: 'unlinked', ...NO_LINKS, exchanges: ['req_1', 'req_9'], callers: ['clr_1'] },
    );
    assert.deepEqual(linked.links, { exchanges: ['req_2'], callers: [], models: [], detections: [7] });
    refuses(
      'conflict',
      { act: 'moved', to: 'closed', resolution: 'false_positive' },
      { act: 'unlinked', ...NO_LINKS },
    );
  });

  test('goes only where its state lets it, and every state can be left', () => {
    for (const state of STATES) assert.ok(waysFrom(state).length > 0);
    fc.assert(
      fc.property(anyFacts, (facts) => {
        let incident: Incident | undefined;
        for (const one of facts) {
          const next: Incident | undefined = attempt(() => follow(incident, one));
          if (incident !== undefined && next !== undefined && next.state !== incident.state)
            assert.ok(mayMove(incident.state, next.state), `${incident.state} to ${next.state}`);
          incident = next ?? incident;
        }
      }),
    );
  });

  test('is never closed while something that can be undone is in force', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const incident = fold(facts);
        if (incident?.state === 'closed') {
          assert.notEqual(incident.resolution, undefined);
          assert.ok(!incident.measures.some((taken) => isOn(taken) && MEASURES[taken.action].undo));
        }
      }),
    );
  });

  test('is the same from the ledger as it was when it happened', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const kept = facts.filter((_, index) => index === 0 || fits(facts, index));
        const entries = kept.map((one) => {
          const { kind, ...fields } = entryOf(one);
          return {
            seq: one.seq,
            time: new Date(one.time + 3).toISOString(),
            kind,
            fields: { kind, ...fields },
          };
        });
        const read = entries.map((entry) => factOf(entry) as Recorded);
        assert.deepEqual(plain(fold(read)), plain(fold(facts)));
      }),
    );
  });

  test('measures a person undoes come back only if they could be had back', () => {
    const revoked: Fact[] = [
      { act: 'contained', measure: 1, action: 'revoke_keys', on: { caller: 'clr_1' } },
      { act: 'acted', measure: 1, of: 'contain', ok: true },
    ];
    assert.equal(after(...revoked).state, 'contained');
    refuses('conflict', ...revoked, { act: 'undone', measure: 1 });
    refuses('not_found', { act: 'undone', measure: 1 });
    refuses('conflict', { act: 'acted', measure: 1, of: 'contain', ok: true } as Fact, opened);
  });

  test('says how long it took', () => {
    const incident = fold(
      recorded([
        { ...opened, first: START - 5000 } as Fact,
        { act: 'contained', measure: 1, action: 'suspend_caller', on: { caller: 'clr_1' }, was: 'on' },
        { act: 'acted', measure: 1, of: 'contain', ok: true },
        { act: 'moved', to: 'eradicated' },
        { act: 'moved', to: 'recovered' },
      ]),
    ) as Incident;
    assert.deepEqual(timesOf(incident), { detect: 5000, contain: 6000, recover: 9000 });
  });

  test('is opened again, and then closed with something else', () => {
    const closed: Fact[] = [{ act: 'moved', to: 'closed', resolution: 'false_positive' }];
    refuses('conflict', ...closed, { act: 'changed', title: 'x' });
    refuses('conflict', { act: 'moved', to: 'closed' });
    refuses('conflict', { act: 'moved', to: 'closed', resolution: 'resolved' });
    const again = after(...closed, { act: 'moved', to: 'triage' });
    assert.deepEqual([again.state, again.resolution], ['triage', undefined]);
    assert.deepEqual(Object.keys(again.reached), ['new', 'triage']);
  });
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};
/** What could not follow was never recorded. */
function fits(facts: readonly Recorded[], index: number): boolean {
  const one = facts[index];
  return one !== undefined && attempt(() => follow(fold(facts.slice(0, index)), one)) !== undefined;
}
