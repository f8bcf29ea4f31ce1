import { shown } from '../../findings/finding.ts';
import type { Part, Report } from '../format.ts';
import { Malformed } from '../source.ts';
import { judgeCall, judgeConstant, judgeName, nameOf, type Value } from './calls.ts';
import { R_RULES as RULES } from './rules.ts';
import type { Wire } from './wire.ts';

/** Kinds of objects (Rinternals.h, serialize.c). */
const T = {
  symbol: 1,
  list: 2,
  closure: 3,
  environment: 4,
  promise: 5,
  language: 6,
  special: 7,
  builtin: 8,
  char: 9,
  logical: 10,
  integer: 13,
  real: 14,
  complex: 15,
  string: 16,
  dots: 17,
  vector: 19,
  expression: 20,
  bytecode: 21,
  pointer: 22,
  weak: 23,
  raw: 24,
  s4: 25,
  altrep: 238,
  attributedList: 239,
  attributedLanguage: 240,
  repeated: 243,
  definition: 244,
  persistent: 247,
  package: 248,
  namespace: 249,
  unbound: 252,
  null: 254,
  reference: 255,
} as const;

/** Global, base and empty environment, the base namespace, a missing argument. */
const NOTHINGS: readonly number[] = [253, 251, 250, 242, 241, T.null];
const PAIRS: readonly number[] = [T.list, T.language, T.closure, T.promise, T.dots];
const HAS_ATTRIBUTES = 0x200;
const HAS_TAG = 0x400;
const NOTHING: Value = { is: 'nothing' };
const OTHER: Value = { is: 'other' };
const DEEPEST = 20_000;
const PAUSE = 4096;
const LONGEST_NAME = 1024;
/** Arguments of a call that are looked at. */
const MOST_ITEMS = 64;
const MOST_REFERENCES = 4_000_000;
const LONGEST_TEXT = 1 << 18;
const MOST_REPORTS = 50;

/** A step gives back what it has read, or asks for something inside to be read first. */
type Step = Generator<Step, Value, Value>;

/** Reads one object and all that is in it, without recursion: however deep it is nested, memory is what holds it. */
export class Objects {
  readonly #part: Part;
  readonly #wire: Wire;
  readonly #references: Value[] = [];
  #isWorkspace: boolean;
  #promises = 0;
  #frames = 0;
  #reports = 0;
  #texts = '';
  readonly #said = new Set<string>();
  objects = 0;

  /** @param isWorkspace it is a list of variables that are put into the session by their names */
  constructor(part: Part, wire: Wire, isWorkspace: boolean) {
    this.#isWorkspace = isWorkspace;
    this.#part = part;
    this.#wire = wire;
  }

