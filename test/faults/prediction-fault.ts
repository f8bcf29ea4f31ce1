import type { Scene } from './prediction-scene.ts';

/** What came of one question, in the words of the table. */
export interface PredictionOutcome {
  readonly caller: string;
  readonly ledger: readonly string[];
}

export interface PredictionFault {
  readonly what: string;
  /** Meets the fault; says what the caller got. What it breaks, it mends. */
  meet(scene: Scene): Promise<string>;
  readonly expect: PredictionOutcome;
}

export const answered: PredictionOutcome = { caller: '200', ledger: ['begin', 'end: completed'] };
export const fails = (caller: string, end: string): PredictionOutcome => ({
  caller,
  ledger: ['begin', `end: failed, ${end}`],
});
export const refused = (caller: string, why: string): PredictionOutcome => ({
  caller,
  ledger: [`refused: ${why}`],
});
export const unrecorded = (...ledger: string[]): PredictionOutcome => ({
  caller: '503 ledger_unavailable',
  ledger,
});
