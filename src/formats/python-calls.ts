import { pythonTokens, type Token } from './python-tokens.ts';

/** A call that a text in Python makes, by the full name of what is called. */
export interface PythonCall {
  /** `subprocess.run`, with what was imported under other names put back. */
  readonly name: string;
  /** It runs when the file is imported, and not only when somebody calls a function of it. */
  readonly onImport: boolean;
  /** Texts and names in its arguments, the first of them. */
  readonly arguments: string;
  /** It is only named, and handed on: `return os.system, ('x',)`. */
  readonly isHandedOn?: true;
  readonly at: number;
}

const MOST_CALLS = 20_000;
/** Calls in the arguments of calls that are followed. */
const DEEPEST = 16;
/** UTF-16 units of the arguments that are looked at. */
const LONGEST = 2_000;
/** Functions that give back a module, or an attribute, by a name that is written. */
const IMPORTS = new Set([
  '__import__',
  'importlib.import_module',
  'builtins.__import__',
  'importlib.__import__',
]);

/** Functions that give back the names of a module. */
const SPACES = new Set(['globals', 'locals', 'vars']);
/** Modules of which `import *` is followed: what they have runs commands. */
const STARS: Readonly<Record<string, readonly string[]>> = {
  os: ['system', 'popen', 'execv', 'execl', 'execve', 'execvp', 'spawnl', 'spawnv', 'posix_spawn', 'environ'],
  subprocess: ['Popen', 'run', 'call', 'check_call', 'check_output', 'getoutput', 'getstatusoutput'],
  pty: ['spawn', 'fork'],
};

/** One name for what has several: `sys.modules.os.system`, `os.__dict__.system`, `builtins.exec`. */
const plainName = (name: string): string =>
  name
    .replace(/\.__dict__(?=\.)/g, '')
    .replace(/^(?:sys\.modules\.)?(?:(?:builtins|__builtins__)\.){0,9}(?=\w)(?!__dict__$|\*$)/, '')
    // What a module has imported is of it as well: `torch.os.system`.
    .replace(/^\w[\w.]{0,200}\.(?=(?:os|posix|subprocess|pty|builtins|runpy|marshal)\.\w+$)/, '');

/** Finds the calls in a text, and what they call: imports, other names given to them, `getattr` and `__import__` are followed. */
export function pythonCalls(text: string, depth = 0): PythonCall[] {
  const tokens = [...pythonTokens(text)];
  const reader = new CallReader(tokens);
  reader.read();
  return depth === 0 ? [...reader.calls, ...callsInTexts(text, tokens)] : reader.calls;
}

