import type { Access, Norm } from '../../attacks/attack.ts';
import type { JudgedFinding } from '../../findings/result.ts';

/** A share of rows, with the interval in which the true one lies with 95 % confidence (Clopper and Pearson, 1934). */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** What one attack came to at one budget. */
export interface RunResult {
  readonly attack: string;
  readonly title: string;
  readonly source: string;
  readonly access: Access;
  readonly norm: Norm;
  readonly epsilon: number;
  /** Steps, restarts, queries a row and the like, as it was run. */
  readonly settings: Readonly<Record<string, number>>;
  /** Rows that the model still gets right, of all that were finished; those it got wrong before count as wrong. */
  readonly robust: Share;
  /** Rows that were attacked to the end. */
  readonly attacked: number;
  /** Of the rows attacked, those that were changed within the budget so that the model errs. */
  readonly success: number;
  /** Of what was found, in units of the space. */
  readonly distances: Quantiles | undefined;
  readonly queries: { readonly median: number; readonly total: number };
  /** Share of the rows attacked whose gradient was zero everywhere at some step. */
  readonly zeroGradients: number;
  /** Rows that the attack called found and that the model got right when it was asked again. */
  readonly unconfirmed: number;
  readonly seconds: number;
}

export interface Quantiles {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** Rows that no attack broke. */
export interface WorstCase {
  readonly epsilon: number;
  readonly robust: Share;
}

/** A row before and after. */
export interface Example {
  /** Its place in the data, from 0. */
  readonly row: number;
  readonly label: string;
  readonly answer: string;
  readonly attack: string;
  readonly distance: number;
  readonly original: readonly number[];
  readonly adversarial: readonly number[];
}

/** How many rows are right that something happened to which nobody meant. */
export interface CorruptionResult {
  readonly name: string;
  readonly title: string;
  /** 1 to 5. */
  readonly severity: number;
  readonly accuracy: Share;
}

/** Reasons not to take robust accuracy for what it says: it may be lower. */
export interface Warning {
  readonly rule: string;
  readonly message: string;
}

/** `done`; `below`: less robust than was asked; `undecided`: what was measured does not bear a verdict. */
export type AttackVerdict = 'done' | 'below' | 'undecided';

/** What an attack on a model came to. But for the seconds, the same seed gives the same. */
export interface AttackResult {
  readonly kind: 'gatehouse-attack';
  readonly version: 1;
  readonly tool: { readonly name: 'gatehouse'; readonly version: string };
  readonly verdict: AttackVerdict;
  /** Why it is undecided, or below. */
  readonly reasons: readonly string[];
  readonly model: {
    readonly kind: 'onnx' | 'oip' | 'http';
    readonly name: string;
    readonly sha256: string | undefined;
    readonly size: number;
    readonly access: Access;
    readonly features: number;
    readonly classes: readonly string[];
    /** Why there are no gradients, of a model that is here. */
    readonly opaque: string | undefined;
  };
  readonly data: {
    readonly name: string;
    readonly sha256: string;
    readonly rows: number;
    readonly columns: readonly string[];
    readonly image:
      | { readonly channels: number; readonly height: number; readonly width: number }
      | undefined;
    /** The least and the most number there can be. */
    readonly range: readonly [number, number];
  };
  readonly asked: {
    readonly norm: Norm;
    readonly epsilons: readonly number[];
    readonly unit: string;
    readonly seed: number;
    readonly failUnder: number | undefined;
  };
  readonly clean: Share;
  readonly runs: readonly RunResult[];
  readonly worst: readonly WorstCase[];
  /** None where they were not asked for. */
  readonly corruptions: readonly CorruptionResult[];
  readonly warnings: readonly Warning[];
  readonly findings: readonly JudgedFinding[];
  readonly examples: readonly Example[];
  /** Rows that the model was asked about, all in all, by what attacks say; the same for the same seed. */
  readonly queries: number;
  /** Rows that were sent in this run, tries again included: fewer where it went on, more where a server was asked again. */
  readonly sent: number;
  readonly seconds: number;
  /** Why it ended before its end. */
  readonly stopped: Stopped | undefined;
}

export type Stopped = 'asked' | 'time' | 'budget';
