import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../base/clock.ts';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { openDatabase } from './database.ts';
import { checkUsable, type ModelRules, type ModelState, type ModelStep } from './model-steps.ts';
import { ModelRegistry, readModelRegistry } from './models.ts';

const ROOT = 'ab'.repeat(32);
const person = (name: string) => ({ id: `clr_${name}`, owner: name });
const [ann, ben, cat] = [person('ann'), person('ben'), person('cat')];
const two: ModelRules = { approvals: 2, unsigned: 'refuse' };
const one: ModelRules = { approvals: 1, unsigned: 'refuse' };

const SCAN = { version: '1', policy: null, until: null };
const stands = () => true;
const scan: ModelStep = { act: 'scan', by: ann, root: ROOT, files: 2, bytes: 10, scan: SCAN };
const sign: ModelStep = { act: 'sign', by: ann, signer: 'release' };
const approve = (by: typeof ann, rules = two): ModelStep => ({
  act: 'approve',
  by,
  root: ROOT,
  rules,
  stands,
});
const activate: ModelStep = { act: 'activate', rules: two, stands, scan: SCAN };
const take: ModelStep = { act: 'export', rules: two, to: '/out' };
const revoke: ModelStep = { act: 'revoke' };
const remove: ModelStep = { act: 'remove' };
const rescan = (verdict: 'clean' | 'findings' = 'clean'): ModelStep => ({
  act: 'rescan',
  root: ROOT,
  scan: SCAN,
  verdict,
});

function scene(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-models-'));
  const file = join(folder, 'store.sqlite');
  const database = openDatabase(file);
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const registry = new ModelRegistry(database, systemClock);
  const added = (...steps: readonly ModelStep[]) => {
    const { version } = registry.add(registry.newId('m'), 'm', ann);
    for (const step of steps) registry.take(`m@${version}`, step);
    return `m@${version}`;
  };
  return { registry, added, file };
}

const refuses = (code: RefusalCode, act: () => unknown, what = '') =>
  assert.throws(act, (error: unknown) => error instanceof Refusal && error.code === code, what);

