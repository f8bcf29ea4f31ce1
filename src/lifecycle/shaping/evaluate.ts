import type { Victim } from '../../attacks/attack.ts';
import type { Json } from '../../base/json.ts';
import { Chain } from '../../shapers/chain.ts';
import { dawn, type Ownership, ownership } from '../../shapers/dawn.ts';
import { Keyed } from '../../shapers/keyed.ts';
import { fitGate, outlierOf } from '../../shapers/outlier-gate.ts';
import { type Context, softmax } from '../../shapers/shaper.ts';
import { CloneTrainer, type CloneTraining, labelsOf } from './clone.ts';

/** A list of shapers as a policy has it, by a name. */
export interface Candidate {
  readonly name: string;
  readonly shapers: Json;
}

export interface ShapingJob {
  readonly model: Pick<Victim, 'features' | 'classes' | 'answers' | 'scores'>;
  /** Rows that the gate is calibrated on, [count × features]; the model need not know them, and no labels are asked for. */
  readonly own: Float32Array;
  /** Rows of benign users with their classes, not among `own`: what shaping costs, and what a copy is measured by. */
  readonly benign: { readonly rows: Float32Array; readonly labels: ArrayLike<number> };
  /** What thieves ask, by a name. */
  readonly thieves: readonly { readonly name: string; readonly rows: Float32Array }[];
  readonly candidates: readonly Candidate[];
  readonly secret: Uint8Array;
  /** Digest of the model. */
  readonly digest: string;
  /** Copies that are made for each candidate and thief: figures are their mean. */
  readonly seeds: number;
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
  readonly contexts: readonly Context[];
}

/** Rows that the model is asked about at once. */
const BATCH = 256;

/**
 * What each list of shapers costs benign users, and how good a copy of the model is that a thief trains on the shaped answers.
 * All callers are taken to be external. Rejects with Problem('usage') for a list that does not fit, RangeError for too few
 * rows to calibrate a gate on.
 */
export async function evaluateShaping(job: ShapingJob): Promise<Shaping[]> {
  const { model, benign, seeds } = job;
  const { features, classes } = model;
  const chains = job.candidates.map(({ name, shapers }) => ({
    name,
    chain: new Chain(shapers, { gate: true }),
  }));
  const own = await probabilitiesOf(job, job.own);
  const gate = fitGate({ rows: job.own, features, probabilities: own, classes });
  const keyed = new Keyed(job.secret, job.digest, gate.units);
  const ask = async (rows: Float32Array): Promise<Asked> => {
    const probabilities = await probabilitiesOf(job, rows);
    const labels = labelsOf(probabilities, classes);
    const contexts = Array.from(labels, (_, at) => {
      const row = rows.subarray(at * features, (at + 1) * features);
      const answer = Float64Array.from(probabilities.subarray(at * classes, (at + 1) * classes));
      return { draws: keyed.of(row), outlier: outlierOf(gate, row, answer), external: true };
    });
    return { rows, probabilities, labels, contexts };
  };
  const users = await ask(benign.rows);
  const thieves: { readonly name: string; readonly asked: Asked }[] = [];
  for (const { name, rows } of job.thieves) thieves.push({ name, asked: await ask(rows) });
  const trainer = await CloneTrainer.open(features, classes);
  const found: Shaping[] = [];
  let done = 0;
  try {
    for (const { name, chain } of chains) {
      const thefts: Theft[] = [];
      for (const { name: thief, asked } of thieves) {
        const { answers, changed } = shapedAnswers(chain, asked, classes);
        const said: Int32Array[] = [];
        let suspect: Int32Array = new Int32Array();
        for (let seed = 1; seed <= seeds; seed++) {
          const copy = await trainer.train(asked.rows, answers, seed, job.training, job.signal);
          said.push(labelsOf(await copy.scores(benign.rows), classes));
          if (seed === 1) suspect = labelsOf(await copy.scores(asked.rows), classes);
          job.progress?.(++done, chains.length * thieves.length * seeds);
        }
        const rate = chain.settingsOf(dawn)?.rate;
        thefts.push({
          name: thief,
          accuracy: spreadOf(said.map((labels) => agreement(labels, benign.labels))),
          fidelity: spreadOf(said.map((labels) => agreement(labels, users.labels))),
          changed,
          ownership:
            rate === undefined
              ? undefined
              : ownership({ keyed, rate, classes, rows: asked.rows, own: asked.labels, suspect }),
        });
      }
      found.push({ name, benign: costOf(chain, users, benign.labels, classes), thefts });
    }
  } finally {
    await trainer.close();
  }
  return found;
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
  classes: number,
): { readonly answers: Float32Array; readonly changed: number } {
  const answers = new Float32Array(probabilities.length);
  let changed = 0;
  for (const [at, context] of contexts.entries()) {
    const given = probabilities.subarray(at * classes, (at + 1) * classes);
    const { scores, changes } = chain.shape(given, 'probabilities', context);
    answers.set(scores, at * classes);
    if (changes.length > 0) changed++;
  }
  return { answers, changed: changed / contexts.length };
}

function costOf(chain: Chain, users: Asked, labels: ArrayLike<number>, classes: number): Shaping['benign'] {
  const { answers } = shapedAnswers(chain, users, classes);
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
