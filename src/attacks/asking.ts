import type { Job, Outcome } from './attack.ts';
import { gradientsOf, scoresOf } from './logits.ts';
import { errs } from './losses.ts';
import { distance } from './norms.ts';
import { Random } from './random.ts';
import { Progress, rowOf } from './rows.ts';

// Attacks are written for one row, as a walk that asks and goes on with the answer; what many walks ask is put to the model
// at once. A row's random numbers are its own, so what is found does not depend on the company it is in.

/** Rows to ask about, laid end to end; with `cotangentOf` also for gradients of Σ cotangent · scores. */
export interface Question {
  readonly rows: Float32Array;
  readonly cotangentOf?: (scores: Float32Array) => Float32Array;
}

/** Logits of each row, and gradients where they were asked for. */
export interface Answer {
  readonly scores: Float32Array;
  readonly gradient: Float32Array;
}

/** What asks, and takes answers. */
export type Asking<T> = Generator<Question, T, Answer>;

/** The row that a walk is about. */
export interface Target {
  readonly at: number;
  readonly original: Float32Array;
  readonly label: number;
  readonly random: Random;
  /** Questions so far, the one for the row itself with them. */
  readonly queries: number;
  /** Whether the model errs on the row at `index` of an answer. */
  wrong(answer: Answer, index?: number): boolean;
  /** A row, as it was asked about, on which the model errs: the nearest of those that are told is kept. */
  found(row: Float32Array): void;
  /** How far off the nearest row is that was told; infinite where none was. */
  readonly reach: number;
  /** That row. */
  readonly nearest: Float32Array | undefined;
  /** The gradient was zero everywhere. */
  flat(): void;
}

/** Walks that are under way at once. */
const TOGETHER = 128;
/** Rows in one question to the model. */
const MOST = 512;

/**
 * An attack that takes every row by itself. A walk that is stopped keeps what it told. With the setting `enough` at 1 a row is
 * left once it is broken within the budget, by attacks that seek the least distance, too.
 */
export const rowByRow =
  (walk: (target: Target, job: Job) => Asking<void>) =>
  async (job: Job): Promise<Outcome> => {
    const progress = new Progress(job);
    const waiting: number[] = [];
    for await (const right of progress.batches()) waiting.push(...right);
    const seeds = Uint32Array.from(job.labels, () => job.random.bits());
    waiting.reverse();
    const { enough = 0 } = job.settings;
    let under: Walker[] = [];
    while ((waiting.length > 0 || under.length > 0) && !progress.stopped) {
      while (under.length < TOGETHER && waiting.length > 0) {
        const target = targetOf(job, progress, waiting.pop() as number, seeds);
        const walker = { target, walk: walk(target, job), question: undefined };
        if (go(walker)) under.push(walker);
        else progress.done();
      }
      const answers = await ask(job, under);
      under = under.filter((walker, index) => {
        const size = (walker.question?.rows.length ?? 0) / job.victim.features;
        progress.outcome.queries[walker.target.at] = walker.target.queries + size;
        if (go(walker, answers[index]) && !(enough === 1 && walker.target.reach <= job.epsilon)) return true;
        progress.done();
        return false;
      });
    }
    for (const { walk: left } of under) left.return();
    return progress.outcome;
  };

interface Walker {
  readonly target: Target;
  readonly walk: Asking<void>;
  question: Question | undefined;
}

/** On to the next question; false where there is none. */
function go(walker: Walker, answer?: Answer): boolean {
  const next = answer === undefined ? walker.walk.next(NOTHING) : walker.walk.next(answer);
  walker.question = next.done ? undefined : next.value;
  return !next.done;
}

const NONE = new Float32Array();
const NOTHING: Answer = { scores: NONE, gradient: NONE };

const targetOf = (
  { rows, labels, victim, norm, space }: Job,
  progress: Progress,
  at: number,
  seeds: Uint32Array,
): Target => {
  const label = labels[at] as number;
  let reach = Number.POSITIVE_INFINITY;
  let nearest: Float32Array | undefined;
  return {
    at,
    original: rowOf(rows, victim.features, at),
    label,
    random: new Random(seeds[at] as number),
    get queries() {
      return progress.outcome.queries[at] as number;
    },
    get reach() {
      return reach;
    },
    get nearest() {
      return nearest;
    },
    wrong: ({ scores }, index = 0) => errs(rowOf(scores, victim.classes, index), label),
    found: (row) => {
      const far = distance(norm, space, row, rowOf(rows, victim.features, at));
      if (far > reach) return;
      [reach, nearest] = [far, row.slice()];
      progress.found(at, row);
    },
    flat: () => {
      progress.outcome.zeroGradients[at] = 1;
    },
  };
};

/** The answers to all questions, in their order: those of one kind in as few calls as may be. */
async function ask(job: Job, walkers: readonly Walker[]): Promise<Answer[]> {
  const questions = walkers.map(({ question }) => question as Question);
  const answers: Answer[] = questions.map(() => NOTHING);
  const plain = [...questions.keys()].filter((at) => questions[at]?.cotangentOf === undefined);
  const steep = [...questions.keys()].filter((at) => questions[at]?.cotangentOf !== undefined);
  await askScores(job, questions, plain, answers);
  for (let from = 0; from < steep.length; ) {
    let until = from;
    let size = 0;
    // A question for gradients is never cut: its cotangents may hang on all of its rows.
    do size += (questions[steep[until++] as number] as Question).rows.length / job.victim.features;
    while (until < steep.length && size < MOST);
    await askGradients(job, questions, steep.slice(from, until), answers);
    from = until;
  }
  return answers;
}

async function askScores(
  { victim }: Job,
  questions: readonly Question[],
  places: readonly number[],
  answers: Answer[],
): Promise<void> {
  const { features, classes } = victim;
  const rows = joined(places.map((at) => (questions[at] as Question).rows));
  const count = rows.length / features;
  const scores = new Float32Array(count * classes);
  for (let from = 0; from < count; from += MOST)
    scores.set(
      await scoresOf(victim, rows.subarray(from * features, (from + MOST) * features)),
      from * classes,
    );
  let from = 0;
  for (const at of places) {
    const size = ((questions[at] as Question).rows.length / features) * classes;
    answers[at] = { scores: scores.subarray(from, from + size), gradient: NONE };
    from += size;
  }
}

async function askGradients(
  { victim }: Job,
  questions: readonly Question[],
  places: readonly number[],
  answers: Answer[],
): Promise<void> {
  const { features, classes } = victim;
  const asked = places.map((at) => questions[at] as Question);
  const made = await gradientsOf(victim, joined(asked.map(({ rows }) => rows)), (scores) => {
    const cotangents: Float32Array[] = [];
    let from = 0;
    for (const { rows, cotangentOf } of asked) {
      const part = scores.subarray(from, from + (rows.length / features) * classes);
      cotangents.push(cotangentOf?.(part) ?? new Float32Array(part.length));
      from += part.length;
    }
    return joined(cotangents);
  });
  let row = 0;
  for (const [index, at] of places.entries()) {
    const until = row + (asked[index] as Question).rows.length / features;
    answers[at] = {
      scores: made.scores.subarray(row * classes, until * classes),
      gradient: made.gradient.subarray(row * features, until * features),
    };
    row = until;
  }
}

/** Rows laid end to end. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}