suite('the registry of models', () => {
  test('a model goes its way, and every other step from every state is refused', (t) => {
    const { registry, added } = scene(t);
    const way: Readonly<Record<ModelState, readonly ModelStep[]>> = {
      draft: [],
      scanned: [scan],
      signed: [scan, sign],
      approved: [scan, sign, approve(ben), approve(cat)],
      active: [scan, sign, approve(ben), approve(cat), activate],
      revoked: [scan, revoke],
      removed: [scan, revoke, remove],
    };
    const next: Readonly<Record<ModelState, readonly string[]>> = {
      draft: ['scan', 'revoke'],
      scanned: ['sign', 'rescan', 'revoke'],
      signed: ['rescan', 'approve', 'revoke'],
      approved: ['rescan', 'approve', 'activate', 'revoke'],
      active: ['rescan', 'approve', 'export', 'revoke'],
      revoked: ['remove'],
      removed: [],
    };
    for (const [state, steps] of Object.entries(way) as [ModelState, readonly ModelStep[]][]) {
      for (const step of [scan, sign, rescan(), approve(person('dan')), activate, take, revoke, remove]) {
        const model = added(...steps);
        assert.equal(registry.find(model).state, state);
        const before = registry.find(model);
        if (next[state].includes(step.act)) registry.take(model, step);
        else {
          refuses('conflict', () => registry.plan(model, step), `${state} ${step.act}`);
          refuses('conflict', () => registry.take(model, step), `${state} ${step.act}`);
          assert.deepEqual(registry.find(model), before);
        }
      }
    }
  });

  test('two people: never the submitter, under any key; never one twice; never for other bytes', (t) => {
    const { registry, added } = scene(t);
    const model = added(scan, sign);
    for (const same of [ann, { id: 'clr_other', owner: 'ann' }, { id: ann.id, owner: 'renamed' }])
      refuses('forbidden', () => registry.take(model, approve(same)));
    refuses('conflict', () => registry.take(model, { ...approve(ben), root: 'cd'.repeat(32) } as ModelStep));
    assert.equal(registry.take(model, approve(ben)).state, 'signed');
    for (const same of [ben, { id: 'clr_other', owner: 'ben' }])
      refuses('conflict', () => registry.take(model, approve(same)));
    assert.equal(registry.take(model, approve(cat)).state, 'approved');
    // Only who began it says what was found.
    const other = added();
    refuses('forbidden', () => registry.take(other, { ...scan, by: ben }));
    registry.take(other, scan);
    refuses('forbidden', () => registry.take(other, { ...sign, by: ben }));
  });

  test('the rules are those of now', (t) => {
    const { registry, added } = scene(t);
    const model = added(scan, sign, approve(ben, one));
    assert.equal(registry.find(model).state, 'approved');
    refuses('conflict', () => registry.take(model, activate));
    registry.take(model, approve(cat));
    registry.take(model, activate);
    const lax = { approvals: 1, unsigned: 'allow' } as const;
    const unsigned = added(scan, approve(ben, lax));
    refuses('conflict', () => registry.take(unsigned, { act: 'activate', rules: one, stands, scan: SCAN }));
    assert.equal(
      registry.take(unsigned, { act: 'activate', rules: lax, stands, scan: SCAN }).state,
      'active',
    );
  });

  test('rules that become stricter or laxer later', (t) => {
    const { registry, added } = scene(t);
    const inUse = added(scan, sign, approve(ben, one), { ...activate, rules: one } as ModelStep);
    const stricter = () => checkUsable(registry.find(inUse), two, 0);
    refuses('conflict', stricter);
    // One more is enough, without a new version.
    assert.equal(registry.take(inUse, approve(cat)).state, 'active');
    stricter();
    const waiting = added(scan, sign, approve(ben));
    assert.equal(registry.find(waiting).state, 'signed');
    refuses('conflict', () => registry.plan(waiting, activate));
    assert.equal(registry.take(waiting, { ...activate, rules: one } as ModelStep).state, 'active');
  });

  test('whose approvals count is asked when it becomes active; a scan that found something ends its use', (t) => {
    const { registry, added } = scene(t);
    const model = added(scan, sign, approve(ben), approve(cat));
    const without = (gone: string) => ({ ...activate, stands: ({ owner }) => owner !== gone }) as ModelStep;
    refuses('conflict', () => registry.take(model, without('cat')));
    registry.take(model, activate);
    const changed = { ...activate, scan: { version: '2', policy: null } } as ModelStep;
    refuses('conflict', () => registry.take(added(scan, sign, approve(ben), approve(cat)), changed));
    registry.take(model, rescan('findings'));
    refuses('conflict', () => checkUsable(registry.find(model), two, 0));
    registry.take(model, rescan());
    checkUsable(registry.find(model), two, 0);
    // What it found is excused up to the end of a day.
    registry.take(model, { ...rescan(), scan: { ...SCAN, until: '2026-12-31' } } as ModelStep);
    checkUsable(registry.find(model), two, Date.parse('2026-12-31T23:59:59Z'));
    refuses('conflict', () => checkUsable(registry.find(model), two, Date.parse('2027-01-01')));
  });

  test('what the ledger has and the registry has not', (t) => {
    const { registry, added } = scene(t);
    const ready = [scan, sign, approve(ben), approve(cat)];
    const [first, second, third] = [added(...ready, activate), added(...ready), added(scan)];
    const step = (model: string, act: string) => ({ ...registry.find(model), act });
    const states = () => registry.list().map(({ state }) => state);
    // All that was done is done again, to the same end.
    registry.reapply([step(first, 'add'), step(first, 'approve'), step(first, 'activate')], 10);
    assert.deepEqual([states(), registry.applied], [['active', 'approved', 'scanned'], 10]);
    registry.reapply([step(first, 'activate'), step(second, 'activate')], 20);
    assert.deepEqual(states(), ['approved', 'active', 'scanned']);
    // Nothing is approved by it, and an active version that it does not know replaces the one that it does.
    registry.reapply([step(third, 'approve'), step(third, 'activate')], 30);
    assert.deepEqual(states(), ['approved', 'approved', 'scanned']);
    const unknown = { id: 'mdl_unknown', name: 'm', version: 4, root: ROOT };
    registry.reapply([step(second, 'activate'), { ...unknown, act: 'activate' }], 40);
    registry.reapply(
      [
        { ...unknown, act: 'scan' },
        { ...unknown, id: 'mdl_begun', version: undefined, act: 'add' },
      ],
      45,
    );
    assert.deepEqual(states(), ['approved', 'approved', 'scanned', 'revoked']);
    registry.reapply([{ ...unknown, id: 'mdl_second', act: 'scan' }], 46);
    // Its version is not given again.
    assert.equal(added(), 'm@5');
    const both = [
      step(first, 'revoke'),
      step(second, 'revoke'),
      step(second, 'remove'),
      step(first, 'activate'),
    ];
    registry.reapply(both, 50);
    registry.reapply(both, 50);
    assert.deepEqual(states(), ['revoked', 'removed', 'scanned', 'revoked', 'draft']);
  });

  test('one version is active; a name is the active one, or the newest', (t) => {
    const { registry, added } = scene(t);
    const ready = [scan, sign, approve(ben), approve(cat)];
    const [first, second] = [added(...ready, activate), added(...ready)];
    assert.equal(registry.find('m').version, 1);
    registry.take(second, activate);
    assert.deepEqual([registry.find(first).state, registry.find('m').version], ['approved', 2]);
    registry.take(second, revoke);
    assert.equal(registry.find('m').version, 2);
    assert.deepEqual(
      registry.list().map(({ version, state }) => [version, state]),
      [
        [1, 'approved'],
        [2, 'revoked'],
      ],
    );
  });

  test('names, references, and what counts', (t) => {
    const { registry, added, file } = scene(t);
    for (const name of ['', 'A', '../x', 'a@1', 'x'.repeat(65)])
      refuses('request_invalid', () => registry.newId(name));
    for (const reference of ['', 'nobody', 'm@9', 'm@0', 'm@1e3', "m' OR 1"])
      refuses('not_found', () => registry.find(reference));
    const model = added();
    refuses('request_invalid', () => registry.take('m', scan));
    const { id } = registry.find(model);
    assert.equal(registry.byId(id)?.root, null);
    registry.take(model, scan);
    assert.deepEqual([registry.byId(id)?.root, registry.byId('mdl_none')], [ROOT, undefined]);
    // What one process writes another sees at once.
    const other = readModelRegistry(file, systemClock);
    assert.equal(other.registry.find(model).state, 'scanned');
    registry.take(model, revoke);
    assert.equal(other.registry.find(model).state, 'revoked');
    other.close();
  });

  test('what stands is remembered until any process changes a model', async (t) => {
    const { registry, added, file } = scene(t);
    assert.equal(registry.standing('m'), undefined);
    const model = added(scan, sign, approve(ben), approve(cat), activate);
    const other = readModelRegistry(file, systemClock);
    const database = openDatabase(file);
    const second = new ModelRegistry(database, systemClock);
    for (const here of [registry, other.registry]) {
      assert.equal(here.standing('m')?.state, 'active');
      assert.equal(here.standing('m'), here.standing('m'), 'not read again');
    }
    const id = registry.standing('m')?.id ?? '';
    // A step of this process counts at once, and one that was not taken changes nothing.
    refuses('conflict', () => registry.take(model, sign));
    assert.equal(registry.standingById(id)?.state, 'active');
    registry.take(added(scan, sign, approve(ben), approve(cat)), activate);
    assert.deepEqual([registry.standing('m')?.version, registry.standingById(id)?.state], [2, 'approved']);
    // One of another process counts from the next round of events on.
    second.take('m@2', revoke);
    await setImmediate();
    for (const here of [registry, other.registry]) {
      assert.equal(here.standing('m')?.state, 'revoked');
      assert.equal(here.standingById(id)?.state, 'approved');
    }
    other.close();
    database.close();
  });
});
