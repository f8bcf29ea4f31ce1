import type { Random } from './random.ts';
import type { Space } from './space.ts';

/** How far an adversarial row is from the one that it was made of. */
export type Norm = 'Linf' | 'L2' | 'L1' | 'L0';

/** What the attacker can ask for: gradients, scores, or only the answer. */
export type Access = 'gradients' | 'scores' | 'decisions';

/**
 * A model that classifies, as an attacker sees it. Rows are laid end to end; `count` rows of `features` numbers. The class
 * that a row is put into is that of its highest score.
 */
export interface Victim {
  readonly features: number;
  readonly classes: number;
  /** `logits`: any numbers; `probabilities`: they add up to one; `labels`: one at the class, zero elsewhere. */
  readonly answers: 'logits' | 'probabilities' | 'labels';
  /** Scores, [count × classes]. One query for each row. */
  scores(rows: Float32Array): Promise<Float32Array>;
  /**
   * Scores, and the gradient of Σ cotangent · scores with respect to the rows. `cotangentOf` is asked once, with the
   * scores: the loss is the attack's. Missing where the model gives no gradients.
   */
  gradients?(
    rows: Float32Array,
    cotangentOf: (scores: Float32Array) => Float32Array,
  ): Promise<{ readonly scores: Float32Array; readonly gradient: Float32Array }>;
  /** The same for the log-odds against the classes given, of logits (`losses.ts`), where the model has it by asking once. */
  oddsGradients?(
    rows: Float32Array,
    labels: Int32Array,
  ): Promise<{ readonly scores: Float32Array; readonly gradient: Float32Array }>;
}

/** What an attack is asked to do. */
export interface Job {
  readonly victim: Victim;
  /** The rows to change, [count × features]; never written to. */
  readonly rows: Float32Array;
  /** The class that each row is of; rows that the model gets wrong already count as found. */
  readonly labels: Int32Array;
  readonly norm: Norm;
  /** The budget: the distance that an attack may go. Attacks that look for the least distance use it as a goal only. */
  readonly epsilon: number;
  readonly space: Space;
  /** Numbers that an attack names in its `defaults`: steps, restarts, queries… */
  readonly settings: Readonly<Record<string, number>>;
  readonly random: Random;
  /** Other rows of the same kind, laid end to end: attacks from decisions begin at one that the model puts elsewhere. */
  readonly others?: Float32Array | undefined;
  /** For each feature the values where answers may change, ascending, such as the thresholds of trees. */
  readonly thresholds?: readonly Float32Array[] | undefined;
  /** Rows that are done, of all; called now and then. */
  readonly progress?: ((done: number, of: number) => void) | undefined;
  /** An attack that is stopped gives what it has. */
  readonly signal?: AbortSignal | undefined;
}

/** What an attack came to. */
export interface Outcome {
  /** The best that was found for each row, [count × features]: itself where nothing was. */
  readonly rows: Float32Array;
  /** 1 where the model is wrong about the row that was found, and, for attacks within a budget, it is within. */
  readonly found: Uint8Array;
  /** Rows that the model was asked about, for each row attacked; a gradient counts as one. */
  readonly queries: Int32Array;
  /** Rows whose gradient was zero everywhere, at some step: a sign that gradients are masked. */
  readonly zeroGradients: Uint8Array;
  readonly stopped: boolean;
}

/** A way to make a model err. */
export interface Attack {
  /** As it is called on the command line. */
  readonly name: string;
  readonly title: string;
  /** The paper that it is from. */
  readonly source: string;
  readonly access: Access;
  readonly norms: readonly Norm[];
  /** `within` a budget, or the `least` distance. */
  readonly seeks: 'within' | 'least';
  /** Settings with their default numbers. */
  readonly defaults: Readonly<Record<string, number>>;
  run(job: Job): Promise<Outcome>;
}
