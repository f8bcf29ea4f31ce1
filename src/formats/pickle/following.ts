import { fullName, isSequence, LOST, listed, made, type Value } from './values.ts';

/** Of what map and its like call for each item, so many. */
const ITEMS = 8;

/** What following takes: things are called, taken and told of as if it ran. */
export interface Chain {
  call(callee: Value, args: Value, at: number): Value;
  take(module: string, name: string, at: number): Value;
  attribute(of: Value, name: Value | undefined, at: number): Value;
  item(of: Value, key: Value | undefined, at: number): Value;
  text(value: Value | undefined): string | undefined;
  /** Something is registered under a number. */
  register(code: Value | undefined, module: Value | undefined, name: Value | undefined, at: number): void;
  /** An object is given its state. */
  build(of: Value, state: Value, at: number): void;
  /** Bytes that a call loads in its turn. False where they are not in the file as they are. */
  load(value: Value | undefined): boolean;
}

export type Follow = (caller: Chain, args: readonly Value[], at: number) => Value | undefined;

const take: Follow = (caller, [of, name], at) =>
  of === undefined ? undefined : caller.attribute(of, name, at);

const getter =
  (by: 'attribute' | 'item' | 'method'): Follow =>
  (_, wanted) =>
    wanted.length === 0 ? undefined : { kind: 'getter', by, wanted };

const partial: Follow = (_, [callee, ...args]) =>
  callee === undefined ? undefined : { kind: 'partial', callee, args };

