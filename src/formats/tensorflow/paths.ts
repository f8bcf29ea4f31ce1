import type { Field } from '../protobuf.ts';
import { isForeign, KNOWN_OPERATORS, PATH_OPERATORS } from '../tensorflow-operators.ts';

const MOST_NAMES = 200_000;
const MOST_HANDED = 256;
/** What changes texts, so that a path cannot be seen before. No honest model makes the name of a file that way. */
const CHANGES =
  /^(?:DecodeBase64|DecodeCompressed|UnicodeEncode|UnicodeTranscode|Substr|(?:Static)?RegexReplace|StringLower|StringUpper|StringFormat|StringStrip|DecodeRaw|AsString)$/;
const HANDS_ON =
  /^(?:Identity|IdentityN|StringJoin|ReduceJoin|Reshape|StopGradient|Pack|Unpack|Squeeze|ExpandDims|ShardedFilename|PlaceholderWithDefault|Select|SelectV2|GatherV2|GatherNd|Gather|StridedSlice|Slice|ConcatV2|Concat|Fill|Tile|BroadcastTo|Merge|Switch|Transpose|Split|SplitV|EnsureShape)$/;
/** Attributes by which operators name files and addresses. */
const NAMES_FILE =
  /(?:^|_)(?:file|filename|filepath|path|dir|directory|logdir|urls?|uri|address|endpoint|stream)$/;
const CALLS = /^(?:Stateful)?PartitionedCall$/;

/** A node of a graph, as far as something is asked of it. */
export interface Node {
  readonly name: string;
  readonly op: string;
  /** Names of nodes. */
  readonly inputs: readonly string[];
  /** Texts in its attributes by name. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly at: Field;
}

/** An operator, and the path of elsewhere that it is given. */
export interface Given {
  readonly op: string;
  readonly path: string;
  readonly at: Field;
}

/** What has names in common: a graph, or one function. Follows constant paths to the operators that they are given to. */
export class Scope {
  /** Constant texts that are paths of elsewhere, by node. */
  readonly #foreign = new Map<string, string>();
  /** Nodes that change texts, and how. */
  readonly #changed = new Map<string, string>();
  /** Nodes that only hand on their inputs, or join them. */
  readonly #handed = new Map<string, readonly string[]>();
  readonly #asked: { readonly op: string; readonly inputs: readonly string[]; readonly at: Field }[] = [];

  add({ name, op, inputs, texts, at }: Node): void {
    const path =
      op === 'Const' || op === 'HostConst' || CHANGES.test(op)
        ? [...texts.values()].flat().find(isForeign)
        : undefined;
    if (path !== undefined && this.#foreign.size < MOST_NAMES) this.#foreign.set(name, path);
    const isChange = CHANGES.test(op);
    if (isChange && path === undefined && this.#changed.size < MOST_NAMES) this.#changed.set(name, op);
    if ((isChange || HANDS_ON.test(op)) && this.#handed.size < MOST_NAMES) this.#handed.set(name, inputs);
    const input = inputs[PATH_OPERATORS.get(op) ?? Number.NaN];
    // What a function is given, an operator in it may be given; functions are called by their names, too.
    const isCall = CALLS.test(op) || !KNOWN_OPERATORS.has(op);
    const given = input !== undefined ? [input] : isCall ? inputs : [];
    if (given.length > 0 && this.#asked.length < MOST_NAMES) this.#asked.push({ op, inputs: given, at });
  }

  /**
   * @param functions names of those that the graph defines
   * @param assets nodes whose text is replaced when the model is loaded
   */
  *given(functions: ReadonlySet<string>, assets: ReadonlySet<string>): Generator<Given> {
    for (const { op, inputs, at } of this.#asked) {
      const isCall = CALLS.test(op) || functions.has(op);
      if (!isCall && !PATH_OPERATORS.has(op)) continue;
      const path = this.#pathOf(inputs, assets, isCall);
      // Addresses are given to functions for many reasons.
      if (path !== undefined && !(isCall && /^https?:/i.test(path))) yield { op, path, at };
    }
  }

  /** A path of elsewhere that one of these nodes has, or is handed. */
  #pathOf(inputs: readonly string[], assets: ReadonlySet<string>, isCall: boolean): string | undefined {
    const queue = [...inputs];
    let changed: string | undefined;
    for (let i = 0; i < queue.length && i < MOST_HANDED; i++) {
      const name = queue[i] as string;
      const path = assets.has(name) ? undefined : this.#foreign.get(name);
      if (path !== undefined) return path;
      if (!isCall) changed ??= this.#changed.get(name);
      if (queue.length < MOST_HANDED) queue.push(...(this.#handed.get(name) ?? []));
    }
    return changed === undefined ? undefined : `that ${changed} makes`;
  }
}

/** A path that stands in an attribute: where a printer prints to, what a constant is mapped from, where debuggers send to. */
export function pathInAttributes({ op, texts }: Node): string | undefined {
  for (const [key, values] of texts) {
    const isFile = NAMES_FILE.test(key) || key === 'descriptor_source';
    const found = values.find(
      (one) =>
        (isFile && (isForeign(one) || one.startsWith('file:'))) ||
        (key === 'memory_region_name' && one !== '' && !one.startsWith('memmapped_package://')) ||
        (key.startsWith('debug_') && /(?:^|;)(?:file|grpc|https?):\/\//.test(one)),
    );
    if (found !== undefined) return found;
  }
  if (op !== 'DecodeProtoV2' && op !== 'EncodeProto') return undefined;
  return texts.get('descriptor_source')?.find((one) => !/^(?:local:\/\/|bytes:\/\/|$)/.test(one));
}
