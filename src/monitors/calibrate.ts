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
import { boundedChance, chanceAbove, upperThreshold } from './tails.ts';

/** Benign rows, and what the model answers to them. */
export interface Sample {
  readonly features: number;
  readonly classes: number;
  /** [count × features] */
  readonly rows: Float32Array;
  /** [count × classes] */
  readonly scores: Float32Array;
  /** How far several models that answer together differ on each row, 0..1; undefined where a single one answers. */
  readonly disagreement?: Float32Array | undefined;
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
  const { features, classes, rows, scores, disagreement } = sample;
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
  const read = (at: number): Reading =>
    frame.read(rowAt(rows, features, at), rowAt(scores, classes, at), disagreement?.[at]);
  const byClass = Array.from({ length: classes }, (): number[] => []);
  // As of callers, exact repeats do not count: tables that have many would make what is near a matter of course.
  const counted = withoutRepeats(held, secret, (at) => rowAt(rows, features, at));
  for (const at of counted) byClass[read(at).label]?.push(at);
  const start = () => MONITORS.map((monitor) => monitor.start(frame, secret));
  // Among rows of its own class: the caller who sends nothing else is benign, too. And mixed, in streams as of callers.
  const alike = byClass.map((places) => scoresOf(places, start(), read));
  const mixed = chunks(counted).map((places) => scoresOf(places, start(), read));
  const limits = MONITORS.map((monitor, at): [string, Limit] => {
    const own = alike.map((scores) => scores[at] as number[]);
    return [
      monitor.name,
      monitor.perClass
        ? limitsOfClasses(own, monitor.level, monitor.history, monitor.history)
        : limitOfAll([...own, ...mixed.map((scores) => scores[at] as number[])].flat(), monitor.level),
    ];
  });
  const near = alike.map((scores) => scores[MONITORS.indexOf(nearDuplicates)] as number[]);
  return {
    rows: count,
    outline,
    monitors: Object.fromEntries(limits),
    across: limitsOfClasses(near, ACROSS_LEVEL, ACROSS_HISTORY, nearDuplicates.history),
    reference: referenceOf(outline, secret, held, read, (at) => rowAt(rows, features, at)),
  };
}

const rowAt = (rows: Float32Array, width: number, at: number): Float32Array =>
  rows.subarray(at * width, (at + 1) * width);

function withoutRepeats(
  places: readonly number[],
  secret: Secret,
  row: (at: number) => Float32Array,
): readonly number[] {
  const digestOf = secret.digester('rows');
  const known = new Set<number>();
  return places.filter((at) => {
    const { buffer, byteOffset, byteLength } = row(at);
    const digest = digestOf(new Uint8Array(buffer, byteOffset, byteLength));
    return !known.has(digest) && known.add(digest);
  });
}

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
 * A threshold for each class, of scores that compared with `had` queries at the most, for a memory of `history`.
 */
function limitsOfClasses(byClass: readonly number[][], level: number, history: number, had: number): Limit {
  const total = byClass.reduce((sum, scores) => sum + scores.length, 0);
  const own = byClass.map((scores) =>
    scores.length < LEAST_SCORES ? undefined : fallingThreshold(scores, level, history, had),
  );
  // A class of which little was seen is judged as the one that is judged mildest.
  const known = own.filter((one) => one !== undefined);
  const mildest = known.reduce<(typeof known)[number] | undefined>(
    (most, one) => (most !== undefined && most.threshold >= one.threshold ? most : one),
    undefined,
  );
  return {
    thresholds: own.map((one) => (one ?? mildest)?.threshold ?? null),
    slopes: own.map((one) => (one ?? mildest)?.slope ?? 0),
    history,
    chance: boundedChance(level, Math.max(1, total)),
    scores: total,
  };
}

/**
 * The threshold for a memory that is full, and how much it falls with the logarithm of what is in it: each query that is
 * compared with is as likely to be near as any other, so that a threshold for few is a milder quantile of the same scores.
 * The least slope that any fill asks for is taken for all.
 */
function fallingThreshold(scores: readonly number[], level: number, history: number, had: number) {
  if (history === 0) return { threshold: upperThreshold(scores, level), slope: 0 };
  const filled = meanFill(scores.length, had);
  const threshold = upperThreshold(scores, (level * filled) / history);
  let slope = Number.POSITIVE_INFINITY;
  for (let among = 1; among < history; among *= 2) {
    const milder = upperThreshold(scores, 1 - Math.exp((-level * filled) / among));
    slope = Math.min(slope, (threshold - milder) / Math.log(history / among));
  }
  return { threshold, slope: Math.max(0, slope) };
}

/** Queries in the memory of a tracker, on average, while it was given so many. */
const meanFill = (count: number, history: number): number =>
  count <= history ? count / 2 : history - (history * history) / (2 * count);

function limitOfAll(scores: readonly number[], level: number): Limit {
  const threshold = scores.length < LEAST_SCORES ? null : upperThreshold(scores, level);
  return {
    thresholds: [threshold],
    slopes: [],
    history: 0,
    chance: threshold === null ? boundedChance(level, 1) : chanceAbove(scores, threshold, level),
    scores: scores.length,
  };
}
