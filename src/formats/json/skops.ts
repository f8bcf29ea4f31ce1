import { shown } from '../../findings/finding.ts';
import type { Known } from '../calls.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { SKOPS_RULES as RULES } from './skops-rules.ts';

/** What a node of the schema says of itself. */
interface Node {
  module?: string;
  type?: string;
  loader?: string;
  /** Of functions and methods: what is taken, and where from. */
  from?: string;
  taken?: string;
  start: number;
}

const PLACES: Readonly<Record<string, Exclude<keyof Node, 'start'>>> = {
  __module__: 'module',
  __class__: 'type',
  __loader__: 'loader',
};
const CONTENT: Readonly<Record<string, 'from' | 'taken'>> = {
  module_path: 'from',
  function: 'taken',
  func: 'taken',
};

/** Nodes that skops writes (skops/io), and the types that are always plain. */
const LOADERS =
  /^(?:Json|Dict|List|Set|Tuple|Bytes|Bytearray|Slice|Function|Partial|Type|Object|Method|OperatorFunc|Property|Datetime|NdArray|MaskedArray|RandomState|RandomGenerator|DType|SparseMatrix|Tree|SGD|Reduce|CachedN|Cached|DefaultDict|OrderedDict|QuantileForest|Loss|TreePredictor|BitGenerator|PropertyN|ScorerN)\w*Node$/;
const PLAIN =
  /^(?:builtins|typing|types)\.(?:str|int|float|bool|NoneType|dict|list|tuple|set|frozenset|bytes|bytearray|slice|complex|function|builtin_function_or_method|method|type|range)$|^numpy\.(?:ufunc|dtype)$/;
const FUNCTIONS =
  /^(?:function|ufunc|builtin_function_or_method|cython_function_or_method|_ArrayFunctionDispatcher|fused_cython_function)$/;
const JSON_TYPES = new Set(['str', 'int', 'float', 'bool', 'NoneType']);
const MOST_NODES = 500_000;
const MOST_REPORTS = 50;

/** Gathers the nodes of a `schema.json` of skops out of the walk over it, and looks every type up. */
export class Skops {
  readonly #nodes = new Map<string, Node>();
  #isSkops = false;

  scalar(path: JsonPath, value: JsonScalar, start: number): void {
    if (typeof value !== 'string') return;
    const name = String(path.at(-1));
    if (Object.hasOwn(PLACES, name)) {
      const node = this.#node(path.slice(0, -1), start);
      if (node !== undefined) node[PLACES[name] ?? 'type'] = value;
      this.#isSkops ||= name === '__loader__';
    } else if (Object.hasOwn(CONTENT, name) && path.at(-2) === 'content') {
      const node = this.#node(path.slice(0, -2), start);
      if (node !== undefined) node[CONTENT[name] ?? 'taken'] = value;
    }
  }

  judge(part: Part): void {
    if (!this.#isSkops) return;
    let reports = 0;
    const seen = new Set<string>();
    for (const node of this.#nodes.values()) {
      const key = `${node.module} ${node.type} ${node.loader} ${node.from} ${node.taken}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (judgeNode(part, node) && ++reports >= MOST_REPORTS) return;
    }
  }

  #node(path: JsonPath, start: number): Node | undefined {
    const key = path.join('\0');
    const known = this.#nodes.get(key);
    if (known !== undefined || this.#nodes.size >= MOST_NODES) return known;
    const node: Node = { start };
    this.#nodes.set(key, node);
    return node;
  }
}

/** @returns whether there was something to tell */
function judgeNode(part: Part, node: Node): boolean {
  const { module, type, loader = '', from, taken, start } = node;
  if (module === undefined && type === undefined && loader === '') return false;
  const range = { start, end: start + 1 };
  const name = `${module ?? ''}.${type ?? ''}`;
  const known = worst(part, [
    // A function says what it is of, which no module has under that name.
    ...(from !== undefined && FUNCTIONS.test(type ?? '') ? [] : [[module ?? '', type ?? ''] as const]),
    // A function is named in the content, a method by the type that it is of.
    ...(taken === undefined ? [] : [[from ?? `${module ?? ''}.${type ?? ''}`, taken] as const]),
  ]);
  const crafted = craftedAs(node);
  if (known.verdict === 'dangerous')
    part.report({
      rule: RULES.dangerous.id,
      message: `it names ${shown(taken === undefined ? name : `${from ?? name}.${taken}`, 80)}: ${known.why}`,
      range,
    });
  else if (crafted !== undefined) part.report({ rule: RULES.node.id, message: crafted, range });
  else if (known.verdict === 'unknown')
    part.report({
      rule: RULES.unknown.id,
      message: `it names ${shown(taken === undefined ? name : `${from ?? name}.${taken}`, 80)}, which nobody has looked at`,
      range,
    });
  else return false;
  return true;
}

function craftedAs({ module = '', type = '', loader = '', taken }: Node): string | undefined {
  if (!LOADERS.test(loader)) return `a node is loaded as ${shown(loader || 'nothing', 60)}`;
  if (loader === 'MethodNode') return `a node takes the method ${shown(taken ?? '', 60)} of an object`;
  if (loader === 'OperatorFuncNode' && (module !== 'operator' || type !== 'itemgetter'))
    return `a node takes ${shown(`${module}.${type}`, 80)} as an operator`;
  if (loader === 'JsonNode' && !(module === 'builtins' && JSON_TYPES.has(type)))
    return `a node says that ${shown(`${module}.${type}`, 80)} is a plain value`;
  return undefined;
}

const RANK = { dangerous: 2, unknown: 1, allowed: 0 } as const;

function worst({ calls }: Part, names: readonly (readonly [string, string])[]): Known {
  let found: Known = { verdict: 'allowed', why: '' };
  for (const [module, attribute] of names) {
    if (PLAIN.test(`${module}.${attribute}`)) continue;
    const one = calls.lookUp(module, attribute);
    if (RANK[one.verdict] > RANK[found.verdict]) found = one;
  }
  return found;
}
