import { shown } from '../../findings/finding.ts';
import { Embedded } from '../embedded.ts';
import { extentsOf } from '../extents.ts';
import type { Format, Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { type JsonPath, type JsonScalar, walkJson } from '../json-walk.ts';
import { Cursor, Malformed, Slice, type Source } from '../source.ts';
import { judgeStrayTemplate, judgeTemplate } from '../template.ts';
import { SAFETENSORS_RULES as RULES } from './rules.ts';
import { file } from './samples.ts';

/** Of the reference reader: bytes of a header. */
const LONGEST_HEADER = 100_000_000;
const LENGTH = 8;
/** What no comment, tag or argument of a training has in it. */
const CODE =
  /__import__\s{0,9}\(|\bos\.(?:system|popen|exec\w{1,4})\s{0,9}\(|\bsubprocess\.\w{1,20}\s{0,9}\(|\b(?:exec|eval)\s{0,9}\(\s{0,9}(?:['"]|base64|bytes|compile|open|__)|\bpickle\.loads?\s{0,9}\(|\bb64decode\s{0,9}\(|!!python\/|\/bin\/(?:ba)?sh\b|\b(?:curl|wget)\b[^\n|]{0,200}\|\s{0,9}(?:ba|z)?sh\b|<script\b/;

/** Bits of one number. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** Weights without code: a header in JSON, and numbers. */
export const safetensors: Format = {
  name: 'safetensors',
  title: 'safetensors',
  rules: Object.values(RULES),
  looks(source, name) {
    if (source.size < LENGTH + 2) return false;
    const length = headerLength(source);
    const [first] = source.read(LENGTH, 1);
    if (first !== 0x7b || length > LONGEST_HEADER) return false;
    return LENGTH + length <= source.size || /\.safetensors$/i.test(name) ? 'sure' : false;
  },
  read,
  proof: {
    catches: [
      {
        name: 'tensors that overlap',
        bytes: file({ a: tensor(0, 4), b: tensor(2, 6) }, 6),
        rules: [RULES.overlap.id],
      },
      {
        name: 'code in the metadata',
        bytes: file({ __metadata__: { note: "__import__('os').system('id')" }, a: tensor(0, 4) }, 4),
        rules: [RULES.code.id],
      },
      { name: 'data behind the last', bytes: file({ a: tensor(0, 4) }, 9), rules: [RULES.hidden.id] },
      {
        name: 'data between two',
        bytes: file({ a: tensor(0, 4), b: tensor(6, 8) }, 8),
        rules: [RULES.hidden.id],
      },
      { name: 'a tensor out of bounds', bytes: file({ a: tensor(0, 400) }, 4), rules: [RULES.header.id] },
      {
        name: 'a type that is none',
        bytes: file({ a: { dtype: 'OBJ', shape: [4], data_offsets: [0, 4] } }, 4),
        rules: [RULES.header.id],
      },
      {
        name: 'a shape of another length',
        bytes: file({ a: { dtype: 'U8', shape: [5], data_offsets: [0, 4] } }, 4),
        rules: [RULES.header.id],
      },
      {
        name: 'a shape beyond numbers',
        bytes: file({ a: { dtype: 'U8', shape: [2 ** 52, 2 ** 52], data_offsets: [0, 4] } }, 4),
        rules: [RULES.header.id],
      },
      {
        name: 'a name twice',
        bytes: file(`{"a":${JSON.stringify(tensor(0, 4))},"a":${JSON.stringify(tensor(0, 4))}}`, 4),
        rules: [RULES.twice.id],
      },
      {
        name: 'numbers where texts belong',
        bytes: file({ __metadata__: { a: 1 } }, 0),
        rules: [RULES.header.id],
      },
    ],
    passes: [
      {
        name: 'two tensors',
        bytes: file({ __metadata__: { format: 'pt' }, a: tensor(0, 4), b: tensor(4, 4), c: tensor(4, 9) }, 9),
      },
      {
        name: 'what a training notes',
        bytes: file(
          {
            __metadata__: {
              ss_tag_frequency: '{"a": {"girl": 3, "lambda": 1}}',
              ss_training_comment: 'run eval (twice), see os.system',
            },
            a: tensor(0, 4),
          },
          4,
        ),
      },
      { name: 'a padded header', bytes: file(`{"a":${JSON.stringify(tensor(0, 4))}}     `, 4) },
      { name: 'no tensor', bytes: file({}, 0) },
    ],
  },
};

function tensor(start: number, end: number) {
  return { dtype: 'U8', shape: [end - start], data_offsets: [start, end] };
}

const headerLength = (source: Source): number => new Cursor(source, 'header').u64();

interface Tensor {
  dtype: string;
  /** Numbers in it. */
  count: number;
  readonly offsets: number[];
}

async function read(part: Part): Promise<void> {
  const { source, coverage } = part;
  const length = headerLength(source);
  if (LENGTH + length > source.size) throw new Malformed('the header is longer than the file', 0);
  const header = new Slice(source, LENGTH, LENGTH + length);
  const tensors = new Map<string, Tensor>();
  const wrong = (message: string): void =>
    part.report({ rule: RULES.header.id, message, range: { start: 0, end: LENGTH + length } });
  const embedded = new Embedded(part);
  const scalar = (path: JsonPath, value: JsonScalar, start: number): void => {
    const [name, field, i] = path;
    if (name === '__metadata__') metadata(part, path, value, LENGTH + start, wrong, embedded);
    else if (path.length < 2 || (field !== 'dtype' && field !== 'shape' && field !== 'data_offsets'))
      wrong(`the header has ${shown(path.join('.'), 80)}, which is no part of a tensor`);
    else {
      const one = tensors.get(String(name)) ?? { dtype: '', count: 1, offsets: [] };
      tensors.set(String(name), one);
      if (field === 'dtype') one.dtype = String(value);
      else if (!isCount(value) || typeof i !== 'number') one.count = Number.NaN;
      else if (field === 'shape') one.count *= value;
      else if (one.offsets.length < 3) one.offsets.push(value);
    }
  };
  const twice = (path: JsonPath, start: number): void =>
    part.report({
      rule: RULES.twice.id,
      message: `${shown(path.join('.'), 80)} stands twice in the header`,
      range: { start: LENGTH + start, end: LENGTH + start + 1 },
    });
  const { is } = await walkJson(header, { scalar, twice }, part.pause);
  if (is !== 'object') throw new Malformed('the header is no JSON object', LENGTH);
  coverage.claim('parsed', 0, LENGTH + length);
  await settle(part, tensors, LENGTH + length, wrong);
  await embedded.read();
}

/** Compares what the header says with what is there, and claims it. */
async function settle(
  part: Part,
  tensors: ReadonlyMap<string, Tensor>,
  base: number,
  wrong: (message: string) => void,
): Promise<void> {
  const { source, coverage } = part;
  const ends: number[] = [];
  const types = new Map<string, number>();
  let parameters = 0;
  for (const [name, { dtype, count, offsets }] of tensors) {
    const [start = Number.NaN, end = Number.NaN] = offsets;
    const bits = Object.hasOwn(BITS, dtype) ? (BITS[dtype] as number) : Number.NaN;
    if (
      offsets.length !== 2 ||
      !(start <= end) ||
      base + end > source.size ||
      (end - start) * 8 !== count * bits
    ) {
      wrong(`the tensor ${shown(name, 80)} is of no known type, has a wrong length, or is out of bounds`);
      continue;
    }
    ends.push(base + start, base + end);
    coverage.claim('data', base + start, base + end);
    if (beginsLikeFile(source, base + start))
      await part.inside(`(tensor ${shown(name, 80)})`, new Slice(source, base + start, base + end), 'raw');
    parameters += count;
    types.set(dtype, (types.get(dtype) ?? 0) + count);
  }
  const { overlap, gaps } = extentsOf(ends, base, source.size);
  if (overlap !== undefined)
    part.report({ rule: RULES.overlap.id, message: 'two tensors share bytes', range: overlap });
  for (const gap of gaps) {
    coverage.claim('unread', gap.start, gap.end, 'it belongs to no tensor');
    part.report({
      rule: RULES.hidden.id,
      message: `${gap.end - gap.start} bytes belong to no tensor`,
      range: gap,
    });
  }
  part.note({ tensors: tensors.size, parameters, types: Object.fromEntries(types) });
}

function metadata(
  part: Part,
  path: JsonPath,
  value: JsonScalar,
  start: number,
  wrong: (message: string) => void,
  embedded: Embedded,
): void {
  if (path.length !== 2 || typeof value !== 'string') {
    wrong('the metadata are not texts by name');
    return;
  }
  part.readText(value, 'metadata', start);
  embedded.look(value, path);
  const found = CODE.exec(value)?.[0];
  if (found !== undefined)
    part.report({
      rule: RULES.code.id,
      message: `the metadata ${shown(String(path[1]), 80)} hold code: ${shown(found, 60)}`,
      range: { start, end: start + 1 },
    });
  if (/template/i.test(String(path[1]))) judgeTemplate(part, value, start);
  else if (value.includes('{{') || value.includes('{%')) judgeStrayTemplate(part, value, start);
}

const isCount = (value: JsonScalar): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
