import { type Folder, isNode, type Node } from './template-fold.ts';

/** Names inside of Python without what they begin and end with: pieces of names that are put together. */
const PIECE =
  /^_*(?:class|mro|bases?|globals|subclasses|builtins|import|init|getattribute|module|func|code|reduce(?:_ex)?)_*$/;
/** What templates are given besides the chat: nothing of it has parts that a chat needs. */
const GIVEN =
  /^(?:range|dict|namespace|raise_exception|strftime_now|lipsum|cycler|joiner|self|request|config|session|g)$/;
/** Filters and methods that make a text as long as they are told. */
const LENGTHENS = /^(?:center|ljust|rjust|zfill|indent|lipsum|batch|repeat)$/;
const MANY = 1_000_000;
const MANY_TURNS = 50_000;
const MANY_TIMES = 5000;
const MOST_NODES = 10_000;

/** Every node in an expression, itself first. */
function* within(root: unknown): Generator<Node> {
  const waiting: unknown[] = [root];
  let count = 0;
  for (let node = waiting.pop(); waiting.length > 0 || node !== undefined; node = waiting.pop()) {
    if (++count > MOST_NODES) return;
    if (Array.isArray(node)) waiting.push(...node);
    else if (isNode(node)) {
      yield node;
      waiting.push(...Object.values(node).filter((one) => isNode(one) || Array.isArray(one)));
    }
  }
}

const isText = (node: Node, like: RegExp): boolean =>
  node.type === 'StringLiteral' && like.test(String(node.value));
const nameOf = (node: unknown): string =>
  isNode(node) && node.type === 'Identifier' ? String(node.value) : '';

/** A part that is asked for by a name which nobody can foresee, of something that has no parts to be asked for. */
export function reachedBlindly({ object, property, computed }: Node, folder: Folder): string | undefined {
  if (computed !== true || !isNode(property) || !isNode(object) || property.type === 'SliceExpression')
    return undefined;
  if (folder.fold(property) !== undefined) return undefined;
  for (const node of within(property)) if (isText(node, PIECE)) return String(node.value);
  if (object.type === 'StringLiteral' && !/^(?:Identifier|IntegerLiteral)$/.test(property.type))
    return 'a text';
  if (GIVEN.test(nameOf(object))) return nameOf(object);
  return object.type === 'StringLiteral' && object.value === '' ? 'a text' : undefined;
}

/** Texts that stand one behind the other in a list, or are handed to one call: `cycler('__cla', 'ss__')`. */
export function joinedIn(node: Node, folder: Folder): string | undefined {
  const list =
    node.type === 'ArrayLiteral' || node.type === 'TupleLiteral'
      ? node.value
      : node.type === 'CallExpression'
        ? node.args
        : undefined;
  if (!Array.isArray(list)) return undefined;
  const texts = list.map((one: unknown) => folder.text(one) ?? '').join('');
  return texts.length <= MANY_TIMES ? texts : undefined;
}

/** `('{0.' ~ name ~ '}').format(x)`: the field of a format, begun in one text and ended in another. */
export function formatBegun(callee: Node): string | undefined {
  for (const node of within(callee.object)) if (isText(node, /\{\w*[.[][^}]*$/)) return String(node.value);
  return undefined;
}

/** What takes a server longer than any chat. */
export function keepsBusy(node: Node, folder: Folder): boolean {
  const called = node.type === 'CallExpression' ? node : isNode(node.filter) ? node.filter : undefined;
  if (called !== undefined && Array.isArray(called.args)) {
    const callee =
      isNode(called.callee) && called.callee.type === 'MemberExpression'
        ? called.callee.property
        : called.callee;
    const name = nameOf(callee);
    const most = name === 'range' ? MANY_TURNS : LENGTHENS.test(name) ? MANY : Number.POSITIVE_INFINITY;
    return called.args.some((one: unknown) => {
      const value = isNode(one) && one.type === 'KeywordArgumentExpression' ? one.value : one;
      return Math.abs(Number(folder.fold(value) ?? 0)) > most;
    });
  }
  if (isText(node, /%[-+ #0]*\d{6,}|\{:?[^{}]{0,20}\d{6,}/)) return true;
  if (node.type !== 'BinaryExpression') return false;
  const sides = [folder.fold(node.left), folder.fold(node.right)];
  const isPower = (side: unknown) => isNode(side) && operatorOf(side) === '**';
  if (operatorOf(node) === '**') return isPower(node.left) || isPower(node.right);
  // A number by a number is a number; by anything else it is that many times as long.
  return (
    operatorOf(node) === '*' &&
    sides.some((one) => typeof one === 'number' && one > MANY_TIMES) &&
    sides.some((one) => typeof one !== 'number')
  );
}

export const operatorOf = ({ operator }: Node): string =>
  typeof operator === 'object' && operator !== null && 'value' in operator ? String(operator.value) : '';

/** Whether an expression asks what day it is. */
export function asksForDate(node: unknown, isDate: (name: string) => boolean): boolean {
  for (const one of within(node))
    if (one.type === 'Identifier' && (one.value === 'strftime_now' || isDate(String(one.value)))) return true;
  return false;
}
