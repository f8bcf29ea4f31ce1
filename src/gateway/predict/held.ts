import { Refusal } from '../../base/refusal.ts';
import type { Receipt } from '../../ledger/receipt.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import { Inquiry, type Told } from './inquiry.ts';
import type { Predicting, Predictor } from './predictor.ts';

/** One of those that a prediction is made of. */
export interface Candidate {
  readonly name: string;
  readonly weight: number;
  readonly predictor: Predictor;
}

/** One of them that is there, and stays until the answer is made. */
export interface Held extends Omit<Candidate, 'predictor'> {
  readonly predicting: Predicting;
}

/**
 * Calls back with models that stay until that is over.
 *
 * @param fewer those that cannot be had are passed over, as long as there is one
 *
 * Rejects as the first of them does that cannot be had, otherwise.
 */
export function holding<T>(
  candidates: readonly Candidate[],
  fewer: boolean,
  act: (held: readonly Held[]) => Promise<T>,
): Promise<T> {
  let missed: unknown = new Refusal('model_unknown');
  const from = async (at: number, held: readonly Held[]): Promise<T> => {
    const candidate = candidates[at];
    if (candidate === undefined) {
      if (held.length === 0) throw missed;
      return act(held);
    }
    const { name, weight, predictor } = candidate;
    let came = false;
    try {
      return await predictor.use((predicting) => {
        came = true;
        return from(at + 1, [...held, { name, weight, predicting }]);
      });
    } catch (error) {
      if (came || !fewer) throw error;
      missed = error;
      return from(at + 1, held);
    }
  };
  return from(0, []);
}

/** A question that some of them are asked. */
export interface Question {
  readonly receipt: Receipt;
  readonly inputs: Tensors;
  readonly rows: number;
  readonly wanted: readonly string[] | undefined;
  readonly inquiry: Inquiry;
}

export interface Answer extends Told {
  readonly outputs: Tensors;
}

/** Asks one of them. One that is made of others itself tells who answered. */
export async function askHeld({ name, predicting }: Held, question: Question): Promise<Answer> {
  const { receipt, inputs, rows, wanted } = question;
  const inquiry = new Inquiry(question.inquiry.caller, question.inquiry.onGone);
  const outputs = await predicting.predict(receipt, inputs, wanted, inquiry);
  const { version } = predicting;
  const told = inquiry.told ?? { answered: [{ model: name, version, rows }], disagreement: undefined };
  return { outputs, ...told };
}

/** Waits for all of them, those too that answer after one has failed: none is let go while it is at work. */
export async function askAll(asked: readonly Promise<Answer>[]): Promise<Answer[]> {
  const settled = await Promise.allSettled(asked);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
