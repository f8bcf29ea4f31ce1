import { shown } from '../findings/finding.ts';
import type { Known } from './calls.ts';
import type { Part, Report } from './format.ts';
import type { JsonPath, JsonScalar } from './json-walk.ts';
import {
  EXTERNAL_LAYERS,
  KERAS_CLASSES,
  KERAS_DANGEROUS,
  KERAS_DANGEROUS_STEP,
  KERAS_FUNCTIONS,
  KERAS_MODULE,
  LAYER_LIBRARIES,
  LOOKUP_KEYS,
} from './keras-names.ts';
import { KERAS_RULES as RULES } from './keras-rules.ts';
import { lookUpTarget } from './targets.ts';
import { CODE_OPERATORS, FILE_OPERATORS } from './tensorflow-operators.ts';

/** Characters of a value that are kept. */
const KEPT = 1 << 14;
const OWN = new Set(['class_name', 'module', 'registered_name', 'spec_name', 'type_spec', 'config']);
const IN_CONFIG = new Set([...LOOKUP_KEYS, 'function', 'code', 'module', 'handle', 'node_def']);
/** What byte code of a layer has no use for, as it stands among its names and constants. */
const HOSTILE =
  /(?:^|\W)(?:os|posix|nt|subprocess|socket|sys|builtins|importlib|urllib|requests|ctypes|shutil|pty|__import__|system|popen|eval|exec|compile|open|getattr|__builtins__|__subclasses__|__globals__)(?:\W|$)/;
/** The TensorFlow functions, as Keras 2 names them, that touch files, processes or Python. */
const TENSORFLOW_DANGEROUS =
  /(?:^|\.)(?:read_file|write_file|matching_files|py_function|numpy_function|py_func|load_op_library|load_library|save|restore|load|read|loads|exec|eval|system|decode_proto|TFRecord\w*|gfile|saved_model|ReadFile|WriteFile|MatchingFiles|EagerPyFunc|PyFunc\w*|Save\w*|Restore\w*)(?:\.|$)/;

/** Modules of TensorFlow and others that reach files, processes or libraries of machine code, under whatever class. */
const FILES =
  /(?:^|\.)(?:gfile|GFile|file_io|FileIO|load_library|script_ops|os|sys|subprocess|shutil|importlib|ctypes|socket|requests|urllib\w*|cached_file|cached_path|from_pretrained|system|popen)(?:\.|$)/;

interface Value {
  readonly value: JsonScalar;
  readonly start: number;
  readonly end: number;
}

/** An object of the configuration, as far as something is asked of it: `class_name`, `module`, parts of `config`. */
interface Frame {
  readonly path: JsonPath;
  /** Of what stands twice both count: parsers differ in which they take. */
  readonly values: Map<string, Value[]>;
}

/**
 * Reads the configuration of a Keras model out of the walk over its JSON: which classes and functions it names, and what
 * code it brings. Versions that the file gives itself decide nothing.
 */
export class KerasConfig {
  /** Objects that are made: layers, initializers, optimizers. */
  objects = 0;
  readonly #part: Part;
  /** Each inside the one before. */
  readonly #frames: Frame[] = [];
  readonly #told = new Set<string>();

  constructor(part: Part) {
    this.#part = part;
  }

  scalar(path: JsonPath, value: JsonScalar, start: number, end: number): void {
    const key = path.at(-1);
    const kept = { value: typeof value === 'string' ? value.slice(0, KEPT) : value, start, end };
    if (typeof key === 'string' && OWN.has(key)) this.#add(path, 1, key, kept);
    const above = path.at(-2);
    if (above === 'config' && typeof key === 'string' && IN_CONFIG.has(key))
      this.#add(path, 2, `config.${key}`, kept);
    // A node of a graph that is kept as an object, not as a text.
    if (above === 'node_def' && path.at(-3) === 'config' && key === 'op')
      this.#add(path, 3, 'config.node_def', kept);
    // The code of a function of Keras 2: a list of code, defaults and closure.
    if (above === 'function' && path.at(-3) === 'config' && key === 0)
      this.#add(path, 3, 'config.function', kept);
  }

  /** To be called at the end of the text. */
  finish(): void {
    while (this.#frames.length > 0) this.#judge(this.#frames.pop() as Frame);
  }

  #add(path: JsonPath, up: number, name: string, value: Value): void {
    const { values } = this.#frame(path, up);
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else if (list.length < 4) list.push(value);
  }

