import type { Victim } from '../../attacks/attack.ts';
import type { Json } from '../../base/json.ts';
import { Chain } from '../../shapers/chain.ts';
import { dawn, type Ownership, ownership } from '../../shapers/dawn.ts';
import { Keyed } from '../../shapers/keyed.ts';
import {
  fitGate,
  type GateProfile,
  MEASURES,
  type Measure,
  outlierOf,
  unitsOf,
} from '../../shapers/outlier-gate.ts';
import { type Context, softmax } from '../../shapers/shaper.ts';
import { CloneTrainer, type CloneTraining, labelsOf } from './clone.ts';

/** A list of shapers as a policy has it, by a name. */
export interface Candidate {
  readonly name: string;
  readonly shapers: Json;
  /** What the gate looks at, where it is made here; default: all there is. */
  readonly gate?: readonly Measure[] | undefined;
}

/** What a thief asks. */
export interface Thief {
  readonly name: string;
  readonly rows: Float32Array;
  /** Copies that are trained, from different weights: figures are their mean. */
  readonly copies: number;
}

export interface ShapingJob {
  readonly model: Pick<Victim, 'features' | 'classes' | 'answers' | 'scores'>;
  /**
   * Rows that the gate is calibrated on, [count × features], which the model need not know, and no labels are asked for; or what
   * was learned from such rows before.
   */
  readonly own: Float32Array | GateProfile;
  /** Rows of benign users with their classes, not among `own`: what shaping costs, and what a copy is measured by. */
  readonly benign: { readonly rows: Float32Array; readonly labels: ArrayLike<number> };
  readonly thieves: readonly Thief[];
  readonly candidates: readonly Candidate[];
  readonly secret: Uint8Array;
  /** Digest of the model. */
  readonly digest: string;
  readonly training?: CloneTraining | undefined;
  readonly progress?: ((done: number, of: number) => void) | undefined;
  /** Stops with an AbortError. */
  readonly signal?: AbortSignal | undefined;
}

/** A mean over several copies, and the standard deviation of one. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** What a thief has of the answers. */
export interface Theft {
  readonly name: string;
  /** Of the copy on benign rows: how often it is right, and how often it says what the model says unshaped. */
  readonly accuracy: Spread;
  readonly fidelity: Spread;
  /** Share of answers that were changed. */
  readonly changed: number;
  /** Of the first copy, where the list has `dawn`. */
  readonly ownership: Ownership | undefined;
}

/** What a list of shapers costs, and what it does. */
export interface Shaping {
  readonly name: string;
  readonly benign: {
    readonly accuracy: number;
    /** Accuracy that the unshaped model has more, in points of a hundred. */
    readonly lost: number;
    /** Mean sum of absolute differences to the unshaped probabilities, 0..2. */
    readonly l1: number;
    readonly calibrationError: number;
  };
  readonly thefts: readonly Theft[];
}

/** Rows and what is known of each, which is the same for every list of shapers. */
interface Asked {
  readonly rows: Float32Array;
  /** Unshaped. */
  readonly probabilities: Float32Array;
  readonly labels: Int32Array;
  /** By gate: the name that it has in {@link gateName}. */
  readonly contexts: ReadonlyMap<string, readonly Context[]>;
}

const gateName = (measures: readonly Measure[]): string => measures.join();

/** Rows that the model is asked about at once. */
const BATCH = 256;

/**
 * What each list of shapers costs benign users, and how good a copy of the model is that a thief trains on the shaped answers.
 * Each list as it is done; all callers are taken to be external. Rejects with Problem('usage') for a list that does not fit, RangeError for too few
 * rows to calibrate a gate on.
 */
