import { shown } from '../../findings/finding.ts';
import type { Caller } from './caller.ts';
import { Containers } from './containers.ts';
import type { Judge } from './judge.ts';
import { harmOf, isWorkedOut, type Keys, RUNS_STATE } from './keys.ts';
import type { Stack } from './stack.ts';
import { fullName, isSequence, type Named, type Sequence, type Value } from './values.ts';

/** Puts what is on the stack into containers, and looks at it as it goes in. */
export class Filling {
  readonly containers = new Containers();
  readonly #stack: Stack;
  readonly #keys: Keys;
  readonly #caller: Caller;
  readonly #judge: Judge;
  readonly #break: (why: string, at: number) => void;

  constructor(
    stack: Stack,
    keys: Keys,
    caller: Caller,
    judge: Judge,
    breaks: (why: string, at: number) => void,
  ) {
    this.#stack = stack;
    this.#keys = keys;
    this.#caller = caller;
    this.#judge = judge;
    this.#break = breaks;
  }

  /** Where what stands above the last mark begins. */
  unmark(at: number): number {
    const start = this.#stack.unmark();
    if (start === undefined) this.#break('it looks for a mark and there is none', at);
    return start ?? this.#stack.top;
  }

  /** A tuple of so many from the top of the stack, in their place. */
  tuple(count: number, at: number): void {
    const stack = this.#stack;
    const start = Math.max(stack.fence, stack.top - count);
    if (stack.top - start < count) this.#break('it takes from an empty stack', at);
    const tuple = this.containers.make('tuple');
    this.#add(tuple, start, at);
    stack.top = start;
    stack.push(tuple);
  }

  /** All above the last mark, in a container. */
  gather(kind: Sequence['kind'], at: number): number {
    const start = this.unmark(at);
    if (kind === 'dict') this.#pairs(start, at);
    const container = this.containers.make(kind);
    this.#add(container, start, at);
    this.#stack.top = start;
    return container;
  }

