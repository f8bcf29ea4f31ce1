import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Alert, alertEntry } from '../detect/alert.ts';
import type { Changes } from '../detect/detector.ts';
import { AlertBook } from './alerts.ts';
import { Entries } from './testing.ts';
import { Views } from './views.ts';

const NOON = Date.parse('2026-01-05T12:00:00Z');

function book(t: TestContext): AlertBook {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-alerts-'));
  const views = Views.open(join(folder, 'views.sqlite'), 'ledger', 0);
  t.after(() => {
    views.close();
    rmSync(folder, { recursive: true });
  });
  return new AlertBook(views.database);
}

const alert = (id: string, time = NOON): Alert => ({
  id,
  rule: 'own.rule',
  title: 'A rule',
  level: 'high',
  atlas: [],
  owasp: [],
  group: { caller: 'a' },
  count: 3,
  limit: 3,
  since: time,
  until: time,
  first: 0,
  last: 2,
  repeat: 0,
  time,
});

const changes = (rules: Changes['head']['rules'], groups: Changes['groups']): Changes => ({
  head: { next: 7, time: NOON, joiner: { open: [], running: true }, outages: [], rules },
  groups,
});

test('an alert waits until its entry was read, however often it was raised', (t) => {
  const alerts = book(t);
  alerts.save([alert('det_1'), alert('det_2', NOON + 1)]);
  alerts.save([alert('det_1')]);
  const waiting = () => alerts.waiting(10).map(({ id }) => id);
  assert.deepEqual(waiting(), ['det_1', 'det_2']);
  const entries = new Entries();
  const { kind, ...fields } = alertEntry(alert('det_1'));
  alerts.read([entries.add(NOON, 'request.end'), entries.add(NOON + 5, kind, fields)]);
  assert.deepEqual(waiting(), ['det_2']);
  alerts.save([alert('det_1')]);
  assert.deepEqual(waiting(), ['det_2']);
  assert.deepEqual(
    alerts.list({ limit: 10 }).rows.map(({ seq, time, alert: told }) => [seq, time, told.detection]),
    [[1, NOON + 5, 'det_1']],
  );
});

test('what the ledger says was told is told, though nobody here raised it', (t) => {
  const alerts = book(t);
  const entries = new Entries();
  const { kind, ...fields } = alertEntry(alert('det_1'));
  alerts.read([entries.add(NOON, kind, fields)]);
  alerts.save([alert('det_1')]);
  assert.deepEqual(alerts.waiting(10), []);
});

test('alerts are listed by rule and time, page by page', (t) => {
  const alerts = book(t);
  const entries = new Entries();
  for (let i = 0; i < 5; i++) {
    const { kind, ...fields } = alertEntry({ ...alert(`det_${i}`), rule: i % 2 === 0 ? 'even' : 'odd' });
    alerts.read([entries.add(NOON + i, kind, fields)]);
  }
  const { rows, next } = alerts.list({ limit: 2 });
  assert.deepEqual([rows.map(({ seq }) => seq), next], [[4, 3], 3]);
  assert.deepEqual(
    alerts.list({ limit: 5, before: 3, rule: 'even', since: NOON + 1 }).rows.map(({ seq }) => seq),
    [2],
  );
});

test('what is old is not told any more', (t) => {
  const alerts = book(t);
  alerts.save([alert('det_1'), alert('det_2', NOON + 10)]);
  alerts.dropBefore(NOON + 10);
  assert.deepEqual(
    alerts.waiting(10).map(({ id }) => id),
    ['det_2'],
  );
});

test('what the detector remembers comes back, least recently seen first, but not that of a rule that was changed', (t) => {
  const alerts = book(t);
  assert.equal(alerts.saved(), undefined);
  const group = (rule: string, name: string, touched: number, state: string | undefined = '[]') => ({
    rule,
    group: name,
    state,
    touched,
  });
  const rules = { one: { digest: 'a', span: null }, two: { digest: 'b', span: null } };
  alerts.save([], changes(rules, [group('one', 'x', 5), group('one', 'y', 3), group('two', 'x', 4)]));
  assert.deepEqual(
    alerts.saved()?.groups.map((one) => [one.rule, one.group]),
    [
      ['one', 'y'],
      ['two', 'x'],
      ['one', 'x'],
    ],
  );
  alerts.save(
    [],
    changes({ ...rules, two: { digest: 'c', span: null } }, [{ ...group('one', 'y', 6), state: undefined }]),
  );
  assert.deepEqual(
    alerts.saved()?.groups.map((one) => [one.rule, one.group]),
    [['one', 'x']],
  );
  assert.equal(alerts.saved()?.head.next, 7);
});
