import type { Caller } from '../../exchange/caller.ts';
import type { Response } from '../../policy/predictions.ts';

/** Where a caller stands with a model: the response to them now; undefined: at the foot of the ladder, as everybody is. */
export type Stance = Response | undefined;

/** Rows that were asked, and the model's own answers to them. Plain data, but for the numbers. */
export interface Asked {
  /** As callers name it. */
  readonly model: string;
  readonly version: string | undefined;
  /** The id of the request. */
  readonly request: string;
  readonly caller: Pick<Caller, 'id' | 'name' | 'team' | 'credential'>;
  /** [count × features] */
  readonly rows: Float32Array;
  readonly features: number;
  /** [count × classes], before they are shaped. */
  readonly scores: Float32Array;
  readonly classes: number;
  /**
   * How far several models that voted differ on each row, 0..1; undefined: a single one answered. The monitor `disagreement` looks
   * at it, by a calibration of the vote (`models calibrate --voters`), within the bound on false alarms of all.
   */
  readonly disagreement?: Float32Array | undefined;
  /**
   * The rows byte for byte, one after the other, where `rows` do not say all of them: in double precision, or with values
   * missing. What looks alike here is another question to the model, and no retry.
   */
  readonly exact?: Uint8Array | undefined;
}

/** What turned out to be right, of a request that was answered. */
export interface Outcome {
  readonly model: string;
  readonly request: string;
  /** Who says so: those who asked, or one of their team. */
  readonly caller: Pick<Caller, 'id' | 'team'>;
  /** The right class of each of its rows. */
  readonly labels: readonly number[];
}

/** Where monitors are: in this process, or in the one process that watches for all workers. */
export interface DefenceDesk {
  /** As was last heard. Known before the model is asked: a decoy answers in its place, a block refuses. */
  stanceOf(model: string, caller: string): Stance;
  /**
   * Has the monitors see an answer before it is given. Resolves with the stance after it: what raises an alarm is answered by
   * its rung already. Rejects with a Refusal where nothing could be watched: then nothing is answered.
   */
  observe(asked: Asked): Promise<Stance>;
  /** Labels come back. Resolves with whether the request was still known. */
  outcome(outcome: Outcome): Promise<boolean>;
}

/** Who stands where, as it is told to workers. Plain data. */
export interface StanceNews {
  /** Whoever is not named stands at the foot; otherwise those who are not named stand where they did. */
  readonly all: boolean;
  readonly stances: readonly {
    readonly model: string;
    readonly caller: string;
    /** null: at the foot. */
    readonly stance: Response | null;
  }[];
}
