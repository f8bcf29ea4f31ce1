import type { JsonObject } from '../../base/json.ts';

/** What is told beside an answer by a prediction that is made of others. */
export interface Told {
  /** The models that answered, and how many rows. */
  readonly answered: readonly Answerer[];
  /** How far those who voted on a row differ, 0..1 for each row; undefined: nobody voted. */
  readonly disagreement: Float32Array | undefined;
}

interface Answerer {
  readonly model: string;
  readonly version: string | undefined;
  readonly rows: number;
}

/** Who asks a prediction, and what it tells beside its answer. */
export class Inquiry {
  /** The id of the caller. */
  readonly caller: string;
  /** Calls back once, if nobody waits for the answer any more. */
  readonly onGone: (act: () => void) => void;
  #told: Told | undefined;

  constructor(caller: string, onGone: (act: () => void) => void = () => {}) {
    this.caller = caller;
    this.onGone = onGone;
  }

  /** Before somebody else is asked. */
  renew(): void {
    this.#told = undefined;
  }

  /** By a prediction that is made of others, once. */
  tell(told: Told): void {
    this.#told = told;
  }

  /** Undefined where a single model answered. */
  get told(): Told | undefined {
    return this.#told;
  }
}

/** For the ledger. */
export function toldEntry({ answered, disagreement }: Told): JsonObject {
  return {
    members: answered.map(({ model, version, rows }) => ({
      model,
      ...(version !== undefined && { version }),
      rows,
    })),
    ...(disagreement !== undefined && {
      disagreement: { mean: rounded(meanOf(disagreement)), most: rounded(mostOf(disagreement)) },
    }),
  };
}

export const meanOf = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Not by arguments: there may be more rows than a call takes. */
const mostOf = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, value), 0);

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
