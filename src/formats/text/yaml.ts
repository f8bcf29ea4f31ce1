import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
} from 'yaml';
import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { judgeValue, lookFor } from '../settings-keys.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';
import { lookUpTarget } from '../targets.ts';

/** UTF-16 units; the longest settings in use have some ten thousand. */
const LONGEST = 1 << 20;
const MOST_NODES = 200_000;
const OBJECT =
  /(?:!!python\/(?:object|name|module)|tag:yaml\.org,2002:python\/|!<tag:yaml\.org,2002:python|!!?ruby\/(?:object|hash|struct|regexp|sym)|!!(?:javax?|com|org|sun)\.[a-z])[^\s]{0,200}/;
/** Tags of HyperPyYAML (SpeechBrain): what is named is imported, and called. */
const NAMED = /^!(?:apply|new|name|module|applyref):(.{1,500})$/;
/** A tag may be written with bytes in hexadecimal (YAML 1.2.2, 5.6). */
const decoded = (text: string): string =>
  text.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Settings in YAML: what they name, as in JSON, and tags that make objects. False where it cannot be read as YAML. */
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
      lineCounter: new LineCounter(),
    })) {
      if (!('contents' in document)) continue;
      visit(part, document.contents, (alias) => alias.resolve(document));
    }
    return true;
  } catch {
    // The parser gives up on what is nested very deep.
    return false;
  }
}

function visit(part: Part, root: unknown, resolve: (alias: Alias) => unknown): void {
  const waiting: { node: unknown; path: JsonPath }[] = [{ node: root, path: [] }];
  for (let count = 0; count < MOST_NODES; count++) {
    const next = waiting.pop();
    if (next === undefined) return;
    const { path } = next;
    // What stands elsewhere is visited there; a text that stands elsewhere may mean more here.
    const meant = isAlias(next.node) ? resolve(next.node) : next.node;
    const node = meant === next.node || isScalar(meant) ? meant : undefined;
    if (path.length > 64) continue;
    if (isNode(node)) judgeTag(part, node.tag, node.range?.[0] ?? 0);
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
}

function judgeTag(part: Part, tag: string | undefined, start: number): void {
  const name = NAMED.exec(tag ?? '')?.[1];
  if (name === undefined || tag === undefined) return;
  // `!module:os` brings the module, and whatever is taken from it.
  const { verdict, why } = tag.startsWith('!module:')
    ? part.calls.lookUp(name, '*')
    : lookUpTarget(part, name);
  if (verdict !== 'dangerous') return;
  part.report({
    rule: SETTINGS_RULES.target.id,
    message: `the settings call ${shown(name, 80)}: ${why}`,
    range: { start, end: start + 1 },
    evidence: { tag: shown(tag, 200) },
  });
}
