import { Detector } from './detector.ts';
import type { Rule, RuleTest } from './rule.ts';

/** A Monday noon. */
const BEGIN = Date.parse('2026-01-05T12:00:00Z');

/** What a test of a rule came to. */
export interface Tried {
  readonly test: RuleTest;
  /** Alerts that came of it. */
  readonly fired: number;
  readonly passed: boolean;
}

/** Runs the tests that a rule brings with it, each from the beginning. */
export function tryRule(rule: Rule): Tried[] {
  return rule.tests.map((test) => {
    const detector = new Detector([rule]);
    const events = test.events.map(({ at, facts }, seq) => {
      const time = new Date(BEGIN + at);
      const when = { hour: time.getUTCHours(), weekday: time.getUTCDay() || 7 };
      return { seq, time: time.getTime(), facts: { ...when, ...facts } };
    });
    const last = events.at(-1)?.time ?? BEGIN;
    const alerts = [...detector.play(events), ...detector.advance(last + test.after)];
    return { test, fired: alerts.length, passed: alerts.length === test.fires };
  });
}