  /** All from `start` on goes into what is below. */
  fill(kind: 'list' | 'dict', start: number, at: number): void {
    const stack = this.#stack;
    if (kind === 'dict') this.#pairs(start, at);
    const to = start > stack.fence ? stack.items[start - 1] : undefined;
    if (to === undefined) this.#break('it takes from an empty stack', at);
    else if (typeof to === 'number') {
      // A bytearray, of which a name could be made.
      if (to >= 0 && this.#caller.isText(to))
        this.#judge.tell('unresolved', 'adds to a text that stands in the file', at);
      this.#add(to, start, at);
    } else if (to.kind === 'named') this.patched(to, at);
    stack.top = start;
  }

  patched(named: Named, at: number): void {
    const name = fullName(named);
    this.#judge.tell('patch', `changes ${name} for the whole program`, at, { name });
  }

  /** BUILD gives something a state. One put together by calls, or of pairs, was not looked at on its way. */
  state(of: Exclude<Value, number>, state: Value, at: number): void {
    if (of.kind === 'named') {
      this.patched(of, at);
      return;
    }
    if (of.kind === 'made' && of.by !== undefined && SHARED.test(fullName(of.by)))
      this.#judge.tell('patch', `changes what ${fullName(of.by)} gives to the whole program`, at);
    if (of.kind === 'made' && of.by !== undefined && BESIDE.test(fullName(of.by))) this.#beside(state, at);
    const runs = of.kind === 'made' && of.by !== undefined && RUNS_STATE.test(fullName(of.by));
    if (runs && !(isSequence(state) && state.kind === 'dict' && this.#isWritten(state)))
      this.#judge.tell('evaluated', 'gives an object that runs its state one that is no plain dict', at);
    else if (isPutTogether(state) || isWorkedOut(state) || (isWorkedOut(of) && !isIterator(of)))
      this.#judge.tell('patch', 'gives an object a state that is put together when it runs', at);
  }

  /** joblib loads the file that is named, with objects and all. */
  #beside(state: Value, at: number): void {
    const items = isSequence(state) && state.kind === 'dict' && !state.cut ? state.items : [];
    const key = items.findLastIndex((one, i) => i % 2 === 0 && this.#caller.text(one) === 'filename');
    const file = key < 0 ? undefined : this.#caller.text(items[key + 1]);
    if (file !== undefined && NEIGHBOUR.test(file))
      this.#judge.tell('beside', `is loaded together with ${shown(file)}`, at, { file: shown(file) });
    else this.#judge.tell('unknownCall', 'loads a file that joblib has not written beside it', at);
  }

  /** Whether each of its keys is a text that stands in the file. */
  #isWritten(state: Sequence): boolean {
    return state.items.every(
      (key, i) => i % 2 === 1 || (typeof key === 'number' && this.#caller.text(key) !== undefined),
    );
  }

  #add(to: number, start: number, at: number): void {
    const { items, top } = this.#stack;
    for (let i = start; i < top; i++) {
      const item = items[i] as Value;
      // What getattr and its like do is known where they are called; where they are handed on it is not.
      if (typeof item === 'object' && item.kind === 'named') this.#handedOn(item, items[i - 1], at);
      this.containers.add(to, item);
    }
    if (this.containers.unfolds)
      this.#judge.tell(
        'exhausting',
        'holds the same things in one another until nothing can go through them',
        at,
      );
  }

  /** What a class does is known where it is called. joblib only notes of what class an array was. */
  #handedOn(item: Named, before: Value | undefined, at: number): void {
    if (fullName(item) === 'numpy.memmap' && this.#caller.text(before) === 'subclass')
      this.#judge.followed(item);
    else this.#judge.escaped(item, at);
  }

  #pairs(start: number, at: number): void {
    const { items, top } = this.#stack;
    if ((top - start) % 2 === 1) this.#break('a key has no value', at);
    for (let i = start; i + 1 < top; i += 2) {
      const key = items[i] as Value;
      const name = this.#keys.name(key, this.#caller);
      if (name === undefined) {
        if (isWorkedOut(key) && this.#caller.text(key) === undefined)
          this.#judge.tell('patch', 'has a key that is put together when it runs', at);
        continue;
      }
      const harm = harmOf(name, items[i + 1] as Value, this.#caller);
      if (harm === 'hook')
        this.#judge.tell('patch', `gives an object a ${name} of its own, which then runs`, at, {
          attribute: name,
        });
      else if (harm === 'evaluated')
        this.#judge.tell('evaluated', `gives an object a ${name} that its library runs as code`, at, {
          attribute: name,
        });
    }
  }
}

/** joblib/numpy_pickle_compat.py, `read`. */
const BESIDE = /(?:^|\.)joblib\.numpy_pickle(?:_compat)?\.Z?NDArrayWrapper$/;
/** `model.pkl_01.npy`: no folders, no other drives. */
const NEIGHBOUR = /^[\w][\w. -]*_\d{2,6}\.npy(?:\.z)?$/;

/** These give everybody the same object; picklers never give it a state. */
const SHARED =
  /^(?:logging\.getLogger|pytz\._(?:p|UTC)|torch\.nn\.backends\.thnn\._get_thnn_function_backend|sklearn\.metrics\._scorer\.get_scorer)$/;

/** Those remember how far they went. */
const isIterator = (of: Value): boolean =>
  typeof of === 'object' &&
  of.kind === 'made' &&
  of.by?.module === 'builtins' &&
  /^(?:iter|reversed)$/.test(of.by.name);

/** Made by a call that is given its entries, as no pickler writes a state. */
const isPutTogether = (state: Value): boolean =>
  typeof state === 'object' &&
  state.kind === 'made' &&
  state.by !== undefined &&
  /^(?:dict|dict\.fromkeys|OrderedDict|defaultdict|ChainMap|UserDict|Counter|MappingProxyType|zip)$/.test(
    state.by.name,
  ) &&
  isSequence(state.args) &&
  state.args.items.length > 0;
