import type { Literals } from './literals.ts';
import { fullName, isSequence, type Made, type Value } from './values.ts';

/** Elements, bytes or bits that one call may ask for. Real pickles bring what they need along, and ask for nothing. */
const MOST = 2 ** 31;
/** A result that goes into the next call, and so on: each may double it. */
const GROWTH = 8;

/** The whole numbers that these are given say how much they make. */
const SIZED =
  /^(?:builtins\.(?:bytes|bytearray)|(?:numpy|torch)\.(?:[\w.]+\.)?(?:zeros|ones|empty|full|eye|identity|arange|linspace|logspace|ndarray|recarray|chararray|_reconstruct|randn?|\w*(?:Storage|Tensor))|scipy\.sparse\.(?:\w+\.)?\w+_(?:matrix|array))$/;
const SQUARED = /\.(?:eye|identity)$/;

/** These run through what they are given to its end. */
const CONSUMES =
  /^(?:builtins\.(?:list|tuple|set|frozenset|dict|dict\.fromkeys|sorted|sum|max|min|all|any|bytes|bytearray|(?:str|bytes)\.join)|collections\.(?:deque|OrderedDict|Counter|UserList)|array\.array|numpy\.(?:[\w.]+\.)?(?:array|asarray|concatenate|hstack|vstack|stack)|pandas\..*\.(?:Series|DataFrame|Index))$/;
const ENDLESS = /^itertools\.(?:count|cycle|product|permutations|combinations)$/;
const PASSES_ON = /^(?:builtins\.(?:zip|enumerate|iter|reversed)|itertools\.(?:chain|islice))$/;

const POWER = /^(?:builtins|operator)\.pow$/;
const TIMES = 'operator.mul';
const FILLS = 'operator.mod';
/** A width such as `%09999999999d`. */
const WIDTH = /%[-+ #0]*\d{8,}/;
const GROWS =
  /^(?:builtins\.(?:pow|repr|ascii|(?:str|bytes)\.(?:join|replace)|str\.__add__)|operator\.(?:add|concat|mul|mod|pow))$/;
/** Numbers that come of calls, whose size the file does not say. */
const WORKED_OUT = /^(?:operator\..*|builtins\.(?:int|pow|sum|len|max|min|abs|round|divmod|ord)(?:\..*)?)$/;

type Kind = 'sized' | 'consumes' | 'power' | 'times' | 'fills';

const kindsOf = (name: string): readonly Kind[] => {
  const kinds: Kind[] = [];
  if (SIZED.test(name)) kinds.push('sized');
  if (CONSUMES.test(name)) kinds.push('consumes');
  if (POWER.test(name)) kinds.push('power');
  if (name === TIMES) kinds.push('times');
  if (name === FILLS) kinds.push('fills');
  return kinds;
};

export const isCostly = (name: string): boolean => kindsOf(name).length > 0;

/** What harmless calls cost whoever loads them: a few bytes of a pickle can ask for all memory, or never end. */
export class Costs {
  readonly #literals: Literals;
  readonly #grown = new WeakMap<Made, number>();

  constructor(literals: Literals) {
    this.#literals = literals;
  }

  /** Why a call is more than a machine can bear; undefined where it is not. */
  of(name: string, args: Value): string | undefined {
    if (!isSequence(args)) return undefined;
    for (const kind of kindsOf(name)) {
      const why = this.#judged(kind, name, args.items);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  /** Remembers that a result grew out of others. @returns whether it has done so too often */
  grows(result: Made): boolean {
    if (result.by === undefined || !GROWS.test(fullName(result.by)) || !isSequence(result.args)) return false;
    const within = result.args.items.flatMap((one) => (isSequence(one) ? one.items : [one]));
    const steps = 1 + Math.max(0, ...within.map((one) => this.#stepsOf(one)));
    this.#grown.set(result, steps);
    return steps > GROWTH;
  }

  #stepsOf(value: Value): number {
    return typeof value === 'object' && value.kind === 'made' ? (this.#grown.get(value) ?? 0) : 0;
  }

  #judged(kind: Kind, name: string, args: readonly Value[]): string | undefined {
    const [first, second, third] = args;
    switch (kind) {
      case 'sized': {
        const size = Math.max(...args.map((one) => this.#sizeOf(one)), this.#product(args));
        return (SQUARED.test(name) ? size * size : size) > MOST
          ? 'asks for more than there is of memory'
          : undefined;
      }
      case 'consumes':
        return args.some((one) => this.#isEndless(one)) ? 'runs through what does not end' : undefined;
      case 'power': {
        const [base, exponent] = [this.#numberOf(first), this.#numberOf(second)];
        const bits = Math.log2(Math.abs(base) + 1) * exponent;
        return third === undefined && bits > MOST / 16 ? 'works out a number that fills memory' : undefined;
      }
      case 'times': {
        const times = Math.min(this.#timesOf(first), this.#timesOf(second));
        return times > MOST / 128 ? 'repeats something until it fills memory' : undefined;
      }
      case 'fills': {
        const text = typeof first === 'number' ? this.#literals.text(first) : undefined;
        return text !== undefined && WIDTH.test(text) ? 'fills memory with blanks' : undefined;
      }
    }
  }

  /** A number, or one of a shape; more than all where it is worked out. */
  #sizeOf(value: Value): number {
    if (typeof value === 'number') return value < 0 ? 0 : this.#numberOf(value);
    if (isSequence(value)) return value.kind === 'tuple' ? this.#product(value.items) : 0;
    return this.#numberOf(value);
  }

  #product(values: readonly Value[]): number {
    return values.reduce<number>((product, one) => {
      const number = typeof one === 'number' && one >= 0 ? this.#numberOf(one) : 0;
      return number > 0 ? product * number : product;
    }, 1);
  }

  /** How often the other one is repeated: numbers by numbers harm nobody. */
  #timesOf(value: Value | undefined): number {
    if (typeof value !== 'number' || value < 0)
      return value === undefined ? 0 : this.#numberOf(value, Infinity);
    return /^(?:int|bool)$/.test(this.#literals.type(value)) ? this.#numberOf(value) : Infinity;
  }

  #numberOf(value: Value | undefined, otherwise = 0): number {
    if (typeof value === 'number' && value >= 0) {
      const int = this.#literals.int(value);
      if (int !== undefined) return Math.abs(int);
      const type = this.#literals.type(value);
      if (type === 'int') return Infinity;
      return type === 'float' ? Math.abs(Number(this.#literals.shown(value))) || 0 : 0;
    }
    if (typeof value === 'object' && value.kind === 'made' && value.by !== undefined)
      return WORKED_OUT.test(fullName(value.by)) ? Infinity : otherwise;
    return otherwise;
  }

  #isEndless(value: Value, depth = 0): boolean {
    if (typeof value !== 'object' || value.kind !== 'made' || value.by === undefined || depth > GROWTH)
      return false;
    const name = fullName(value.by);
    if (ENDLESS.test(name)) return true;
    const args = isSequence(value.args) ? value.args.items : [];
    if (name === 'builtins.range') return args.some((one) => this.#numberOf(one) > MOST);
    if (name === 'itertools.repeat') return args[1] === undefined || this.#numberOf(args[1]) > MOST;
    return PASSES_ON.test(name) && args.some((one) => this.#isEndless(one, depth + 1));
  }
}
