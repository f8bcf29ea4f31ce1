import { shown } from '../../findings/finding.ts';
import { codeIn, Embedded } from '../embedded.ts';
import { extentsOf, isZero } from '../extents.ts';
import type { Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Malformed, Slice } from '../source.ts';
import { judgeStrayTemplate, judgeTemplate } from '../template.ts';
import { GgufCursor } from './header.ts';
import { GGUF_RULES as RULES } from './rules.ts';
import { TENSOR_TYPES, VALUE, VALUE_BYTES } from './tensor-types.ts';

/** Bytes of one text; templates and licences are the longest. */
const LONGEST_TEXT = 8 << 20;
const LONGEST_NAME = 65_535;
/** Characters of a value that is no prose. */
const LONGEST_VALUE = 1000;
/** Of GGML: dimensions of a tensor. */
const MOST_DIMENSIONS = 4;
const DEEPEST = 4;
/** Bytes that the shortest entry takes: a count that asks for more than is there is a lie. */
const LEAST_KEY = 13;
const LEAST_TENSOR = 24;
const PAUSE = 4096;
/** Facts for the bill of materials. */
const FACT =
  /^general\.(?:architecture|name|license|author|organization|basename|size_label|quantization_version|file_type|version|url|source\.url|base_model\..{1,40}|datasets?\..{1,40})$/;

interface Head {
  readonly facts: Record<string, unknown>;
  readonly embedded: Embedded;
  alignment: number;
}

/** Reads a GGUF file: its metadata, the list of its tensors, and where their data lies. */
export async function readGguf(part: Part): Promise<void> {
  const { source, coverage } = part;
  const cursor = new GgufCursor(source);
  const tensors = cursor.count();
  const keys = cursor.count();
  if (!(keys * LEAST_KEY <= cursor.left && tensors * LEAST_TENSOR <= cursor.left)) {
    part.report({
      rule: RULES.bounds.id,
      message: 'it says that it has more entries than fit into it',
      range: { start: 8, end: cursor.at },
    });
    return;
  }
  const head: Head = { facts: {}, embedded: new Embedded(part), alignment: 32 };
  try {
    await readKeys(part, cursor, keys, head);
    const ends = await readTensors(part, cursor, tensors, head);
    coverage.claim('parsed', 0, cursor.at);
    const base = Math.ceil(cursor.at / head.alignment) * head.alignment;
    await settle(part, ends, cursor.at, base, ends.length === 2 * tensors);
    part.note(head.facts);
    await head.embedded.read();
  } catch (error) {
    if (error instanceof Malformed)
      part.report({
        rule: RULES.bounds.id,
        message: `at byte ${error.at} ${error.message}`,
        range: { start: error.at, end: error.at },
      });
    throw error;
  }
}

async function readKeys(part: Part, cursor: GgufCursor, count: number, head: Head): Promise<void> {
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    const start = cursor.at;
    const name = cursor.text(LONGEST_NAME);
    if (names.has(name)) twice(part, name, start, cursor.at);
    names.add(name);
    await readValue(part, cursor, cursor.u32(), name, head, 0);
  }
}

async function readValue(
  part: Part,
  cursor: GgufCursor,
  kind: number,
  name: string,
  head: Head,
  depth: number,
): Promise<void> {
  if (kind === VALUE.string) {
    const value = cursor.text(LONGEST_TEXT);
    told(part, name, value, cursor.at - Buffer.byteLength(value), head, depth);
    return;
  }
  if (kind !== VALUE.array) {
    const bytes = VALUE_BYTES.get(kind);
    if (bytes === undefined)
      throw new Malformed(`${shown(name, 80)} is of a kind that nobody knows`, cursor.at);
    const value = cursor.number(bytes);
    if (name === 'general.alignment' && depth === 0) head.alignment = alignmentOf(value, cursor.at);
    if (FACT.test(name)) head.facts[name] = value;
    return;
  }
  if (depth >= DEEPEST) throw new Malformed('lists in lists, deeper than any in use', cursor.at);
  const inner = cursor.u32();
  const count = cursor.count();
  const bytes = VALUE_BYTES.get(inner);
  if (bytes !== undefined) {
    if (!(count * bytes <= cursor.left))
      throw new Malformed(`the list ${shown(name, 80)} is longer than the file`, cursor.at);
    // A list of bytes may be a file, and is kept by nothing else.
    if (bytes === 1 && beginsLikeFile(part.source, cursor.at))
      await part.inside(`(${shown(name, 80)})`, new Slice(part.source, cursor.at, cursor.at + count), 'raw');
    cursor.skip(count * bytes);
    return;
  }
  for (let i = 0; i < count; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    await readValue(part, cursor, inner, name, head, depth + 1);
  }
}

