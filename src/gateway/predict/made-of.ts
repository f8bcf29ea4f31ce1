import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../base/problem.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { CanarySource, MadeOfSource, SwitchSource } from '../../settings/made-of.ts';
import { drawnOf, switchOf } from '../../shapers/routes.ts';
import { rowsBetween, rowsOf as sharedRows } from '../../tensors/batch.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import { nextSlice, SLICE } from '../slices.ts';
import { askByRows } from './by-rows.ts';
import { sameOutputs } from './decoys.ts';
import { type Answer, type Candidate, type Held, holding, type Question } from './held.ts';
import { type Known, rowsOf } from './known.ts';
import type { Predicting, Prediction, Predictor } from './predictor.ts';
import { askVoters, outputsOf } from './vote.ts';

/** What a prediction that is made of others is made with. */
export interface MadeOfParts {
  readonly name: string;
  readonly contract: Contract;
  readonly known: Known | undefined;
  /** The predictions of the configuration; asked when they are needed, as they may be made of others as well. */
  predictorOf(name: string): Predictor;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Those that a prediction is made of are asked what it is asked, and answer in one form. Throws Problem('usage') where their
 * contracts are others, or their calibrations tell of other outputs.
 */
export function checkMembers(
  name: string,
  { members }: MadeOfSource,
  plans: ReadonlyMap<string, Pick<Prediction, 'contract' | 'known'>>,
): void {
  const own = plans.get(name);
  for (const { model } of members) {
    const plan = plans.get(model);
    if (own === undefined || plan === undefined) continue;
    const why = !isDeepStrictEqual(plan.contract, own.contract)
      ? 'another contract'
      : !sameOutputs(own, plan)
        ? 'other outputs, by their calibrations,'
        : undefined;
    if (why !== undefined)
      throw new Problem('usage', `predictions.${name}.of: “${model}” has ${why} than ${name}`);
  }
}

/**
 * A prediction that is made of others. All of its models are held until the answer is made. A canary does without those that are
 * not there: the model beside them answers.
 */
export function openMadeOf(source: MadeOfSource, parts: MadeOfParts): Predictor {
  const candidates = (): Candidate[] =>
    source.members
      .filter(({ weight }) => weight > 0)
      .map(({ model, weight }) => ({ name: model, weight, predictor: parts.predictorOf(model) }));
  const fewer = source.kind === 'canary';
  return {
    use: (act) =>
      holding(fewer ? thoseReady(candidates()) : candidates(), fewer, (held) =>
        act(predictingOf(held, source, parts)),
      ),
    ready: () => candidates()[fewer ? 'some' : 'every'](({ predictor }) => predictor.ready()),
    close: async () => {},
  };
}

/** Those that can answer at once, if there are any. The others are started meanwhile: nobody waits for a new model beside an old one. */
function thoseReady(candidates: readonly Candidate[]): readonly Candidate[] {
  const ready = candidates.filter(({ predictor }) => predictor.ready());
  if (ready.length === 0 || ready.length === candidates.length) return candidates;
  for (const { predictor } of candidates)
    if (!predictor.ready()) predictor.use(async () => {}).catch(() => {});
  return ready;
}

function predictingOf(held: readonly Held[], source: MadeOfSource, parts: MadeOfParts): Predicting {
  const ports = held[0]?.predicting.outputs ?? [];
  const own = source.kind === 'vote' ? (outputsOf(parts.known) ?? []) : undefined;
  return {
    version: undefined,
    outputs: own === undefined ? ports : ports.filter(({ name }) => own.includes(name)),
    async predict(receipt, inputs, wanted, inquiry) {
      const rows = sharedRows(inputs) ?? 1;
      const question = { receipt, inputs, rows, wanted, inquiry };
      const { outputs, ...told } = await answered(held, source, parts, question);
      inquiry.tell(told);
      return outputs;
    },
  };
}

async function answered(
  held: readonly Held[],
  source: MadeOfSource,
  parts: MadeOfParts,
  question: Question,
): Promise<Answer> {
  if (source.kind === 'vote') return askVoters(held, source.rule, parts.known, question);
  const choice =
    source.kind === 'switch'
      ? await switched(held, source, parts, question)
      : drawn(held, source, parts.name, question);
  // A model that takes so many rows and no other number is asked for all of them by what the first is.
  const [first = 0] = choice;
  return askByRows(held, splits(parts.contract) ? choice : choice.map(() => first), question);
}

const splits = ({ inputs }: Contract): boolean =>
  [...inputs.values()].every(({ dims }) => typeof dims[0] === 'string');

async function switched(
  held: readonly Held[],
  { period }: SwitchSource,
  { known, now }: MadeOfParts,
  { inputs, rows }: Question,
): Promise<number[]> {
  if (known === undefined) throw new TypeError('a switch has a calibration');
  const weights = held.map(({ weight }) => weight);
  const asked = rowsOf(known, inputs);
  const { features } = known.keyed;
  const count = period === undefined ? 0 : Math.floor(now() / period);
  const choice: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (rows > SLICE && row % SLICE === 0) await nextSlice();
    choice.push(
      switchOf(weights, known.keyed.of(asked.subarray(row * features, (row + 1) * features)), count),
    );
  }
  return choice;
}

/** By a digest, so that it is the same in every process and after each start. */
function drawn(
  held: readonly Held[],
  { members, by }: CanarySource,
  name: string,
  { inputs, rows, inquiry }: Question,
): number[] {
  const chosenBy = (about: Uint8Array | string): number => {
    const digest = createHash('sha256').update(`gatehouse/canary\0${name}\0`).update(about).digest();
    const part = digest.readUIntBE(0, 6) / 2 ** 48;
    const wanted =
      members[
        drawnOf(
          members.map(({ weight }) => weight),
          part,
        )
      ]?.model;
    const at = held.findIndex((one) => one.name === wanted);
    // Where that one is not there, those who are share what would have been its rows.
    return at >= 0
      ? at
      : drawnOf(
          held.map(({ weight }) => weight),
          digest.readUIntBE(6, 6) / 2 ** 48,
        );
  };
  if (by === 'caller') {
    const at = chosenBy(inquiry.caller);
    return Array.from({ length: rows }, () => at);
  }
  return Array.from({ length: rows }, (_, row) => chosenBy(bytesOfRow(inputs, row)));
}

function bytesOfRow(inputs: Tensors, row: number): Uint8Array {
  const parts = [...inputs].flatMap(([name, tensor]) => {
    const { type, data } = rowsBetween(tensor, row, row + 1);
    const bytes =
      type === 'string'
        ? Buffer.from(JSON.stringify(data))
        : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return [Buffer.from(`${name}\0${bytes.length}\0`), bytes];
  });
  return Buffer.concat(parts);
}
