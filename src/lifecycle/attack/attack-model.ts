import type { Norm, Victim } from '../../attacks/attack.ts';
import { errs } from '../../attacks/losses.ts';
import { lengthOf } from '../../attacks/norms.ts';
import { Random } from '../../attacks/random.ts';
import { gather, rowOf } from '../../attacks/rows.ts';
import { isDiscrete, type Space } from '../../attacks/space.ts';
import { Problem } from '../../base/problem.ts';
import { saidBy } from './coarse.ts';
import { corrupt } from './corrupt.ts';
import { readData } from './data/read-data.ts';
import { classesOf } from './data/samples.ts';
import { type SpaceOptions, spaceOf } from './data/space-of.ts';
import { BudgetSpent, Meter } from './endpoints/meter.ts';
import { shareOf } from './interval.ts';
import { examplesOf, judge, runsOf, worstOf } from './judge.ts';
import { accessOf, type PlanOptions, planOf, type Step } from './plan.ts';
import type { AttackResult, Stopped } from './result.ts';
import { runSteps, type Scene, type StepOutcome } from './run-steps.ts';
import { type Sign, signsOf, unstableSign } from './signs.ts';
import { NO_STATE, openState } from './state.ts';
import { modelDigest, openTarget, type Target, type TargetOptions } from './target.ts';

export interface AttackOptions
  extends Omit<TargetOptions, 'labels' | 'signal' | 'classes'>,
    Omit<SpaceOptions, 'scale'>,
    Omit<PlanOptions, 'epsilons' | 'besides' | 'thresholds'> {
  readonly version: string;
  readonly data: string;
  /** A file of labels. */
  readonly labels: string | undefined;
  /** The names of the classes in the model's order, or how many there are. */
  readonly classes: readonly string[] | number | undefined;
  /** None: what the norm has by default. */
  readonly epsilons: readonly number[];
  /** Rows of the data that are used. */
  readonly most: number;
  readonly seed: number;
  /** Rows that the model is asked about at the most. */
  readonly budget: number | undefined;
  /** Milliseconds. */
  readonly time: number | undefined;
  readonly failUnder: number | undefined;
  /** A folder in which it is kept, so that it can go on. */
  readonly out: string | undefined;
  readonly resume: boolean;
  /** Aborted when a person stops it. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Whether rows are tried that something happened to which nobody meant. */
  readonly corruptions: boolean;
  readonly corrupting: (done: number, of: number) => void;
  readonly progress: (step: Step, done: number, of: number) => void;
  readonly told: (outcome: StepOutcome) => void;
}

/** A tenth of the range is what papers ask of images in L∞; the others are as long for a picture of MNIST's kind. */
const EPSILON: Readonly<Record<Norm, number>> = { Linf: 0.1, L2: 1, L1: 5, L0: 0.05 };
/** Rows that are asked twice, to see whether answers are the same. */
const TWICE = 32;
const EXAMPLES = 8;
/** Rows of one batch that is kept at once: here, and at a server. */
const BATCH = { onnx: 128, oip: 16, http: 16 };

/**
 * Attacks a model. Rejects with Problem: 'usage' where model, data and options do not fit, 'environment' where something
 * cannot be read or a server does not answer, 'undecided' where the budget does not even pay for asking each row once.
 */
