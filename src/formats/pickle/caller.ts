import type { Judge } from './judge.ts';
import type { Literals } from './literals.ts';
import { textOf } from './text.ts';
import { fullName, isSequence, LOST, listed, type Made, made, type Named, type Value } from './values.ts';

/** Whose arguments are asked for later: element types, and what makes texts. */
const SAYS =
  /^(?:dtype|NumpyArrayWrapper|encode|decode|str|bytes|bytearray|add|concat|iadd|chr|intern)$|(?:^|\.)(?:join|decode|encode|replace|lower|upper|strip|format|__add__)$/;

/** A chain of calls within calls is followed so far. */
const DEEPEST = 24;
/** Of what map and its like call for each item, so many. */
const ITEMS = 8;

/**
 * Calls things symbolically: nothing runs. What only leads to something else (getattr, partial, import_module) is
 * followed there, so that the judge hears of what would really be called.
 */
export class Caller {
  readonly #judge: Judge;
  readonly #literals: Literals;
  readonly #extensions = new Map<number, Named>();
  readonly #instances = new Map<Named, Made>();
  #depth = 0;
  onLoad: (load: Load) => void = () => {};

  constructor(judge: Judge, literals: Literals) {
    this.#judge = judge;
    this.#literals = literals;
  }

  take(module: string, name: string, at: number): Named {
    const named = this.#judge.name(module, name);
    this.#judge.taken(named, at, name === '' ? module : `${module}.${name}`);
    return named;
  }

  /** What an extension code stands for, where the file itself has registered it. */
  extension(code: number): Named | undefined {
    return this.#extensions.get(code);
  }

  /** @returns what stands for the result */
  call(callee: Value, args: Value, at: number, init = true): Value {
    if (this.#depth >= DEEPEST) {
      this.#judge.tell('unresolved', 'calls within calls lead deeper than anybody writes them', at);
      return LOST;
    }
    this.#depth++;
    const result = this.#call(callee, args, at, init);
    this.#depth--;
    return result;
  }

