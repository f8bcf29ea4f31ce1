/** A node of the syntax tree of `@huggingface/jinja`, whose types are not exported. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

export type Constant = string | number | readonly Constant[];

/** Longer texts are put together by nobody who hides a name. */
const LONGEST = 4096;
const MOST_STEPS = 50_000;

/**
 * Works out what an expression is where that does not depend on who renders it: names hidden by putting strings
 * together, turning them round, replacing, slicing, formatting. What a variable was ever set to counts.
 */
export class Folder {
  readonly #set = new Map<string, Node>();
  #steps = 0;

  /** `{% set name = value %}`: of several, the last that says anything. */
  assign(name: string, value: Node): void {
    this.#set.set(name, value);
  }

  /** `{% set name %}…{% endset %}`, and what a macro says. */
  assignBody(name: string, body: unknown): void {
    if (Array.isArray(body)) this.#set.set(name, { type: 'Body', body });
  }

  fold(node: unknown, depth = 0): Constant | undefined {
    if (!isNode(node) || depth > 64 || ++this.#steps > MOST_STEPS) return undefined;
    const found = this.#fold(node, depth + 1);
    return typeof found === 'string' && found.length > LONGEST ? undefined : found;
  }

  text(node: unknown): string | undefined {
    const found = this.fold(node);
    return typeof found === 'string' ? found : undefined;
  }

  #fold(node: Node, depth: number): Constant | undefined {
    switch (node.type) {
      case 'StringLiteral':
      case 'IntegerLiteral':
      case 'FloatLiteral':
        return node.value as string | number;
      case 'Identifier': {
        const name = String(node.value);
        const set = this.#set.get(name);
        if (set === undefined) return undefined;
        // A name that is set by itself grows for ever.
        this.#set.delete(name);
        const found = this.fold(set, depth);
        this.#set.set(name, set);
        return found;
      }
      case 'Body': {
        const all = this.#all(node.body, depth);
        return all?.map(plain).join('');
      }
      case 'ArrayLiteral':
      case 'TupleLiteral':
        return this.#all(node.value, depth);
      case 'BinaryExpression':
        return this.#binary(node, depth);
      case 'UnaryExpression': {
        const value = this.fold(node.argument, depth);
        return typeof value === 'number' && operator(node) === '-' ? -value : undefined;
      }
      case 'Ternary':
        return this.fold(node.trueExpr, depth) ?? this.fold(node.falseExpr, depth);
      case 'MemberExpression':
        return this.#member(node, depth);
      case 'FilterExpression':
        return this.#filter(node, depth);
      case 'CallExpression':
        return this.#call(node, depth);
      default:
        return undefined;
    }
  }

  #all(list: unknown, depth: number): readonly Constant[] | undefined {
    if (!Array.isArray(list)) return undefined;
    const values = list.map((one) => this.fold(one, depth));
    return values.every((one) => one !== undefined) ? values : undefined;
  }

  #binary(node: Node, depth: number): Constant | undefined {
    const left = this.fold(node.left, depth);
    const right = this.fold(node.right, depth);
    if (left === undefined || right === undefined) return undefined;
    switch (operator(node)) {
      case '~':
        return `${plain(left)}${plain(right)}`;
      case '+':
        if (typeof left === 'string' && typeof right === 'string') return left + right;
        return typeof left === 'number' && typeof right === 'number' ? left + right : undefined;
      case '-':
        return typeof left === 'number' && typeof right === 'number' ? left - right : undefined;
      case '*':
        if (typeof left === 'number' && typeof right === 'number') return left * right;
        return repeated(left, right) ?? repeated(right, left);
      case '%':
        return typeof left === 'string' ? formatted(left, right) : undefined;
      default:
        return undefined;
    }
  }

  #member(node: Node, depth: number): Constant | undefined {
    if (node.computed !== true) return undefined;
    const object = this.fold(node.object, depth);
    if (object === undefined || typeof object === 'number') return undefined;
    const property = node.property;
    if (isNode(property) && property.type === 'SliceExpression') {
      const [start, stop, step] = ['start', 'stop', 'step'].map((name) => this.fold(property[name], depth));
      return sliced(object, whole(start), whole(stop), whole(step) ?? 1);
    }
    const index = whole(this.fold(property, depth));
    return index === undefined ? undefined : object.at(index);
  }

  #filter({ operand, filter }: Node, depth: number): Constant | undefined {
    if (!isNode(filter)) return undefined;
    const isCall = filter.type === 'CallExpression';
    const name = isCall ? nameOf(filter.callee) : nameOf(filter);
    const args = isCall ? this.#all(filter.args, depth) : [];
    const value = this.fold(operand, depth);
    if (value === undefined || name === undefined || args === undefined) return undefined;
    return applied(name, value, args);
  }

  /** A macro, or `dict(a=…, b=…)`, which is a list of its names to whoever joins it. */
  #named(callee: Node, args: unknown, depth: number): Constant | undefined {
    if (nameOf(callee) !== 'dict')
      return this.#set.get(String(callee.value))?.type === 'Body' ? this.fold(callee, depth) : undefined;
    const names = Array.isArray(args) ? args.map((one) => (isNode(one) ? nameOf(one.key) : undefined)) : [];
    return names.every((one) => one !== undefined) ? names : undefined;
  }

  /** Methods of texts: `'a'.replace('b', 'c')`. */
  #call({ callee, args }: Node, depth: number): Constant | undefined {
    if (isNode(callee) && callee.type === 'Identifier') return this.#named(callee, args, depth);
    if (!isNode(callee) || callee.type !== 'MemberExpression' || callee.computed === true) return undefined;
    const value = this.fold(callee.object, depth);
    const name = nameOf(callee.property);
    const given = this.#all(args, depth);
    if (typeof value !== 'string' || name === undefined || given === undefined) return undefined;
    // `', '.join(list)` is the filter with its sides changed.
    if (name === 'join') return given[0] === undefined ? undefined : applied('join', given[0], [value]);
    return applied(name, value, given);
  }
}