  async read(): Promise<void> {
    const stack: Step[] = [this.#item()];
    let value: Value = NOTHING;
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
      if (++this.objects % PAUSE === 0) {
        const rest = this.#part.pause();
        if (rest) await rest;
      }
      const next = step.next(value);
      if (next.done === true) {
        value = next.value;
        stack.pop();
      } else {
        if (stack.length >= DEEPEST) throw new Malformed('it is nested too deeply', this.#wire.at);
        stack.push(next.value);
      }
    }
    if (this.#texts !== '') this.#part.readText(this.#texts, 'metadata');
  }

  /** @param flags where they were read already */
  *#item(flags = this.#wire.int()): Step {
    const type = flags & 0xff;
    if (NOTHINGS.includes(type)) return NOTHING;
    if (type === T.unbound) return { is: 'unbound' };
    if (type === T.reference) return this.#reference(flags);
    if (PAIRS.includes(type)) return yield* this.#pairs(flags, type);
    if (type === T.symbol) return this.#remember({ is: 'symbol', name: nameOf(yield this.#item()) });
    if (type === T.char) {
      const name = this.#text(this.#wire.int());
      if ((flags & HAS_ATTRIBUTES) !== 0) yield this.#item();
      return { is: 'string', name };
    }
    if (type === T.special || type === T.builtin)
      return { is: 'builtin', name: this.#text(this.#wire.int()) };
    if (type === T.namespace || type === T.package || type === T.persistent) return yield* this.#names(type);
    if (type === T.environment) return yield* this.#environment();
    if (type === T.altrep) return yield* this.#altrep();
    if (type === T.pointer || type === T.weak) {
      this.#remember(OTHER);
      if (type === T.pointer) {
        yield this.#item();
        yield this.#item();
      }
    } else if (type === T.bytecode) {
      this.#wire.int();
      yield this.#bytecode();
    } else if (type !== T.s4) return yield* this.#vector(flags, type);
    if ((flags & HAS_ATTRIBUTES) !== 0) yield this.#item();
    return OTHER;
  }

  *#vector(flags: number, type: number): Step {
    let value: Value = OTHER;
    const length = this.#length();
    if (type === T.logical || type === T.integer) this.#wire.skip('int', length);
    else if (type === T.real) this.#wire.skip('double', length);
    else if (type === T.complex) this.#wire.skip('double', 2 * length);
    else if (type === T.raw) this.#wire.skip('raw', length);
    else if (type === T.string || type === T.vector || type === T.expression) {
      for (let i = 0; i < length; i++) {
        const one = yield this.#item();
        if (i === 0 && type === T.string && length === 1) value = one;
      }
    } else throw new Malformed(`there is an object of kind ${type}, which nobody knows`, this.#wire.at);
    if ((flags & HAS_ATTRIBUTES) !== 0) yield this.#item();
    return value;
  }

  /** Lists, calls, functions and promises: chains of pairs. */
  *#pairs(first: number, type: number): Step {
    const items: Value[] = [];
    // The names of a workspace are the first list of all.
    const isWorkspace = this.#isWorkspace;
    this.#isWorkspace = false;
    let flags = first;
    for (let i = 0; ; i++) {
      if ((flags & HAS_ATTRIBUTES) !== 0) yield this.#item();
      const tag = (flags & HAS_TAG) !== 0 ? yield this.#item() : NOTHING;
      const car = yield this.#item();
      if (i <= MOST_ITEMS) items.push(car);
      if (isWorkspace && car.is === 'function') this.#report(judgeName(nameOf(tag)));
      if (type === T.promise) return yield* this.#promise(tag, car);
      if (type === T.closure) {
        yield this.#item();
        return { is: 'function' };
      }
      flags = this.#wire.int();
      const next = flags & 0xff;
      if (next === T.list) continue;
      const rest = yield this.#item(flags);
      // A call may be all that follows: then it is one of its own.
      if (rest.is === 'call') items.push(rest);
      break;
    }
    return type === T.language ? this.#call(items) : OTHER;
  }

  #call(items: readonly Value[]): Value {
    const [first, ...rest] = items;
    this.#report(judgeCall(first, rest, { promise: this.#promises > 0 }));
    // Deep trees are kept one level deep: what a call does was said where it ended.
    const flat = rest.map(
      (item): Value => (item.is === 'call' ? { ...item, items: item.items.map(leaf) } : item),
    );
    return { is: 'call', name: nameOf(first), items: flat };
  }

