import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { readRule } from './read-rule.ts';
import { readRules } from './rule-set.ts';

const RULE = `id: own.rule
title: A rule
description: What it tells.
level: high
tags: [atlas.AML.T0051.000, owasp.LLM01:2025]
falsepositives: [None.]
response: Look.
detection:
  refused:
    kind: request.refused
  condition: refused
correlation:
  type: event_count
  group-by: [caller]
  timespan: 5m
  condition: { gt: 2 }
tests:
  - name: three
    fires: 1
    events:
      - { kind: request.refused, caller: a, times: 3 }
`;

const wrong = (text: string, ...what: RegExp[]) =>
  assert.throws(
    () => readRule(text, 'own.yaml'),
    (error) => {
      assert.ok(error instanceof Problem, String(error));
      for (const one of what) assert.match(error.message, one);
      return true;
    },
  );

suite('rules as they are written', () => {
  test('a rule is read, with what it leaves out filled in', () => {
    const rule = readRule(RULE, 'own.yaml');
    assert.deepEqual(
      [rule.id, rule.level, rule.atlas, rule.owasp, rule.groupBy, rule.suppress],
      ['own.rule', 'high', ['AML.T0051.000'], ['LLM01:2025'], ['caller'], 300_000],
    );
    assert.deepEqual(rule.measure, { type: 'event_count', timespan: 300_000, least: 3 });
    assert.deepEqual([...(rule.kinds ?? [])], ['request.refused']);
  });

  test('every error is named with its line and column', () => {
    wrong(
      RULE.replace('kind: request.refused', 'kindd: request.refused')
        .replace('5m', 'soon')
        .replace('[caller]', '[caler]'),
      /own\.yaml:10:5 {2}detection\.refused\.kindd: is not a field of events/,
      /own\.yaml:14:14 {2}correlation\.group-by\[0\]: is not a field.*caller/,
      /own\.yaml:15:13 {2}correlation\.timespan: must be a duration/,
    );
    wrong(RULE.replace('kind:', 'kind|has:'), /own\.yaml:10:5 .*unknown modifier, “has”/);
    wrong(
      RULE.replace('condition: refused', 'condition: refused and x'),
      /11:14 .*“x”, and there is no such selection/,
    );
    wrong(RULE.replace('level: high', 'level: bad'), /4:8 .*level/);
    wrong(RULE.replace('title: A rule', 'titel: A rule'), /titel.*title/);
    wrong(RULE.replace('atlas.AML.T0051.000', 'attack.t1'), /tags/);
    wrong(RULE.replace('  condition: refused\n', ''), /must be there/);
  });

  test('parts that do not go together are said', () => {
    wrong(RULE.replace('gt: 2', 'gt: 2, gte: 3'), /“gt” or “gte”, one of them/);
    wrong(RULE.replace('gt: 2', 'gte: 0.5'), /whole number/);
    wrong(RULE.replace('gt: 2', 'gt: 2, field: model'), /is of value_count/);
    wrong(RULE.replace('event_count', 'value_count'), /must have “field”/);
    wrong(RULE.replace('event_count', 'temporal'), /must have “rules”/, /has no meaning here/);
    wrong(
      RULE.replace('gt: 2', 'gte: 2, field: model').replace('event_count', 'value_sum'),
      /holds a number/,
    );
    wrong(
      RULE.replace('tests:', 'statistic: { type: spike, timespan: 7m, of: refused }\ntests:'),
      /does not go with a correlation/,
    );
    const statistic = (text: string) =>
      RULE.replace(/correlation:[\s\S]*tests:/, `statistic: ${text}\ntests:`);
    wrong(statistic('{ type: spike, timespan: 7m }'), /must divide a day/);
    wrong(statistic('{ type: share, timespan: 15m }'), /must have “of”/, /a share above 0/);
    wrong(
      statistic('{ type: share, timespan: 15m, of: all, condition: { gte: 2 } }'),
      /names no selection/,
      /up to 1/,
    );
    wrong(statistic('{ type: spike, timespan: 1h, of: refused }'), /is of shares and silences/);
    wrong(statistic('{ type: new, timespan: 7d }'), /must have “field”/);
    wrong(statistic('{ type: spike, timespan: 1h, field: model }'), /holds a number/);
  });

  test('tests of a rule are checked, too', () => {
    wrong(RULE.replace('caller: a', 'caler: a'), /is not a field of events/);
    wrong(RULE.replace('caller: a', 'status: "200"'), /must be a number/);
    wrong(RULE.replace('times: 3', 'times: 3000000'), /whole number from 1/);
    wrong(RULE.replace('times: 3', 'every: often'), /must be a duration/);
  });

  test('a step of a sequence must be there', () => {
    const text = RULE.replace('event_count', 'temporal_ordered').replace(
      'condition: { gt: 2 }',
      'rules: [refused, ended]',
    );
    wrong(text, /names no selection/);
  });
});

suite('sets of rules', () => {
  const source = (text: string, file = 'own.yaml') => ({ file, text, ships: false });
  const none = { disable: [], change: {} };

  test('an owner switches rules off and changes their numbers', () => {
    const change = { 'own.rule': { gte: 9, level: 'low', suppress: 1000, timespan: 2000 } } as const;
    const { rules } = readRules([source(RULE)], { disable: [], change });
    assert.deepEqual(rules[0]?.measure, { type: 'event_count', timespan: 2000, least: 9 });
    assert.deepEqual([rules[0]?.level, rules[0]?.suppress], ['low', 1000]);
    const off = readRules([source(RULE)], { disable: ['own.rule'], change: {} });
    assert.deepEqual([off.rules.length, off.disabled.length], [0, 1]);
  });

  test('what was counted is not counted for another rule, and is for another word about it', () => {
    const digest = (text: string) => readRule(text, 'own.yaml').digest;
    assert.equal(digest(RULE), digest(RULE.replace('A rule', 'Another title')));
    assert.notEqual(digest(RULE), digest(RULE.replace('gt: 2', 'gt: 3')));
    assert.notEqual(digest(RULE), readRule(RULE, 'own.yaml', { gte: 7 }).digest);
    assert.equal(digest(RULE), readRule(RULE, 'own.yaml', { level: 'low' }).digest);
  });

  test('an id that is there twice, and a choice about no rule, are errors', () => {
    assert.throws(
      () => readRules([source(RULE), source(RULE, 'b.yaml')], none),
      /b\.yaml and own\.yaml have the same id/,
    );
    assert.throws(
      () => readRules([source(RULE)], { ...none, disable: ['own.rul'] }),
      /detections\.disable.*own\.rule/,
    );
    assert.throws(
      () => readRules([source(RULE)], { ...none, change: { x: {} } }),
      /detections\.change names “x”/,
    );
  });
});