/** A text of the metadata. Words of a vocabulary are in lists, and are looked at no further. */
function told(part: Part, name: string, value: string, start: number, head: Head, depth: number): void {
  if (depth > 0 && !/template/i.test(name)) return;
  if (/template/i.test(name)) judgeTemplate(part, value, start);
  else {
    part.readText(value, /prompt|system/i.test(name) ? 'told' : 'metadata', start);
    head.embedded.look(value, name);
    if (value.includes('{{') || value.includes('{%')) judgeStrayTemplate(part, value, start);
    const code = codeIn(value);
    // Licences and descriptions are long, and may speak of code.
    if (code >= 0 && value.length <= LONGEST_VALUE)
      part.report({
        rule: RULES.code.id,
        message: `${shown(name, 80)} holds code: ${shown(value.slice(code), 60)}`,
        range: { start, end: start + Buffer.byteLength(value) },
      });
  }
  if (FACT.test(name) && value.length <= 400) head.facts[name] = value;
}

function alignmentOf(value: number, at: number): number {
  if (value < 1 || value > 1 << 20 || (value & (value - 1)) !== 0)
    throw new Malformed('it asks for an alignment that is no power of two', at);
  return value;
}

/** @returns offset in the data, and length, of each tensor, one after the other */
async function readTensors(part: Part, cursor: GgufCursor, count: number, head: Head): Promise<number[]> {
  const ends: number[] = [];
  const names = new Set<string>();
  const types = new Map<string, number>();
  let parameters = 0;
  for (let i = 0; i < count; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    const start = cursor.at;
    const name = cursor.text(LONGEST_NAME);
    if (names.has(name)) twice(part, name, start, cursor.at);
    names.add(name);
    const dimensions = cursor.u32();
    if (dimensions > MOST_DIMENSIONS)
      throw new Malformed(`the tensor ${shown(name, 80)} has ${dimensions} dimensions`, cursor.at);
    let size = 1;
    for (let d = 0; d < dimensions; d++) size *= cursor.count();
    const type = TENSOR_TYPES.get(cursor.u32());
    const offset = cursor.u64();
    if (type === undefined) {
      part.report({
        rule: RULES.type.id,
        message: `the tensor ${shown(name, 80)} is of a type that is not known here`,
        range: { start, end: cursor.at },
      });
      continue;
    }
    const bytes = (size / type.block) * type.bytes;
    if (!Number.isSafeInteger(size) || !Number.isSafeInteger(bytes))
      throw new Malformed(`the tensor ${shown(name, 80)} has a size that is none`, start);
    ends.push(offset, offset + bytes);
    parameters += size;
    types.set(type.name, (types.get(type.name) ?? 0) + size);
  }
  Object.assign(head.facts, { tensors: count, parameters, types: Object.fromEntries(types) });
  return ends;
}

/** Claims the data of tensors, and what lies between them where it is padding. */
async function settle(
  part: Part,
  offsets: readonly number[],
  headerEnd: number,
  base: number,
  isComplete: boolean,
): Promise<void> {
  const { source, coverage } = part;
  const ends: number[] = [];
  for (let i = 0; i < offsets.length; i += 2) {
    const start = base + (offsets[i] as number);
    const end = base + (offsets[i + 1] as number);
    if (!(end <= source.size)) {
      part.report({
        rule: RULES.bounds.id,
        message: 'a tensor lies beyond the end of the file',
        range: { start: headerEnd, end: source.size },
      });
      continue;
    }
    ends.push(start, end);
    coverage.claim('data', start, end);
    if (beginsLikeFile(source, start))
      await part.inside(`(tensor at ${start})`, new Slice(source, start, end), 'raw');
  }
  const { overlap, gaps } = extentsOf(ends, headerEnd, source.size);
  if (overlap !== undefined)
    part.report({ rule: RULES.overlap.id, message: 'two tensors share bytes', range: overlap });
  for (const gap of gaps) {
    if (isZero(source, gap)) coverage.claim('parsed', gap.start, gap.end);
    else {
      coverage.claim('unread', gap.start, gap.end, 'it belongs to no tensor that is known');
      if (!isComplete) continue;
      part.report({
        rule: RULES.hidden.id,
        message: `${gap.end - gap.start} bytes belong to no tensor`,
        range: gap,
      });
    }
  }
}

const twice = (part: Part, name: string, start: number, end: number): void =>
  part.report({ rule: RULES.twice.id, message: `${shown(name, 80)} stands twice`, range: { start, end } });
