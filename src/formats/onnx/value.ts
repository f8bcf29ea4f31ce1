import { shown } from '../../findings/finding.ts';
import type { Format, Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { type Field, looksLikeMessage, Message, wire } from '../protobuf.ts';
import { Malformed, Slice } from '../source.ts';
import { ExternalData } from './external.ts';
import { ONNX_RULES as RULES } from './rules.ts';
import { tensor } from './samples.ts';
import { BITS } from './schema.ts';

type Wires = ReadonlyMap<number, Field['wire']>;

/** Kinds of the fields of a tensor (onnx.proto, TensorProto), and of a sequence (onnx-data.proto). */
const TENSOR: Wires = new Map([
  [1, 0],
  [2, 0],
  ...[4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((number) => [number, 2] as const),
  [14, 0],
  [16, 2],
]);
const SEQUENCE: Wires = new Map([
  [1, 2],
  [2, 0],
  [3, 2],
  [5, 2],
  [7, 2],
]);
const TEXTS = 8;
/** Where the data of a tensor may stand, and bits of one number there; of those by 0 each has as many as it needs. */
const HOLDERS: ReadonlyMap<number, number> = new Map([
  [4, 32],
  [5, 0],
  [7, 0],
  [10, 64],
  [11, 0],
]);
const RAW = 9;
const STRINGS = 6;
const MOST_DIMENSIONS = 64;
const MOST_INSIDE = 16;
const DEEPEST = 16;
const PAUSE = 1024;

/** Tensors by themselves, and lists of them: what models are tested with, and initial values that are kept apart. */
class Values {
  readonly #part: Part;
  readonly #external: ExternalData;
  readonly #files: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  #tensors = 0;
  #steps = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#external = new ExternalData(part);
  }

  async run(): Promise<void> {
    const { source, coverage, inside, note } = this.#part;
    const whole = new Message(source);
    if (looksLikeMessage(source, TENSOR)) await this.#tensor(whole);
    else await this.#sequence(whole, 0);
    if (this.#tensors === 0) throw new Malformed('there is no tensor in it', 0);
    coverage.claim('parsed', 0, source.size);
    note({ tensors: this.#tensors });
    this.#external.tell();
    for (const { name, start, end } of this.#files)
      await inside(`(tensor ${name})`, new Slice(source, start, end), 'raw');
  }

  async #sequence(message: Message, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('lists in lists, deeper than any in use', message.start);
    for (const field of message.fields()) {
      await this.#step();
      if (SEQUENCE.get(field.number) !== field.wire)
        throw new Malformed('a field is of no list of tensors', field.start);
      if (field.number === 3) await this.#tensor(message.inside(field));
      else if (field.number > 3) await this.#sequence(message.inside(field), depth + 1);
    }
  }

  /** Of a guess nothing is certain but that its data is as long as its shape and its type ask for. */
  async #tensor(message: Message): Promise<void> {
    const fields = new Map<number, Field>();
    let count = 1;
    let dimensions = 0;
    let strings = 0;
    for (const field of message.fields()) {
      await this.#step();
      const { number } = field;
      if (TENSOR.get(number) !== field.wire) throw new Malformed('a field is of no tensor', field.start);
      if (number === 1 && ++dimensions > MOST_DIMENSIONS)
        throw new Malformed('a tensor has more dimensions than any', field.start);
      if (number === 1) count *= field.value;
      else if (number === 13) this.#entry(message.inside(field));
      else if (number === STRINGS) {
        strings++;
        this.#look(field, 'strings');
      }
      fields.set(number, field);
    }
    const type = fields.get(2)?.value ?? 0;
    const bits = BITS.get(type) ?? (type === TEXTS ? 0 : undefined);
    if (bits === undefined || !Number.isSafeInteger(count))
      throw new Malformed('a tensor is of no type or size', message.start);
    const size = Math.ceil((count * bits) / 8);
    const raw = fields.get(RAW);
    const isExternal = fields.get(14)?.value === 1;
    this.#external.close(size);
    const isRight = isExternal
      ? raw === undefined
      : raw !== undefined
        ? type !== TEXTS && raw.end - raw.start === size
        : type === TEXTS
          ? strings === count
          : fits(fields, count, bits);
    if (!isRight) throw new Malformed('a tensor has data of another length than its shape', message.start);
    if (raw !== undefined) this.#look(raw, nameOf(message, fields));
    this.#tensors++;
  }

  #entry(message: Message): void {
    const texts = new Map<number, string>();
    for (const field of message.fields())
      if (field.wire === 2) texts.set(field.number, message.text(field, 512));
    this.#external.look(texts.get(1) ?? '', texts.get(2) ?? '', message);
  }

  #look({ start, end }: Field, name: string): void {
    if (this.#files.length < MOST_INSIDE && beginsLikeFile(this.#part.source, start))
      this.#files.push({ name, start, end });
  }

  async #step(): Promise<void> {
    const rest = ++this.#steps % PAUSE === 0 ? this.#part.pause() : undefined;
    if (rest) await rest;
  }
}

/** Whether numbers one by one are as many as the shape asks for: complex ones are two, and of four bits there are two in one. */
function fits(fields: ReadonlyMap<number, Field>, count: number, bits: number): boolean {
  const held = [...HOLDERS].flatMap(([number, width]) => {
    const field = fields.get(number);
    return field === undefined ? [] : [{ bytes: field.end - field.start, width }];
  });
  const [only] = held;
  if (only === undefined) return count === 0;
  if (held.length > 1) return false;
  if (only.width > 0) return only.bytes === (count * Math.max(bits, only.width)) / 8;
  return only.bytes >= Math.ceil((count * Math.min(bits, 8)) / 8) && only.bytes <= count * 10;
}

const nameOf = (message: Message, fields: ReadonlyMap<number, Field>): string => {
  const field = fields.get(8);
  return field === undefined ? '' : shown(message.text(field, 512), 80);
};

export const onnxValue: Format = {
  name: 'onnx-tensor',
  title: 'tensors of ONNX',
  rules: [],
  looks: (source) => (looksLikeMessage(source, TENSOR) || looksLikeMessage(source, SEQUENCE)) && 'maybe',
  read: (part) => new Values(part).run(),
  proof: {
    catches: [
      {
        name: 'data above the folder',
        bytes: () => tensor({ location: '../../etc/passwd' }),
        rules: [RULES.path.id],
      },
      {
        name: 'a pickle for data',
        bytes: () =>
          Buffer.concat([
            tensor({}, [20], 0),
            wire.bytes(
              RAW,
              Buffer.concat([
                Buffer.from('\x80\x02cos\nsystem\nU\x04true\x85R.', 'latin1'),
                Buffer.alloc(80),
              ]).subarray(0, 80),
            ),
          ]),
        rules: ['pickle.dangerous-call'],
      },
    ],
    passes: [
      { name: 'a tensor', bytes: () => tensor({}, [2, 3], 24) },
      { name: 'a number', bytes: () => tensor({}, [], 4) },
      { name: 'data beside it', bytes: () => tensor({ location: 'w', offset: '0', length: '4' }) },
      {
        name: 'a list',
        bytes: () =>
          Buffer.concat([wire.bytes(1, 's'), wire.number(2, 1), wire.bytes(3, tensor({}, [2], 8))]),
      },
      {
        name: 'whole numbers, one by one',
        bytes: () =>
          Buffer.concat([wire.number(1, 3), wire.number(2, 7), wire.bytes(7, Uint8Array.of(1, 2, 3))]),
      },
    ],
  },
};
