import type { Outcome, Victim } from '../../attacks/attack.ts';
import { errs } from '../../attacks/losses.ts';
import { distance } from '../../attacks/norms.ts';
import { Random } from '../../attacks/random.ts';
import { gather, rowOf } from '../../attacks/rows.ts';
import type { Space } from '../../attacks/space.ts';
import { isFor } from '../../attacks/standard.ts';
import { BudgetSpent, type Meter } from './endpoints/meter.ts';
import type { Step } from './plan.ts';
import type { Batch, State } from './state.ts';

/** A model that is under attack, and with what. */
export interface Scene {
  readonly victim: Victim;
  readonly rows: Float32Array;
  readonly labels: Int32Array;
  readonly space: Space;
  /** For each feature the values where answers may change, where they are known. */
  readonly thresholds?: readonly Float32Array[] | undefined;
  readonly meter: Meter;
  readonly state: State;
  readonly seed: number;
  /** Rows of one batch, that is kept at once. */
  readonly batch: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** What a step found of a row. */
export interface Broken {
  readonly distance: number;
  readonly answer: number;
  readonly row: Float32Array;
}

export interface StepOutcome {
  readonly step: Step;
  /** Rows that it was given. */
  readonly asked: number;
  /** Places of the rows that were attacked to the end. */
  readonly finished: readonly number[];
  /** Places of rows that were left and that this attack is not for (`isFor`). */
  readonly passed: readonly number[];
  /** By place, also of rows that were not finished. */
  readonly broken: ReadonlyMap<number, Broken>;
  readonly queries: readonly number[];
  /** Places of rows whose gradient was zero everywhere at some step. */
  readonly zeroGradients: ReadonlySet<number>;
  readonly unconfirmed: number;
  readonly seconds: number;
  readonly stopped: boolean;
}

/** Distances are sums of floats: a hair beyond the budget is within. */
export const isWithin = (distance: number, epsilon: number): boolean =>
  distance <= epsilon * (1 + 1e-4) + 1e-7;

/** Places of rows that a step broke within a budget. */
export const brokenWithin = ({ broken }: StepOutcome, epsilon: number): ReadonlySet<number> =>
  new Set([...broken].flatMap(([place, { distance }]) => (isWithin(distance, epsilon) ? [place] : [])));

/** Runs the steps in their order; those that are kept from before are not run again. Each is told when it is done. */
export async function* runSteps(
  scene: Scene,
  steps: readonly Step[],
  right: readonly number[],
  progress: (step: Step, done: number, of: number) => void,
): AsyncGenerator<StepOutcome> {
  // By budget, what is broken within it: what an ensemble asks next are the others.
  const least = new Map<number, number>();
  const flat = new Set<number>();
  for (const step of steps) {
    // Of several budgets the smallest: what a larger one broke may hold there.
    const epsilon = step.epsilons[0] ?? 0;
    const left = right.filter((place) => !isWithin(least.get(place) ?? Number.POSITIVE_INFINITY, epsilon));
    const places =
      step.rows === 'all' ? right : left.filter((place) => isFor(step.attack, scene.victim, flat.has(place)));
    if (places.length === 0 && left.length > 0) continue;
    const given = new Set(places);
    const ran = await runStep(scene, step, places, (done) => progress(step, done, places.length));
    const outcome = {
      ...ran,
      passed: step.rows === 'all' ? [] : left.filter((place) => !given.has(place)),
    };
    for (const place of outcome.zeroGradients) flat.add(place);
    if (step.again === undefined)
      for (const [place, { distance: far }] of outcome.broken)
        if (far < (least.get(place) ?? Number.POSITIVE_INFINITY)) least.set(place, far);
    yield outcome;
    if (outcome.stopped) return;
  }
}

async function runStep(
  scene: Scene,
  step: Step,
  places: readonly number[],
  progress: (done: number) => void,
): Promise<Omit<StepOutcome, 'passed'>> {
  const { features } = scene.victim;
  const finished: number[] = [];
  const broken = new Map<number, Broken>();
  const queries: number[] = [];
  const zeroGradients = new Set<number>();
  let [unconfirmed, seconds] = [0, 0];
  let stopped = false;
  // Row by row where each costs thousands of questions: what is kept at once is small.
  const size = step.attack.access === 'decisions' ? Math.min(8, scene.batch) : scene.batch;
  for (let from = 0; from < places.length && !stopped; from += size) {
    const own = places.slice(from, from + size);
    const made = await batchOf(scene, step, own, from / size, (done) => progress(from + done));
    if (made === undefined) {
      stopped = true;
      break;
    }
    stopped = made.stopped;
    const { batch } = made;
    const rows = floats(batch.rows);
    let at = 0;
    for (const [index, place] of own.entries()) {
      if (batch.found[index] === 1)
        broken.set(place, {
          distance: batch.distances[index] ?? 0,
          answer: batch.answers[index] ?? -1,
          row: rowOf(rows, features, at++),
        });
      if (stopped && batch.found[index] !== 1) continue;
      finished.push(place);
      queries.push(batch.queries[index] ?? 0);
      if (batch.zeroGradients[index] === 1) zeroGradients.add(place);
      if (batch.found[index] === 2) unconfirmed += 1;
    }
    seconds += batch.seconds;
    progress(from + own.length);
  }
  return {
    step,
    asked: places.length,
    finished,
    broken,
    queries,
    zeroGradients,
    unconfirmed,
    seconds,
    stopped,
  };
}

/** One batch: as it was kept, or attacked now. undefined where nothing came of it before it was stopped. */
async function batchOf(
  scene: Scene,
  step: Step,
  places: readonly number[],
  index: number,
  progress: (done: number) => void,
): Promise<{ readonly batch: Batch; readonly stopped: boolean } | undefined> {
  const kept = await scene.state.read(step.id, index);
  if (kept !== undefined && String(kept.places) === String(places)) return { batch: kept, stopped: false };
  const low = scene.meter.begin();
  if (scene.signal.aborted || low.aborted) return undefined;
  const { victim, rows, labels, space } = scene;
  const began = scene.now();
  try {
    const outcome = await step.attack.run({
      victim,
      rows: gather(rows, victim.features, places),
      labels: Int32Array.from(places, (place) => labels[place] ?? 0),
      norm: step.norm,
      epsilon: step.epsilons.at(-1) ?? 0,
      space,
      settings: step.settings,
      random: new Random(scene.seed).fork(hashOf(step.id)).fork(index),
      others: rows,
      thresholds: scene.thresholds,
      progress,
      signal: AbortSignal.any([scene.signal, low]),
    });
    const batch = await confirmed(scene, step, places, outcome, () => (scene.now() - began) / 1000);
    // What was stopped is run again from its beginning, so that it comes to the same.
    if (!outcome.stopped) await scene.state.keep(step.id, index, batch);
    return { batch, stopped: outcome.stopped };
  } catch (error) {
    if (error instanceof BudgetSpent) return undefined;
    throw error;
  }
}

/** Asks once more about every row that was found: what stands in a report is true of the model as it is. */
async function confirmed(
  { victim, rows, labels, space }: Scene,
  step: Step,
  places: readonly number[],
  outcome: Outcome,
  seconds: () => number,
): Promise<Batch> {
  const { features, classes } = victim;
  const at = [...outcome.found.keys()].filter((index) => outcome.found[index] === 1);
  const scores =
    at.length === 0 ? new Float32Array() : await victim.scores(gather(outcome.rows, features, at));
  const found = places.map(() => 0);
  const answers = places.map(() => -1);
  const distances = places.map(() => 0);
  const queries = places.map((_, index) => outcome.queries[index] ?? 0);
  const good: number[] = [];
  for (const [order, index] of at.entries()) {
    const place = places[index] ?? 0;
    const own = rowOf(scores, classes, order);
    queries[index] = (queries[index] ?? 0) + 1;
    found[index] = errs(own, labels[place] ?? 0) ? 1 : 2;
    if (found[index] !== 1) continue;
    good.push(index);
    answers[index] = own.indexOf(Math.max(...own));
    distances[index] = distance(
      step.norm,
      space,
      rowOf(outcome.rows, features, index),
      rowOf(rows, features, place),
    );
  }
  const kept = gather(outcome.rows, features, good);
  return {
    places: [...places],
    found,
    queries,
    zeroGradients: places.map((_, index) => outcome.zeroGradients[index] ?? 0),
    distances,
    answers,
    rows: Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString('base64'),
    seconds: seconds(),
  };
}

const floats = (text: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

/** FNV-1a, so that a step draws the same numbers whatever other steps there are. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
