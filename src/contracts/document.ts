import Type, { type Static } from 'typebox';
import { stringify } from 'yaml';
import { SourceDocument } from '../base/document.ts';
import type { Path } from '../base/schema.ts';
import type { ElementType } from '../tensors/tensor.ts';
import {
  type Contract,
  type Feature,
  type InputContract,
  isFloat,
  type Kind,
  type Missing,
  WHOLE_LIMITS,
  widthOf,
} from './contract.ts';

const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 256 });
const Category = Type.String({ maxLength: 1024 });
const Categories = Type.Array(Category, { minItems: 1, maxItems: 65_536, uniqueItems: true });

const TYPES = [
  'float32',
  'float64',
  'float16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
] as const satisfies readonly ElementType[];

const FeatureEntry = Type.Object(
  {
    name: Name,
    kind: Type.Enum(['number', 'whole', 'flag', 'category'], { description: 'What its values are.' }),
    unit: Type.Optional(Type.String({ maxLength: 64, description: 'For people: years, EUR.' })),
    min: Type.Optional(Type.Number({ description: 'The least that a number may be.' })),
    max: Type.Optional(Type.Number({ description: 'The most that a number may be.' })),
    codes: Type.Optional(
      Type.Record(Category, Type.Number(), {
        minProperties: 1,
        description: 'Categories, each with its number.',
      }),
    ),
    one_hot: Type.Optional(Categories),
    texts: Type.Optional(Categories),
    missing: Type.Optional(
      Type.Union(
        [
          Type.Enum(['nan', 'zeros']),
          Type.Number(),
          Type.Object({ text: Type.String({ maxLength: 1024 }) }, closed),
        ],
        { description: 'How a missing value is sent: nan, zeros (of one_hot), a number, or { text: … }.' },
      ),
    ),
  },
  { ...closed, description: 'One thing that is known of what a row speaks of.' },
);

const InputEntry = Type.Object(
  {
    type: Type.Enum([...TYPES], { description: 'The type of its elements.' }),
    shape: Type.Array(
      Type.Union(
        [Type.Integer({ minimum: 1, maximum: 2 ** 31 }), Type.String({ pattern: '^[A-Za-z]\\w{0,63}$' })],
        {
          description: 'a size, or a word for what varies (rows)',
        },
      ),
      { maxItems: 16, description: 'The sizes of its axes.' },
    ),
    min: Type.Optional(
      Type.Number({ description: 'The least that any element may be, where there are no features.' }),
    ),
    max: Type.Optional(
      Type.Number({ description: 'The most that any element may be, where there are no features.' }),
    ),
    features: Type.Optional(
      Type.Array(FeatureEntry, {
        minItems: 1,
        maxItems: 65_536,
        description: 'The columns of its last axis, in order.',
      }),
    ),
  },
  { ...closed, description: 'One tensor that the model takes.' },
);

/** A contract as written, in YAML or JSON. */
export const ContractSchema = Type.Object(
  {
    version: Type.Literal(1, { description: 'Of this form of document.' }),
    max_rows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Rows of one question at the most. Default: 1024.',
      }),
    ),
    inputs: Type.Record(Name, InputEntry, { minProperties: 1, description: 'Tensors by name.' }),
  },
  { ...closed, title: 'Input contract', description: 'What a model may be asked.' },
);

type Written = Static<typeof ContractSchema>;
type WrittenInput = Static<typeof InputEntry>;
type WrittenFeature = Static<typeof FeatureEntry>;

const MAX_ROWS = 1024;

/** Reads a contract. Throws `Problem('usage')` that lists every error with its line. @param file its name in errors */
export function readContract(text: string, file: string): Contract {
  const document = SourceDocument.read(text, file);
  const written = document.require(ContractSchema);
  const report = (path: Path, message: string) => document.report(path, message);
  const names = new Set<string>();
  const inputs = Object.entries(written.inputs).map(
    ([name, entry]) => [name, readInput(entry, ['inputs', name], names, report)] as const,
  );
  document.finish();
  return { maxRows: written.max_rows ?? MAX_ROWS, inputs: new Map(inputs) };
}

type Report = (path: Path, message: string) => void;

/** @param names of the features so far: a row has one value by each */
function readInput(entry: WrittenInput, at: Path, names: Set<string>, report: Report): InputContract {
  const { type, shape, min, max } = entry;
  checkRange(entry, at, report);
  const features = (entry.features ?? []).map((one, index) => {
    const place = [...at, 'features', index];
    if (names.has(one.name)) report([...place, 'name'], 'is the name of another feature');
    names.add(one.name);
    return readFeature(one, type, place, report);
  });
  const bounded = min !== undefined || max !== undefined;
  if (bounded && (features.length > 0 || type === 'string'))
    report(at, 'has min or max where its features have them, or where there are no numbers');
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  if (features.length > 0 && shape.at(-1) !== width)
    report([...at, 'features'], `take ${width} columns, which is not the last size of the shape`);
  return { type, dims: shape, elements: bounded ? { min, max } : undefined, features };
}

