import { Folder, isNode, type Node } from './template-fold.ts';
import {
  asksForDate,
  formatBegun,
  joinedIn,
  keepsBusy,
  operatorOf,
  reachedBlindly,
} from './template-pieces.ts';

const MOST_NODES = 200_000;
/** So many turns of a loop, or repetitions of a text, are no chat. */
const MANY = 1_000_000;

/** Attributes that lead from a value to the inside of Python (Jinja's own sandbox refuses the same, and some more). */
const INSIDE =
  /^(?:__\w+__|_{1,2}\w*TemplateReference\w*|func_(?:globals|code|closure|defaults)|im_(?:class|func|self)|f_(?:globals|locals|builtins|back|code)|gi_(?:frame|code|yieldfrom)|cr_(?:frame|code|await|origin)|ag_(?:frame|code|await)|tb_(?:frame|next)|co_(?:code|consts|names)|mro|format_map)$/;
/** Functions that nothing in a template has reason to call. */
const CALLS =
  /^(?:popen|system|eval|exec|execfile|compile|open|import_module|getattr|setattr|globals|locals|vars|spawn\w*|check_output|run_code|load_module|get_data|__import__)$/;
/** Objects of web frameworks, from which templates have been escaped. */
const HOSTS =
  /^(?:self|request|config|session|g|current_app|app|url_for|get_flashed_messages|lipsum|cycler|joiner)$/;
export const DUNDER = /__[a-z][a-z0-9_]*__/i;

/** Looks through the tree of a template for what reaches too far. */
export class TemplateReader {
  /** Name, and how it is used. */
  readonly escapes = new Map<string, string>();
  readonly triggers = new Set<string>();
  /** What is compared with the date. */
  readonly dates = new Set<string>();
  heavy = false;
  /** Names of variables that are what a message says, and of those that are a date. */
  readonly #contents = new Set<string>();
  readonly #days = new Set<string>();
  readonly #folder = new Folder();
  #nodes = 0;

