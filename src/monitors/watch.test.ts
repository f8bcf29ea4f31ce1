import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../base/problem.ts';
import { calibrate } from './calibrate.ts';
import {
  CALIBRATION,
  FEATURES,
  normals,
  OTHER_SECRET,
  SECRET,
  sampleOf,
  sampler,
  scoresOf,
} from './testing.ts';
import { type Alarm, Watch } from './watch.ts';

const ask = (watch: Watch, caller: string, row: Float32Array, team?: string) =>
  watch.observe({ caller, team, row, scores: scoresOf(row) });

/** Asks about rows until an alarm; how many it took. */
function until(
  watch: Watch,
  callers: readonly string[],
  rows: () => Float32Array,
  most: number,
): [number, Alarm] | undefined {
  for (let query = 1; query <= most; query++) {
    const [alarm] = ask(watch, callers[query % callers.length] as string, rows()).alarms;
    if (alarm !== undefined) return [query, alarm];
  }
  return undefined;
}

const split = Array.from({ length: 10 }, (_, at) => `attacker ${at}`);

function around(seed: number, size: number): () => Float32Array {
  const row = sampler(seed)();
  const normal = normals(seed);
  return () => row.map((value) => value + size * normal());
}

suite('honest callers', () => {
  test('of 60 with 100 queries each, none is alarmed about', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = sampler(1000);
    for (let turn = 0; turn < 100; turn++)
      for (let caller = 0; caller < 60; caller++) {
        const { alarms } = ask(watch, `honest ${caller}`, next(), `team ${caller % 7}`);
        assert.deepEqual(alarms, []);
      }
  });

  test('to each monitor, about one query in a hundred is strange', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = sampler(2000);
    const counts = new Map<string, number>();
    for (let query = 0; query < 2000; query++)
      for (const name of ask(watch, `honest ${query % 50}`, next()).strange)
        counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [name, count] of counts) assert.ok(count / 2000 < 0.03, `${name} ${count}`);
  });

  test('exact retries do not count, be they ever so many', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = sampler(3000);
    const rows = Array.from({ length: 20 }, next);
    for (const row of rows) assert.equal(ask(watch, 'one', row).counted, true);
    for (let turn = 0; turn < 100; turn++)
      for (const row of rows)
        assert.deepEqual(ask(watch, 'one', row), { counted: false, alarms: [], strange: [], drifts: [] });
    assert.equal(watch.about('one')?.learned.queries, 20);
  });

  test('a row that only looks like one before is no retry', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const row = sampler(3500)();
    const ask = (exact: Float64Array) =>
      watch.observe({ caller: 'one', row, scores: scoresOf(row), exact: new Uint8Array(exact.buffer) });
    // In double precision they differ: each answer tells of the slope there.
    const rows = Array.from({ length: 50 }, (_, at) =>
      Float64Array.from(row, (value, feature) => value + (feature === at % FEATURES ? at * 1e-12 : 0)),
    );
    for (const one of rows) assert.equal(ask(one).counted, true);
    for (const one of rows) assert.equal(ask(one).counted, false);
    assert.equal(watch.about('one')?.learned.queries, 50);
    assert.deepEqual(watch.about('one')?.monitors.includes('near-duplicates'), true);
  });

  test('the same row of many callers is no split attack', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const row = sampler(4000)();
    for (let caller = 0; caller < 100; caller++)
      assert.deepEqual(ask(watch, `honest ${caller}`, row).alarms, []);
  });
});