  /** What has no value yet is evaluated when somebody looks. Frames of functions keep such things by themselves. */
  *#promise(_environment: Value, value: Value): Step {
    const waits = value.is === 'unbound';
    if (waits) this.#promises++;
    const expression = yield this.#item();
    if (waits) this.#promises--;
    const runs = expression.is !== 'symbol' && expression.is !== 'nothing' && expression.is !== 'string';
    if (waits && (this.#frames === 0 || (runs && expression.is !== 'call')))
      this.#report({
        rule: RULES.promise.id,
        message: `there is a promise that nobody has evaluated${expression.is === 'call' ? `: a call of ${shown(expression.name || 'something', 60)}` : ''}`,
        ...(!runs && { severity: 'medium' }),
      });
    return OTHER;
  }

  *#environment(): Step {
    this.#wire.int();
    this.#remember(OTHER);
    yield this.#item();
    this.#frames++;
    yield this.#item();
    yield this.#item();
    this.#frames--;
    yield this.#item();
    return OTHER;
  }

  /** Class and package stand in a list before what the vector is made of. */
  *#altrep(): Step {
    const info: Value[] = [];
    let flags = this.#wire.int();
    for (; (flags & 0xff) === T.list; flags = this.#wire.int()) {
      if ((flags & HAS_ATTRIBUTES) !== 0) yield this.#item();
      if ((flags & HAS_TAG) !== 0) yield this.#item();
      const one = yield this.#item();
      if (info.length < 3) info.push(one);
    }
    yield this.#item(flags);
    const [name, from] = info.map(nameOf);
    if (from !== 'base')
      this.#report({
        rule: RULES.altrep.id,
        message: `a vector is made by ${shown(from ?? '', 60)}::${shown(name ?? '', 60)}`,
      });
    yield this.#item();
    yield this.#item();
    return OTHER;
  }

  *#names(type: number): Step {
    if (this.#wire.int() !== 0) throw new Malformed('a name of a package is none', this.#wire.at);
    const length = this.#length();
    let first = '';
    for (let i = 0; i < length; i++) {
      const one = nameOf(yield this.#item());
      if (i === 0) first = one;
    }
    if (type === T.persistent)
      this.#report({ rule: RULES.persistent.id, message: `it asks the reader for ${shown(first, 60)}` });
    return this.#remember(OTHER);
  }

  *#bytecode(): Step {
    yield this.#item();
    const count = this.#length();
    for (let i = 0; i < count; i++) {
      const type = this.#wire.int();
      if (type === T.bytecode) yield this.#bytecode();
      else if (isTree(type)) yield this.#tree(type);
      else this.#report(judgeConstant(yield this.#item()));
    }
    return OTHER;
  }

  /** Expressions beside bytecode, where what repeats is written once. */
  *#tree(type: number): Step {
    let kind = type;
    if (kind === T.repeated) {
      this.#wire.int();
      return OTHER;
    }
    if (kind === T.definition) {
      this.#wire.int();
      kind = this.#wire.int();
    }
    if (!isTree(kind)) return yield* this.#item();
    const isCall = kind === T.language || kind === T.attributedLanguage;
    const items: Value[] = [];
    for (;;) {
      if (kind === T.attributedList || kind === T.attributedLanguage) yield this.#item();
      yield this.#item();
      const type = this.#wire.int();
      const car = yield isTree(type) ? this.#tree(type) : this.#item();
      if (items.length <= MOST_ITEMS) items.push(car);
      kind = this.#wire.int();
      if (kind !== T.list && kind !== T.attributedList) break;
    }
    yield isTree(kind) ? this.#tree(kind) : this.#item();
    return isCall ? this.#call(items) : OTHER;
  }

  #reference(flags: number): Value {
    const packed = flags >>> 8;
    const index = packed === 0 ? this.#wire.int() : packed;
    const value = this.#references[index - 1];
    if (value === undefined) throw new Malformed('it refers to what was not there', this.#wire.at);
    return value;
  }

  #remember(value: Value): Value {
    if (this.#references.length >= MOST_REFERENCES)
      throw new Malformed('it has more names than any', this.#wire.at);
    this.#references.push(value);
    return value;
  }

  #length(): number {
    const length = this.#wire.int();
    if (length >= 0) return length;
    if (length !== -1) throw new Malformed('a length is negative', this.#wire.at);
    return this.#wire.int() * 2 ** 32 + (this.#wire.int() >>> 0);
  }

  /** -1 is a missing text. */
  #text(length: number): string {
    if (length === -1) return '';
    const text = this.#wire.text(length, LONGEST_NAME * 16);
    if (text.length > 7 && this.#texts.length < LONGEST_TEXT) this.#texts += `${text}\n`;
    return text.slice(0, LONGEST_NAME);
  }

  #report(report: Report | undefined): void {
    if (report === undefined || this.#reports >= MOST_REPORTS) return;
    // The same call stands in a function and in its bytecode.
    const key = `${report.rule} ${report.message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#reports++;
    const { at } = this.#wire;
    this.#part.report({ ...report, range: { start: at, end: at } });
  }
}

const leaf = (value: Value): Value => (value.is === 'call' ? { ...value, items: [] } : value);

const isTree = (type: number): boolean =>
  type === T.language ||
  type === T.list ||
  type === T.repeated ||
  type === T.definition ||
  type === T.attributedLanguage ||
  type === T.attributedList;
