/** Writes pickles opcode by opcode. What they would call is never run, and would do nothing if it were. */
export class Assembler {
  readonly #parts: Buffer[] = [];

  /** Undefined: no PROTO opcode, as in protocols 0 and 1. */
  constructor(protocol?: number) {
    if (protocol !== undefined) this.raw(0x80, protocol);
  }

  raw(...bytes: number[]): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }

  bytes(bytes: Uint8Array | string): this {
    this.#parts.push(Buffer.from(bytes as string, 'latin1'));
    return this;
  }

  global(module: string, name: string): this {
    return this.bytes(`c${module}\n${name}\n`);
  }

  inst(module: string, name: string): this {
    return this.bytes(`i${module}\n${name}\n`);
  }

  text(text: string): this {
    const bytes = Buffer.from(text);
    return this.raw(0x58, ...u32(bytes.length)).bytes(bytes);
  }

  short(text: string): this {
    const bytes = Buffer.from(text);
    return this.raw(0x8c, bytes.length).bytes(bytes);
  }

  /** BINUNICODE8. */
  long(text: string): this {
    const bytes = Buffer.from(text);
    return this.raw(0x8d, ...u64(bytes.length)).bytes(bytes);
  }

  /** STRING of protocol 0. */
  quoted(text: string): this {
    return this.bytes(`S'${text}'\n`);
  }

  binary(bytes: Uint8Array): this {
    return this.raw(0x42, ...u32(bytes.length)).bytes(bytes);
  }

  int(value: number): this {
    return this.raw(0x4a, ...u32(value >>> 0));
  }

  stackGlobal(module: string, name: string): this {
    return this.short(module).short(name).raw(0x93);
  }

  none = (): this => this.bytes('N');
  mark = (): this => this.bytes('(');
  pop = (): this => this.bytes('0');
  popMark = (): this => this.bytes('1');
  dup = (): this => this.bytes('2');
  /** TUPLE1 to TUPLE3, EMPTY_TUPLE; TUPLE where there is no number. */
  tuple = (count?: number): this =>
    count === undefined ? this.bytes('t') : count === 0 ? this.bytes(')') : this.raw(0x84 + count);
  list = (): this => this.bytes('l');
  emptyList = (): this => this.bytes(']');
  emptyDict = (): this => this.bytes('}');
  append = (): this => this.bytes('a');
  appends = (): this => this.bytes('e');
  setItem = (): this => this.bytes('s');
  setItems = (): this => this.bytes('u');
  reduce = (): this => this.bytes('R');
  build = (): this => this.bytes('b');
  obj = (): this => this.bytes('o');
  newObj = (): this => this.raw(0x81);
  newObjEx = (): this => this.raw(0x92);
  put = (index: number): this => (index < 256 ? this.raw(0x71, index) : this.raw(0x72, ...u32(index)));
  get = (index: number): this => (index < 256 ? this.raw(0x68, index) : this.raw(0x6a, ...u32(index)));
  memoize = (): this => this.raw(0x94);
  ext = (code: number): this => this.raw(0x82, code);
  frame = (length: number): this => this.raw(0x95, ...u64(length));

  /** `os.system('true')` and the like, from a callable that is on the stack. */
  call(...args: string[]): this {
    this.mark();
    for (const arg of args) this.text(arg);
    return this.tuple().reduce();
  }

  stop(): Buffer {
    return this.bytes('.').done();
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const u32 = (value: number): number[] => [
  value & 255,
  (value >>> 8) & 255,
  (value >>> 16) & 255,
  value >>> 24,
];
const u64 = (value: number): number[] => [...u32(value), 0, 0, 0, 0];

export const pickled = (protocol?: number): Assembler => new Assembler(protocol);

/** A pickle that calls `module.name`. */
export const calls = (module: string, name: string, ...args: string[]): Buffer =>
  pickled(2)
    .global(module, name)
    .call(...args)
    .stop();

export interface Mechanism {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What it would call, as the finding names it; where that cannot be told, the rule. */
  readonly finds: string;
}