export async function* evaluateShaping(job: ShapingJob): AsyncGenerator<Shaping> {
  const { model, benign } = job;
  const { features, classes } = model;
  const lists = job.candidates.map(({ name, shapers, gate = MEASURES }) => ({
    name,
    gate,
    chain: new Chain(shapers, { key: true, gate: true }),
  }));
  const gates = new Map(lists.map(({ gate }) => [gateName(gate), gate]));
  const { profiles, units } = await gatesOf(job, gates);
  const keyed = new Keyed(job.secret, job.digest, units);
  const ask = async (rows: Float32Array): Promise<Asked> => {
    const probabilities = await probabilitiesOf(job, rows);
    const labels = labelsOf(probabilities, classes);
    const rowOf = (at: number) => rows.subarray(at * features, (at + 1) * features);
    const answerTo = (at: number) =>
      Float64Array.from(probabilities.subarray(at * classes, (at + 1) * classes));
    const draws = Array.from(labels, (_, at) => keyed.of(rowOf(at)));
    const contexts = profiles.map(({ name, profile }): [string, Context[]] => [
      name,
      draws.map((one, at) => ({
        draws: one,
        outlier: outlierOf(profile, rowOf(at), answerTo(at)),
        external: true,
      })),
    ]);
    return { rows, probabilities, labels, contexts: new Map(contexts) };
  };
  const users = await ask(benign.rows);
  const thieves: (Thief & { readonly asked: Asked })[] = [];
  for (const thief of job.thieves) thieves.push({ ...thief, asked: await ask(thief.rows) });
  const trainer = await CloneTrainer.open(features, classes);
  const of = lists.length * thieves.reduce((sum, { copies }) => sum + copies, 0);
  let done = 0;

  async function theftBy({ name, copies, asked }: (typeof thieves)[number], chain: Chain, gate: string) {
    const { answers, changed } = shapedAnswers(chain, asked, gate, classes);
    const said: Int32Array[] = [];
    let suspect: ArrayLike<number> = [];
    for (let seed = 1; seed <= copies; seed++) {
      const copy = await trainer.train(asked.rows, answers, seed, job.training, job.signal);
      said.push(labelsOf(await copy.scores(benign.rows), classes));
      if (seed === 1) suspect = labelsOf(await copy.scores(asked.rows), classes);
      job.progress?.(++done, of);
    }
    const rate = chain.settingsOf(dawn)?.rate;
    const marked = { keyed, classes, rows: asked.rows, own: asked.labels, suspect };
    return {
      name,
      accuracy: spreadOf(said.map((labels) => agreement(labels, benign.labels))),
      fidelity: spreadOf(said.map((labels) => agreement(labels, users.labels))),
      changed,
      ownership: rate === undefined ? undefined : ownership({ ...marked, rate }),
    };
  }

  try {
    for (const { name, chain, gate } of lists) {
      const thefts: Theft[] = [];
      for (const thief of thieves) thefts.push(await theftBy(thief, chain, gateName(gate)));
      const { answers } = shapedAnswers(chain, users, gateName(gate), classes);
      yield { name, benign: costOf(answers, users, benign.labels, classes), thefts };
    }
  } finally {
    await trainer.close();
  }
}

/** The gates that are asked for, by what they look at. */
async function gatesOf(
  job: ShapingJob,
  gates: ReadonlyMap<string, readonly Measure[]>,
): Promise<{ profiles: { name: string; profile: GateProfile }[]; units: Float64Array }> {
  const { own, model } = job;
  const { features, classes } = model;
  if (!(own instanceof Float32Array)) {
    if (own.units.length !== features || own.classes.length !== classes)
      throw new RangeError('the gate is of another model');
    return { profiles: [...gates.keys()].map((name) => ({ name, profile: own })), units: own.units };
  }
  const rows = { rows: own, features, probabilities: await probabilitiesOf(job, own), classes };
  const profiles = [...gates].map(([name, measures]) => ({ name, profile: fitGate(rows, measures) }));
  return { profiles, units: unitsOf(own, features) };
}

async function probabilitiesOf({ model, signal }: ShapingJob, rows: Float32Array): Promise<Float32Array> {
  const { features, classes, answers } = model;
  const out = new Float32Array((rows.length / features) * classes);
  for (let from = 0; from * features < rows.length; from += BATCH) {
    signal?.throwIfAborted();
    const scores = await model.scores(rows.subarray(from * features, (from + BATCH) * features));
    for (let at = 0; at < scores.length; at += classes) {
      const row = scores.subarray(at, at + classes);
      out.set(answers === 'logits' ? softmax(row) : row, from * classes + at);
    }
  }
  return out;
}

/** What the gateway would answer. */
function shapedAnswers(
  chain: Chain,
  { probabilities, contexts }: Asked,
  gate: string,
  classes: number,
): { readonly answers: Float32Array; readonly changed: number } {
  const answers = new Float32Array(probabilities.length);
  let changed = 0;
  const ofGate = contexts.get(gate) ?? [];
  for (const [at, context] of ofGate.entries()) {
    const given = probabilities.subarray(at * classes, (at + 1) * classes);
    const { scores, changes } = chain.shape(given, 'probabilities', context);
    answers.set(scores, at * classes);
    if (changes.length > 0) changed++;
  }
  return { answers, changed: changed / ofGate.length };
}

function costOf(
  answers: Float32Array,
  users: Asked,
  labels: ArrayLike<number>,
  classes: number,
): Shaping['benign'] {
  const said = labelsOf(answers, classes);
  const accuracy = agreement(said, labels);
  const l1 = answers.reduce(
    (sum, value, at) => sum + Math.abs(value - (users.probabilities[at] as number)),
    0,
  );
  return {
    accuracy,
    lost: 100 * (agreement(users.labels, labels) - accuracy),
    l1: l1 / labels.length,
    calibrationError: calibrationError(answers, said, labels, classes),
  };
}

/** How often two lists of classes are the same. */
function agreement(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let same = 0;
  for (let at = 0; at < other.length; at++) if (one[at] === other[at]) same++;
  return same / other.length;
}

/** Expected calibration error over 15 bins (Guo et al., On calibration of modern neural networks, ICML 2017). */
export function calibrationError(
  answers: Float32Array,
  said: Int32Array,
  labels: ArrayLike<number>,
  classes: number,
): number {
  const gaps = new Float64Array(15);
  for (let at = 0; at < said.length; at++) {
    const sure = answers[at * classes + (said[at] as number)] as number;
    const bin = Math.min(14, Math.floor(sure * 15));
    gaps[bin] = (gaps[bin] as number) + sure - (said[at] === labels[at] ? 1 : 0);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / said.length;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}