export async function attackModel(options: AttackOptions): Promise<AttackResult> {
  const began = options.now();
  const data = await readData(options.cwd, options.data, options.most);
  const labelData =
    options.labels === undefined ? undefined : await readData(options.cwd, options.labels, options.most);
  const state =
    options.out === undefined
      ? NO_STATE
      : await openState(
          options.out,
          dependsOn(options, [await modelDigest(options), data.sha256, labelData?.sha256]),
          options.resume,
        );
  const timeout = options.time === undefined ? undefined : AbortSignal.timeout(options.time);
  const signal = timeout === undefined ? options.signal : AbortSignal.any([options.signal, timeout]);
  const meter = new Meter(
    options.budget,
    state.used,
    options.budget === undefined ? undefined : state.reserve,
  );
  const names = typeof options.classes === 'number' ? undefined : options.classes;
  const target = await openTarget(data, meter, {
    ...options,
    labels: labelData,
    classes: typeof options.classes === 'number' ? options.classes : names?.length,
    signal,
  });
  try {
    const { samples, victim: given } = target;
    const classes = names ?? target.classes;
    if (classes !== undefined && classes.length !== given.classes)
      throw new Problem('usage', `${classes.length} classes are named, and the model has ${given.classes}`);
    const labels = classesOf(samples, classes, given.classes);
    const { space, unit } = spaceOf(samples, target.dims, options);
    const range = [least(space.lower), most(space.upper)] as const;
    const epsilons =
      options.epsilons.length > 0
        ? options.epsilons.toSorted((a, b) => a - b)
        : [defaultEpsilon(options.norm, space)];
    const planned = { ...options, epsilons, thresholds: target.thresholds };
    const besides = besidesOf(target, space);
    // Before anything is asked: what cannot be is refused.
    planOf(given, { ...planned, besides });
    const opening: Scene = {
      victim: given,
      rows: samples.rows,
      labels,
      space,
      thresholds: target.thresholds,
      meter,
      state,
      seed: options.seed,
      batch: BATCH[target.kind],
      signal,
      now: options.now,
    };
    const { right, scores } = await rightRows(opening, samples.count);
    // A model that is here answers in full; what is named is run as it is.
    const said = target.kind === 'onnx' || options.attacks.length > 0 ? 'scores' : saidBy(scores, given);
    const victim: Victim = said === 'labels' ? { ...given, answers: 'labels' } : given;
    const scene: Scene = { ...opening, victim };
    const steps = planOf(victim, {
      ...planned,
      besides: said === 'coarse' ? [...besides, 'hop-skip-jump'] : besides,
    });
    // Of a model with gradients the search for masked ones sees to it.
    const twice = victim.gradients === undefined ? Math.min(TWICE, samples.count) : 0;
    const unstable = await unstableRows(scene, twice);
    const before = { count: samples.count, right };
    const outcomes: StepOutcome[] = [];
    for await (const outcome of runSteps(scene, steps, right, options.progress)) {
      outcomes.push(outcome);
      options.told(outcome);
    }
    const corruptions = options.corruptions ? await corrupt(scene, samples.count, options.corrupting) : [];
    const cut = options.corruptions && (meter.spent || signal.aborted);
    const stopped = stoppedBy(cut || outcomes.some((outcome) => outcome.stopped), meter, timeout);
    const clean = shareOf(right.length, samples.count);
    const runs = runsOf(outcomes, before);
    const worst = worstOf(outcomes, before, epsilons);
    const signs = await signsIn(
      scene,
      right,
      outcomes,
      options.norm,
      epsilons.at(-1) ?? 0,
      target.flat,
      unstable,
    );
    const askedFor = { norm: options.norm, epsilons, unit, seed: options.seed, failUnder: options.failUnder };
    const nameOf = (label: number): string => classes?.[label] ?? String(label);
    return {
      kind: 'gatehouse-attack',
      version: 1,
      tool: { name: 'gatehouse', version: options.version },
      ...judge(
        target.name,
        { clean, runs, worst, asked: askedFor, corruptions },
        victim.classes,
        signs,
        stopped,
      ),
      model: {
        kind: target.kind,
        name: target.name,
        sha256: target.sha256,
        size: target.size,
        access: accessOf(victim),
        features: victim.features,
        classes: Array.from({ length: victim.classes }, (_, label) => nameOf(label)),
        opaque: target.opaque,
      },
      data: {
        name: data.name,
        sha256: data.sha256,
        rows: samples.count,
        columns: samples.table ? samples.columns : [],
        image: space.image,
        range,
      },
      asked: askedFor,
      clean,
      runs,
      worst,
      corruptions,
      warnings: signs.map(({ rule, message }) => ({ rule, message })),
      examples: examplesOf(outcomes, samples.rows, nameOf, labels, EXAMPLES),
      queries:
        samples.count + unstable.of * 2 + outcomes.reduce((sum, { queries }) => sum + total(queries), 0),
      sent: meter.used,
      seconds: (options.now() - began) / 1000,
      stopped,
    };
  } finally {
    if (options.budget !== undefined) meter.settle();
    await target.close();
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** All that decides what comes of an attack: only the same goes on. */
const dependsOn = (options: AttackOptions, files: readonly (string | undefined)[]): object => ({
  files,
  model: options.model,
  classes: options.classes,
  label: options.label,
  drop: options.drop,
  scale: options.scale,
  shape: options.shape,
  output: options.output,
  straightThrough: options.straightThrough,
  rows: options.most,
  space: [options.bounds, options.unit, options.fixed, options.whole, options.oneHot],
  attacks: options.attacks,
  standard: options.standard,
  norm: options.norm,
  epsilons: options.epsilons,
  settings: options.settings,
  seed: options.seed,
});

const least = (values: Float32Array): number => values.reduce((a, b) => Math.min(a, b));
const most = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b));

