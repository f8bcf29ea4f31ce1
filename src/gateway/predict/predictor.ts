import type { Contract } from '../../contracts/contract.ts';
import type { Receipt } from '../../ledger/receipt.ts';
import type { ElementType, Tensors } from '../../tensors/tensor.ts';
import type { Inquiry } from './inquiry.ts';
import type { Known } from './known.ts';
import type { Shaping } from './shaping.ts';

/** An input or output, as the model itself describes it. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

/** Whoever answers at this moment. */
export interface Predicting {
  /** Of the sealed model; undefined where a server has it. */
  readonly version: string | undefined;
  /** Empty where they are not known. */
  readonly outputs: readonly Port[];
  /**
   * Takes the proof that the ledger knows of the question. Rejects with a Refusal.
   *
   * @param wanted outputs by name; undefined: all
   * @param inquiry who asks; a prediction that is made of others tells it who answered
   */
  predict(
    receipt: Receipt,
    inputs: Tensors,
    wanted: readonly string[] | undefined,
    inquiry: Inquiry,
  ): Promise<Tensors>;
}

/** A model that can be asked, wherever it is. */
export interface Predictor {
  /**
   * Calls back with whoever answers now, who stays until that is over. Rejects with `model_unknown` where the model may not be
   * used, and `upstream_failed` where it does not run.
   */
  use<T>(act: (predicting: Predicting) => Promise<T>): Promise<T>;
  /** It can be asked at once. */
  ready(): boolean;
  /** What was asked is answered; nothing more is taken. */
  close(): Promise<void>;
}

/** A model that predicts, and what it may be asked. */
export interface Prediction {
  readonly name: string;
  readonly contract: Contract;
  readonly predictor: Predictor;
  /** It is one of the registry's, and is run here; or all that it is made of are. */
  readonly sealed: boolean;
  /** Callers have it by others that are made of it, not by its own name. */
  readonly hidden: boolean;
  /** Undefined: no monitors watch it. */
  readonly known: Known | undefined;
  /** Undefined: answers are given as they are. */
  readonly shaping: Shaping | undefined;
}

/** The models of a configuration that predict. They end with it. */
export interface Predictions {
  readonly byName: ReadonlyMap<string, Prediction>;
  /** Models that may be used now run; one that cannot be run is told to the log, and is tried again when it is asked. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
