import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { calibrate } from '../../monitors/calibrate.ts';
import { normals, OTHER_SECRET, sampleOf, sampler, scoresOf } from '../../monitors/testing.ts';
import { asked, attack, DAY, rule, scene, times, WATCHED } from './testing.ts';

suite('the defence', () => {
  test('who asks nearly what somebody is going to ask does not have them answered otherwise', async (t) => {
    const { defence, kinds } = scene(t);
    await defence.start([WATCHED]);
    const [next, normal] = [sampler(77), normals(5)];
    for (let at = 0; at < 200; at++) {
      const row = next();
      await defence.observe(asked('eve', [row.map((value) => value + 0.05 * normal())]));
      const stance = await defence.observe(asked('ann', [row]));
      assert.ok(stance === undefined || stance === 'log', String(stance));
    }
    const about = kinds('monitor.alarm').filter((entry) => JSON.stringify(entry.stances).includes('"ann"'));
    assert.ok(about.length > 0, 'a person sees it all the same');
  });

  test('beyond so many alarms a minute, who stands elsewhere by one is recorded all the same', async (t) => {
    const { defence, entries, kinds } = scene(t);
    await defence.start([WATCHED]);
    for (let caller = 0; caller < 60; caller++) {
      const next = attack(caller);
      await defence.observe(asked(`eve ${caller}`, times(60, next)));
    }
    await defence.sweep();
    assert.equal(kinds('monitor.alarm').length + kinds('monitor.drift').length, 120);
    assert.ok(Number(kinds('monitor.uncounted')[0]?.count) > 0);
    const told = new Map<string, unknown>();
    for (const { kind, stances, caller, after } of entries) {
      const moved = kind === 'monitor.alarm' ? stances : kind === 'monitor.stance' ? [{ caller, after }] : [];
      for (const one of moved as { caller: { id: string }; after: string }[])
        told.set(one.caller.id, one.after);
    }
    for (const { standing, stance } of defence.suspects())
      assert.equal(told.get(standing.id) ?? 'none', stance ?? 'none', standing.id);
  });

  test('who reports what a decoy said is told as everybody is, and the model is not judged by it', async (t) => {
    const { defence, metrics } = scene(t);
    await defence.start([WATCHED]);
    const eve = { id: 'eve', name: 'eve', team: '' };
    await defence.decide('fraud', eve, { act: 'raised', to: 'decoy' }, {});
    const question = asked('eve', [sampler(5)()]);
    assert.equal(await defence.observe(question), 'decoy');
    const outcome = { model: 'fraud', request: question.request, caller: eve, labels: [0] };
    assert.equal(await defence.outcome(outcome), true);
    assert.equal(await defence.outcome(outcome), false, 'once, as from everybody');
    assert.doesNotMatch(await metrics.exposition([]), /gatehouse_monitor_outcomes_total\{/);
  });

  test('an attack climbs, waits for a person, and is blocked; who asks honestly beside it is not touched', async (t) => {
    const { defence, kinds, state, metrics } = scene(t);
    await defence.start([WATCHED]);
    const [next, honest] = [attack(), sampler(500)];
    const stances: unknown[] = [];
    for (let at = 0; at < 400; at++) {
      const stance = await defence.observe(asked('eve', [next()], 'web'));
      if (stance !== stances.at(-1)) stances.push(stance);
      if (at % 4 === 0) assert.equal(await defence.observe(asked('ann', [honest()])), undefined);
    }
    assert.deepEqual(stances.slice(-4), ['log', 'coarser', 'misinformation', 'decoy'].slice(-stances.length));
    assert.equal(defence.stanceOf('fraud', 'eve'), 'decoy');
    const [first] = kinds('monitor.alarm');
    assert.partialDeepStrictEqual(first, {
      model: 'fraud',
      version: '3',
      caller: { id: 'eve', name: 'name of eve', team: 'web', credential: 'key_1' },
      scope: 'caller',
    });
    for (const name of ['monitor', 'atlas', 'owasp', 'explanation', 'id'])
      assert.equal(typeof first?.[name], 'string', name);
    const waits = [...kinds('monitor.alarm'), ...kinds('monitor.stance')].filter((entry) =>
      JSON.stringify(entry).includes('"waits_for":"block"'),
    );
    assert.equal(waits.length, 1, 'recorded once');
    await assert.rejects(
      defence.decide('fraud', { id: 'ann', name: '', team: '' }, { act: 'approved' }, {}),
      { code: 'conflict' },
    );
    const eve = { id: 'eve', name: 'eve', team: 'web' };
    await defence.decide('fraud', eve, { act: 'approved' }, { by: { id: 'clr_ben' } });
    assert.equal(defence.stanceOf('fraud', 'eve'), 'block');
    assert.partialDeepStrictEqual(kinds('monitor.stance').at(-1) ?? {}, {
      act: 'approved',
      before: 'decoy',
      after: 'block',
      by: { id: 'clr_ben' },
    });
    assert.match(await metrics.exposition([]), /gatehouse_monitor_alarms_total\{model="fraud",monitor="/);
    await defence.decide('fraud', eve, { act: 'cleared' }, {});
    assert.equal(defence.stanceOf('fraud', 'eve'), undefined);
    assert.equal(state.news.at(-1)?.stances[0]?.stance, null);
    // The evidence is forgotten, too: what they do from now on raises alarms again.
    const before = kinds('monitor.alarm').length;
    for (const row of times(60, next)) await defence.observe(asked('eve', [row]));
    assert.ok(kinds('monitor.alarm').length > before);
  });

  for (const team of ['', 'web'])
    test(`an attack that is split over ten accounts${team && ' of a team'} climbs with each of them, and with nobody else`, async (t) => {
      const { defence } = scene(t);
      await defence.start([WATCHED]);
      const [next, honest] = [attack(), sampler(500)];
      for (let at = 0; at < 1500; at++) {
        await defence.observe(asked(`eve ${at % 10}`, [next()], team));
        await defence.observe(asked(`ann ${at % 30}`, [honest()], team));
      }
      const stances = (name: string, count: number) =>
        new Set(Array.from({ length: count }, (_, at) => defence.stanceOf('fraud', `${name} ${at}`)));
      const [eves, anns] = [stances('eve', 10), stances('ann', 30)];
      assert.ok(![undefined, 'log' as const].some((stance) => eves.has(stance)), [...eves].join());
      assert.ok(
        [...anns].every((stance) => stance === undefined || stance === 'log'),
        [...anns].join(),
      );
    });

  test('neither rows nor answers are in the ledger or the log', async (t) => {
    const { defence, entries, log } = scene(t);
    await defence.start([WATCHED]);
    const rows = times(80, attack());
    await defence.observe(asked('eve', rows));
    assert.ok(entries.length > 0);
    const said = JSON.stringify([entries, log]);
    for (const value of rows.flatMap((row) => [...row.slice(0, 4), ...scoresOf(row)]))
      if (Math.abs(value) > 0.01) assert.ok(!said.includes(String(value).slice(0, 8)));
  });

  test('a restart keeps who stands where, and what monitors remember', async (t) => {
    const first = scene(t);
    await first.defence.start([WATCHED]);
    const next = attack();
    for (const row of times(12, next)) await first.defence.observe(asked('eve', [row]));
    for (const row of times(60, attack(7))) await first.defence.observe(asked('mal', [row]));
    const stance = first.defence.stanceOf('fraud', 'mal');
    assert.notEqual(stance, undefined);
    const strength = first.defence.evidence('fraud', 'eve')?.strength;
    // Each minute: a process that is killed later has this much.
    await first.defence.sweep();
    const again = scene(t, { folder: first.folder });
    await again.defence.start([WATCHED]);
    assert.equal(again.defence.stanceOf('fraud', 'mal'), stance);
    assert.equal(again.defence.evidence('fraud', 'eve')?.strength, strength);
    assert.deepEqual(again.kinds('monitor.lost'), []);
    assert.deepEqual(
      readdirSync(first.folder).sort(),
      ['fraud.ladder', 'fraud.watch'],
      'and nothing half written is left',
    );
  });

  test('a file that is cut off, changed or of another key begins anew, is told, and does not stop the start', async (t) => {
    const first = scene(t);
    await first.defence.start([WATCHED]);
    for (const row of times(60, attack())) await first.defence.observe(asked('eve', [row]));
    await first.defence.close();
    const path = join(first.folder, 'fraud.watch');
    writeFileSync(path, readFileSync(path).subarray(0, 5000));
    const cut = scene(t, { folder: first.folder });
    await cut.defence.start([WATCHED]);
    assert.deepEqual(cut.kinds('monitor.lost'), [{ kind: 'monitor.lost', model: 'fraud', what: 'watch' }]);
    assert.notEqual(cut.defence.stanceOf('fraud', 'eve'), undefined);
    assert.match(cut.log.join(), /begins anew/);
    const other = scene(t, { folder: first.folder, key: randomBytes(32) });
    await other.defence.start([WATCHED]);
    assert.equal(other.kinds('monitor.lost').length, 2);
    assert.equal(other.defence.stanceOf('fraud', 'eve'), undefined);
    await other.defence.observe(asked('eve', [attack()()]));
  });

  test('over a reload the same key keeps its evidence; another one begins anew, and frees nobody', async (t) => {
    const { defence, state } = scene(t);
    await defence.start([WATCHED]);
    for (const row of times(60, attack())) await defence.observe(asked('eve', [row]));
    const { strength } = defence.evidence('fraud', 'eve') ?? {};
    const stance = defence.stanceOf('fraud', 'eve');
    (await defence.prepare([{ ...WATCHED }]))();
    assert.equal(defence.evidence('fraud', 'eve')?.strength, strength);
    state.rules = [rule({ budget: { queries: 70 } })];
    (await defence.prepare([{ ...WATCHED }]))();
    assert.equal(
      defence.evidence('fraud', 'eve')?.strength,
      strength,
      'another budget is no other calibration',
    );
    (await defence.prepare([{ ...WATCHED, digest: 'bb'.repeat(32) }]))();
    assert.equal(defence.evidence('fraud', 'eve')?.strength, strength, 'the same key');
    const monitors = calibrate(sampleOf(300, 5), OTHER_SECRET);
    const other = { ...WATCHED, calibration: { monitors, accuracy: undefined }, secret: OTHER_SECRET };
    (await defence.prepare([{ ...other, digest: 'cc'.repeat(32) }]))();
    assert.equal(defence.evidence('fraud', 'eve'), undefined);
    assert.equal(defence.stanceOf('fraud', 'eve'), stance);
    assert.equal(state.news.at(-1)?.all, true);
    (await defence.prepare([]))();
    assert.equal(defence.stanceOf('fraud', 'eve'), undefined);
    assert.equal(await defence.observe(asked('eve', [attack()()])), undefined);
    (await defence.prepare([WATCHED]))();
    assert.equal(defence.stanceOf('fraud', 'eve'), stance, 'who is watched again is not forgotten');
  });

  test('time forgets: the foot of the ladder again, told once, and alarms are raised anew', async (t) => {
    const { defence, state, kinds } = scene(t);
    await defence.start([WATCHED]);
    for (const row of times(60, attack())) await defence.observe(asked('eve', [row]));
    state.now += 29 * DAY;
    await defence.sweep();
    assert.notEqual(defence.stanceOf('fraud', 'eve'), undefined);
    state.now += 2 * DAY;
    await defence.sweep();
    await defence.sweep();
    assert.equal(defence.stanceOf('fraud', 'eve'), undefined);
    assert.equal(kinds('monitor.stance').filter(({ act }) => act === 'forgotten').length, 1);
    const before = kinds('monitor.alarm').length;
    for (const row of times(60, attack(9))) await defence.observe(asked('eve', [row]));
    assert.ok(kinds('monitor.alarm').length > before);
  });

  test('a decision that cannot be recorded does not happen', async (t) => {
    const { defence, state } = scene(t);
    await defence.start([WATCHED]);
    state.broken = true;
    const eve = { id: 'eve', name: 'eve', team: '' };
    await assert.rejects(defence.decide('fraud', eve, { act: 'raised', to: 'block' }, {}));
    assert.equal(defence.stanceOf('fraud', 'eve'), undefined);
    state.broken = false;
    await defence.decide('fraud', eve, { act: 'raised', to: 'block' }, {});
    assert.equal(defence.stanceOf('fraud', 'eve'), 'block');
    await assert.rejects(defence.decide('none', eve, { act: 'cleared' }, {}), { code: 'not_found' });
  });

  test('labels come back: once, from who asked; where they are wrong too often, that is drift', async (t) => {
    const { defence, kinds, metrics } = scene(t);
    await defence.start([WATCHED]);
    const next = sampler(31);
    const ann = { id: 'ann', team: 'web' };
    for (let at = 0; at < 50; at++) {
      const one = asked('ann', times(20, next), 'web');
      await defence.observe(one);
      const outcome = {
        model: 'fraud',
        request: one.request,
        caller: ann,
        labels: new Array(20).fill(at % 3),
      };
      assert.equal(await defence.outcome({ ...outcome, caller: { id: 'eve', team: '' } }), false);
      assert.equal(await defence.outcome(outcome), true);
      assert.equal(await defence.outcome(outcome), false);
    }
    const drifts = kinds('monitor.drift').flatMap(({ drifts }) => drifts as JsonObject[]);
    assert.equal(drifts.filter((drift) => drift.test === 'accuracy').length, 1);
    const text = await metrics.exposition([]);
    assert.match(text, /gatehouse_monitor_outcomes_total\{model="fraud",right="false"\} \d+/);
    assert.match(text, /gatehouse_monitor_drifts_total\{model="fraud",test="accuracy"\} 1/);
  });

  test('no answer waits for the entry of an alarm: the clock tells nothing', async (t) => {
    const { defence, state } = scene(t);
    await defence.start([WATCHED]);
    state.slow = true;
    for (const row of times(60, attack())) await defence.observe(asked('eve', [row]));
    assert.notEqual(defence.stanceOf('fraud', 'eve'), undefined);
  });

  test('what cannot be saved is told, and everybody is answered all the same', async (t) => {
    const { defence, folder, log } = scene(t);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'no folder');
    await defence.start([WATCHED]);
    for (const row of times(60, attack())) await defence.observe(asked('eve', [row]));
    await defence.sweep();
    assert.match(log.join(), /cannot be saved/);
    const eve = { id: 'eve', name: 'eve', team: '' };
    await assert.rejects(defence.decide('fraud', eve, { act: 'raised', to: 'block' }, {}), {
      code: 'internal',
    });
    rmSync(folder);
    await defence.sweep();
    assert.deepEqual(readdirSync(folder).sort(), ['fraud.ladder', 'fraud.watch'], 'as soon as it can be');
  });

  test('what cannot be watched is refused', async (t) => {
    const { defence } = scene(t);
    await defence.start([WATCHED]);
    const one = asked('ann', [sampler(1)()]);
    await assert.rejects(defence.observe({ ...one, rows: new Float32Array(7), features: 7 }), {
      code: 'internal',
    });
    await assert.rejects(defence.observe({ ...one, rows: new Float32Array(7) }), { code: 'internal' });
    await assert.rejects(defence.observe({ ...one, classes: 5 }), { code: 'internal' });
  });

  test('a flood of alarms has bounded entries, and says how many had none', async (t) => {
    const { defence, kinds } = scene(t);
    await defence.start([WATCHED]);
    for (let caller = 0; caller < 60; caller++)
      await defence.observe(asked(`eve ${caller}`, times(40, attack(caller))));
    await defence.sweep();
    assert.equal(kinds('monitor.alarm').length + kinds('monitor.drift').length, 120);
    assert.ok(Number(kinds('monitor.uncounted')[0]?.count) > 0);
    assert.ok(defence.suspects().length >= 60, 'all of them are answered by the ladder');
  });
});