  read(tree: Node): void {
    this.#each(tree, (node) => {
      this.#follow(node);
      if (node.type === 'Macro') this.#folder.assignBody(nameIn(node.name) ?? '', node.body);
      if (node.type === 'Set' && !isNode(node.value))
        this.#folder.assignBody(nameIn(node.assignee) ?? '', node.body);
      if (node.type !== 'Set' || !isNode(node.assignee) || !isNode(node.value)) return;
      if (node.assignee.type === 'Identifier') this.#folder.assign(String(node.assignee.value), node.value);
      // `ns.name = value`: known by its last name.
      else if (node.assignee.type === 'MemberExpression' && isNode(node.assignee.property))
        this.#folder.assign(String(node.assignee.property.value), node.value);
    });
    this.#nodes = 0;
    this.#each(tree, (node) => this.#look(node));
  }

  /** Names that hold what a message says, or what day it is. */
  #follow({ type, assignee, value, loopvar, iterable }: Node): void {
    const name = nameIn(type === 'For' ? loopvar : assignee);
    const from = type === 'For' ? iterable : value;
    if (name === undefined || (type !== 'For' && type !== 'Set')) return;
    if (this.#isContent(from)) this.#contents.add(name);
    if (type === 'Set' && asksForDate(from, (one) => this.#days.has(one))) this.#days.add(name);
  }

  /** Every node once, those above first. */
  #each(root: Node, visit: (node: Node) => void): void {
    const waiting: Node[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (++this.#nodes > MOST_NODES) return;
      visit(node);
      for (const value of Object.values(node)) {
        if (isNode(value)) waiting.push(value);
        else if (Array.isArray(value)) waiting.push(...value.filter(isNode));
        else if (value instanceof Map)
          for (const [key, one] of value) waiting.push(...[key, one].filter(isNode));
      }
    }
  }

  #look(node: Node): void {
    switch (node.type) {
      case 'MemberExpression':
        this.#member(node);
        break;
      case 'FilterExpression':
      case 'FilterStatement':
        this.#filter(node);
        break;
      case 'CallExpression':
        this.#call(node);
        break;
      case 'If':
        this.#condition(node);
        break;
      case 'Ternary':
        this.#condition({
          ...node,
          test: node.condition,
          body: [node.trueExpr],
          alternate: [node.falseExpr],
        });
        break;
      case 'BinaryExpression':
        this.#repetition(node);
        break;
      case 'Identifier':
        if (node.value === 'lipsum') this.escapes.set('lipsum', 'uses');
        break;
    }
    this.heavy ||= keepsBusy(node, this.#folder);
    const joined = DUNDER.exec(joinedIn(node, this.#folder) ?? '')?.[0];
    if (joined !== undefined) this.escapes.set(joined, 'puts together the name');
    const text =
      node.type === 'StringLiteral' || node.type.endsWith('Expression') ? this.#folder.text(node) : undefined;
    const hidden = text === undefined ? undefined : DUNDER.exec(text)?.[0];
    if (hidden !== undefined && !this.escapes.has(hidden)) this.escapes.set(hidden, 'puts together the name');
  }

  #member(node: Node): void {
    const { object, property, computed } = node;
    const blind = reachedBlindly(node, this.#folder);
    if (blind !== undefined) this.escapes.set(blind, 'puts together a name to reach into');
    const name = computed === true ? this.#folder.text(property) : nameIn(property);
    if (name !== undefined && INSIDE.test(name)) this.escapes.set(name, 'reaches for');
    else if (
      name !== undefined &&
      isNode(object) &&
      object.type === 'Identifier' &&
      HOSTS.test(String(object.value))
    )
      this.escapes.set(`${String(object.value)}.${name}`, 'uses');
  }

  #filter({ filter, operand }: Node): void {
    if (!isNode(filter)) return;
    const isCall = filter.type === 'CallExpression';
    const name = nameIn(isCall ? filter.callee : filter);
    const args = isCall && Array.isArray(filter.args) ? filter.args : [];
    if (name === 'attr') this.escapes.set('attr', 'uses the filter');
    // A message is told to the model with other words than it had.
    const [first, second] = args.map((one) => this.#folder.text(one));
    if (name === 'replace' && first !== undefined && isWord(first) && second !== undefined && isWord(second))
      if (this.#isContent(operand)) this.triggers.add(first);
    if (name === 'map' && this.#folder.text(args[0]) === 'attr') this.escapes.set('map("attr")', 'uses');
    for (const one of args) {
      const value = this.#folder.text(
        isNode(one) && one.type === 'KeywordArgumentExpression' ? one.value : one,
      );
      if (value?.split('.').some((step) => INSIDE.test(step)) === true)
        this.escapes.set(value, 'reaches for');
    }
  }

  #call({ callee, args }: Node): void {
    if (!isNode(callee)) return;
    const name = callee.type === 'MemberExpression' ? nameIn(callee.property) : nameIn(callee);
    if (name !== undefined && CALLS.test(name)) this.escapes.set(name, 'calls');
    if (name === 'range' && Array.isArray(args))
      this.heavy ||= args.some((one) => Math.abs(Number(this.#folder.fold(one) ?? 0)) > MANY);
    // `'{0.__class__}'.format(x)`: fields of a format reach as far as attributes do.
    if (name === 'format' && callee.type === 'MemberExpression') {
      const text = this.#folder.text(callee.object);
      const begun = text ?? formatBegun(callee);
      if (begun !== undefined && /\{[^{}]{0,100}[.[]/.test(begun)) this.escapes.set(begun, 'formats with');
    }
  }

  #repetition({ operator, left, right }: Node): void {
    if (!isToken(operator)) return;
    const sides = [left, right].map((side) => this.#folder.fold(side));
    const isMany = (value: unknown) => typeof value === 'number' && value > MANY;
    const isText = (value: unknown) => typeof value === 'string' || Array.isArray(value);
    if (operator.value === '*' && sides.some(isMany) && sides.some(isText)) this.heavy = true;
    if (operator.value === '**' && isMany(sides[1])) this.heavy = true;
  }

  /** `{% if 'word' in message.content %}` with something to say behind it. */
  #condition({ test, body, alternate }: Node): void {
    if (!isNode(test)) return;
    const words: string[] = [];
    const days: string[] = [];
    this.#each(test, (node) => {
      for (const [needle, text] of lookedFor(node)) {
        const word = this.#folder.text(needle);
        if (word !== undefined && isWord(word) && this.#isContent(text)) words.push(word);
      }
      const isDated = COMPARES.test(operatorOf(node)) && asksForDate(node, (one) => this.#days.has(one));
      const day = isDated
        ? [node.left, node.right].map((side) => this.#folder.text(side)).find((one) => one !== undefined)
        : undefined;
      if (day !== undefined) days.push(day);
    });
    if (words.length === 0 && days.length === 0) return;
    if (![body, alternate].flat().some((one) => isNode(one) && this.#says(one))) return;
    for (const word of words) this.triggers.add(word);
    for (const day of days) this.dates.add(day);
  }

  /** Whether an expression is what a message says. */
  #isContent(node: unknown): boolean {
    let found = false;
    if (isNode(node))
      this.#each(node, (one) => {
        const name =
          one.type === 'MemberExpression'
            ? (nameIn(one.property) ?? this.#folder.text(one.property))
            : undefined;
        found ||=
          name === 'content' ||
          (one.type === 'Identifier' &&
            (/content|query|prompt/i.test(String(one.value)) || this.#contents.has(String(one.value))));
      });
    return found;
  }

  /** Whether a branch tells the model a sentence. */
  #says(node: Node): boolean {
    let found = false;
    this.#each(node, (one) => {
      const text = one.type === 'StringLiteral' ? String(one.value) : '';
      found ||= SENTENCE.test(text);
    });
    return found;
  }
}

/** What an expression looks for, and in what; a comparison may stand either way round. */
function lookedFor({ type, operator, left, right, callee, args }: Node): [needle: unknown, text: unknown][] {
  if (type === 'BinaryExpression') {
    const name = isToken(operator) ? operator.value : '';
    if (name === 'in' || name === 'not in') return [[left, right]];
    if (name === '==' || name === '!=')
      return [
        [left, right],
        [right, left],
      ];
  }
  const isSearch =
    type === 'CallExpression' &&
    isNode(callee) &&
    SEARCHES.test(nameIn(callee.property) ?? '') &&
    Array.isArray(args);
  return isSearch ? [[args[0], callee.object]] : [];
}

const isToken = (value: unknown): value is { readonly value: unknown } =>
  typeof value === 'object' && value !== null && 'value' in value;
const COMPARES = /^(?:==|!=|<=?|>=?|in|not in)$/;
const SEARCHES = /^(?:startswith|endswith|find|index|count)$/;
/** Four words in a row. */
const SENTENCE = /\p{L}{2,}(?:[\s,]+\p{L}+){3}/u;

const nameIn = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node.value) : undefined;

/** Something that a person says; markers, roles and signs are no words. */
const isWord = (text: string): boolean =>
  /^[\p{L}\p{N}\s'’,.!?-]*\p{L}{2}[\p{L}\p{N}\s'’,.!?-]*$/u.test(text);