/** Calls it once for each of the first items of what it is mapped over. */
const overEach: Follow = (caller, [callee, ...over], at) => {
  const columns = over.map((one) => (isSequence(one) ? one.items : [LOST]));
  const rows = Math.min(ITEMS, Math.max(1, ...columns.map((column) => column.length)));
  for (let i = 0; i < rows && callee !== undefined; i++)
    caller.call(callee, listed(columns.map((column) => column[i] ?? LOST)), at);
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

/** Calls the first with what is given at a place, and hands what that made the state behind it. */
const builds =
  (given: number): Follow =>
  (caller, args, at) => {
    const [callee] = args;
    if (callee === undefined) return undefined;
    const built = caller.call(callee, args[given] ?? LOST, at);
    const state = args[given + 1];
    if (state !== undefined) caller.build(built, state, at);
    return built;
  };

/** torch/_tensor.py: `_rebuild_from_type_v2(func, new_type, args, state)`. */
const rebuilt = builds(2);

const isCallable = (value: Value | undefined): value is Exclude<Value, number> =>
  typeof value === 'object' && !isSequence(value);

/** Calls what it is given, at some place, with what it is given at another. */
const calls =
  (callee: number, ...given: readonly number[]): Follow =>
  (caller, args, at) => {
    const called = args[callee];
    if (isCallable(called)) caller.call(called, listed(given.map((one) => args[one] ?? LOST)), at);
    return undefined;
  };

/** sortedcontainers, and builtins with `key=`: it is called with each of what is to be put in order. */
const byKey: Follow = (caller, args, at) => {
  for (const one of args) {
    if (!isSequence(one) || one.kind !== 'dict') continue;
    const found = one.items.findIndex((key, i) => i % 2 === 0 && caller.text(key) === 'key');
    const called = found < 0 ? undefined : one.items[found + 1];
    if (isCallable(called)) caller.call(called, listed([LOST]), at);
  }
  return undefined;
};

/** Whatever it is given that may be called, it may call. */
const callsAny: Follow = (caller, args, at) => {
  for (const one of args) if (isCallable(one)) caller.call(one, listed([LOST]), at);
  return undefined;
};

/** What an empty defaultdict makes its values with: a partial brings arguments of its own. */
const makesValues: Follow = (caller, [factory], at) => {
  if (typeof factory === 'object' && factory.kind === 'partial') caller.call(factory, listed([]), at);
  return undefined;
};

const callFirst: Follow = (caller, [callee, ...args], at) =>
  callee === undefined ? undefined : caller.call(callee, listed(args), at);

/** What is loaded is read as well, so that alone does no harm. */
const loads: Follow = (caller, [bytes]) => (caller.load(bytes) ? made(undefined, LOST) : undefined);

/** `object.__new__(cls)`, as copyreg and old pickles write it. */
const instance: Follow = (_, [of, ...args]) =>
  typeof of === 'object' && of.kind === 'named' ? made(of, listed(args)) : undefined;

/** dill/_dill.py, `_reverse_typemap`: names of builtins, and those of its own for what is elsewhere. */
const TYPES = new Set(
  'bool bytearray bytes complex dict float frozenset int list object range set slice str tuple'.split(' '),
);
const TYPES_ELSEWHERE: ReadonlyMap<string, readonly [module: string, name: string]> = new Map([
  ['PartialType', ['functools', 'partial']],
  ['ItemGetterType', ['operator', 'itemgetter']],
  ['AttrGetterType', ['operator', 'attrgetter']],
  ['MappingProxyType', ['types', 'MappingProxyType']],
]);

/** What leads to something else. */
export const FOLLOWED: ReadonlyMap<string, Follow> = new Map([
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
      // How `int | None` is pickled.
      const isUnion =
        typeof callee === 'object' && callee.kind === 'named' && fullName(callee) === 'operator.or_';
      if (callee !== undefined) caller.call(callee, over ?? LOST, at);
      return isUnion && isSequence(over) && over.kind === 'tuple' ? made(undefined, LOST) : undefined;
    },
  ],
  ['builtins.apply', apply],
  // With two arguments it calls the first until it gives the second.
  [
    'builtins.iter',
    (caller, [callee, end], at) => {
      if (callee === undefined || end === undefined) return undefined;
      return caller.call(callee, listed([]), at);
    },
  ],
  ['torch._tensor._rebuild_from_type', rebuilt],
  ['torch._tensor._rebuild_from_type_v2', rebuilt],
  ['torch.tensor._rebuild_from_type', rebuilt],
  ['torch.tensor._rebuild_from_type_v2', rebuilt],
  // dill/_dill.py: `_create_array(f, args, state)`.
  ['dill._dill._create_array', builds(1)],
  ['operator.call', callFirst],
  ['collections.defaultdict', makesValues],
  ['builtins.max', byKey],
  ['builtins.min', byKey],
  ['builtins.sorted', byKey],
  ['numpy.random._pickle.__bit_generator_ctor', calls(0)],
  ['numpy.random._pickle.__generator_ctor', calls(1, 0)],
  ['numpy.random._pickle.__randomstate_ctor', calls(1, 0)],
  ['sortedcontainers.sortedlist.SortedList', calls(1, 0)],
  ['sortedcontainers.sortedlist.SortedKeyList', calls(1, 0)],
  ['sortedcontainers.sortedset.SortedSet', calls(1, 0)],
  ['sortedcontainers.sorteddict.SortedDict', calls(0, 1)],
  ['sortedcontainers.SortedList', calls(1, 0)],
  ['sortedcontainers.SortedSet', calls(1, 0)],
  ['sortedcontainers.SortedDict', calls(0, 1)],
  ['sklearn.metrics.pairwise.pairwise_distances', callsAny],
  ['sklearn.metrics.pairwise.pairwise_distances_argmin', callsAny],
  ['sklearn.metrics.pairwise.pairwise_distances_argmin_min', callsAny],
  ['sklearn.metrics.pairwise.pairwise_distances_chunked', callsAny],
  ['sklearn.metrics.pairwise.pairwise_kernels', callsAny],
  ['sklearn.metrics.pairwise.paired_distances', callsAny],
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
  // Types by names of dill's own.
  [
    'dill._dill._load_type',
    (caller, [name], at) => {
      const type = caller.text(name) ?? '';
      if (TYPES.has(type)) return caller.take('builtins', type, at);
      const elsewhere = TYPES_ELSEWHERE.get(type);
      return elsewhere && caller.take(...elsewhere, at);
    },
  ],
  ['dill.loads', loads],
  ['dill._dill.loads', loads],
  // Of anything but one argument it makes a class.
  ['builtins.type', (_, args) => (args.length === 1 ? made(undefined, LOST) : undefined)],
]);

/** Where the step was followed, what it led to is judged, and it is nothing more itself. */
export const QUIET: ReadonlySet<string> = new Set([
  'builtins.getattr',
  'operator.itemgetter',
  'operator.getitem',
  'functools.partial',
  'copyreg._reconstructor',
  'copyreg.__newobj__',
  'copyreg.__newobj_ex__',
  'builtins.type',
  'builtins.iter',
  'functools.reduce',
  'dill._dill._load_type',
  'dill._dill._create_array',
  'torch._tensor._rebuild_from_type',
  'torch._tensor._rebuild_from_type_v2',
  'torch.tensor._rebuild_from_type',
  'torch.tensor._rebuild_from_type_v2',
  'numpy.core._ufunc_reconstruct',
  'torch.storage._load_from_bytes',
]);
