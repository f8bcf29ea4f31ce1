import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { judgeValue, lookFor } from '../settings-keys.ts';

/** UTF-16 units; the longest settings in use have some ten thousand. */
const LONGEST = 1 << 20;
const MOST_NODES = 200_000;
const OBJECT =
  /(?:!!python\/(?:object|name|module)|tag:yaml\.org,2002:python\/|!<tag:yaml\.org,2002:python)[^\s]{0,200}/;

export const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name);

/** Settings in YAML: what they name, as in JSON, and tags that make objects. False where it cannot be read as YAML. */
export function judgeYaml(part: Part, text: string): boolean {
  const tag = OBJECT.exec(text);
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
      visit(part, document.contents);
    }
    return true;
  } catch {
    // The parser gives up on what is nested very deep.
    return false;
  }
}

function visit(part: Part, root: unknown): void {
  const waiting: { node: unknown; path: JsonPath }[] = [{ node: root, path: [] }];
  for (let count = 0; count < MOST_NODES; count++) {
    const next = waiting.pop();
    if (next === undefined) return;
    const { node, path } = next;
    if (isAlias(node) || path.length > 64) continue;
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
