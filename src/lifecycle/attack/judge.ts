import type { Finding } from '../../findings/finding.ts';
import { fingerprints } from '../../findings/fingerprint.ts';
import type { JudgedFinding } from '../../findings/result.ts';
import type { Severity } from '../../findings/severity.ts';
import { median, quantilesOf, shareOf } from './interval.ts';
import type { AttackResult, AttackVerdict, Example, RunResult, Share, Stopped, WorstCase } from './result.ts';
import { ATTACK_RULES } from './rules.ts';
import { brokenWithin, type StepOutcome } from './run-steps.ts';
import { percent, type Sign } from './signs.ts';

/** Rows by what is known of them before they are attacked. */
export interface Before {
  readonly count: number;
  readonly right: readonly number[];
}

/** What each attack came to at each of its budgets; where they take turns, with those before it. */
export function runsOf(outcomes: readonly StepOutcome[], { count }: Before): RunResult[] {
  const own = outcomes.filter(({ step }) => step.again === undefined);
  return own.flatMap((outcome, at) =>
    outcome.step.epsilons.map((epsilon) => runOf(outcome, epsilon, count, own.slice(0, at))),
  );
}

function runOf(
  outcome: StepOutcome,
  epsilon: number,
  count: number,
  before: readonly StepOutcome[],
): RunResult {
  const { step, finished, queries } = outcome;
  const { name: attack, title, source, access } = step.attack;
  const broken = brokenWithin(outcome, epsilon);
  const lost = new Set(
    step.rows === 'left' ? before.flatMap((earlier) => [...brokenWithin(earlier, epsilon)]) : [],
  );
  const left = finished.filter((place) => !broken.has(place) && !lost.has(place)).length;
  const attacked = finished.length;
  const passed = outcome.passed.filter((place) => !lost.has(place)).length;
  return {
    attack,
    title,
    source,
    access,
    norm: step.norm,
    epsilon,
    settings: step.settings,
    // Rows that it was not given are wrong as they are, or were broken before.
    robust: shareOf(left + passed, count - outcome.asked + attacked),
    attacked,
    success: attacked === 0 ? 0 : broken.size / attacked,
    distances: quantilesOf([...broken].map((place) => outcome.broken.get(place)?.distance ?? 0)),
    queries: {
      median: median(queries.toSorted((a, b) => a - b)),
      total: queries.reduce((sum, one) => sum + one, 0),
    },
    zeroGradients: attacked === 0 ? 0 : outcome.zeroGradients.size / attacked,
    unconfirmed: outcome.unconfirmed,
    seconds: outcome.seconds,
  };
}

/** What is left right by all attacks together: rows that each of them was done with, or that one broke. */
export function worstOf(
  outcomes: readonly StepOutcome[],
  { count, right }: Before,
  epsilons: readonly number[],
): WorstCase[] {
  return epsilons.map((epsilon) => {
    const broken = new Set(outcomes.flatMap((outcome) => [...brokenWithin(outcome, epsilon)]));
    const asked = outcomes.filter(({ step }) => step.again === undefined && step.epsilons.includes(epsilon));
    const done = asked.map(({ finished, passed }) => new Set([...finished, ...passed]));
    const open = right.filter(
      (place) => !broken.has(place) && (done.length === 0 || done.some((settled) => !settled.has(place))),
    );
    return { epsilon, robust: shareOf(right.length - broken.size - open.length, count - open.length) };
  });
}

/** The rows that took the least change. */
export function examplesOf(
  outcomes: readonly StepOutcome[],
  rows: Float32Array,
  names: (label: number) => string,
  labels: Int32Array,
  most: number,
): Example[] {
  const least = new Map<number, Example>();
  for (const { step, broken } of outcomes)
    for (const [row, { distance, answer, row: changed }] of broken)
      if (step.again === undefined && distance < (least.get(row)?.distance ?? Number.POSITIVE_INFINITY))
        least.set(row, {
          row,
          label: names(labels[row] ?? 0),
          answer: names(answer),
          attack: step.attack.name,
          distance,
          original: [...rows.subarray(row * changed.length, (row + 1) * changed.length)],
          adversarial: [...changed],
        });
  return [...least.values()].sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, most);
}

