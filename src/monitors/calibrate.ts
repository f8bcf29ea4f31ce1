import { Problem } from '../base/problem.ts';
import { ACROSS_HISTORY, ACROSS_LEVEL } from './across-callers.ts';
import type { Calibration, Limit } from './calibration.ts';
import { referenceOf } from './drift.ts';
import { Frame, type Reading } from './frame.ts';
import { MONITORS } from './index.ts';
import type { Tracker } from './monitor.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { learnOutline } from './outline.ts';
import type { Secret } from './secret.ts';
import { boundedChance, upperThreshold } from './tails.ts';

/** Benign rows, and what the model answers to them. */
export interface Sample {
  readonly features: number;
  readonly classes: number;
  /** [count × features] */
  readonly rows: Float32Array;
  /** [count × classes] */
  readonly scores: Float32Array;
}

/** Fewer rows say nothing of one query in a hundred. */
export const LEAST_ROWS = 100;
/** Rows that the outline is learned on, at the most; more do not change it. */
const MOST_FOR_OUTLINE = 4000;
/** Rows that thresholds are set on, at the most. */
const MOST_HELD_OUT = 20_000;
/** Fewer scores set no threshold of their own. */
const LEAST_SCORES = 20;
/** Queries of a made-up caller. */
const STREAM = 250;

/**
 * Learns what benign queries are like. On one half of the rows the outline is learned; on the other half, which it has not
 * seen, every threshold is set. Throws Problem('usage') for fewer than 100 rows, or rows with values that are no numbers.
 * @param secret the owner's key: the calibration is good for this one only
 */
export function calibrate(sample: Sample, secret: Secret): Calibration {
  const { features, classes, rows, scores } = sample;
  const count = rows.length / features;
  if (!Number.isInteger(count) || scores.length !== count * classes)
    throw new RangeError('rows and scores do not fit together');
  if (count < LEAST_ROWS)
    throw new Problem(
      'usage',
      `${count} rows are too few to calibrate monitors on: give at least ${LEAST_ROWS}.`,
    );
  if (!rows.every(Number.isFinite))
    throw new Problem('usage', 'Rows to calibrate on have missing or infinite values.');
  const order = shuffled(count, secret);
  const half = Math.floor(count / 2);
  const fitted = order.slice(0, Math.min(half, MOST_FOR_OUTLINE));
  const held = order.slice(half, half + MOST_HELD_OUT);
  const part = new Float32Array(fitted.length * features);
  for (const [index, at] of fitted.entries()) part.set(rowAt(rows, features, at), index * features);
  const outline = learnOutline(part, features, classes, secret);

  const frame = new Frame(outline, secret);
  const read = (at: number): Reading => frame.read(rowAt(rows, features, at), rowAt(scores, classes, at));
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const at of held) byClass[read(at).label]?.push(at);
  const start = () => MONITORS.map((monitor) => monitor.start(frame, secret));
  // Among rows of its own class: the caller who sends nothing else is benign, too. And mixed, in streams as of callers.
  const alike = byClass.map((places) => scoresOf(places, start(), read));
  const mixed = chunks(held).map((places) => scoresOf(places, start(), read));
  const limits = MONITORS.map((monitor, at): [string, Limit] => {
    const own = alike.map((scores) => scores[at] as number[]);
    return [
      monitor.name,
      monitor.perClass
        ? limitsOfClasses(own, monitor.level, monitor.history)
        : limitOfAll([...own, ...mixed.map((scores) => scores[at] as number[])].flat(), monitor.level),
    ];
  });
  const near = alike.map((scores) => scores[MONITORS.indexOf(nearDuplicates)] as number[]);
  return {
    rows: count,
    outline,
    monitors: Object.fromEntries(limits),
    across: limitsOfClasses(near, ACROSS_LEVEL, ACROSS_HISTORY),
    reference: referenceOf(outline, secret, held, read, (at) => rowAt(rows, features, at)),
  };
}

const rowAt = (rows: Float32Array, width: number, at: number): Float32Array =>
  rows.subarray(at * width, (at + 1) * width);

/** Places in an order that only the key tells. */
function shuffled(count: number, secret: Secret): number[] {
  const words = secret.words('calibration order', count);
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = (words[at] as number) % (at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}

function chunks(places: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(places.length / STREAM) }, (_, at) =>
    places.slice(at * STREAM, (at + 1) * STREAM),
  );
}

/** What each tracker says of the rows, one after the other; a list for each. */
function scoresOf(
  places: readonly number[],
  trackers: readonly Tracker[],
  read: (at: number) => Reading,
): number[][] {
  const scores = trackers.map((): number[] => []);
  for (const at of places) {
    const reading = read(at);
    for (const [index, tracker] of trackers.entries()) {
      const score = tracker.score(reading);
      if (score !== undefined) scores[index]?.push(score);
    }
  }
  return scores;
}

/**
 * A threshold for each class. Where a tracker compares with `history` queries and there were fewer, the level is lowered
 * in proportion: each that it compares with is as likely to be near as any other.
 */
function limitsOfClasses(byClass: readonly number[][], level: number, history: number): Limit {
  const total = byClass.reduce((sum, scores) => sum + scores.length, 0);
  const own = byClass.map((scores) =>
    scores.length < LEAST_SCORES
      ? undefined
      : upperThreshold(scores, level * (history === 0 ? 1 : meanFill(scores.length, history) / history)),
  );
  // A class of which little was seen is judged as the one that is judged mildest.
  const known = own.filter((threshold) => threshold !== undefined);
  const mildest = known.length === 0 ? null : Math.max(...known);
  return {
    thresholds: own.map((threshold) => threshold ?? mildest),
    chance: boundedChance(level, Math.max(1, total)),
    scores: total,
  };
}

/** Queries in the memory of a tracker, on average, while it was given so many. */
const meanFill = (count: number, history: number): number =>
  count <= history ? count / 2 : history - (history * history) / (2 * count);

const limitOfAll = (scores: readonly number[], level: number): Limit => ({
  thresholds: [scores.length < LEAST_SCORES ? null : upperThreshold(scores, level)],
  chance: boundedChance(level, Math.max(1, scores.length)),
  scores: scores.length,
});