  #frame(path: JsonPath, up: number): Frame {
    const length = path.length - up;
    for (let last = this.#frames.at(-1); last !== undefined; last = this.#frames.at(-1)) {
      if (isWithin(path, length, last)) {
        if (last.path.length === length) return last;
        break;
      }
      this.#judge(this.#frames.pop() as Frame);
    }
    const made: Frame = { path: path.slice(0, length), values: new Map() };
    this.#frames.push(made);
    return made;
  }

  #judge(frame: Frame): void {
    const names = [...of(frame, 'class_name'), ...of(frame, 'spec_name')];
    if (names.length === 0) return;
    const modules = of(frame, 'module');
    this.objects++;
    for (const name of names) {
      this.#special(frame, name);
      // Where nothing says what module: one look without.
      for (const module of modules.length > 0 ? modules : [undefined]) this.#named(frame, name, module);
    }
  }

  /** Layers that are known for what they do. */
  #special(frame: Frame, name: Text): void {
    // `layers.Lambda` of the module `keras`, or with the package that it is registered in.
    const value = name.value.replace(/^.*[.>]/, '');
    if (value === 'Lambda' || value === '__lambda__') {
      const code = [...of(frame, 'config.code'), ...(value === 'Lambda' ? of(frame, 'config.function') : [])];
      const decoded = code.map((one) => Buffer.from(one.value, 'base64').toString('latin1'));
      const found = decoded.map((one) => HOSTILE.exec(one)?.[0]).find((one) => one !== undefined);
      this.#tell(
        RULES.lambda.id,
        name,
        found === undefined
          ? `${value} brings code of its own`
          : `${value} brings code of its own, which names ${shown(found.replace(/\W/g, ''), 40)}`,
        found === undefined ? {} : { severity: 'critical' },
      );
    }
    if (EXTERNAL_LAYERS.has(value)) {
      const what = [...of(frame, 'config.filepath'), ...of(frame, 'config.handle')][0]?.value;
      this.#tell(
        RULES.saved.id,
        name,
        `${shown(value, 60)} loads ${what === undefined ? 'a model or a pickle of its own' : shown(what, 100)}`,
      );
    } else if (isLookup(value))
      for (const key of LOOKUP_KEYS)
        for (const file of of(frame, `config.${key}`)) this.#file(value, key, file);
    // In Keras 2 operators of TensorFlow are layers, named by their place in its modules.
    if (/^(?:TFOpLambda|ClassMethod|InstanceMethod|InstanceProperty|TensorFlowOpLayer)$/.test(value))
      for (const called of [...of(frame, 'config.function'), ...of(frame, 'config.node_def')])
        if (
          TENSORFLOW_DANGEROUS.test(called.value) ||
          called.value.length === KEPT ||
          [...called.value.matchAll(/[A-Za-z]\w{3,60}/g)].some(([op]) => isDangerousOperator(op))
        )
          this.#tell(RULES.object.id, called, `a layer calls ${shown(called.value, 80)} of TensorFlow`);
  }

  #file(layer: string, key: string, file: Text): void {
    const { value } = file;
    if (value === '' || value.length > 4096 || /[\n\r]/.test(value)) return;
    const isOutside =
      /^(?:[\\/~]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,20}:\/\/)|(?:^|[\\/])\.\.(?:[\\/]|$)/i.test(value);
    if (key === 'proto' && !isOutside) return;
    this.#tell(
      RULES.file.id,
      file,
      `${shown(layer, 60)} reads its ${key} from ${shown(value, 100)}`,
      isOutside ? {} : { severity: 'medium' },
    );
  }

  /** What is imported: `class_name` of `module`, or where that is `function` what `config` names. */
  #named(frame: Frame, name: Text, module: Text | undefined): void {
    const isFunction = name.value === 'function';
    // Of what is registered under a name, that is looked up before the class.
    const registered = of(frame, 'registered_name');
    const named = isFunction ? [...of(frame, 'config'), ...registered] : [name];
    for (const one of registered)
      if (this.#dotted(one.value, undefined)?.verdict === 'dangerous')
        this.#tell(RULES.object.id, one, `it is registered as ${shown(one.value, 80)}`);
    for (const one of named) {
      if (isFunction && one.value === 'function') continue;
      const wrong = this.#wrong(one.value, module?.value, isFunction);
      if (wrong !== undefined) this.#tell(wrong[0], one, wrong[1]);
    }
  }

  #wrong(name: string, module: string | undefined, isFunction: boolean): Wrong | undefined {
    if (module !== undefined && KERAS_MODULE.test(module)) return ofKeras(name, module, isFunction);
    const called = shown(module === undefined ? name : `${module}.${name}`, 100);
    const known =
      module === undefined || module === 'builtins' || module === '__main__'
        ? this.#dotted(name, module)
        : this.#part.calls.lookUp(module, name);
    if (known?.verdict === 'dangerous')
      return [RULES.object.id, `it imports and calls ${called}: ${known.why}`];
    if (known?.verdict === 'allowed') return undefined;
    if (module === undefined || module === 'builtins' || module === '__main__')
      return name === '' || KERAS_CLASSES.has(name) || KERAS_FUNCTIONS.has(name)
        ? undefined
        : [RULES.custom.id, `${called} is not in Keras: it must be registered to load the model`];
    if (TENSORFLOW_DANGEROUS.test(`${module}.${name}`) || FILES.test(`${module}.${name}`))
      return [RULES.object.id, `it imports and calls ${called}`];
    // A layer or an optimizer is a class: of other names nobody knows what they do.
    return LAYER_LIBRARIES.test(module) && !isFunction && /^(?:[\w>]+>)?[A-Z]\w*$/.test(name)
      ? [RULES.custom.id, `${called} belongs to a library that must be there to load the model`]
      : [RULES.foreign.id, `it imports ${called}, which nobody has looked at`];
  }

  /** A name without a module may bring one: `os.system`, or `os>system` as packages register theirs. */
  #dotted(name: string, module: string | undefined): Known | undefined {
    const dotted = name.replaceAll('>', '.');
    if (dotted.includes('.')) return lookUpTarget(this.#part, dotted);
    return module === undefined ? undefined : this.#part.calls.lookUp(module, name);
  }

  #tell(rule: string, { start, end, value }: Text, message: string, more: Partial<Report> = {}): void {
    // Of hundreds of the same layer one says it all.
    const key = `${rule} ${message}`;
    if (this.#told.has(key) || this.#told.size > 1000) return;
    this.#told.add(key);
    this.#part.report({
      rule,
      message,
      range: { start, end },
      evidence: { value: shown(value, 200) },
      ...more,
    });
  }
}