/** A corruption of the middle level that costs more than this is told. */
const MIDDLE = 3;
const LOST = 0.1;

export interface Judged {
  readonly verdict: AttackVerdict;
  readonly reasons: readonly string[];
  readonly findings: readonly JudgedFinding[];
}

/** What it comes to. What was broken is proof; what was not may only have been missed. */
export function judge(
  model: string,
  result: Pick<AttackResult, 'clean' | 'runs' | 'worst' | 'asked' | 'corruptions'>,
  classes: number,
  signs: readonly Sign[],
  stopped: Stopped | undefined,
): Judged {
  const { clean, worst, asked } = result;
  const findings: Finding[] = [];
  const place = { path: [model] };
  const add = (rule: string, severity: Severity, message: string, evidence?: Finding['evidence']) =>
    findings.push({ rule, severity, place, message, evidence });
  const weak = clean.share <= 1 / classes;
  if (weak)
    add(
      ATTACK_RULES.weak.id,
      ATTACK_RULES.weak.severity,
      `${clean.count} of ${clean.of} rows are right as they are`,
    );
  for (const run of result.runs) {
    if (run.success === 0) continue;
    const left = run.robust.share / Math.max(clean.share, 1e-9);
    add(
      ATTACK_RULES[run.access].id,
      left <= 0.5 ? 'high' : left <= 0.9 ? 'medium' : 'low',
      `${run.title} breaks ${percent(run.success)} of the rows it was given within ${run.norm} ${run.epsilon}: ${percent(run.robust.share)} are left right`,
      { attack: run.attack, norm: run.norm, epsilon: String(run.epsilon) },
    );
  }
  for (const { name, title, severity, accuracy } of result.corruptions)
    if (severity === MIDDLE && clean.share - accuracy.share > LOST)
      add(
        ATTACK_RULES.corruptions.id,
        ATTACK_RULES.corruptions.severity,
        `${title} at level ${severity} leaves ${percent(accuracy.share)} of the rows right, of ${percent(clean.share)}`,
        { corruption: name },
      );
  for (const { rule, message } of signs)
    add(rule, rule === ATTACK_RULES.masked.id ? 'medium' : 'low', message);
  const last = worst.at(-1);
  const broken = lostOf(clean, last?.robust);
  const reasons: string[] = [];
  let verdict: AttackVerdict = 'done';
  if (weak) reasons.push('the model gets hardly a row right as it is');
  else if (asked.failUnder !== undefined && (clean.count - broken) / clean.of < asked.failUnder) {
    verdict = 'below';
    reasons.push(
      `robust accuracy is ${percent((clean.count - broken) / clean.of)} at the most, below ${percent(asked.failUnder)}`,
    );
  } else {
    if (stopped !== undefined) reasons.push(STOPPED[stopped]);
    if (signs.some(({ decisive }) => decisive))
      reasons.push('gradients mislead, so robust accuracy may be lower');
  }
  if (verdict === 'done' && reasons.length > 0) verdict = 'undecided';
  const marks = fingerprints(findings);
  return {
    verdict,
    reasons,
    findings: findings.map((finding, at) => ({ ...finding, fingerprint: marks[at] ?? '' })),
  };
}

/** Rows that were right and are broken: of those that are decided. */
const lostOf = (clean: Share, robust: Share | undefined): number =>
  robust === undefined ? 0 : robust.of - robust.count - (clean.of - clean.count);

export const STOPPED: Readonly<Record<Stopped, string>> = {
  asked: 'it was stopped before its end',
  time: 'its time was over before its end',
  budget: 'its budget of queries was used up before its end',
};
