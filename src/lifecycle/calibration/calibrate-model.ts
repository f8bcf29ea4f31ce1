import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../base/problem.ts';
import type { DefenceKeys, ModelCalibration } from '../../defences/calibration.ts';
import { withoutMissing } from '../../defences/rows.ts';
import { classProbabilities } from '../../defences/scores.ts';
import { votesOf } from '../../defences/votes.ts';
import { calibrate, type Sample } from '../../monitors/calibrate.ts';
import type { Calibration } from '../../monitors/calibration.ts';
import type { Secret } from '../../monitors/secret.ts';
import { Watch } from '../../monitors/watch.ts';
import { fitGate, type OwnRows } from '../../shapers/outlier-gate.ts';
import type { VoteRule } from '../../shapers/routes.ts';
import type { Data } from '../attack/data/read-data.ts';
import { labelsOf } from '../shaping/clone.ts';
import { type Found, findOutputs } from './find-outputs.ts';
import { meansOf, type OwnData, type OwnDataOptions, ownData, rightClasses } from './own-data.ts';
import { type AskOptions, openAsServed } from './served-answers.ts';

/** Honest callers of the rehearsal, and queries of each at the most. */
const CALLERS = 100;
const QUERIES = 100;

export interface CalibrateOptions extends AskOptions, OwnDataOptions {
  /** Classes in the model's order, where the model does not name them as the labels do. */
  readonly classes?: readonly string[] | undefined;
  /** The output of the scores; undefined: the only one that may be. */
  readonly scores?: string | undefined;
  /** Models that vote with it, by `rule`: what is calibrated is their answer, and how far they differ. */
  readonly voters?: readonly Uint8Array[] | undefined;
  readonly rule?: VoteRule | undefined;
}

/** A calibration, and what came of trying it on the rows that it was made from. */
export interface Calibrated {
  readonly calibration: ModelCalibration;
  /** Why classes are not named in shaped answers, where the model names them. */
  readonly unnamed: string | undefined;
  readonly rehearsal: { readonly callers: number; readonly queries: number; readonly alarmed: number };
}

/**
 * Asks a model in ONNX about rows of its owner, calibrates monitors and shapers on the answers, and lets made-up honest callers
 * ask about the same rows. Rejects with Problem('usage') for rows that are not the model's, fewer than 100, and models whose
 * scores cannot be told; with an AbortError.
 */
export async function calibrateModel(
  bytes: Uint8Array,
  data: Data,
  keys: DefenceKeys,
  options: CalibrateOptions,
): Promise<Calibrated> {
  const models = [bytes, ...(options.voters ?? [])];
  const asked: Asked[] = [];
  for (const one of models) asked.push(await ask(one, data, options));
  const [first] = asked;
  if (first === undefined) throw new RangeError('there is a model');
  const { own, features } = first;
  const { found, disagreement } = asked.length === 1 ? first : voted(asked, options.rule ?? 'mean');
  const rows = withoutMissing(own.rows, meansOf(own.rows, features));
  const sample: Sample = { features, classes: found.classes, rows, scores: found.values, disagreement };
  const monitors = calibrate(sample, keys.monitors);
  const probabilities = classProbabilities(found.scores.form, found.values, found.classes);
  const calibration: ModelCalibration = {
    model: digestOf(models),
    scores: found.scores,
    labels: found.labels,
    monitors,
    gate: gateOf({ ...sample, probabilities }),
    accuracy: accuracyOf(own, found, options),
  };
  return { calibration, unnamed: found.unnamed, rehearsal: rehearsed(monitors, sample, keys.monitors) };
}

/** What one model says of the rows. */
interface Asked {
  readonly own: OwnData;
  readonly features: number;
  readonly found: Found;
  readonly disagreement: undefined;
}

async function ask(bytes: Uint8Array, data: Data, options: CalibrateOptions): Promise<Asked> {
  const model = await openAsServed(bytes);
  try {
    const { features } = model;
    const own = ownData(data, features, options);
    const found = findOutputs(await model.ask(own.rows, options), options.scores);
    return { own, features, found, disagreement: undefined };
  } finally {
    await model.close();
  }
}

/** One answer of all. Throws Problem('usage') for models that do not answer alike: a gateway could not count their votes. */
function voted(
  asked: readonly Asked[],
  rule: VoteRule,
): { readonly found: Found; readonly disagreement: Float32Array } {
  const [first] = asked;
  if (first === undefined) throw new RangeError('nobody votes');
  const { values: _, ...form } = first.found;
  for (const { found } of asked) {
    const { values, ...other } = found;
    if (!isDeepStrictEqual(other, form))
      throw new Problem(
        'usage',
        'the models do not answer alike: their scores or classes differ in name, form or number',
        'Export them with the same outputs.',
      );
  }
  const ballots = asked.map(({ found: { scores, classes, values } }) => ({
    form: scores.form,
    classes,
    scores: values,
  }));
  const { scores, disagreement } = votesOf(ballots, rule);
  return { found: { ...form, values: scores }, disagreement };
}

/** Of the model, or of the digests of all that vote. */
function digestOf(models: readonly Uint8Array[]): string {
  const [first = '', ...others] = models.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  return others.length === 0
    ? first
    : createHash('sha256')
        .update([first, ...others].join('\n'))
        .digest('hex');
}

function gateOf(own: OwnRows): ModelCalibration['gate'] {
  try {
    return fitGate(own);
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('usage', error.message, undefined, error);
    throw error;
  }
}

function accuracyOf(own: OwnData, found: Found, options: CalibrateOptions): ModelCalibration['accuracy'] {
  const names = options.classes ?? found.labels?.classes.map(String);
  const right = rightClasses(own, names, found.classes);
  if (right === undefined) return undefined;
  const said = labelsOf(found.values, found.classes);
  const hits = right.reduce((sum, label, at) => sum + (said[at] === label ? 1 : 0), 0);
  return { share: hits / right.length, rows: right.length };
}

/** Each caller asks about rows drawn by the key: the order of a file is not that of callers. */
function rehearsed(calibration: Calibration, sample: Sample, secret: Secret): Calibrated['rehearsal'] {
  const { features, classes, rows, scores, disagreement } = sample;
  const watch = new Watch(calibration, secret);
  const count = rows.length / features;
  const each = Math.min(QUERIES, count);
  const drawn = secret.words('rehearsal', CALLERS * each);
  const alarmed = new Set<string>();
  for (let turn = 0; turn < each; turn++)
    for (let index = 0; index < CALLERS; index++) {
      const at = (drawn[index * each + turn] as number) % count;
      const caller = `${index}`;
      const { alarms } = watch.observe({
        caller,
        row: rows.subarray(at * features, (at + 1) * features),
        scores: scores.subarray(at * classes, (at + 1) * classes),
        disagreement: disagreement?.[at],
      });
      if (alarms.length > 0) alarmed.add(caller);
    }
  return { callers: CALLERS, queries: each, alarmed: alarmed.size };
}
