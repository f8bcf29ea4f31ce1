import type { Caller } from './caller.ts';
import type { Literals } from './literals.ts';
import { fullName, isSequence, type Made, type Value } from './values.ts';

/** What joblib wrote of an array whose bytes follow in the stream: numpy_pickle.py, NumpyArrayWrapper. */
export interface Array {
  /** Bytes of its numbers. */
  readonly size: number;
  /** Whether a byte that says how much padding follows stands before them. */
  readonly padded: boolean;
  /** Its elements are objects: a pickle of its own follows instead. */
  readonly objects: boolean;
}

/** Undefined where the file does not say it in the way that joblib does. */
export function arrayOf(wrapper: Made, caller: Caller, literals: Literals): Array | undefined {
  const state = entries(wrapper.state, caller);
  const shape = state?.get('shape');
  const type = state?.get('dtype');
  if (state === undefined || (!isSequence(shape) && literalLength(shape, literals) !== 0)) return undefined;
  const element = type === undefined ? undefined : elementOf(type, caller, literals);
  if (element === undefined) return undefined;
  let count = 1;
  for (const one of isSequence(shape) ? shape.items : []) {
    const length = typeof one === 'number' ? literals.int(one) : undefined;
    if (length === undefined || length < 0) return undefined;
    count *= length;
  }
  if (isSequence(shape) && shape.cut) return undefined;
  const size = count * element.size;
  if (!Number.isSafeInteger(size)) return undefined;
  const alignment = state.get('numpy_array_alignment_bytes');
  const padded =
    alignment !== undefined && !(typeof alignment === 'number' && literals.shown(alignment) === 'None');
  return { size, padded, objects: element.objects };
}

/** Of `()`, which is a literal: 0. */
const literalLength = (value: Value | undefined, literals: Literals) =>
  typeof value === 'number' && value >= 0 && literals.type(value) === 'tuple' ? 0 : undefined;

function entries(state: Value | undefined, caller: Caller): Map<string, Value> | undefined {
  if (!isSequence(state) || state.kind !== 'dict' || state.cut) return undefined;
  const map = new Map<string, Value>();
  for (let i = 0; i + 1 < state.items.length; i += 2) {
    const key = caller.text(state.items[i]);
    if (key !== undefined) map.set(key, state.items[i + 1] as Value);
  }
  return map;
}

/** An element by `dtype('f8', False, True)` and the state that follows: numpy/_core/src/multiarray/descriptor.c. */
function elementOf(
  type: Value,
  caller: Caller,
  literals: Literals,
): { size: number; objects: boolean } | undefined {
  if (typeof type === 'number' || type.kind !== 'made' || type.by === undefined) return undefined;
  const args = isSequence(type.args) ? type.args.items : [];
  if (!fullName(type.by).endsWith('dtype')) return undefined;
  const code = caller.text(args[0]);
  const match = /^[<>|=]?([a-zA-Z?])(\d*)$/.exec(code ?? '');
  if (match === null) return undefined;
  const [, kind = '', digits = ''] = match;
  const size = kind === 'b' && digits === '' ? 1 : Number(digits) * (kind === 'U' ? 4 : 1);
  if (!(size >= 0)) return undefined;
  return { size, objects: kind === 'O' || (kind === 'V' && hasObjects(type.state, literals)) };
}

/** The flags are the last of the state; the first of them says that there are objects (NPY_ITEM_REFCOUNT). */
function hasObjects(state: Value | undefined, literals: Literals): boolean {
  if (!isSequence(state)) return true;
  const flags = state.items[7];
  const number = typeof flags === 'number' ? literals.int(flags) : undefined;
  return number === undefined || (number & 1) === 1;
}