function readFeature(entry: WrittenFeature, type: ElementType, at: Path, report: Report): Feature {
  const { name, unit, kind: is } = entry;
  checkRange(entry, at, report);
  const numeric = is === 'number' || is === 'whole';
  if (!numeric && (entry.min !== undefined || entry.max !== undefined))
    report(at, 'has min or max, and is no number');
  if (is === 'number' && !isFloat(type))
    report([...at, 'kind'], `must be whole, flag or category in a tensor of ${type}`);
  const kind = readKind(entry, at, type, report);
  if ((kind.is === 'text') !== (type === 'string'))
    report(at, type === 'string' ? 'must be a category of texts' : `has texts in a tensor of ${type}`);
  if (kind.is === 'codes')
    for (const [value, code] of kind.codes)
      if (!holds(type, code)) report([...at, 'codes', value], `is not of ${type}`);
  return { name, unit, kind, missing: readMissing(entry, kind, type, at, report) };
}

function readKind(entry: WrittenFeature, at: Path, type: ElementType, report: Report): Kind {
  const { kind, codes, one_hot, texts } = entry;
  const ways = [codes, one_hot, texts].filter((way) => way !== undefined).length;
  if (ways !== (kind === 'category' ? 1 : 0))
    report(
      at,
      kind === 'category' ? 'must have one of codes, one_hot and texts' : 'is no category, and has values',
    );
  if (kind === 'flag') return { is: 'flag' };
  if (kind === 'category') {
    if (codes !== undefined) return { is: 'codes', codes: new Map(Object.entries(codes)) };
    if (texts !== undefined) return { is: 'text', values: new Set(texts) };
    return { is: 'one-hot', columns: new Map((one_hot ?? []).map((value, column) => [value, column])) };
  }
  const [least, most] = WHOLE_LIMITS[type] ?? [];
  for (const name of ['min', 'max'] as const) {
    const bound = entry[name];
    if (bound !== undefined && !isFloat(type) && !holds(type, bound))
      report([...at, name], `is not of ${type}`);
  }
  return { is: kind, min: entry.min ?? least, max: entry.max ?? most };
}

function readMissing(
  { missing }: WrittenFeature,
  kind: Kind,
  type: ElementType,
  at: Path,
  report: Report,
): Missing | undefined {
  if (missing === undefined) return undefined;
  const fits =
    kind.is === 'one-hot'
      ? missing === 'zeros'
      : kind.is === 'text'
        ? typeof missing === 'object'
        : missing === 'nan'
          ? isFloat(type)
          : typeof missing === 'number' && holds(type, missing);
  if (!fits)
    report([...at, 'missing'], 'cannot be sent so: zeros is for one_hot, nan for floats, { text } for texts');
  if (typeof missing === 'number') return { number: missing };
  return missing;
}

function holds(type: ElementType, value: number): boolean {
  if (isFloat(type)) return true;
  const [least, most] = WHOLE_LIMITS[type] ?? [0, 0];
  return Number.isInteger(value) && value >= least && value <= most;
}

function checkRange({ min, max }: { min?: number; max?: number }, at: Path, report: Report): void {
  if (min !== undefined && max !== undefined && min > max) report([...at, 'min'], 'is more than max');
}

/** The document of a contract; {@link readContract} reads the same again. */
export const documentOf = ({ maxRows, inputs }: Contract): Written => ({
  version: 1,
  max_rows: maxRows,
  inputs: Object.fromEntries([...inputs].map(([name, input]) => [name, writeInput(input)])),
});

/** The same as YAML. */
export const writeContract = (contract: Contract): string =>
  stringify(documentOf(contract), { lineWidth: 110 });

const writeInput = ({ type, dims, elements, features }: InputContract): WrittenInput => ({
  type,
  shape: [...dims],
  ...boundsOf(elements ?? {}),
  ...(features.length > 0 && { features: features.map(writeFeature) }),
});

function writeFeature({ name, unit, kind, missing }: Feature): WrittenFeature {
  return {
    name,
    ...writeKind(kind),
    ...(unit !== undefined && { unit }),
    ...(missing !== undefined && {
      missing: typeof missing === 'object' && 'number' in missing ? missing.number : missing,
    }),
  };
}

function writeKind(kind: Kind): Omit<WrittenFeature, 'name'> {
  switch (kind.is) {
    case 'codes':
      return { kind: 'category', codes: Object.fromEntries(kind.codes) };
    case 'one-hot':
      return { kind: 'category', one_hot: [...kind.columns.keys()] };
    case 'text':
      return { kind: 'category', texts: [...kind.values] };
    case 'flag':
      return { kind: 'flag' };
    default:
      return { kind: kind.is, ...boundsOf(kind) };
  }
}

const boundsOf = ({ min, max }: { min?: number | undefined; max?: number | undefined }) => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
});
