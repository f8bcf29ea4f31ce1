import { shown } from '../../findings/finding.ts';
import { codecOf, isTextCodec, isToldBy, readsFile } from './arguments.ts';
import { Costs, isCostly } from './costs.ts';
import { type Chain, FOLLOWED, QUIET } from './following.ts';
import type { Judge } from './judge.ts';
import type { Literals } from './literals.ts';
import { textOf } from './text.ts';
import { fullName, isSequence, LOST, listed, type Made, made, type Named, type Value } from './values.ts';

/** Whose arguments are asked for later: element types, and what makes texts. */
const SAYS =
  /^(?:dict|OrderedDict|defaultdict|ChainMap|UserDict|Counter|fromkeys|MappingProxyType|SimpleNamespace|zip|range|enumerate|iter|reversed|repeat|chain|islice|mul|mod|pow|repr|ascii|dtype|NumpyArrayWrapper|encode|decode|str|bytes|bytearray|add|concat|iadd|chr|intern)$|(?:^|\.)(?:join|decode|encode|replace|lower|upper|strip|format|__add__)$/;

const MAKES_TEXT =
  /^(?:builtins\.(?:str|bytes|bytearray|chr|repr|ascii)|codecs|operator|sys\.intern)(?:\.|$)/;

const DEFAULTS = 'collections.defaultdict';

/** A chain of calls within calls is followed so far. */
const DEEPEST = 24;
/**
 * Calls things symbolically: nothing runs. What only leads to something else (getattr, partial, import_module) is
 * followed there, so that the judge hears of what would really be called.
 */
export class Caller implements Chain {
  readonly #judge: Judge;
  readonly #literals: Literals;
  readonly #costs: Costs;
  /** Harmless whatever they are given. */
  readonly #plain = new Set<Named>();
  readonly #extensions = new Map<number, Named>();
  readonly #instances = new Map<Named, Made>();
  #depth = 0;
  onLoad: (load: Load) => void = () => {};
  /** A call gives an object its state, as BUILD does. */
  onState: (of: Exclude<Value, number>, state: Value, at: number) => void = () => {};

  constructor(judge: Judge, literals: Literals) {
    this.#judge = judge;
    this.#literals = literals;
    this.#costs = new Costs(literals);
  }

  take(module: string, name: string, at: number): Named {
    const named = this.#judge.name(module, name);
    this.#judge.taken(named, at, name === '' ? module : `${module}.${name}`);
    return named;
  }

  /** What an extension code stands for, where the file itself has registered it. */
  extension(code: number, at: number): Value {
    const named = this.#extensions.get(code);
    if (named === undefined)
      this.#judge.tell('extension', `takes number ${code} of the registry of extensions`, at, {
        code: `${code}`,
      });
    return named ?? LOST;
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
    if (!told) this.#object(callee, args, at);
    if (result !== undefined) return result;
    // Of what is harmless only the class matters, unless what it was given says something.
    if (!told && !SAYS.test(callee.name) && callee.self === undefined) return this.#instance(callee);
    const given = made(callee, args);
    if (this.#costs.grows(given)) this.#judge.tell('exhausting', 'makes something grow, again and again', at);
    return given;
  }

  /** What it is given makes a harmless call one that is not. */
  #object(callee: Named, args: Value, at: number): void {
    if (this.#plain.has(callee)) return;
    const name = fullName(callee);
    if (!isCostly(name) && !isToldBy(name)) {
      if (callee.self === undefined) this.#plain.add(callee);
      return;
    }
    const cost = this.#costs.of(name, args);
    if (cost !== undefined)
      this.#judge.tell('exhausting', `calls ${shown(name)}, which ${cost}`, at, { call: name });
    const codec = this.text(codecOf(callee, args));
    if (codec !== undefined && !isTextCodec(codec))
      this.#judge.tell('unresolved', `packs or unpacks with ${shown(codec)} while it runs`, at);
    if (readsFile(callee, args, this))
      this.#judge.tell('unknownCall', `gives ${shown(name)} the name of a file, which it reads`, at, {
        call: name,
      });
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
    // What is missing in it, it makes.
    if (typeof of === 'object' && of.kind === 'made' && of.by !== undefined && fullName(of.by) === DEFAULTS) {
      const [factory] = isSequence(of.args) ? of.args.items : [];
      return typeof factory === 'object' && !isSequence(factory) ? this.call(factory, listed([]), at) : LOST;
    }
    if (isSequence(of) && typeof key === 'number') {
      const index = this.#literals.int(key);
      if (of.kind !== 'dict')
        return (index === undefined || (of.cut && index < 0) ? undefined : of.items.at(index)) ?? LOST;
      // The last of the same key is the one that stays.
      if (text === undefined || of.cut) return LOST;
      const found = of.items.findLastIndex((one, i) => i % 2 === 0 && this.text(one) === text);
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

  register(code: Value | undefined, module: Value | undefined, name: Value | undefined, at: number): void {
    const number = typeof code === 'number' ? this.#literals.int(code) : undefined;
    const [inModule, called] = [this.text(module), this.text(name)];
    if (number === undefined || inModule === undefined || called === undefined) return;
    if (this.#extensions.size < 1000) this.#extensions.set(number, this.take(inModule, called, at));
  }

  build(of: Value, state: Value, at: number): void {
    if (typeof of !== 'number') this.onState(of, state, at);
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

  /** Whether it is text or bytes, or comes of a call that makes such. */
  isText(value: Value): boolean {
    if (typeof value === 'number')
      return value >= 0 && /^(?:str|bytes|bytearray)$/.test(this.#literals.type(value));
    return value.kind === 'made' && value.by !== undefined && MAKES_TEXT.test(fullName(value.by));
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

const joinedTo = (first: readonly Value[], args: Value): Value =>
  isSequence(args)
    ? { ...args, items: [...first, ...args.items] }
    : first.length === 0
      ? args
      : listed([...first, args]);