  #call(callee: Value, args: Value, at: number, init: boolean): Value {
    if (typeof callee === 'number') {
      if (callee < 0) this.#judge.tell('unresolved', 'calls something that cannot be told from the file', at);
      return LOST;
    }
    switch (callee.kind) {
      case 'named':
        return this.#callNamed(callee, args, at, init);
      case 'partial':
        return this.call(callee.callee, joinedTo(callee.args, args), at);
      case 'getter': {
        const [of] = isSequence(args) ? args.items : [];
        return of === undefined ? LOST : this.#get(callee.by, callee.wanted, of, at);
      }
      case 'made':
        return this.#callMade(callee, args, at);
      default:
        return LOST;
    }
  }

  #callNamed(callee: Named, args: Value, at: number, init: boolean): Value {
    const follow = FOLLOWED.get(fullName(callee));
    const items = isSequence(args) ? args.items : [];
    const result = follow?.(this, callee.self === undefined ? items : [callee.self, ...items], at);
    if (result !== undefined && QUIET.has(fullName(callee))) {
      this.#judge.followed(callee);
      return result;
    }
    const told = this.#judge.called(callee, args, at, init);
    if (result !== undefined) return result;
    // Of what is harmless only the class matters, unless what it was given says something.
    return told || SAYS.test(callee.name) || callee.self !== undefined
      ? made(callee, args)
      : this.#instance(callee);
  }

  /** One object for all that a class makes. */
  #instance(named: Named): Made {
    let instance = this.#instances.get(named);
    if (instance === undefined) {
      instance = made(named, LOST);
      this.#instances.set(named, instance);
    }
    return instance;
  }

  /** An object is called: what it does is a method of its class. */
  #callMade(callee: Made, args: Value, at: number): Value {
    if (callee.by === undefined) {
      this.#judge.tell('unresolved', 'calls something that only the loading program knows', at);
      return LOST;
    }
    const { module, name } = callee.by;
    const method = this.take(module, `${name}.__call__`, at);
    this.#judge.called(method, args, at);
    return made(method, args);
  }

  attribute(of: Value, name: Value | undefined, at: number): Value {
    const text = this.text(name);
    if (text === undefined) {
      this.#judge.tell('unresolved', 'takes an attribute whose name is made when it runs', at);
      return LOST;
    }
    return this.#step(of, text, at);
  }

  #step(of: Value, name: string, at: number): Value {
    if (typeof of === 'object' && of.kind === 'named' && of.self === undefined)
      return this.take(of.module, of.name === '' ? name : `${of.name}.${name}`, at);
    const type = this.#typeOf(of);
    if (type === undefined) {
      this.#judge.tell('unresolved', `takes ${name} from something that cannot be told from the file`, at);
      return LOST;
    }
    const [module, ...steps] = type;
    const named = this.take(module as string, [...steps, name].join('.'), at);
    return { ...named, self: of };
  }

  #typeOf(value: Value): readonly string[] | undefined {
    if (typeof value === 'number') return value < 0 ? undefined : ['builtins', this.#literals.type(value)];
    if (value.kind === 'named') return [value.module, value.name];
    if (value.kind === 'made') return value.by === undefined ? undefined : [value.by.module, value.by.name];
    if (value.kind === 'partial') return ['functools', 'partial'];
    if (value.kind === 'getter') return ['operator', `${value.by}getter`];
    return ['builtins', value.kind];
  }

  item(of: Value, key: Value | undefined, at: number): Value {
    const text = this.text(key);
    if (isSequence(of) && typeof key === 'number') {
      const index = this.#literals.int(key);
      if (of.kind !== 'dict') return (index === undefined ? undefined : of.items.at(index)) ?? LOST;
      const found = of.items.findIndex((one, i) => i % 2 === 0 && this.text(one) === text);
      return (found < 0 ? undefined : of.items[found + 1]) ?? LOST;
    }
    if (typeof of === 'object' && of.kind === 'named' && text !== undefined) {
      if (fullName(of) === 'sys.modules') return this.take(text, '', at);
      if (of.name === '' || of.name === '__dict__') return this.take(of.module, text, at);
      if (of.name.endsWith('.__dict__'))
        return this.take(of.module, `${of.name.slice(0, -'.__dict__'.length)}.${text}`, at);
    }
    return made(undefined, LOST);
  }

  #get(by: 'attribute' | 'item' | 'method', wanted: readonly Value[], of: Value, at: number): Value {
    if (by === 'item') return this.item(of, wanted[0], at);
    const [name, ...args] = wanted;
    if (by === 'method') return this.call(this.attribute(of, name, at), listed(args), at);
    const steps = this.text(name)?.split('.');
    if (steps === undefined) return this.attribute(of, undefined, at);
    return steps.reduce<Value>((value, step) => this.#step(value, step, at), of);
  }

  /** Calls it once for each of the first items of what it is mapped over. */
  each(callee: Value | undefined, over: readonly (Value | undefined)[], at: number): void {
    if (callee === undefined) return;
    const columns = over.map((one) => (isSequence(one) ? one.items : [LOST]));
    const rows = Math.min(ITEMS, Math.max(1, ...columns.map((column) => column.length)));
    for (let i = 0; i < rows; i++) {
      this.call(callee, listed(columns.map((column) => column[i] ?? LOST)), at);
    }
  }

  register(code: Value | undefined, module: Value | undefined, name: Value | undefined, at: number): void {
    const number = typeof code === 'number' ? this.#literals.int(code) : undefined;
    const [inModule, called] = [this.text(module), this.text(name)];
    if (number === undefined || inModule === undefined || called === undefined) return;
    if (this.#extensions.size < 1000) this.#extensions.set(number, this.take(inModule, called, at));
  }

  /** Bytes that a call loads in its turn. False where they are not in the file as they are. */
  load(value: Value | undefined): boolean {
    const source = this.#bytesOf(value);
    if (source === undefined) return false;
    this.onLoad(source);
    return true;
  }

  #bytesOf(value: Value | undefined): Load | undefined {
    if (typeof value === 'number') return value < 0 ? undefined : { at: value, latin1: false };
    if (value?.kind !== 'made' || value.by === undefined || !isSequence(value.args)) return undefined;
    // Bytes as protocol 2 writes them: text in Latin-1.
    const [first] = value.args.items;
    const encodes = fullName(value.by) === 'codecs.encode';
    return encodes && typeof first === 'number' && first >= 0 ? { at: first, latin1: true } : undefined;
  }

  text(value: Value | undefined): string | undefined {
    return textOf(value, this.#literals);
  }
}

/** Bytes in the file that are loaded in their turn; `latin1` where they stand there as text. */
export interface Load {
  readonly at: number;
  readonly latin1: boolean;
}

type Follow = (caller: Caller, args: readonly Value[], at: number) => Value | undefined;

const joinedTo = (first: readonly Value[], args: Value): Value =>
  isSequence(args)
    ? { ...args, items: [...first, ...args.items] }
    : first.length === 0
      ? args
      : listed([...first, args]);