const widths = ({ lower, upper, unit }: Space): Float32Array =>
  lower.map((low, at) => ((upper[at] ?? 0) - low) / (unit[at] ?? 1));

function defaultEpsilon(norm: Norm, space: Space): number {
  if (norm === 'L0') return Math.max(1, Math.round(EPSILON.L0 * space.features));
  return EPSILON[norm] * lengthOf('Linf', widths(space));
}

async function ask(victim: Victim, rows: Float32Array): Promise<Float32Array> {
  try {
    return await victim.scores(rows);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    throw new Problem(
      'undecided',
      'the budget does not even pay for asking every row once',
      'Raise --budget, or lower --rows.',
    );
  }
}

async function rightRows(
  { victim, rows, labels, batch }: Scene,
  count: number,
): Promise<{ readonly right: readonly number[]; readonly scores: Float32Array }> {
  const right: number[] = [];
  const all = new Float32Array(count * victim.classes);
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    const scores = await ask(victim, rows.subarray(from * victim.features, to * victim.features));
    all.set(scores, from * victim.classes);
    for (let place = from; place < to; place++)
      if (!errs(rowOf(scores, victim.classes, place - from), labels[place] ?? 0)) right.push(place);
  }
  return { right, scores: all };
}

/** Of trees a search over their thresholds, of records one over the changes that a person could make. */
const besidesOf = ({ thresholds }: Target, space: Space): string[] => [
  ...(thresholds === undefined ? [] : ['tree-search']),
  ...(isDiscrete(space) ? ['tabular'] : []),
];

/** Masking is looked for where gradients were followed to the end; a server is asked nothing for it. */
async function signsIn(
  scene: Scene,
  right: readonly number[],
  outcomes: readonly StepOutcome[],
  norm: Norm,
  epsilon: number,
  flat: readonly string[],
  unstable: { readonly count: number; readonly of: number },
): Promise<Sign[]> {
  const { victim, rows, labels, space, seed, signal } = scene;
  const unconfirmed = outcomes.reduce((sum, outcome) => sum + outcome.unconfirmed, 0);
  const signs = unstableSign(unstable.count, unstable.of, unconfirmed);
  if (victim.gradients === undefined || outcomes.some(({ stopped }) => stopped)) return signs;
  const job = {
    victim,
    rows: gather(rows, victim.features, right),
    labels: Int32Array.from(right, (place) => labels[place] ?? 0),
    norm,
    epsilon,
    space,
    random: new Random(seed),
    signal,
  };
  try {
    return [...(await signsOf(job, right, outcomes, flat)), ...signs];
  } catch (error) {
    if (error instanceof BudgetSpent) return signs;
    throw error;
  }
}

/** Rows whose answers are others when they are asked alone, twice. */
async function unstableRows({ victim, rows }: Scene, of: number): Promise<{ count: number; of: number }> {
  const some = rows.subarray(0, of * victim.features);
  const [first, second] = [await ask(victim, some), await ask(victim, some)];
  let count = 0;
  for (let at = 0; at < of; at++) {
    const [a, b] = [rowOf(first, victim.classes, at), rowOf(second, victim.classes, at)];
    if (a.some((score, index) => Math.abs(score - (b[index] ?? 0)) > 1e-6 * Math.max(1, Math.abs(score))))
      count++;
  }
  return { count, of };
}

function stoppedBy(cut: boolean, meter: Meter, timeout: AbortSignal | undefined): Stopped | undefined {
  if (!cut) return undefined;
  if (meter.spent) return 'budget';
  return timeout?.aborted === true ? 'time' : 'asked';
}