suite('attacks', () => {
  test('a row that is changed step by step, alone and split', () => {
    assert.ok((until(new Watch(CALIBRATION, SECRET), ['one'], around(7, 0.05), 40)?.[0] ?? 99) <= 15);
    const [query, alarm] = until(new Watch(CALIBRATION, SECRET), split, around(7, 0.05), 200) ?? [];
    assert.ok((query ?? 999) <= 60);
    assert.equal(alarm?.monitor, 'across-callers');
    assert.equal(alarm?.scope, 'everyone');
    assert.ok((alarm?.callers.length ?? 0) >= 4 && alarm?.callers.every((name) => split.includes(name)));
  });

  test('noise, alone and split', () => {
    const normal = normals(5);
    const noise = () => Float32Array.from({ length: FEATURES }, () => 3 * normal());
    const [query, alarm] = until(new Watch(CALIBRATION, SECRET), ['one'], noise, 100) ?? [];
    assert.ok((query ?? 99) <= 15);
    assert.match(alarm?.technique.atlas ?? '', /^AML\.T\d{4}/);
    assert.match(alarm?.explanation ?? '', /^Many queries .*\.$/);
    assert.ok((until(new Watch(CALIBRATION, SECRET), split, noise, 200)?.[0] ?? 999) <= 100);
  });

  test('after much honest traffic of the same caller', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = sampler(6000);
    for (let query = 0; query < 500; query++) ask(watch, 'one', next());
    assert.ok((until(watch, ['one'], around(8, 0.05), 60)?.[0] ?? 99) <= 20);
  });

  test('an alarm is raised once, until a person has cleared the caller', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = around(9, 0.05);
    const own: Alarm[] = [];
    for (let query = 0; query < 100; query++) own.push(...ask(watch, 'one', next()).alarms);
    assert.equal(new Set(own.map(({ monitor, scope }) => `${scope} ${monitor}`)).size, own.length);
    assert.equal(watch.about('one')?.alarmed, true);
    watch.clear('one');
    assert.equal(watch.about('one')?.alarmed, false);
    assert.ok(until(watch, ['one'], next, 100) !== undefined);
  });

  test('a budget raises its alarm once, and again for another, after a person has looked', () => {
    const watch = new Watch(CALIBRATION, SECRET, { budget: { queries: 10, bits: 1e9 } });
    const next = sampler(10);
    const alarms = () => Array.from({ length: 30 }, () => ask(watch, 'one', next()).alarms).flat();
    const told = () => alarms().map(({ monitor, query }) => [monitor, query]);
    assert.deepEqual(told(), [['budget', 11]]);
    assert.deepEqual(watch.about('one')?.monitors, ['budget']);
    watch.clear('one');
    assert.equal(watch.about('one')?.learned.queries, 30);
    assert.deepEqual(told(), [['budget', 41]]);
  });

  test('a team has a budget, and evidence, of its own, and names who has some, too', () => {
    const watch = new Watch(CALIBRATION, SECRET, { teamBudget: { queries: 40, bits: 1e9 } });
    const next = sampler(18);
    const far = normals(18);
    for (let query = 0; query < 40; query++) ask(watch, `honest ${query}`, next(), 'team');
    const over = ask(watch, 'honest 41', next(), 'team').alarms;
    assert.deepEqual(
      over.map(({ monitor, scope, team, callers }) => [monitor, scope, team, callers]),
      [['budget', 'team', 'team', []]],
    );
    const alarms: Alarm[] = [];
    for (let query = 0; query < 60; query++) {
      const row = next().map((value) => value + 3 * far());
      alarms.push(...ask(watch, `member ${query % 20}`, row, 'team').alarms);
    }
    const about = alarms.filter(({ scope }) => scope === 'team');
    assert.ok(about.length > 0);
    assert.ok(about.every(({ callers }) => callers.every((name) => name.startsWith('member'))));
    assert.deepEqual(watch.alarmed().teams, ['team']);
    watch.clearTeam('team');
    assert.deepEqual(watch.alarmed().teams, []);
  });

  test('many accounts that each ask about a row of their own, twice: named as soon as they are linked', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = around(19, 0.05);
    const honest = sampler(19);
    const named = new Set<string>();
    let last: readonly string[] = [];
    for (let query = 0; query < 400; query++) {
      ask(watch, `honest ${query % 40}`, honest());
      for (const { scope, callers } of ask(watch, `attacker ${query % 40}`, next()).alarms) {
        if (scope !== 'everyone') continue;
        for (const name of callers) named.add(name);
        if (callers.length > 0) assert.notDeepEqual(callers, last);
        last = callers;
      }
    }
    assert.ok(named.size >= 35, `${named.size}`);
    assert.ok([...named].every((name) => name.startsWith('attacker')));
  });

  test('strange rows that all members of a team ask about count once for the team', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const [next, far] = [sampler(24), normals(24)];
    for (let query = 0; query < 3; query++) {
      const row = next().map((value) => value + 3 * far());
      for (let member = 0; member < 20; member++)
        assert.deepEqual(ask(watch, `member ${member}`, row, 'team').alarms, []);
    }
    assert.equal(watch.aboutTeam('team')?.learned.queries, 60);
  });

  test('who is alarmed about is listed until it is cleared', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    until(watch, ['one'], around(20, 0.05), 100);
    ask(watch, 'two', sampler(20)());
    assert.deepEqual(watch.alarmed().callers, ['one']);
    watch.clear('one');
    assert.deepEqual(watch.alarmed().callers, []);
  });
});

