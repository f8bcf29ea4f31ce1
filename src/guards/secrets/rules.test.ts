import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../regex/parse.ts';
import type { Node } from '../../regex/syntax.ts';
import { bodyOf } from './bodies.ts';
import { RULES } from './rules.ts';
import { withoutLooks } from './samples.ts';

/** What stands in the groups `secret` of a regular expression. */
function secretsIn(source: string): string[] {
  const [, ...groups] = source.split('(?<secret>');
  return groups.map((group) => {
    let depth = 1;
    // Escapes and classes first: brackets in them open nothing.
    for (const { 0: piece, index } of group.matchAll(/\\.|\[(?:[^\]\\]|\\.)*\]|[()]/g)) {
      if (piece === '(') depth++;
      if (piece === ')' && --depth === 0) return group.slice(0, index);
    }
    return assert.fail(`${source} is not closed`);
  });
}

/** The ranges of code points that a text of this form may have. */
function* rangesIn(node: Node): Iterable<readonly [number, number]> {
  if (node.kind === 'set') yield* node.set;
  if (node.kind === 'repeat') yield* rangesIn(node.item);
  if (node.kind === 'sequence' || node.kind === 'choice')
    for (const item of node.items) yield* rangesIn(item);
}

test('a secret consists of what its body has, or its beginning would leave before it is known', () => {
  for (const { id, form, body, spares } of RULES) {
    const { table, foreign } = bodyOf(body);
    const secrets = secretsIn(form.source);
    assert.equal(secrets.length > 0, spares, id);
    for (const secret of secrets) {
      for (const [from, to] of rangesIn(parse(withoutLooks(secret).replaceAll('}?', '}')))) {
        for (let code = from; code <= Math.min(to, 127); code++)
          assert.ok(table[code] === 1, `${id}: ${JSON.stringify(String.fromCharCode(code))} in ${secret}`);
        assert.ok(to < 128 || foreign, `${id}: beyond ASCII in ${secret}`);
      }
    }
  }
});
