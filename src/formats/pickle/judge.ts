import { shown } from '../../findings/finding.ts';
import type { CallBook, Known } from '../calls.ts';
import type { Report } from '../format.ts';
import { canonical } from '../python-names.ts';
import type { Literals } from './literals.ts';
import { PICKLE_RULES } from './rules.ts';
import { fullName, isSequence, type Named, type Value } from './values.ts';

/** Different names that one file may speak of before it is called hostile: the largest of real ones have hundreds. */
const NAMES = 20_000;
/** The same call with other arguments is told so many times. */
const TOLD = 20;
const REPORTS = 2_000;

interface Seen {
  readonly known: Known;
  readonly at: number;
  /** As the file has it, where that is another name for it. */
  readonly written: string | undefined;
  told: Set<string>;
  /** Whether what it does is known from what was made of it, as with getattr. */
  followed: boolean;
}

/** Knows every name of a file, asks the book about each, and says what is to be told of them. */
export class Judge {
  readonly #calls: CallBook;
  readonly #literals: Literals;
  readonly #names = new Map<string, Named>();
  readonly #seen = new Map<Named, Seen>();
  /** May be called, whatever it is given. */
  readonly #harmless = new Set<Named>();
  readonly #reports = new Map<string, Report>();
  /** Whether anything was called, or taken that the book knows: what does that is a pickle, however it goes on. */
  active = false;
  full = false;

  constructor(calls: CallBook, literals: Literals) {
    this.#calls = calls;
    this.#literals = literals;
  }

  /** Forgets it all. */
  clear(): void {
    this.#names.clear();
    this.#seen.clear();
    this.#harmless.clear();
    this.#reports.clear();
    this.active = false;
    this.full = false;
  }

  /** One object for one name, so that a million uses cost as much as one. */
  name(module: string, name: string): Named {
    const key = `${module}\n${name}`;
    let known = this.#names.get(key);
    if (known === undefined) {
      if (this.#names.size >= NAMES) this.full = true;
      known = { kind: 'named', ...resolved(module, name) };
      if (!this.full) this.#names.set(key, known);
    }
    return known;
  }

  /** Something is taken from a module, or from something else by its name. */
  taken(named: Named, at: number, written: string | undefined): void {
    const seen = this.#seen.get(named);
    if (seen !== undefined || this.full) return;
    const known = this.#calls.lookUp(named.module, named.name);
    this.active ||= known.verdict !== 'unknown';
    const full = fullName(named);
    this.#seen.set(named, {
      known,
      at,
      written: written === full ? undefined : written,
      told: new Set(),
      followed: false,
    });
  }

  /** What is known of something: it is asked about first where it was never taken. */
  known(named: Named, at: number): Known {
    this.taken(named, at, undefined);
    return this.#seen.get(named)?.known ?? { verdict: 'unknown', why: 'one of too many names' };
  }

  followed(named: Named): void {
    this.active = true;
    const seen = this.#seen.get(named);
    if (seen !== undefined) seen.followed = true;
  }

  /** It is handed on, so what becomes of it is not known from its calls. */
  escaped(named: Named, at: number): void {
    const known = this.known(named, at);
    if (known.verdict === 'dangerous') this.#tellOf(named, 'escape', undefined, at);
  }

  /**
   * @param init whether it is more than made, where it is a class: `__init__` is looked up as well
   * @returns whether that is to be told
   */
  called(named: Named, args: Value, at: number, init = false): boolean {
    this.active = true;
    if (this.#harmless.has(named)) return false;
    const known = this.known(named, at);
    if (known.verdict !== 'allowed') {
      this.#tellOf(named, 'call', args, at);
      return true;
    }
    if (!init) return false;
    if (this.#calls.lookUp(named.module, `${named.name}.__init__`).verdict === 'allowed') {
      if (named.self === undefined) this.#harmless.add(named);
      return false;
    }
    const whole = this.name(named.module, `${named.name}.__init__`);
    this.known(whole, at);
    this.#tellOf(whole, 'call', args, at);
    return true;
  }

  /** @param rule one that is not about a name */
  tell(
    rule: keyof typeof PICKLE_RULES,
    message: string,
    at: number,
    evidence?: Record<string, string>,
  ): void {
    // By chance numbers and texts begin with what takes or keeps things by number, and then break off.
    this.active ||= rule !== 'broken' && rule !== 'extension' && rule !== 'exhausting';
    if (this.#reports.size >= REPORTS) return;
    const key = `${rule} ${message}`;
    if (this.#reports.has(key)) return;
    this.#reports.set(key, {
      rule: PICKLE_RULES[rule].id,
      message,
      range: { start: at, end: at + 1 },
      ...(evidence && { evidence }),
    });
  }

  /** What is imported or taken, in order of the alphabet. */
  names(most: number): readonly string[] {
    return [...this.#seen.keys()]
      .slice(0, most)
      .map((named) => shown(fullName(named)))
      .sort();
  }

  /** All there is to say, once the whole is read. */
  *reports(): Iterable<Report> {
    if (this.full)
      yield {
        rule: PICKLE_RULES.bounds.id,
        message: `it names more than ${NAMES} different things; no more were looked up`,
      };
    yield* this.#reports.values();
    yield* this.#imports('dangerous');
    yield* this.#imports('unknown');
  }

  *#imports(verdict: Known['verdict']): Iterable<Report> {
    let left = REPORTS;
    for (const [named, { known, at, told, followed, written }] of this.#seen) {
      if (known.verdict !== verdict || told.size > 0 || followed) continue;
      if (--left < 0) return;
      const dangerous = known.verdict === 'dangerous';
      const name = shown(fullName(named));
      yield {
        rule: dangerous ? PICKLE_RULES.dangerousImport.id : PICKLE_RULES.unknownImport.id,
        message: dangerous
          ? `takes ${name}: ${known.why}`
          : `takes ${name}, which is not known: ${known.why}`,
        range: { start: at, end: at + 1 },
        ...(dangerous && known.severity && { severity: known.severity }),
        evidence: { name, ...(written !== undefined && { written: shown(written) }) },
      };
    }
  }

  #tellOf(named: Named, what: 'call' | 'escape', args: Value | undefined, at: number): void {
    const { known, told, written } = this.#seen.get(named) ?? NOT_SEEN;
    const text = args === undefined ? what : argumentsOf(args, this.#literals);
    const most = known.verdict === 'dangerous' ? TOLD : 1;
    // A flood of what is only unknown leaves room for what is worse.
    const room = known.verdict === 'dangerous' ? 2 * REPORTS : REPORTS;
    if (told.has(text) || told.size >= most || this.#reports.size >= room) return;
    told.add(text);
    const name = shown(fullName(named));
    const also = written === undefined ? {} : { written: shown(written) };
    if (args === undefined) {
      this.#reports.set(`${named.module}\n${named.name}\n${text}`, {
        rule: PICKLE_RULES.dangerousImport.id,
        message: `hands ${name} on: ${known.why}`,
        range: { start: at, end: at + 1 },
        ...(known.severity && { severity: known.severity }),
        evidence: { name, ...also },
      });
      return;
    }
    const dangerous = known.verdict === 'dangerous';
    this.#reports.set(`${named.module}\n${named.name}\n${text}`, {
      rule: dangerous ? PICKLE_RULES.dangerousCall.id : PICKLE_RULES.unknownCall.id,
      message: dangerous
        ? `calls ${name}${text}: ${known.why}`
        : `calls ${name}, which is not known: ${known.why}`,
      range: { start: at, end: at + 1 },
      ...(dangerous && known.severity && { severity: known.severity }),
      evidence: { call: name, arguments: text, ...also },
    });
  }
}