/** Calls in texts with expressions in them: `f"{os.system('id')}"`. Whatever is imported there goes by its own name. */
function callsInTexts(text: string, tokens: readonly Token[]): PythonCall[] {
  const calls: PythonCall[] = [];
  for (const { kind, text: inner, at } of tokens) {
    if (kind !== 'string' || calls.length >= MOST_CALLS) continue;
    if (!/^(?:f|fr|rf)['"]/i.test(text.slice(at, at + 3)) || !/\{[^{}]*\(/.test(inner)) continue;
    for (const [, expression = ''] of inner.replace(/\{\{|\}\}/g, '').matchAll(/\{([^{}]{3,2000})\}/g))
      for (const call of pythonCalls(expression, 1)) calls.push({ ...call, onImport: false, at });
  }
  return calls;
}

class CallReader {
  readonly calls: PythonCall[] = [];
  readonly #tokens: readonly Token[];
  /** What a name stands for. */
  readonly #names = new Map<string, string>();
  /** Names of texts that stand there as they are. */
  readonly #texts = new Map<string, string>();
  /** Indents of the functions that are open. */
  readonly #functions: number[] = [];
  /** The line begins a function that ends with it: `def f(): os.system('x')`. */
  #inline = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): void {
    const tokens = this.#tokens;
    for (let i = 0; i < tokens.length && this.calls.length < MOST_CALLS; i++) {
      const token = tokens[i] as Token;
      if (token.kind === 'line') this.#line(i, token.indent ?? -1);
      else if (token.kind === 'name' && !this.#isAfterDot(i)) {
        if (token.text === 'lambda') this.#inline = true;
        else this.#chain(i);
      }
    }
  }

  #line(i: number, indent: number): void {
    if (indent < 0) return;
    this.#inline = false;
    while ((this.#functions.at(-1) ?? -1) >= indent) this.#functions.pop();
    const first = this.#text(i + 1);
    const word = first === 'async' ? this.#text(i + 2) : first;
    if (word === 'def') this.#functions.push(indent);
    else if (first === 'import') this.#importLine(i + 2);
    else if (first === 'from') this.#fromLine(i + 2);
    else if (this.#kind(i + 1) === 'name' && this.#text(i + 2) === '=') this.#assign(first, i + 3);
  }

  /** `import a.b as c, d` */
  #importLine(from: number): void {
    for (let i = from; this.#kind(i) === 'name'; ) {
      const { name, end } = this.#dotted(i);
      if (this.#text(end) === 'as') {
        this.#names.set(this.#text(end + 1), name);
        i = end + 2;
      } else i = end;
      if (this.#text(i) !== ',') return;
      i++;
    }
  }

  /** `from a.b import (c as d, e)`; of `*` everything may come. */
  #fromLine(from: number): void {
    const { name: module, end } = this.#dotted(from);
    if (this.#text(end) !== 'import') return;
    if (this.#text(end + 1) === '*')
      for (const name of Object.hasOwn(STARS, module) ? (STARS[module] ?? []) : [])
        this.#names.set(name, `${module}.${name}`);
    for (let i = end + 1; i < this.#tokens.length && this.#kind(i) !== 'line'; i++) {
      if (this.#kind(i) !== 'name') continue;
      const name = this.#text(i);
      if (this.#text(i + 1) === 'as') {
        this.#names.set(this.#text(i + 2), `${module}.${name}`);
        i += 2;
      } else this.#names.set(name, `${module}.${name}`);
    }
  }

  /** `f = os.system`, `f = getattr(os, 'system')`, `o = __import__('os')` */
  #assign(name: string, from: number): void {
    const { target, end } = this.#target(from);
    const isPlain = this.#kind(end) === 'line' || end >= this.#tokens.length;
    if (target !== undefined && isPlain && target !== name) this.#names.set(name, target);
    const { text, end: behind } = this.#literal(from);
    if (behind > from && (this.#kind(behind) === 'line' || behind >= this.#tokens.length))
      this.#texts.set(name, text.slice(0, LONGEST));
    else this.#texts.delete(name);
  }

  #chain(i: number): void {
    const { target, end } = this.#target(i, true);
    if (target === undefined) return;
    if (this.#text(end) !== '(') {
      // In brackets, in a list, behind `:=` or as a decorator it is called by another way.
      const isHandedOn = this.#isHandedOn(i, end) && /^(?:\w+\.)*\w+$/.test(target);
      const onImport = this.#functions.length === 0 && !this.#inline;
      if (isHandedOn)
        this.calls.push({
          name: target,
          onImport,
          arguments: '',
          isHandedOn,
          at: (this.#tokens[i] as Token).at,
        });
      return;
    }
    this.calls.push({
      name: target,
      onImport: this.#functions.length === 0 && !this.#inline,
      arguments: this.#argumentsOf(end),
      at: (this.#tokens[i] as Token).at,
    });
  }

  #isHandedOn(start: number, end: number): boolean {
    const before = this.#text(start - 1);
    const after = this.#text(end);
    if (before === '@') return this.#kind(end) === 'line' || after === '';
    const isNamed = before === '=' && this.#text(start - 2) === ':';
    // Given another name it goes by that one.
    const isRenamed =
      before === '=' && this.#text(start - 2) !== '=' && (this.#kind(end) === 'line' || after === '');
    return after === ',' || isRenamed || ((/^[([:,]$/.test(before) || isNamed) && /^[)\]}]$/.test(after));
  }

  /** What a chain of names, and of calls that give back what they are told, stands for. */
  #target(from: number, tell = false, depth = 0): { target: string | undefined; end: number } {
    if (this.#kind(from) !== 'name') return { target: undefined, end: from };
    const { name, end: first } = this.#dotted(from);
    let target: string | undefined = this.#resolved(name);
    let end = first;
    for (let steps = 0; steps < 16 && target !== undefined; steps++) {
      if (this.#text(end) === '(') {
        const given: { target: string; end: number } | undefined =
          depth < DEEPEST ? this.#given(target, end, depth) : undefined;
        if (given === undefined) break;
        if (tell)
          this.calls.push({
            name: target,
            onImport: this.#functions.length === 0 && !this.#inline,
            arguments: this.#argumentsOf(end),
            at: (this.#tokens[from] as Token).at,
          });
        target = plainName(given.target);
        end = given.end;
      } else if (this.#text(end) === '[') {
        // `os.__dict__['system']`, `globals()['exec']`: a name by another way. Of what is no module it means nothing.
        const { text, end: after } = this.#literal(end + 1);
        if (text === '' || this.#text(after) !== ']') break;
        target = plainName(`${target}.${text}`);
        end = after + 1;
      } else if (this.#text(end) === '.' && this.#kind(end + 1) === 'name') {
        target = plainName(`${target}.${this.#text(end + 1)}`);
        end += 2;
      } else break;
    }
    return { target, end };
  }

  /** `getattr(os, 'system')`, `__import__('os')`: what they give back. */
  #given(name: string, open: number, depth: number): { target: string; end: number } | undefined {
    if (IMPORTS.has(name)) {
      const { text, end } = this.#literal(open + 1);
      return text !== '' && this.#text(end) === ')' ? { target: text, end: end + 1 } : undefined;
    }
    if (name.endsWith('.__getattribute__')) {
      const { text, end } = this.#literal(open + 1);
      const of = name.slice(0, -'.__getattribute__'.length);
      return text !== '' && this.#text(end) === ')' ? { target: `${of}.${text}`, end: end + 1 } : undefined;
    }
    if (SPACES.has(name)) {
      // Of one's own module, or of what is given.
      const of = this.#target(open + 1, false, depth + 1);
      const end = of.target === undefined ? open + 1 : of.end;
      return this.#text(end) === ')' ? { target: of.target ?? 'builtins', end: end + 1 } : undefined;
    }
    if (name !== 'getattr') return undefined;
    const { target, end } = this.#target(open + 1, false, depth + 1);
    if (target === undefined || this.#text(end) !== ',') return undefined;
    const attribute = this.#literal(end + 1);
    if (attribute.text !== '' && this.#text(attribute.end) === ')')
      return { target: `${target}.${attribute.text}`, end: attribute.end + 1 };
    // By a name that is put together it is any function of the module.
    const close = this.#text(end + 2) === ')' ? end + 3 : -1;
    return close > 0 && /^(?:os|posix|subprocess|builtins|__builtins__|pty|ctypes)$/.test(target)
      ? { target: `${target === '__builtins__' ? 'builtins' : target}.*`, end: close }
      : undefined;
  }

  /** Strings one after the other, or added up. */
  #literal(from: number): { text: string; end: number } {
    let text = '';
    let end = from;
    for (; ; end++) {
      const known = this.#kind(end) === 'name' ? this.#texts.get(this.#text(end)) : undefined;
      if (known !== undefined) text += known;
      else if (this.#kind(end) === 'string') text += this.#text(end);
      else if (this.#text(end) !== '+') break;
    }
    return { text, end };
  }

  #resolved(name: string): string {
    const dot = name.indexOf('.');
    const first = dot < 0 ? name : name.slice(0, dot);
    const known = this.#names.get(first);
    const whole = known === undefined ? name : known + (dot < 0 ? '' : name.slice(dot));
    return plainName(whole);
  }

  #dotted(from: number): { name: string; end: number } {
    let name = '';
    let i = from;
    // Relative imports begin with dots.
    for (; this.#text(i) === '.' && this.#kind(i) === 'operator'; i++) name += '.';
    if (this.#kind(i) !== 'name') return { name, end: i };
    name += this.#text(i++);
    while (this.#text(i) === '.' && this.#kind(i) === 'operator' && this.#kind(i + 1) === 'name') {
      name += `.${this.#text(i + 1)}`;
      i += 2;
    }
    return { name, end: i };
  }

  /** Texts and names between a bracket and the one that closes it. */
  #argumentsOf(open: number): string {
    let depth = 0;
    let text = '';
    for (let i = open; i < this.#tokens.length && text.length < LONGEST; i++) {
      const one = this.#text(i);
      const isOperator = this.#kind(i) === 'operator';
      if (isOperator && '([{'.includes(one)) depth++;
      else if (isOperator && ')]}'.includes(one) && --depth === 0) break;
      else if (i > open) text += `${one} `;
    }
    return text.slice(0, LONGEST);
  }

  #isAfterDot(i: number): boolean {
    return this.#text(i - 1) === '.' && this.#kind(i - 1) === 'operator';
  }

  #text(i: number): string {
    return this.#tokens[i]?.text ?? '';
  }

  #kind(i: number): Token['kind'] | undefined {
    return this.#tokens[i]?.kind;
  }
}
