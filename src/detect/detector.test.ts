import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../audit/entry.ts';
import type { Alert } from './alert.ts';
import { alertEntry } from './alert.ts';
import { type Changes, Detector } from './detector.ts';
import { readRule } from './read-rule.ts';
import type { Rule } from './rule.ts';
import { GROUPS, type SavedGroup } from './running-rule.ts';
import { entryAt } from './testing.ts';

const NOON = Date.parse('2026-01-05T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const rule = (id: string, detection: string, measure: string): Rule =>
  readRule(
    `id: ${id}
title: ${id}
description: Of a test.
level: medium
tags: [atlas.AML.T0051, owasp.LLM01:2025]
falsepositives: [None.]
response: None.
detection: ${detection}
${measure}
tests: [{ name: nothing, fires: 0, events: [] }]
`,
    'test.yaml',
  );

const REFUSED = '{ refused: { kind: request.refused }, condition: refused }';
const THREE = rule(
  'three',
  REFUSED,
  'correlation: { type: event_count, group-by: [caller], timespan: 5m, condition: { gte: 3 } }',
);
const SERIES = '{ asked: { kind: [request.refused, request.answered] }, condition: asked }';
const RULES = [
  THREE,
  rule(
    'values',
    SERIES,
    'correlation: { type: value_count, group-by: [caller], timespan: 1h, condition: { field: model, gte: 3 } }',
  ),
  rule(
    'spike',
    SERIES,
    'statistic: { type: spike, group-by: [caller], timespan: 15m, learn: 3, z: 1, least: 2 }',
  ),
  rule('silent', SERIES, 'statistic: { type: silence, group-by: [caller], timespan: 15m, learn: 2 }'),
  rule(
    'fresh',
    SERIES,
    'statistic: { type: new, field: model, group-by: [caller], timespan: 2h, learn: 10m }',
  ),
  rule('start', '{ start: { kind: system.start, clean: false }, condition: start }', ''),
];

const refused = (seq: number, time: number, caller: string, model = 'm'): Entry =>
  entryAt(seq, time, 'request.refused', { caller: { id: caller }, model, outcome: 'refused' });
const brief = (alerts: readonly Alert[]) =>
  alerts.map(({ rule: id, group, repeat, level }) => [id, group.caller, repeat, level]);

/** Any ledger of a few callers, with stops and starts. */
const ledgers = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 40 * MINUTE }),
      fc.constantFrom('a', 'b'),
      fc.constantFrom('x', 'y', 'z'),
      fc.constantFrom(
        'request.refused',
        'request.refused',
        'request.answered',
        'system.start',
        'system.stop',
        'request.begin',
      ),
    ),
    { maxLength: 80 },
  )
  .map((steps) => {
    let time = NOON;
    return steps.map(([step, caller, model, kind], seq) => {
      // In bursts: most of them come at once.
      if (step % 3 === 0) time += step;
      return entryAt(seq, time, kind, { caller: { id: caller }, model });
    });
  });

/** What a file would have kept. */
class Kept {
  readonly groups = new Map<string, SavedGroup>();
  head: Changes['head'] | undefined;

  save({ head, groups }: Changes): void {
    this.head = JSON.parse(JSON.stringify(head));
    for (const group of groups) {
      const key = `${group.rule} ${group.group}`;
      if (group.state === undefined) this.groups.delete(key);
      else this.groups.set(key, group);
    }
  }

  into(detector: Detector): Detector {
    if (this.head === undefined) return detector;
    detector.restore(
      this.head,
      [...this.groups.values()].sort((a, b) => a.touched - b.touched),
    );
    return detector;
  }
}