/** What filters and methods of the same name do. */
function applied(name: string, value: Constant, args: readonly Constant[]): Constant | undefined {
  const [first, second] = args;
  if (name === 'join')
    return Array.isArray(value)
      ? value.map(plain).join(plain(first ?? ''))
      : [...plain(value)].join(plain(first ?? ''));
  if (name === 'reverse')
    return Array.isArray(value) ? value.toReversed() : [...plain(value)].reverse().join('');
  if (name === 'first' || name === 'last')
    return (value as readonly Constant[] | string).at?.(name === 'first' ? 0 : -1);
  if (name === 'list') return Array.isArray(value) ? value : [...plain(value)];
  const text = plain(value);
  switch (name) {
    case 'string':
    case 'safe':
    case 'escape':
    case 'e':
      return text;
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'capitalize':
      return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
    case 'trim':
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return first === undefined ? text.trim() : stripped(text, plain(first), name);
    case 'replace':
      return first === undefined || second === undefined
        ? undefined
        : text.replaceAll(plain(first), plain(second));
    case 'format':
      return text.includes('{') ? braced(text, args) : formatted(text, args);
    case 'split':
      return first === undefined ? text.split(/\s+/) : text.split(plain(first));
    default:
      return undefined;
  }
}

const plain = (value: Constant): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : value.map(plain).join(', ');

const nameOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node.value) : undefined;

const operator = ({ operator: token }: Node): string =>
  typeof token === 'object' && token !== null && 'value' in token ? String(token.value) : '';

const whole = (value: Constant | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined;

function repeated(text: Constant, times: Constant): string | undefined {
  if (typeof text !== 'string' || typeof times !== 'number' || text.length * times > LONGEST)
    return undefined;
  return text.repeat(Math.max(0, Math.trunc(times)));
}

/** `'%s%c' % (…)`: what stands for a character or a text. */
function formatted(text: string, given: Constant): string {
  const values = Array.isArray(given) ? [...(given as readonly Constant[])] : [given];
  return text.replace(/%(?:[-+ #0]*\d*(?:\.\d+)?)([sdrciaxX%])/g, (whole_, kind: string) => {
    if (kind === '%') return '%';
    const value = values.shift();
    if (value === undefined) return whole_;
    if (kind === 'c' && typeof value === 'number') return charOf(value);
    return plain(value);
  });
}

/** `'{}{1}{0:c}'.format(…)`. */
function braced(text: string, args: readonly Constant[]): string {
  let next = 0;
  return text.replace(/\{(\d*)(?::([^{}]{0,20}))?\}/g, (whole_, at: string, kind: string | undefined) => {
    const value = args[at === '' ? next++ : Number(at)];
    if (value === undefined) return whole_;
    return kind === 'c' && typeof value === 'number' ? charOf(value) : plain(value);
  });
}

const charOf = (code: number): string => (code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '');

function stripped(text: string, chars: string, name: string): string {
  let from = 0;
  let to = text.length;
  if (name !== 'rstrip') while (from < to && chars.includes(text[from] as string)) from++;
  if (name !== 'lstrip') while (to > from && chars.includes(text[to - 1] as string)) to--;
  return text.slice(from, to);
}

/** Slices as Python takes them. */
function sliced(
  of: string | readonly Constant[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): Constant | undefined {
  if (step === 0) return undefined;
  const length = of.length;
  const clip = (at: number, low: number, high: number) =>
    Math.max(low, Math.min(high, at < 0 ? at + length : at));
  const from = step > 0 ? clip(start ?? 0, 0, length) : clip(start ?? length - 1, -1, length - 1);
  const to =
    stop === undefined
      ? step > 0
        ? length
        : -1
      : step > 0
        ? clip(stop, 0, length)
        : clip(stop, -1, length - 1);
  const out: Constant[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) out.push(of[at] as Constant);
  return typeof of === 'string' ? out.join('') : out;
}