/** The rule, and what is to be told. */
type Wrong = readonly [rule: string, message: string];

function ofKeras(name: string, module: string, isFunction: boolean): Wrong | undefined {
  const called = shown(`${module}.${name}`, 100);
  const steps = [...module.split('.'), ...name.split('.')];
  if (steps.some((step) => step.startsWith('__') && !KERAS_CLASSES.has(step)))
    return [RULES.object.id, `${called} reaches into the interpreter`];
  const isPlain = !isFunction && KERAS_CLASSES.has(name);
  if (
    steps.some((step) => KERAS_DANGEROUS.has(step)) ||
    (!isPlain && steps.some((step) => KERAS_DANGEROUS_STEP.test(step)))
  )
    return [RULES.object.id, `${called} touches files, the network or the protection of Keras`];
  // A class of Keras is a layer, an operation, or the like; a function can be anything that a module of it has imported.
  if (isPlain || KERAS_FUNCTIONS.has(name) || (!isFunction && /^[A-Z]\w*$/.test(name))) return undefined;
  return [RULES.foreign.id, `${called} is no activation, loss or layer of Keras that is known`];
}

interface Text extends Value {
  readonly value: string;
}

const isText = (one: Value): one is Text => typeof one.value === 'string';

const of = ({ values }: Frame, name: string): readonly Text[] => (values.get(name) ?? []).filter(isText);

/** Operators that Keras 2 calls by their place in TensorFlow, or keeps as nodes of a graph. */
const isDangerousOperator = (op: string): boolean =>
  FILE_OPERATORS.has(op) || CODE_OPERATORS.has(op) || op === 'PrintV2' || op === 'ImmutableConst';

const isWithin = (path: JsonPath, length: number, { path: outer }: Frame): boolean =>
  outer.length <= length && outer.every((step, i) => step === path[i]);

const isLookup = (name: string): boolean =>
  /Lookup$|^TextVectorization$|Tokenizer$|Vectorization$/.test(name.replace(/^.*>/, ''));
