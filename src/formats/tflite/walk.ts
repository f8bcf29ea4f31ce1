import { shown } from '../../findings/finding.ts';
import { extentsOf, isZero } from '../extents.ts';
import type { Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Malformed, Slice } from '../source.ts';
import {
  CODE_OPERATORS,
  FILE_OPERATORS,
  isForeign,
  KNOWN_OPERATORS,
  PATH_OPERATORS,
  SUSPECT,
} from '../tensorflow-operators.ts';
import { Flat, type Table, type Vector } from './flat.ts';
import { TFLITE_RULES as RULES } from './rules.ts';

const PAUSE = 256;
const CUSTOM = 32;
const NO_TENSOR = -1;
const FLEX = 'Flex';
/** Bytes of an operator's own options that are looked at for names. */
const LONGEST_OPTIONS = 1 << 20;
/** A tail shorter than this is options of some operator. */
const SHORT_TAIL = 256;
const SMALL = 16;
const MOST_GAPS = 100_000;

/** Custom operators that come with TensorFlow Lite, its task library, MediaPipe, and compilers of accelerators. */
const KNOWN_CUSTOM = new Set(
  `TFLite_Detection_PostProcess Convolution2DTransposeBias MaxPoolingWithArgmax2D MaxUnpooling2D TransformLandmarks
  TransformTensorBilinear Landmarks2TransformMatrix edgetpu-custom-op ethos-u Mfcc AudioSpectrogram Multinomial RandomStandardNormal
  RandomUniform Atan2 Sign Irfft Rfft NGrams TFSentencepieceTokenizeOp TFSentencepieceDetokenizeOp WhitespaceTokenizer
  WhitespaceTokenizeWithOffsetsV2 RaggedTensorToTensor RaggedRange Roll SignBitcast AvgPool3D MaxPool3D AvgPool3DGrad MaxPool3DGrad
  ReadVariable AssignVariable VarHandle HashtableV2 NumericVerify Delay Framer Energy Fft FilterBank FilterBankLog FilterBankSpectralSubtraction
  FilterBankSquareRoot OverlapAdd PCAN StackerDelay SignalDelay SignalEnergy SignalFFTAutoScale SignalFilterBank SignalFilterBankLog
  SignalFilterBankSpectralSubtraction SignalFilterBankSquareRoot SignalFramer SignalIrfft SignalOverlapAdd SignalPCAN SignalRfft
  SignalStacker SignalWindow Window CircularBuffer CIRCULAR_BUFFER aeq.mean_subtraction odml.rms_norm tftext:FastSentencepieceTokenizer`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Operators of TensorFlow Text, whose names have its own before them. */
const KNOWN_TEXT =
  /^(?:TFText>)?(?:Whitespace\w*|Wordpiece\w*|FastWordpiece\w*|FastBert\w*|Sentencepiece\w*|FastSentencepiece\w*|Regex\w*|NGrams|Ragged\w*|CaseFold\w*|Normalize\w*|Unicode\w*|Split\w*|Bert\w*|Byte\w*|Utf8\w*|RoundRobin\w*|Trim\w*|Mst\w*)$/;
const STRING = 5;
const MOST_PATHS = 64;

/** Bits of an element by its type (TensorType). Texts and resources have none. */
const BITS: ReadonlyMap<number, number> = new Map([
  [0, 32],
  [1, 16],
  [2, 32],
  [3, 8],
  [4, 64],
  [6, 8],
  [7, 16],
  [8, 64],
  [9, 8],
  [10, 64],
  [11, 128],
  [12, 64],
  [15, 32],
  [16, 16],
  [17, 4],
]);

/** Where the data of a tensor lies. */
interface Stored {
  readonly start: number;
  readonly end: number;
}

/** Reads a model: operators, tensors, buffers, and what lies between. */
export class TfliteWalk {
  readonly #part: Part;
  readonly #flat: Flat;
  readonly #seen = new Set<number>();
  readonly #buffers: Stored[] = [];
  readonly #codes: string[] = [];
  readonly #data: number[] = [];
  /** Paths of elsewhere among the constants. */
  readonly #paths: { readonly text: string; readonly at: number }[] = [];
  /** A Flex operator that is given paths. */
  #takesPaths = '';
  #steps = 0;
  #calls = 0;
  #operators = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#flat = new Flat(part.source);
  }

  async run(): Promise<void> {
    const model = this.#flat.root;
    const { note, readText, coverage, source } = this.#part;
    readText(model.text(3), 'metadata');
    for (const code of model.tables(1)) {
      await this.#pause();
      this.#code(code);
    }
    for (const buffer of model.tables(4)) {
      await this.#pause();
      this.#buffer(buffer);
    }
    for (const graph of model.tables(2)) await this.#graph(graph);
    model.vector(5, 4);
    for (const { text, at } of this.#takesPaths === '' ? [] : this.#paths)
      this.#tell(
        RULES.operator.id,
        at,
        `the Flex operator ${this.#takesPaths} is there, and the path ${shown(text, 80)}`,
      );
    await this.#files();
    await this.#metadata(model);
    for (const signature of model.tables(7)) this.#signature(signature);
    note({ description: shown(model.text(3), 200), operators: this.#operators, version: model.u32(0) });
    for (const [start, end] of this.#flat.reached) coverage.claim('parsed', start, end);
    for (let i = 0; i < this.#data.length; i += 2)
      coverage.claim('data', this.#data[i] as number, this.#data[i + 1] as number);
    await this.#rest(source.size);
  }

  #pause(): Promise<void> | undefined {
    this.#count(1);
    return ++this.#calls % PAUSE === 0 ? this.#part.pause() : undefined;
  }

  /** Parts that are used again and again would take longer than the file is long. */
  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#part.source.size) throw new Malformed('parts of it are used again and again', 0);
  }

  /** Says it of the table at `at`. */
  #tell(rule: string, at: number, message: string, evidence?: Readonly<Record<string, string>>): void {
    this.#part.report({ rule, message, range: { start: at, end: at + 4 }, ...(evidence && { evidence }) });
  }

  #code(code: Table): void {
    const builtin = Math.max(code.u8(0), code.u32(3));
    const name = code.text(1, 512);
    this.#codes.push(builtin === CUSTOM ? name : '');
    if (name === '') return;
    const evidence = { operator: shown(name, 200) };
    if (name.startsWith(FLEX)) this.#flex(name.slice(FLEX.length), code.at);
    else if (builtin === CUSTOM && !KNOWN_CUSTOM.has(name) && !KNOWN_TEXT.test(name))
      this.#tell(
        RULES.custom.id,
        code.at,
        `the operator ${shown(name, 80)} is no part of TensorFlow Lite`,
        evidence,
      );
  }

  #flex(op: string, at: number): void {
    const evidence = { operator: shown(op, 200) };
    const name = shown(op, 80);
    if (PATH_OPERATORS.has(op)) this.#takesPaths ||= name;
    if (
      FILE_OPERATORS.has(op) ||
      CODE_OPERATORS.has(op) ||
      op === 'ImmutableConst' ||
      (!KNOWN_OPERATORS.has(op) && SUSPECT.test(op))
    )
      this.#tell(RULES.operator.id, at, `the Flex operator ${name} touches files or runs code`, evidence);
    else if (!KNOWN_OPERATORS.has(op))
      this.#tell(RULES.flex.id, at, `the Flex operator ${name} is not known`, evidence);
  }

  /** Data in the file itself, or behind the tables by its place. */
  #buffer(buffer: Table): void {
    const { size } = this.#part.source;
    const [offset, length] = [buffer.u64(1), buffer.u64(2)];
    if (offset > 1) {
      if (!(offset + length <= size))
        this.#tell(RULES.bounds.id, buffer.at, `a buffer lies at ${offset}, outside of the file`);
      else this.#data.push(offset, offset + length);
      this.#buffers.push({ start: offset, end: offset + length });
      return;
    }
    const { at, count } = buffer.vector(0, 1);
    this.#buffers.push({ start: at, end: at + count });
  }

  async #graph(graph: Table): Promise<void> {
    if (this.#seen.has(graph.at)) return;
    this.#seen.add(graph.at);
    let tensors = 0;
    for (const tensor of graph.tables(0)) {
      await this.#pause();
      this.#tensor(tensor);
      tensors++;
    }
    this.#indices(graph.vector(1, 4), tensors, graph.at);
    this.#indices(graph.vector(2, 4), tensors, graph.at);
    graph.text(4);
    for (const operator of graph.tables(3)) {
      await this.#pause();
      this.#operators++;
      this.#operator(operator, tensors);
    }
  }

  #indices({ at, count }: Vector, most: number, table: number): void {
    this.#count(count);
    for (let i = 0; i < count; i++) {
      const index = this.#flat.i32(at + 4 * i);
      if (index >= NO_TENSOR && index < most) continue;
      this.#outside(table, `tensor ${index} of ${most} is asked for`);
      return;
    }
  }

  #outside(at: number, what: string): void {
    this.#tell(RULES.bounds.id, at, what);
  }

  #tensor(tensor: Table): void {
    const { at, count } = tensor.vector(0, 4);
    tensor.vector(7, 4);
    const name = tensor.text(3);
    const quantization = tensor.inner(4);
    for (const [field, bytes] of [
      [0, 4],
      [1, 4],
      [2, 4],
      [3, 8],
    ] as const)
      quantization?.vector(field, bytes);
    const sparsity = tensor.inner(6);
    sparsity?.vector(0, 4);
    sparsity?.vector(1, 4);
    const index = tensor.u32(2);
    const buffer = this.#buffers[index];
    if (buffer === undefined) {
      if (index > 0)
        this.#outside(tensor.at, `${shown(name, 80)} asks for buffer ${index} of ${this.#buffers.length}`);
      return;
    }
    let elements = 1;
    for (let i = 0; i < count && i < 64; i++) elements *= Math.max(0, this.#flat.i32(at + 4 * i));
    const bits = BITS.get(tensor.u8(1));
    const length = buffer.end - buffer.start;
    if (tensor.u8(1) === STRING) this.#strings(buffer);
    if (length === 0 || bits === undefined || sparsity !== undefined) return;
    if (Math.ceil((elements * bits) / 8) > length)
      this.#outside(tensor.at, `${shown(name, 80)} needs more than the ${length} bytes of its buffer`);
  }

  /** Constant texts: a count, where each begins and the last ends, and the texts. */
  #strings({ start, end }: Stored): void {
    if (end - start < 8 || end > this.#part.source.size) return;
    const count = this.#flat.u32(start);
    for (let i = 0; i < count && i < MOST_PATHS && start + 4 * i + 12 <= end; i++) {
      const from = start + this.#flat.u32(start + 4 + 4 * i);
      const to = start + this.#flat.u32(start + 8 + 4 * i);
      if (!(from <= to && to <= end)) return;
      const text = Buffer.from(this.#part.source.read(from, Math.min(to - from, 1024))).toString();
      if (isForeign(text) && this.#paths.length < MOST_PATHS) this.#paths.push({ text, at: from });
    }
  }

  #operator(operator: Table, tensors: number): void {
    const code = this.#codes[operator.u32(0)];
    if (code === undefined)
      this.#outside(operator.at, `operator ${operator.u32(0)} is none of ${this.#codes.length}`);
    this.#indices(operator.vector(1, 4), tensors, operator.at);
    this.#indices(operator.vector(2, 4), tensors, operator.at);
    this.#indices(operator.vector(8, 4), tensors, operator.at);
    operator.inner(4);
    operator.inner(12);
    operator.vector(7, 1);
    const options = operator.vector(5, 1);
    const [offset, size] = [operator.u64(9), operator.u64(10)];
    if (offset > 1 && offset + size > this.#part.source.size)
      this.#outside(operator.at, `options lie at ${offset}, outside of the file`);
    else if (offset > 1) this.#data.push(offset, offset + size);
    // What a Flex operator runs say its options, not its name.
    if (code?.startsWith(FLEX) !== true) return;
    this.#count(Math.min(options.count, LONGEST_OPTIONS));
    for (const { at, count } of [options, { at: offset, count: offset > 1 ? size : 0 }]) {
      const text = Buffer.from(this.#part.source.read(at, Math.min(count, LONGEST_OPTIONS))).toString(
        'latin1',
      );
      for (const [word] of text.matchAll(/[A-Za-z_>][\w>]{3,100}/g))
        if (FILE_OPERATORS.has(word) || CODE_OPERATORS.has(word) || word === 'ImmutableConst')
          this.#flex(word, operator.at);
      if (/\b(?:file|grpc):\/\//.test(text))
        this.#tell(
          RULES.operator.id,
          operator.at,
          'a Flex operator names a file or a service in its options',
        );
    }
  }

  /** Buffers that begin like a file: interpreters take them for numbers, and whoever knows for what they are. */
  async #files(): Promise<void> {
    const { source, inside } = this.#part;
    for (const { start, end } of this.#buffers) {
      await this.#pause();
      if (end <= source.size && end - start >= SMALL && beginsLikeFile(source, start))
        await inside(`(buffer at ${start})`, new Slice(source, start, end), 'raw');
    }
  }

  /** Metadata is of many kinds: read as whatever it looks like, and data otherwise. */
  async #metadata(model: Table): Promise<void> {
    for (const metadata of model.tables(6)) {
      await this.#pause();
      const name = metadata.text(0, 512);
      const buffer = this.#buffers[metadata.u32(1)];
      if (buffer === undefined) this.#outside(metadata.at, `the metadata ${shown(name, 80)} has no buffer`);
      else if (buffer.end - buffer.start >= 16 && buffer.end <= this.#part.source.size)
        await this.#part.inside(
          `(metadata ${name})`,
          new Slice(this.#part.source, buffer.start, buffer.end),
          'raw',
        );
    }
  }

  #signature(signature: Table): void {
    for (const field of [0, 1]) for (const one of signature.tables(field)) one.text(0);
    signature.text(2);
  }

  /** What nothing reaches: options of operators that nobody looks at, padding, and what somebody hides. */
  async #rest(size: number): Promise<void> {
    const { source, coverage, report, inside } = this.#part;
    const ends = [...[...this.#flat.reached].flat(), ...this.#data];
    const { overlap, gaps } = extentsOf(ends, 0, size, MOST_GAPS);
    if (overlap !== undefined)
      report({ rule: RULES.overlap.id, message: 'parts of the model share bytes', range: overlap });
    for (const gap of gaps) {
      await this.#pause();
      const isTail =
        gap.end === size &&
        (gap.end - gap.start >= SHORT_TAIL || beginsLikeFile(source, gap.start)) &&
        !isZero(source, gap);
      coverage.claim(isTail ? 'parsed' : 'data', gap.start, gap.end);
      const slice = new Slice(source, gap.start, gap.end);
      if (isTail) {
        report({
          rule: RULES.appended.id,
          message: `${gap.end - gap.start} bytes at the end belong to no part of the model`,
          range: gap,
        });
        await inside('(behind the model)', slice);
      } else if (beginsLikeFile(source, gap.start)) await inside('(unused space)', slice, 'raw');
    }
  }
}
