import type { Caller } from './caller.ts';
import { fullName, type Value } from './values.ts';

/** What the unpickler itself calls, or by which an object becomes another: with a callable in it, it runs. */
const HOOKS =
  `__setstate__ __class__ __dict__ __reduce__ __reduce_ex__ __getattr__ __getattribute__ __setattr__ __call__
  append extend add __setitem__`.split(/\s+/);

/**
 * By these an object says where in memory its numbers are, whatever they are: numpy and torch read and write there when they
 * make an array of it (numpy/core/src/multiarray/ctors.c, `PyArray_FromInterface`). No object is saved with one.
 */
const ADDRESSES =
  '__array_interface__ __array_struct__ __array__ __cuda_array_interface__ __dlpack__ __buffer__'.split(' ');

/**
 * What a library runs as Python when an object is given its state, and what it looks like where nobody has touched it.
 * scipy/stats/_distn_infrastructure.py, `_attach_argparser_methods`; statsmodels/base/data.py, `__setstate__`.
 */
const EVALUATED: ReadonlyMap<string, RegExp> = new Map([
  [
    '_parse_arg_template',
    /^\ndef _parse_args\(self, [\w, ]* loc=0(?:, scale=1)?\):\n {4}return \([\w, ]*\), loc, (?:scale|1)\n\ndef _parse_args_rvs\(self, [\w, ]* loc=0(?:, scale=1)?, size=None\):\n {4}return self\._argcheck_rvs\([\w, ]* loc, (?:scale|1), size=size\)\n\ndef _parse_args_stats\(self, [\w, ]* loc=0(?:, scale=1)?, moments='mv'\):\n {4}return \([\w, ]*\), loc, (?:scale|1), moments\n$/,
  ],
  [
    'formula',
    /^(?:[\w\s~+\-*:^|/.,=']|(?<=\b(?:C|I|Q|np\.(?:log|log1p|log10|exp|sqrt|power|abs|square)|scale|center|standardize|bs|cr|cc|te|poly|Treatment|Sum|Poly|Helmert|Diff))\(|\)|(?<=[~+*:\s(])\()*$/,
  ],
]);

const NAMES = new Set([...HOOKS, ...ADDRESSES, ...EVALUATED.keys()]);
const LONGEST = Math.max(...[...NAMES].map((name) => name.length));
/** First and last bytes of such names, by their length: nearly every other literal is told apart by these. */
const FIRST = new Set([...NAMES].map((name) => (name.length << 8) | name.charCodeAt(0)));
const LAST = new Set([...NAMES].map((name) => (name.length << 8) | name.charCodeAt(name.length - 1)));
const KEPT = 50_000;
const BACKSLASH = 0x5c;
const BLANK = 0x20;

/** Remembers where a file has the few texts that mean something as keys, so that no other key needs to be read. */
export class Keys {
  readonly #at = new Map<number, string>();
  #full = false;

  clear(): void {
    this.#at.clear();
    this.#full = false;
  }

  /** A literal of bytes from `start` to `end` of a window. */
  literal(at: number, window: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > LONGEST || length < 3) return;
    if (!FIRST.has((length << 8) | (window[start] as number))) return;
    if (!LAST.has((length << 8) | (window[end - 1] as number))) return;
    const name = String.fromCharCode(...window.subarray(start, end));
    if (!NAMES.has(name)) return;
    if (this.#at.size < KEPT) this.#at.set(at, name);
    else this.#full = true;
  }

  /** A literal that is a line. What is escaped in it, or stands before blanks, says it in other bytes. */
  line(at: number, window: Uint8Array, start: number, end: number, quotes: number, caller: Caller): void {
    const said = isPlain(window, start, end) ? undefined : caller.text(at);
    if (said === undefined) this.literal(at, window, start + quotes, end - quotes);
    else this.literal(at, Buffer.from(said), 0, said.length);
  }

  /** The name that a key is, where it is one of those that mean something. */
  name(key: Value, caller: Caller): string | undefined {
    const name = typeof key === 'number' && !this.#full ? this.#at.get(key) : caller.text(key);
    return name !== undefined && NAMES.has(name) ? name : undefined;
  }
}

function isPlain(window: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (window[i] === BACKSLASH) return false;
  return end > start && (window[end - 1] as number) > BLANK;
}

/** What comes of operators and functions of Python: nobody's pickle has keys or states that are worked out as it loads. */
export const isWorkedOut = (value: Value | undefined): boolean =>
  typeof value === 'object' &&
  value.kind === 'made' &&
  value.by !== undefined &&
  /^(?:operator\.|builtins\.(?:(?:max|min|abs|sum|pow|round|divmod|chr|repr|ascii|bin|hex|oct|format|iter|next|sorted|reversed)$|str\.|bytes\.(?!fromhex)))/.test(
    fullName(value.by),
  );

/** Why an entry of a state is more than a value; undefined where it is not. */
export function harmOf(name: string, value: Value, caller: Caller): 'hook' | 'evaluated' | undefined {
  const usual = EVALUATED.get(name);
  if (usual === undefined) {
    if (ADDRESSES.includes(name)) return 'hook';
    return typeof value === 'object' && value.kind !== 'made' ? 'hook' : undefined;
  }
  // scipy writes its own as a text; what a call gives may be any.
  if (name === '_parse_arg_template' && typeof value === 'object') return 'evaluated';
  const text = caller.text(value);
  if (text !== undefined) return usual.test(text) ? undefined : 'evaluated';
  // None and objects are no code; a text that cannot be told may be any.
  return caller.isText(value) ? 'evaluated' : undefined;
}

/** Classes that run what is in their state: it is looked at entry by entry, which takes a dict that is written as one. */
export const RUNS_STATE =
  /^(?:scipy\.stats\..*(?:_gen|rv_\w+)|statsmodels\.base\.data\.\w+|statsmodels\.distributions\..*)$/;