const take: Follow = (caller, [of, name], at) =>
  of === undefined ? undefined : caller.attribute(of, name, at);

const getter =
  (by: 'attribute' | 'item' | 'method'): Follow =>
  (_, wanted) =>
    wanted.length === 0 ? undefined : { kind: 'getter', by, wanted };

const partial: Follow = (_, [callee, ...args]) =>
  callee === undefined ? undefined : { kind: 'partial', callee, args };

const overEach: Follow = (caller, [callee, ...over], at) => {
  caller.each(callee, over, at);
  return undefined;
};

const byPath: Follow = (caller, [path], at) => {
  const text = caller.text(path);
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  const cut = colon >= 0 ? colon : text.lastIndexOf('.');
  return cut < 0 ? caller.take(text, '', at) : caller.take(text.slice(0, cut), text.slice(cut + 1), at);
};

const named: Follow = (caller, [inModule, name], at) => {
  const [where, what] = [caller.text(inModule), caller.text(name)];
  return where === undefined || what === undefined ? undefined : caller.take(where, what, at);
};

const module: Follow = (caller, [name], at) => {
  const text = caller.text(name);
  return text === undefined ? undefined : caller.take(text, '', at);
};

const apply: Follow = (caller, [callee, args], at) =>
  callee === undefined ? undefined : caller.call(callee, args ?? listed([]), at);

const callFirst: Follow = (caller, [callee, ...args], at) =>
  callee === undefined ? undefined : caller.call(callee, listed(args), at);

/** What is loaded is read as well, so that alone does no harm. */
const loads: Follow = (caller, [bytes]) => (caller.load(bytes) ? made(undefined, LOST) : undefined);

/** `object.__new__(cls)`, as copyreg and old pickles write it. */
const instance: Follow = (_, [of, ...args]) =>
  typeof of === 'object' && of.kind === 'named' ? made(of, listed(args)) : undefined;

/** What leads to something else. */
const FOLLOWED: ReadonlyMap<string, Follow> = new Map([
  ['builtins.getattr', take],
  ['builtins.object.__getattribute__', take],
  ['builtins.type.__getattribute__', take],
  ['inspect.getattr_static', take],
  ['operator.attrgetter', getter('attribute')],
  ['operator.methodcaller', getter('method')],
  ['operator.itemgetter', getter('item')],
  ['operator.getitem', (caller, [of, key], at) => (of === undefined ? undefined : caller.item(of, key, at))],
  ['functools.partial', partial],
  ['functools.partial.__new__', (caller, [, ...args], at) => partial(caller, args, at)],
  ['types.MethodType', partial],
  ['importlib.import_module', module],
  ['importlib.__import__', module],
  ['builtins.__import__', module],
  ['pkgutil.resolve_name', byPath],
  ['pydoc.locate', byPath],
  ['numpy.core._ufunc_reconstruct', named],
  ['builtins.map', overEach],
  ['builtins.filter', overEach],
  [
    'itertools.starmap',
    (caller, [callee, over], at) => {
      for (const args of isSequence(over) ? over.items.slice(0, ITEMS) : [])
        if (callee !== undefined) caller.call(callee, args, at);
      return undefined;
    },
  ],
  [
    'functools.reduce',
    (caller, [callee, over], at) => {
      if (callee !== undefined) caller.call(callee, over ?? LOST, at);
      return undefined;
    },
  ],
  ['builtins.apply', apply],
  ['operator.call', callFirst],
  ['copyreg._reconstructor', instance],
  ['copyreg.__newobj__', instance],
  ['copyreg.__newobj_ex__', instance],
  [
    'copyreg.add_extension',
    (caller, [inModule, name, code], at) => {
      caller.register(code, inModule, name, at);
      return undefined;
    },
  ],
  ['torch.storage._load_from_bytes', loads],
  ['pickle.loads', loads],
  ['pickle._loads', loads],
  ['cloudpickle.loads', loads],
  ['dill.loads', loads],
  ['dill._dill.loads', loads],
  // Of anything but one argument it makes a class.
  ['builtins.type', (_, args) => (args.length === 1 ? made(undefined, LOST) : undefined)],
]);

/** Where the step was followed, what it led to is judged, and it is nothing more itself. */
const QUIET: ReadonlySet<string> = new Set([
  'builtins.getattr',
  'operator.itemgetter',
  'operator.getitem',
  'functools.partial',
  'copyreg._reconstructor',
  'copyreg.__newobj__',
  'copyreg.__newobj_ex__',
  'builtins.type',
  'numpy.core._ufunc_reconstruct',
  'torch.storage._load_from_bytes',
]);
