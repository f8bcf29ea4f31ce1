import type { Json, JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { type ElementType, elementCount } from '../tensors/tensor.ts';
import {
  type Bounds,
  type Contract,
  type Feature,
  type InputContract,
  isFloat,
  type Kind,
  WHOLE_LIMITS,
} from './contract.ts';

/** An input as the model itself describes it: -1 or a word for what varies. */
export interface ModelInput {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface InferOptions {
  /** How far beyond the sample a number may go, as a part of the sample's own range. Default 0.1. */
  readonly margin?: number;
}

export interface Inferred {
  readonly contract: Contract;
  /** What a person should look at, in sentences. */
  readonly notes: readonly string[];
}

/** Different texts of one column; more are no category. */
const MOST_CATEGORIES = 1024;
/** Whole numbers with gaps are a category where there are few, and each is seen so often, on average. */
const FEW = 20;
const SEEN = 20;
const MAX_ROWS = 1024;
/** Columns that have a meaning each; more are elements of one kind, such as pixels. */
const MOST_FEATURES = 256;

/**
 * The contract that a sample keeps, for a person to look over: ranges of numbers with a margin, categories by what there is. The
 * columns of the sample, in order, are those of the model; or, where each input is named by a column, each of its own.
 *
 * @param rows all with the names of the first, which say the order; null or empty: missing
 * Throws `Problem('usage')` where the sample does not fit the model.
 */
export function inferContract(
  inputs: readonly ModelInput[],
  rows: readonly JsonObject[],
  { margin = 0.1 }: InferOptions = {},
): Inferred {
  const [first] = rows;
  if (first === undefined) throw new Problem('usage', 'the sample has no rows');
  const notes: string[] = [];
  const columns = Object.keys(first).map((name) => ({ name, values: rows.map((row) => row[name] ?? null) }));
  const parts = share(inputs, columns);
  const contract: Contract = {
    maxRows: MAX_ROWS,
    inputs: new Map(
      inputs.map((input) => [input.name, inputOf(input, parts.get(input.name) ?? [], margin, notes)]),
    ),
  };
  return { contract, notes };
}

interface Column {
  readonly name: string;
  readonly values: readonly Json[];
}

/** Which columns are whose. */
function share(
  inputs: readonly ModelInput[],
  columns: readonly Column[],
): ReadonlyMap<string, readonly Column[]> {
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined) return new Map([[only.name, columns]]);
  const byName = new Map(columns.map((column) => [column.name, column]));
  return new Map(
    inputs.map(({ name }) => {
      const column = byName.get(name);
      if (column === undefined)
        throw new Problem(
          'usage',
          'the sample has no column for an input of the model',
          `A model of several inputs needs a column by the name of each: ${inputs.map((one) => one.name).join(', ')}.`,
        );
      return [name, [column]];
    }),
  );
}

function inputOf(
  input: ModelInput,
  columns: readonly Column[],
  margin: number,
  notes: string[],
): InputContract {
  const { name, type } = input;
  const dims = input.dims.map((size, axis) =>
    typeof size === 'number' && size > 0 ? size : axis === 0 ? 'rows' : wordFor(size, `${name}_${axis}`),
  );
  const [, last] = dims;
  if (dims.length === 2 && columns.length <= MOST_FEATURES) {
    const features = featuresOf(
      columns,
      type,
      typeof last === 'number' ? last : columns.length,
      margin,
      notes,
    );
    const width = features.reduce(
      (sum, { kind }) => sum + (kind.is === 'one-hot' ? kind.columns.size : 1),
      0,
    );
    if (typeof last === 'number' && width !== last)
      throw new Problem(
        'usage',
        `the model takes ${last} columns, and the sample has ${columns.length}, or ${width} with its categories spread out`,
        'Leave columns out that are not for the model, such as labels (--drop NAME).',
      );
    return { type, dims: [dims[0] ?? 'rows', width], elements: undefined, features };
  }
  const size = elementCount(dims.slice(1).map((one) => (typeof one === 'number' ? one : 1)));
  if (size !== columns.length)
    throw new Problem(
      'usage',
      `the model takes ${size} elements a row, and the sample has ${columns.length} columns`,
      'Leave columns out that are not for the model, such as labels (--drop NAME).',
    );
  const numbers = columns.flatMap(({ values }) => numbersOf(values) ?? [Number.NaN]);
  if (numbers.some(Number.isNaN)) throw new Problem('usage', 'the sample has elements that are no numbers');
  return { type, dims, elements: rangeOf(numbers, type, margin), features: [] };
}

const wordFor = (size: number | string, otherwise: string): string =>
  (typeof size === 'string' ? size : otherwise)
    .replaceAll(/\W/g, '_')
    .replace(/^[^A-Za-z]/, 'n')
    .slice(0, 64);

function featuresOf(
  columns: readonly Column[],
  type: ElementType,
  width: number,
  margin: number,
  notes: string[],
): Feature[] {
  // Whether texts are spread over columns shows in how many there are.
  const spread = columns.length < width;
  return columns.map(({ name, values }) => {
    const known = values.filter((value) => !isMissing(value));
    const missing = known.length < values.length;
    const kind = kindOf(name, known, type, { margin, spread, notes });
    return { name, unit: undefined, kind, missing: missing ? missingOf(name, kind, type, notes) : undefined };
  });
}

const isMissing = (value: Json): boolean => value === null || value === '';

function missingOf(name: string, kind: Kind, type: ElementType, notes: string[]): Feature['missing'] {
  notes.push(`“${name}” has missing values: see that its “missing” is how the model was trained.`);
  if (kind.is === 'one-hot') return 'zeros';
  if (kind.is === 'text') return { text: '' };
  if (isFloat(type)) return 'nan';
  throw new Problem('usage', `“${name}” has missing values, which a tensor of ${type} cannot say`);
}

function kindOf(
  name: string,
  values: readonly Json[],
  type: ElementType,
  { margin, spread, notes }: { margin: number; spread: boolean; notes: string[] },
): Kind {
  if (type === 'string') return { is: 'text', values: new Set(categoriesOf(name, values)) };
  if (values.length === 0) {
    notes.push(`“${name}” has no values in the sample, and got no range.`);
    const [min, max] = WHOLE_LIMITS[type] ?? [];
    return { is: isFloat(type) ? 'number' : 'whole', min, max };
  }
  if (type === 'bool' || values.every((value) => typeof value === 'boolean')) return { is: 'flag' };
  const numbers = numbersOf(values);
  if (numbers === undefined) {
    const words = categoriesOf(name, values);
    if (spread) return { is: 'one-hot', columns: new Map(words.map((word, column) => [word, column])) };
    notes.push(
      `“${name}” got its codes by the order of the alphabet: see that the model was trained with the same.`,
    );
    return { is: 'codes', codes: new Map(words.map((word, code) => [word, code])) };
  }
  if (!numbers.every(Number.isInteger) && !isFloat(type))
    throw new Problem('usage', `“${name}” has fractions, and the model takes ${type}`);
  if (!numbers.every(Number.isInteger)) return { is: 'number', ...rangeOf(numbers, type, margin) };
  const different = [...new Set(numbers)].sort((a, b) => a - b);
  if (different.length === 2 && different[0] === 0 && different[1] === 1) return { is: 'flag' };
  const gaps = (different.at(-1) ?? 0) - (different[0] ?? 0) >= different.length;
  if (gaps && different.length <= FEW && numbers.length >= SEEN * different.length) {
    notes.push(`“${name}” has few values, and became a category of them.`);
    return { is: 'codes', codes: new Map(different.map((code) => [String(code), code])) };
  }
  const { min = 0, max = 0 } = rangeOf(numbers, type, margin);
  return { is: 'whole', min: Math.floor(min), max: Math.ceil(max) };
}

/** Numbers, which may be written as texts; undefined where a value is none. */
function numbersOf(values: readonly Json[]): number[] | undefined {
  const numbers = values.map((value) => (typeof value === 'string' ? numberIn(value) : value));
  return numbers.every((value) => typeof value === 'number' && Number.isFinite(value))
    ? (numbers as number[])
    : undefined;
}

const numberIn = (text: string): number =>
  /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;

function categoriesOf(name: string, values: readonly Json[]): string[] {
  const words = [...new Set(values.map(String))].sort();
  if (words.length === 0 || words.length > MOST_CATEGORIES)
    throw new Problem('usage', `“${name}” has ${words.length} different texts, and is no category`);
  return words;
}

/** The range of a sample and a margin around it, which does not lead below zero what never was, nor out of the type. */
function rangeOf(numbers: readonly number[], type: ElementType, margin: number): Bounds {
  if (numbers.length === 0) return { min: undefined, max: undefined };
  let [least, most] = [Infinity, -Infinity];
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  const room = (most > least ? most - least : Math.abs(most)) * margin;
  const [lowest, highest] = WHOLE_LIMITS[type] ?? [-Infinity, Infinity];
  return {
    min: Math.max(lowest, least >= 0 ? Math.max(0, least - room) : least - room),
    max: Math.min(highest, most <= 0 ? Math.min(0, most + room) : most + room),
  };
}
