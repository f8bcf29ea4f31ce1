import type { Speaker } from '../../src/guards/injection/features.ts';
import { LaneScores } from '../../src/guards/injection/lane-scores.ts';
import type { LaneWeights } from '../../src/guards/injection/lanes.ts';
import { Upper, type UpperWeights } from '../../src/guards/injection/upper.ts';
import { viewsOf } from '../../src/text/views.ts';
import { Random } from '../random.ts';
import { LaneLearner, LONGEST, type Shown } from './fit-lanes.ts';
import { fitUpper, type Heard } from './fit-upper.ts';
import { Reader, type Tables } from './reader.ts';
import type { Sample } from './sample.ts';

export interface Trained {
  readonly lanes: LaneWeights;
  readonly upper: UpperWeights;
  /** What the lanes said of families that they had not learned from. */
  readonly heard: readonly Heard[];
}

export interface FitOptions {
  readonly tables: Tables;
  readonly seed: number;
  readonly buckets: number;
  readonly epochs: number;
  readonly folds: number;
  /** Samples of one pass, made anew for each. */
  samples(random: Random): Sample[];
  readonly progress?: (line: string) => void;
}

/** Trains a model: the upper part on what lanes say of families of texts that they have not learned from. */
export function fit({ tables, seed, buckets, epochs, folds, samples, progress }: FitOptions): Trained {
  const random = new Random(seed);
  const reader = new Reader(tables, buckets);
  const shown = (sample: Sample): Shown => {
    const text = viewsOf(sample.text).canonical.text;
    if (text.length <= LONGEST) return { sample, text, offset: 0 };
    const from =
      sample.span === undefined
        ? random.below(text.length - LONGEST)
        : Math.max(0, sample.span.start - LONGEST / 2);
    return { sample, text: text.slice(from, from + LONGEST), offset: from };
  };
  const lanesOf = (wanted: (sample: Sample) => boolean, passes: number, name: string): LaneWeights => {
    const learner = new LaneLearner(buckets, random);
    for (let epoch = 0; epoch < passes; epoch++) {
      const began = Date.now();
      const all = random.shuffle(samples(random).filter(wanted));
      for (const [i, sample] of all.entries()) {
        learner.rate = Math.max(0.05, 1 - (epoch + i / all.length) / passes);
        learner.learn(shown(sample), reader);
      }
      progress?.(
        `${name}: pass ${epoch + 1}/${passes}, ${all.length} texts, ${Math.round((Date.now() - began) / 1000)} s`,
      );
    }
    return learner.weights;
  };
  const heard: Heard[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const out = ({ family }: Sample) => foldOf(family, folds) === fold;
    const scores = new LaneScores(
      lanesOf((sample) => !out(sample), Math.max(2, epochs - 1), `fold ${fold + 1}/${folds}`),
    );
    for (const sample of samples(random)) {
      if (!out(sample)) continue;
      const one = shown(sample);
      const features = reader.read(one.text, sample.speaker, sample.decoded);
      scores.read(features);
      heard.push({ pooled: scores.pooled.slice(), sample });
    }
  }
  const upper = fitUpper(heard, 48, 10, random);
  progress?.(`upper part: ${heard.length} texts`);
  return { lanes: lanesOf(() => true, epochs, 'all'), upper, heard };
}

const foldOf = (family: string, folds: number): number => {
  let hash = 7;
  for (let i = 0; i < family.length; i++) hash = Math.imul(hash, 31) + family.charCodeAt(i);
  return (hash >>> 8) % folds;
};

/** Scores texts with a model that was trained just now. */
export class Scorer {
  readonly #reader: Reader;
  readonly #lanes: LaneScores;
  readonly #upper: Upper;

  constructor({ lanes, upper }: Trained, tables: Tables) {
    this.#reader = new Reader(tables, lanes.buckets);
    this.#lanes = new LaneScores(lanes);
    this.#upper = new Upper(upper);
  }

  /** The greatest log-odds of an attack over all views. */
  score(text: string, speaker: Speaker): number {
    const views = viewsOf(text);
    let most = this.logits(views.canonical.text, speaker, false)[0] as number;
    for (const view of views.others)
      most = Math.max(most, this.logits(view.text, speaker, true)[0] as number);
    return most;
  }

  pooled(text: string, speaker: Speaker): Float32Array {
    this.logits(viewsOf(text).canonical.text, speaker, false);
    return this.#lanes.pooled;
  }

  logits(text: string, speaker: Speaker, decoded: boolean): Float32Array {
    this.#lanes.read(this.#reader.read(text, speaker, decoded));
    return this.#upper.run(this.#lanes.pooled);
  }
}
