import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit as walk,
} from 'yaml';
import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { judgeValue, lookFor } from '../settings-keys.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';
import { lookUpTarget } from '../targets.ts';

/** UTF-16 units; the longest settings in use have some ten thousand. */
const LONGEST = 4 << 20;
const MOST_NODES = 1_000_000;
const DEEPEST = 64;
const OBJECT =
  /(?:!!python\/(?:object|name|module)|tag:yaml\.org,2002:python\/|!<tag:yaml\.org,2002:python|!!?ruby\/(?:object|hash|struct|regexp|sym)|!!(?:javax?|com|org|sun)\.[a-z])[^\s]{0,200}/;
/** Tags of HyperPyYAML (SpeechBrain): what is named is imported, and called. */
const NAMED = /^!(?:apply|new|name|module|applyref):(.{1,500})$/;
/** Tags that readers of other languages make objects of. */
const OF_LANGUAGES =
  /^tag:yaml\.org,2002:(?:python|perl|php|ruby|js|java|javax|net)[/:.]|^!(?:php|perl|ruby|js)\/|^!System\.|^!<?!System\./i;
/** Tags that readers of one's own define, and run code for. */
const EVALUATES =
  /^!{1,2}(?:py(?:thon)?|eval|exec|shell|sh|cmd|bash|import|obj|object|pkl|pickle|lambda|code)(?:[:/].{0,300})?$/i;
/** A tag may be written with bytes in hexadecimal (YAML 1.2.2, 5.6). */
const decoded = (text: string): string =>
  text.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Settings in YAML: what they name, as in JSON, and tags that make objects. False where not all of it was read. */
export function judgeYaml(part: Part, text: string): boolean {
  const tag = OBJECT.exec(text.includes('!') ? decoded(text) : text);
  if (tag !== null)
    part.report({
      rule: CODE_RULES.tag.id,
      message: `it makes Python objects: ${shown(tag[0], 100)}`,
      evidence: { tag: shown(tag[0], 200) },
    });
  if (text.length > LONGEST) return false;
  try {
    for (const document of parseAllDocuments(text, {
      strict: false,
      uniqueKeys: false,
      logLevel: 'silent',
      // Each error would be shown with its line, cut out anew: the square of a text of errors.
      prettyErrors: false,
      lineCounter: new LineCounter(),
    })) {
      if (!('contents' in document)) continue;
      const resolve = resolverOf(document.contents);
      if (text.includes('*') && unfolds(document.contents, resolve))
        part.report({ rule: CODE_RULES.unfolds.id, message: 'unfolded, it is millions of times its size' });
      if (!visit(part, document.contents, resolve, tag !== null)) return false;
    }
    return true;
  } catch {
    // The parser gives up on what is nested very deep.
    return false;
  }
}

/** What aliases stand for: the last node before them that has the name. The parser's own way goes through all for each. */
function resolverOf(root: Node | null): (alias: Alias) => Node | undefined {
  const anchors = new Map<string, Node>();
  const meant = new Map<Alias, Node | undefined>();
  walk(root, {
    Node: (_, node) => {
      if (isAlias(node)) meant.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return (alias) => meant.get(alias);
}

/** False where there is more than is looked at. */
function visit(part: Part, root: unknown, resolve: (alias: Alias) => unknown, told: boolean): boolean {
  let all = true;
  const waiting: { node: unknown; path: JsonPath }[] = [{ node: root, path: [] }];
  for (let count = 0; count < MOST_NODES; count++) {
    const next = waiting.pop();
    if (next === undefined) return all;
    const { path } = next;
    // What stands elsewhere is visited there; a text that stands elsewhere may mean more here.
    const meant = isAlias(next.node) ? resolve(next.node) : next.node;
    const node = meant === next.node || isScalar(meant) ? meant : undefined;
    if (path.length > DEEPEST) {
      all = false;
      continue;
    }
    if (isNode(node))
      judgeTag(part, node.tag, isScalar(node) ? String(node.value) : '', node.range?.[0] ?? 0, told);
    if (isMap(node))
      for (const { key, value } of node.items.toReversed())
        waiting.push({ node: value, path: [...path, String(isScalar(key) ? key.value : '')] });
    else if (isSeq(node))
      for (const [i, one] of node.items.entries()) waiting.push({ node: one, path: [...path, i] });
    else if (isScalar(node) && !isCollection(node)) {
      const [start = 0, end = 0] = node.range ?? [];
      const value = { path, value: node.value as JsonScalar, start, end };
      judgeValue(part, value);
      lookFor(path)?.(part, value);
    }
  }
  return false;
}

const TAKES_IN = /^!(?:include|inc|file|path|load)\w{0,20}(?::(.{1,500}))?$/i;
const ELSEWHERE = /^(?:[/~]|[A-Za-z]:|[a-z]+:\/\/)|\.\.[\\/]\.\./;

function judgeTag(part: Part, tag: string | undefined, value: string, start: number, told: boolean): void {
  if (tag === undefined || !/^!|^tag:/.test(tag)) return;
  const evidence = { tag: shown(`${tag} ${value}`.trim(), 200) };
  const range = { start, end: start + 1 };
  if (OF_LANGUAGES.test(tag)) {
    if (!told)
      part.report({
        rule: CODE_RULES.tag.id,
        message: `a tag makes objects: ${shown(tag, 100)}`,
        range,
        evidence,
      });
    return;
  }
  if (EVALUATES.test(tag))
    part.report({
      rule: CODE_RULES.tag.id,
      severity: 'medium',
      message: `a tag has code run or imported: ${shown(`${tag} ${value}`, 100)}`,
      range,
      evidence,
    });
  // Of a file beside it; of one anywhere else it shows what is in it to whoever asks.
  const taken = TAKES_IN.exec(tag);
  if (taken !== null && ELSEWHERE.test(taken[1] ?? value))
    part.report({
      rule: SETTINGS_RULES.outside.id,
      severity: 'medium',
      message: `a tag takes in ${shown(taken[1] ?? value, 80)}`,
      range,
      evidence,
    });
  const name =
    NAMED.exec(tag)?.[1] ?? (/^!(?:function|class|name|call|target|partial)$/.test(tag) ? value : undefined);
  if (name === undefined) return;
  // `!module:os` brings the module, and whatever is taken from it.
  const { verdict, why } = tag.startsWith('!module:')
    ? part.calls.lookUp(name, '*')
    : lookUpTarget(part, name);
  if (verdict !== 'dangerous') return;
  part.report({
    rule: SETTINGS_RULES.target.id,
    message: `the settings call ${shown(name, 80)}: ${why}`,
    range,
    evidence,
  });
}

/** Unfolded, aliases of aliases take memory as the laughs of XML do. */
const MOST_UNFOLDED = 1_000_000;

function unfolds(root: unknown, resolve: (alias: Alias) => unknown): boolean {
  const sizes = new Map<unknown, number>();
  const size = (node: unknown, depth: number): number => {
    if (depth > 128) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    sizes.set(node, 1);
    let sum = 1;
    if (isAlias(node)) sum = size(resolve(node), depth + 1);
    else if (isMap(node)) for (const { value } of node.items) sum += size(value, depth + 1);
    else if (isSeq(node)) for (const one of node.items) sum += size(one, depth + 1);
    sizes.set(node, sum);
    return sum;
  };
  return size(root, 0) > MOST_UNFOLDED;
}