const NOT_SEEN: Seen = {
  known: { verdict: 'unknown', why: 'one of too many names' },
  at: 0,
  written: undefined,
  told: new Set(),
  followed: false,
};

/** `numpy` and `__builtins__.eval` are `builtins` and `eval`: every module carries those. */
function resolved(module: string, name: string): { module: string; name: string } {
  const steps = name.split('.');
  const at = steps.lastIndexOf('__builtins__');
  if (at >= 0) return { module: 'builtins', name: steps.slice(at + 1).join('.') };
  const [inModule, inName] = canonical(module, name);
  return { module: inModule, name: inName };
}

const argumentsOf = (args: Value, literals: Literals): string =>
  isSequence(args) && args.kind === 'tuple'
    ? `(${args.items.map((one) => render(one, literals)).join(', ')}${args.cut ? ', …' : ''})`
    : `(*${render(args, literals)})`;

/** As it would be written in Python, cut short. */
export function render(value: Value, literals: Literals, depth = 0): string {
  if (typeof value === 'number') return value < 0 ? '…' : literals.shown(value);
  if (depth > 3) return '…';
  const one = (inner: Value) => render(inner, literals, depth + 1);
  switch (value.kind) {
    case 'named':
      return shown(fullName(value));
    case 'made':
      return value.by === undefined
        ? '…'
        : `${shown(fullName(value.by))}(${value.args === -1 ? '…' : inside(value.args, one)})`;
    case 'partial':
      return `partial(${[value.callee, ...value.args].map(one).join(', ')})`;
    case 'getter':
      return `${value.by}(${value.wanted.map(one).join(', ')})`;
    default: {
      const [open, close] = BRACKETS[value.kind];
      return `${open}${inside(value, one)}${close}`;
    }
  }
}

const inside = (value: Value, one: (inner: Value) => string): string =>
  isSequence(value) ? `${value.items.map(one).join(', ')}${value.cut ? ', …' : ''}` : `*${one(value)}`;

const BRACKETS = { tuple: ['(', ')'], list: ['[', ']'], dict: ['{', '}'], set: ['{', '}'] } as const;
