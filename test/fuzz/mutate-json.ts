import type { Random } from './random.ts';

/**
 * Changes in JSON that stay JSON, so that they come further than the parser. The tree is written out by hand: a number
 * may be one that no double holds, and a name may be there twice.
 */
type Tree =
  | { kind: 'plain'; text: string }
  | { kind: 'list'; items: Tree[] }
  | { kind: 'object'; members: [string, Tree][] };

const plain = (text: string): Tree => ({ kind: 'plain', text });

const ODD: readonly string[] = [
  'null', 'true', 'false', '0', '-1', '1.5', '1e300', '9007199254740993', '12345678901234567890', '""', '"a"', '" "',
  '"\\u0000"', '"\\ud800"', '"\\udc00x"', '"\\u202e"', '"\\ufeff"', '"{\\"a\\":1}"', '[]', '{}', '[[]]', '[null]', '{"":""}',
  '{"__proto__":{"a":1}}', '"__proto__"', '"constructor"', '["a","a"]',
]; // biome-ignore format: a table

/** Undefined where the text is no JSON. */
export function mutateJson(text: string, random: Random, words: readonly string[]): string | undefined {
  let tree: Tree;
  try {
    tree = read(JSON.parse(text));
  } catch {
    return undefined;
  }
  const all = [...nodes(tree)];
  const node = random.pick(all);
  const other = random.pick(all);
  if (node.kind === 'object') changeObject(node, other, random, words);
  else if (node.kind === 'list') changeList(node, other, random);
  else
    node.text =
      random.chance(0.3) && words.length > 0 ? JSON.stringify(random.pick(words)) : random.pick(ODD);
  return write(tree);
}

function changeObject(
  node: Tree & { kind: 'object' },
  other: Tree,
  random: Random,
  words: readonly string[],
): void {
  const { members } = node;
  const at = random.below(members.length);
  const value = random.chance(0.5) ? copy(other) : plain(random.pick(ODD));
  const name =
    random.chance(0.6) && words.length > 0
      ? random.pick(words)
      : random.pick(['__proto__', 'constructor', '', 'x\u0000', 'stranger']);
  switch (random.below(5)) {
    case 0:
      members.splice(at, 1);
      return;
    case 1:
      members.splice(random.below(members.length + 1), 0, [members[at]?.[0] ?? name, value]);
      return;
    case 2:
      members.splice(random.below(members.length + 1), 0, [name, value]);
      return;
    case 3:
      members.splice(at, 1, [members[at]?.[0] ?? name, value]);
      return;
    default:
      members.reverse();
  }
}

function changeList(node: Tree & { kind: 'list' }, other: Tree, random: Random): void {
  const { items } = node;
  const at = random.below(items.length);
  const value = random.chance(0.6) ? copy(other) : plain(random.pick(ODD));
  const copies = Array.from({ length: random.pick([1, 1, 2, 20]) }, () => copy(value));
  switch (random.below(3)) {
    case 0:
      items.splice(at, 1);
      return;
    case 1:
      items.splice(at, 1, value);
      return;
    default:
      items.splice(random.below(items.length + 1), 0, ...copies);
  }
}

/** Nested deeper it is left to the mutators of bytes. */
const DEEPEST = 200;

function read(value: unknown, depth = 0): Tree {
  if (depth > DEEPEST) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => read(item, depth + 1)) };
  if (typeof value === 'object' && value !== null)
    return {
      kind: 'object',
      members: Object.entries(value).map(([name, child]) => [name, read(child, depth + 1)]),
    };
  return plain(JSON.stringify(value));
}

function* nodes(tree: Tree): Generator<Tree> {
  yield tree;
  if (tree.kind === 'list') for (const item of tree.items) yield* nodes(item);
  if (tree.kind === 'object') for (const [, member] of tree.members) yield* nodes(member);
}

const copy = (tree: Tree): Tree => structuredClone(tree);

function write(tree: Tree): string {
  if (tree.kind === 'plain') return tree.text;
  if (tree.kind === 'list') return `[${tree.items.map(write).join(',')}]`;
  return `{${tree.members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
}
