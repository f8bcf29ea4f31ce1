import type { Static, TSchema } from 'typebox';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { Flawed, type PlacedFlaw, pointerOf } from './flawed.ts';
import type { Json } from './json.ts';
import { Problem } from './problem.ts';
import { flaws, type Path } from './schema.ts';

/** Longer than any document for people; a bound on the work that one can cause. */
const MAX_CHARS = 1024 * 1024;
const MAX_ALIASES = 100;
/** Errors shown of one document. */
const MAX_SHOWN = 100;

/**
 * A YAML 1.2 document that was written by a person: read strictly, and able to say where in the text a value stands.
 * What is wrong is collected, so that {@link SourceDocument.finish} names all of it at once.
 *
 * Strict means: unique keys that are text, the core types only, no tags, no merge keys, no other YAML version,
 * one document, few aliases.
 */
export class SourceDocument {
  readonly file: string;
  readonly value: Json;
  readonly #root: Node | null;
  readonly #lines: LineCounter;
  readonly #flaws: PlacedFlaw[] = [];
  readonly #pairs = new Map<YAMLMap, Map<unknown, KeyedPair>>();

  private constructor(file: string, value: Json, root: Node | null, lines: LineCounter) {
    this.file = file;
    this.value = value;
    this.#root = root;
    this.#lines = lines;
  }

  /** Throws `Problem('usage')` with every place where the text is not YAML as described above. */
  static read(text: string, file: string): SourceDocument {
    if (text.length > MAX_CHARS)
      throw new Problem('usage', `${file} is longer than ${MAX_CHARS} characters.`);
    const lines = new LineCounter();
    try {
      const parsed = parseDocument<Node>(text, {
        lineCounter: lines,
        // At `silent` a second document would be left out without a word.
        logLevel: 'error',
        merge: false,
        prettyErrors: false,
        resolveKnownTags: false,
        schema: 'core',
        strict: true,
        stringKeys: true,
        // Each key would be compared with all before it: seconds for what is sent in one request.
        uniqueKeys: false,
        version: '1.2',
      });
      const wrong = [...parsed.errors, ...parsed.warnings].map((error) => ({
        file,
        ...place(lines, error.pos[0]),
        // Some messages end with a piece of the text, which may be a secret.
        message: error.message.replace(/: ".*"$/s, ''),
      }));
      for (const { range } of repeatedKeys(parsed.contents))
        wrong.push({ file, ...place(lines, range?.[0] ?? 0), message: 'Map keys must be unique' });
      if (parsed.directives?.yaml.explicit === true && parsed.directives.yaml.version !== '1.2') {
        wrong.push({ file, line: 1, column: 1, message: 'only YAML 1.2 is read' });
      }
      if (wrong.length > 0) throw complaint(file, wrong);
      const value = parsed.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
      return new SourceDocument(file, value ?? {}, parsed.contents, lines);
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (error instanceof ReferenceError) throw new Problem('usage', `${file}: ${error.message}`);
      throw new Problem('usage', `${file} is nested too deeply.`, undefined, error);
    }
  }

  /** Notes one thing that is wrong at a path, or at the nearest place above it that is there. */
  report(path: Path, message: string, at: 'key' | 'value' = 'value'): void {
    const where = place(this.#lines, this.#offset(path, at));
    const said = path.length === 0 ? message : `${writePath(path)}: ${message}`;
    this.#flaws.push({ file: this.file, ...where, pointer: pointerOf(path), message: said });
  }

  /**
   * The value as its schema describes it. Throws `Problem('usage')` with everything in which it differs, and
   * everything noted before. Another value than the document's own may be given, of the same layout.
   */
  require<Schema extends TSchema>(schema: Schema, value: Json = this.value): Static<Schema> {
    for (const { path, message, at } of flaws(schema, value)) this.report(path, message, at);
    this.finish();
    return value as Static<Schema>;
  }

  /** Throws `Problem('usage')` naming everything noted so far, in the order of the text. */
  finish(): void {
    if (this.#flaws.length > 0) throw complaint(this.file, this.#flaws);
  }

  #offset(path: Path, at: 'key' | 'value'): number {
    let node = this.#root;
    let offset = node?.range?.[0] ?? 0;
    for (const [index, step] of path.entries()) {
      if (isAlias(node)) return offset;
      if (isMap(node)) {
        const pair = this.#pairsOf(node).get(step);
        if (pair === undefined) return offset;
        const last = index === path.length - 1;
        const { value } = pair;
        offset = (last && at === 'key' ? undefined : value?.range?.[0]) ?? pair.key.range?.[0] ?? offset;
        node = value;
      } else if (isSeq(node) && typeof step === 'number') {
        node = (node.items[step] as Node | undefined) ?? null;
        offset = node?.range?.[0] ?? offset;
      } else {
        return offset;
      }
    }
    return offset;
  }

  /** By their keys, which are looked up once for each flaw. */
  #pairsOf(node: YAMLMap): Map<unknown, KeyedPair> {
    const known = this.#pairs.get(node) ?? new Map(keyedPairs(node).map((pair) => [pair.key.value, pair]));
    this.#pairs.set(node, known);
    return known;
  }
}

type KeyedPair = Pair<Scalar, Node | null>;

const keyedPairs = (map: YAMLMap): KeyedPair[] =>
  map.items.filter((pair): pair is KeyedPair => isScalar(pair.key));

/** Keys that stand in their mapping already. */
function repeatedKeys(root: Node | null): Scalar[] {
  const repeated: Scalar[] = [];
  const open: (Node | null)[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isSeq(node)) for (const item of node.items) open.push(item as Node);
    if (!isMap(node)) continue;
    const seen = new Set<unknown>();
    for (const { key, value } of keyedPairs(node)) {
      if (seen.has(key.value)) repeated.push(key);
      seen.add(key.value);
      open.push(value);
    }
  }
  return repeated;
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function complaint(file: string, flaws: readonly PlacedFlaw[]): Problem {
  const sorted = [...flaws].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_SHOWN);
  const listed = sorted.map(({ line, column, message }) => `  ${file}:${line}:${column}  ${message}`);
  const count = flaws.length === 1 ? 'an error' : `${flaws.length} errors`;
  const more = flaws.length > MAX_SHOWN ? [`  and ${flaws.length - MAX_SHOWN} more`] : [];
  return new Flawed([`${file} has ${count}:`, ...listed, ...more].join('\n'), sorted);
}

/** `roles.app.allow[0].actions`; names that are not plain words are quoted. */
export function writePath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = /^[\w-]+$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
