import { Problem } from '../../base/problem.ts';
import type { LabelsOutput, ScoresOutput } from '../../defences/calibration.ts';
import { perClass } from '../../defences/scores.ts';
import { areProbabilities, isProbability } from '../../runtime/onnx/classifier.ts';
import { labelsOf } from '../shaping/clone.ts';
import type { Answers } from './served-answers.ts';

/** Where the scores are, where the class is named, and the scores as one for each class. */
export interface Found {
  readonly scores: ScoresOutput;
  readonly labels: LabelsOutput | undefined;
  /** Why what the model calls classes cannot be said of shaped scores: it is left out of shaped answers. */
  readonly unnamed: string | undefined;
  readonly classes: number;
  /** [count × classes], in the form that they are served in. */
  readonly values: Float32Array;
}

/** Scores nearer to each other than this are a tie: which class is named then is up to the model. */
const TIE = 1e-6;

/**
 * Finds scores and labels in what a model answers to rows of its owner.
 *
 * @param named the output of the scores; undefined: the only one that may be
 *
 * Throws Problem('usage') where there is no such output or several.
 */
export function findOutputs(answers: readonly Answers[], named: string | undefined): Found {
  const found = scoresIn(answers, named);
  const values = Float32Array.from(found.values as ArrayLike<number>);
  const single = found.width === 1;
  const classes = single ? 2 : found.width;
  if (!values.every(Number.isFinite))
    throw new Problem('usage', `output ${found.output} has scores that are no finite numbers`);
  const scores: ScoresOutput = { output: found.output, form: formOf(values, single, classes), single };
  const each = perClass(scores, values);
  const labels = labelsIn(answers, scores, each, classes);
  return typeof labels === 'string'
    ? { scores, labels: undefined, unnamed: labels, classes, values: each }
    : { scores, labels, unnamed: undefined, classes, values: each };
}

const list = (answers: readonly Answers[]): string => answers.map(({ output }) => output).join(', ');

function scoresIn(answers: readonly Answers[], named: string | undefined): Answers {
  const able = answers.filter(({ real, width }) => real && width > 0);
  if (named !== undefined) {
    const found = able.find(({ output }) => output === named);
    if (found !== undefined) return found;
    throw new Problem(
      'usage',
      `${named} is no output of real numbers, some for each row${able.length > 0 ? `; these are: ${list(able)}` : ''}`,
    );
  }
  const [only, ...more] = able;
  if (only === undefined)
    throw new Problem(
      'usage',
      'no output has scores as a tensor of real numbers, some for each row',
      'A model of scikit-learn that answers tables of probabilities (ZipMap) is to be converted again, with zipmap: False.',
    );
  if (more.length > 0)
    throw new Problem(
      'usage',
      `there are several outputs of real numbers: ${list(able)}`,
      'Name the one that has the scores with --scores.',
    );
  return only;
}

/** One number from 0 to 1 in every row is what a sigmoid gives; a logit that never leaves that range would be a rare one. */
function formOf(values: Float32Array, single: boolean, classes: number): ScoresOutput['form'] {
  const fits = single ? values.every(isProbability) : areProbabilities(values, classes);
  return fits ? 'probabilities' : 'logits';
}

/** Or why what is done to scores could not be done to it: it would give them away. */
function labelsIn(
  answers: readonly Answers[],
  scores: ScoresOutput,
  values: Float32Array,
  classes: number,
): LabelsOutput | string | undefined {
  const able = answers.filter(({ real, width }) => !real && width === 1);
  const [only, ...more] = able;
  if (only === undefined) return undefined;
  if (more.length > 0) return `several outputs may name the class: ${list(able)}`;
  const best = labelsOf(values, classes);
  const names = new Map<number, string | number>();
  for (const [row, label] of best.entries()) {
    const name = only.values[row] as string | number;
    if (isTie(values.subarray(row * classes, (row + 1) * classes), label)) continue;
    if (names.has(label) && names.get(label) !== name)
      return `output ${only.output} does not name the class of the highest score in ${scores.output}`;
    names.set(label, name);
  }
  const all = completed(names, only.output, classes);
  return typeof all === 'string' ? all : { output: only.output, classes: all };
}

const isTie = (row: Float32Array, label: number): boolean =>
  row.some((score, at) => at !== label && (row[label] as number) - score < TIE);

/** Names of the classes; of those that no row was put into where names count up from class to class. Or why not. */
function completed(
  names: ReadonlyMap<number, string | number>,
  output: string,
  classes: number,
): (string | number)[] | string {
  const [[at, first] = [0, '']] = names;
  const start = typeof first === 'number' ? first - at : Number.NaN;
  const counts = names.size > 1 && [...names].every(([label, name]) => name === start + label);
  if (!counts && names.size < classes)
    return `${classes - names.size} of ${classes} classes were never answered, so what ${output} calls them is not known`;
  const all = Array.from({ length: classes }, (_, label) => names.get(label) ?? start + label);
  return new Set(all).size < classes ? `output ${output} calls several classes alike` : all;
}