suite('what is kept', () => {
  test('a caller takes at most 64 KB', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const next = sampler(11);
    for (let query = 0; query < 300; query++) ask(watch, 'one', next());
    assert.ok((watch.about('one')?.bytes ?? 1e9) <= 64 * 1024);
  });

  test('a flood of fresh callers does not wash out a record', () => {
    const watch = new Watch(CALIBRATION, SECRET, { callers: 4, quiet: 20 });
    const rows = around(12, 0.05);
    until(watch, ['attacker'], rows, 100);
    const next = sampler(13);
    for (let caller = 0; caller < 200; caller++) ask(watch, `fresh ${caller}`, next());
    assert.equal(watch.about('attacker')?.alarmed, true);
    assert.equal(watch.about('fresh 3'), undefined);
  });

  test('what was saved goes on as if nothing had been', () => {
    const [one, next] = [new Watch(CALIBRATION, SECRET, { callers: 5 }), sampler(14)];
    const rows = Array.from({ length: 300 }, next);
    for (const [at, row] of rows.entries()) ask(one, `honest ${at % 9}`, row, 'team');
    const other = new Watch(CALIBRATION, SECRET, { callers: 5 });
    other.load(one.save());
    const attack = around(15, 0.05);
    for (let query = 0; query < 40; query++) {
      const row = attack();
      const caller = `honest ${query % 2}`;
      const { drifts: _, ...first } = ask(one, caller, row, 'team');
      const { drifts: __, ...second } = ask(other, caller, row, 'team');
      assert.deepEqual(first, second);
    }
    // It knows the rows that were sent before, too.
    assert.equal(ask(other, 'honest 8', rows[296] as Float32Array).counted, false);
  });

  test('after another calibration, the evidence stays, and rows that the old one read are forgotten', () => {
    const one = new Watch(CALIBRATION, SECRET, { callers: 2 });
    for (const [at, name] of ['one', 'two', 'three'].entries()) {
      const next = around(21 + at, 0.05);
      for (let query = 0; query < 30; query++) ask(one, name, next());
    }
    ask(one, 'three', sampler(22)(), 'team');
    const other = new Watch(calibrate(sampleOf(1000, 23), SECRET), SECRET, { callers: 2 });
    other.load(one.save());
    assert.deepEqual(new Set(other.alarmed().callers), new Set(['one', 'two', 'three']));
    assert.equal(other.aboutTeam('team')?.learned.queries, 1);
    assert.equal(ask(other, 'three', sampler(22)(), 'team').counted, true);
  });

  test('what was changed, cut, or is of another key is refused', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    ask(watch, 'one', sampler(16)());
    const state = watch.save();
    const fresh = () => new Watch(CALIBRATION, SECRET);
    for (const at of [0, 3, 10, 60, state.length - 1, state.length - 5000]) {
      const changed = state.slice();
      changed[at] = (changed[at] as number) ^ 1;
      assert.throws(() => fresh().load(changed), Problem);
    }
    for (const length of [0, 2, 4, 100, state.length - 1])
      assert.throws(() => fresh().load(state.subarray(0, length)), Problem);
    assert.throws(() => new Watch(CALIBRATION, OTHER_SECRET).load(state), Problem);
  });
});

suite('hostile input', () => {
  test('a row of another length is refused with both lengths, and leaves no trace', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    assert.throws(
      () => watch.observe({ caller: 'one', row: new Float32Array(3), scores: new Float32Array(3) }),
      /a query of 3 features, of a model of 40/,
    );
    assert.equal(watch.about('one'), undefined);
  });

  test('values that are no numbers are strange, and break nothing', () => {
    const watch = new Watch(CALIBRATION, SECRET);
    const [next, normal] = [sampler(17), normals(17)];
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38]) {
      const row = next().fill(value + normal(), 0, 20);
      const { strange } = watch.observe({ caller: 'one', row, scores: new Float32Array(3).fill(value) });
      assert.ok(strange.includes('feature-bounds'), `${value}`);
    }
    assert.ok(Number.isFinite(watch.about('one')?.strength ?? Number.NaN));
    // Honest callers are judged as before.
    for (let query = 0; query < 100; query++) assert.deepEqual(ask(watch, 'two', next()).alarms, []);
  });

  test('whatever is sent and answered, evidence and what was learned are numbers', () => {
    const number = fc.oneof(fc.float(), fc.constantFrom(0, -0, 1e-40, 3e38));
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.array(number, { minLength: FEATURES, maxLength: FEATURES }),
            fc.array(number, { maxLength: 9 }),
          ),
          { maxLength: 30 },
        ),
        (queries) => {
          const watch = new Watch(CALIBRATION, SECRET, { callers: 2 });
          for (const [row, scores] of queries)
            watch.observe({ caller: 'one', row: Float32Array.from(row), scores: Float32Array.from(scores) });
          const known = watch.about('one');
          if (known === undefined) return;
          assert.ok(Number.isFinite(known.strength) && Number.isFinite(known.learned.bits));
        },
      ),
      { numRuns: 15 },
    );
  });
});