suite('a detector', () => {
  test('gives the same alerts whatever the pieces, and wherever it is saved, killed and restored', () => {
    fc.assert(
      fc.property(
        ledgers,
        fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 20 }),
        (entries, cuts) => {
          const whole = new Detector(RULES).take(entries);
          const kept = new Kept();
          let detector = new Detector(RULES);
          const told = new Map<string, Alert>();
          let at = 0;
          for (const [length, isSaved] of cuts) {
            for (const alert of detector.take(entries.slice(at, at + length))) told.set(alert.id, alert);
            at += length;
            if (isSaved) kept.save(detector.changes());
            else {
              // Killed: what came since it was saved is read again.
              detector = kept.into(new Detector(RULES));
              at = detector.next;
            }
          }
          for (const alert of detector.take(entries.slice(at))) told.set(alert.id, alert);
          assert.deepEqual([...told.values()].sort(byId), whole.toSorted(byId));
        },
      ),
    );
  });

  test('an alert is told once a while for a group, and what goes on is told again and raised', () => {
    const entries = Array.from({ length: 40 }, (_, i) => refused(i, NOON + i * 30_000, 'a'));
    assert.deepEqual(brief(new Detector([THREE]).take(entries)), [
      ['three', 'a', 0, 'medium'],
      ['three', 'a', 1, 'medium'],
      ['three', 'a', 2, 'high'],
      ['three', 'a', 3, 'high'],
    ]);
  });

  test('after a pause it is a new matter', () => {
    const burst = (from: number, time: number) => [0, 1, 2].map((i) => refused(from + i, time + i, 'a'));
    const detector = new Detector([THREE]);
    const alerts = [...detector.take(burst(0, NOON)), ...detector.take(burst(3, NOON + HOUR))];
    assert.deepEqual(
      alerts.map(({ repeat }) => repeat),
      [0, 0],
    );
    assert.equal(new Set(alerts.map(({ id }) => id)).size, 2);
  });

  test('an alert names rule, group, window and entries', () => {
    const [alert] = new Detector([THREE]).take([0, 1, 2].map((i) => refused(i, NOON + i * MINUTE, 'a')));
    assert.ok(alert);
    const { detection, ...entry } = alertEntry(alert);
    assert.match(String(detection), /^det_[0-9a-f]{26}$/);
    assert.deepEqual(entry, {
      kind: 'detect.alert',
      rule: 'three',
      title: 'three',
      level: 'medium',
      group: { caller: 'a' },
      count: 3,
      limit: 3,
      first: 0,
      last: 2,
      repeat: 0,
      atlas: ['AML.T0051'],
      owasp: ['LLM01:2025'],
      since: '2026-01-05T12:00:00.000Z',
      until: '2026-01-05T12:02:00.000Z',
      caller: 'a',
    });
  });

  test('groups beyond the bound go, those first that were not seen for longest', () => {
    const detector = new Detector([THREE]);
    const entries = [
      refused(0, NOON, 'first'),
      refused(1, NOON, 'first'),
      refused(2, NOON, 'second'),
      refused(3, NOON, 'second'),
    ];
    detector.take(entries);
    for (let i = 0; i < GROUPS - 2; i++) detector.take([refused(4 + i, NOON, `c${i}`)]);
    detector.take([refused(GROUPS + 2, NOON, 'first')]);
    assert.equal(detector.groups, GROUPS);
    detector.take([refused(GROUPS + 3, NOON, 'one more')]);
    assert.equal(detector.groups, GROUPS);
    assert.deepEqual(detector.take([refused(GROUPS + 4, NOON, 'second')]), []);
    assert.equal(detector.changes().groups.filter(({ state }) => state === undefined).length, 1);
  });

  test('time alone ends a silence’s patience, and says the same as an entry would', () => {
    const entries = Array.from({ length: 8 }, (_, i) => refused(i, NOON + i * 15 * MINUTE, 'a'));
    const silent = RULES.filter(({ id }) => id === 'silent');
    const byTime = new Detector(silent);
    byTime.take(entries);
    const later = NOON + 9 * 15 * MINUTE;
    const byEntry = new Detector(silent);
    byEntry.take(entries);
    const alerts = byTime.advance(later);
    assert.deepEqual(brief(alerts), [['silent', 'a', 0, 'medium']]);
    assert.deepEqual(
      byEntry.take([entryAt(8, later, 'system.reload')]).map(({ id }) => id),
      alerts.map(({ id }) => id),
    );
    assert.deepEqual(byTime.take([entryAt(8, later, 'system.reload')]), []);
  });

  test('nobody is silent for having been stopped', () => {
    const entries = Array.from({ length: 8 }, (_, i) => refused(i, NOON + i * 15 * MINUTE, 'a'));
    const detector = new Detector(RULES.filter(({ id }) => id === 'silent'));
    detector.take(entries);
    const later = NOON + 12 * 15 * MINUTE;
    assert.deepEqual(
      detector.take([entryAt(8, later, 'system.start'), entryAt(9, later + 1, 'system.reload')]),
      [],
    );
  });

  test('a clock that was set back stops nothing', () => {
    const entries = [refused(0, NOON, 'a'), refused(1, NOON - HOUR, 'a'), refused(2, NOON - HOUR, 'a')];
    assert.equal(new Detector([THREE]).take(entries).length, 1);
  });

  test('what it tells itself concerns only rules that ask for it', () => {
    const any = rule('any', '{ all: { caller: a }, condition: all }', '');
    const own = rule('own', '{ alerts: { kind: detect.alert }, condition: alerts }', '');
    const entry = entryAt(0, NOON, 'detect.alert', { caller: 'a', rule: 'x', level: 'high' });
    assert.deepEqual(
      new Detector([any, own]).take([entry]).map((alert) => alert.rule),
      ['own'],
    );
  });

  test('an event of several values is in the group of each', () => {
    const guards = rule(
      'guards',
      '{ failed: { guard_failed|exists: true }, condition: failed }',
      'correlation: { type: event_count, group-by: [guard_failed], timespan: 5m, condition: { gte: 1 } }',
    );
    const inspected = { guards: { a: { ran: 0, failed: ['/x'] }, b: { ran: 0, failed: ['/x'] } } };
    const alerts = new Detector([guards]).take([entryAt(0, NOON, 'request.end', { inspected })]);
    assert.deepEqual(
      alerts.map(({ group }) => group),
      [{ guard_failed: 'a' }, { guard_failed: 'b' }],
    );
  });

  test('a rule that was changed begins with nothing, and others go on', () => {
    const before = new Detector(RULES);
    before.take([refused(0, NOON, 'a'), refused(1, NOON, 'a')]);
    const kept = new Kept();
    kept.save(before.changes());
    const changed = { ...THREE, digest: 'another' };
    const same = kept.into(new Detector([THREE]));
    const other = kept.into(new Detector([changed]));
    assert.equal(same.take([refused(2, NOON, 'a')]).length, 1);
    assert.equal(other.take([refused(2, NOON, 'a')]).length, 0);
  });
});

const byId = (a: Alert, b: Alert): number => (a.id < b.id ? -1 : Number(a.id > b.id));
