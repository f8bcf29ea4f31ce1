import { Refusal } from '../../base/refusal.ts';
import type { Span } from '../../base/spans.ts';
import type { Evidence, GuardAction } from '../../exchange/verdict.ts';
import type { About, Found, Reader, Reading } from '../../guards/guard.ts';
import { isNumber } from '../../pseudonyms/json-place.ts';
import { isNobodys } from '../../pseudonyms/nobodys.ts';
import { escapeJson } from '../../wire/json-text.ts';
import type { Disguise, Inspection, Reviewed, Spent } from './inspection.ts';
import type { GuardPost } from './posts.ts';
import { joinRuns, type Run } from './run.ts';
import { blockedCode, type VerdictBook } from './verdicts.ts';
import { Weave } from './weave.ts';

interface StageOptions {
  /** Seams of a text that is joined from several. */
  readonly seams: readonly number[] | undefined;
  /** Nothing of the text may be changed. */
  readonly signed: boolean;
}

/**
 * One guard on one text. Takes runs in, gives back those about which the guard will no longer change its mind,
 * with masks put in. A block is thrown; a guard that throws, hangs or overstays is a block too, unless its policy
 * says `on_error: allow`.
 */
export class Stage {
  readonly #post: GuardPost;
  readonly #about: About;
  readonly #book: VerdictBook;
  readonly #disguise: Disguise;
  readonly #spent: Spent;
  readonly #now: () => number;
  /** Seams of a text that is joined from several: only findings across one of them count. */
  readonly #seams: readonly number[] | undefined;
  readonly #signed: boolean;
  #reader: Reader | undefined;
  readonly #weave = new Weave();
  /** Where stand-ins are, in this guard's text: what it finds within one says nothing of anybody. */
  #standIns: (Span & { readonly reason: string })[] | undefined;
  #fed = 0;
  readonly #reviewed: Reviewed | undefined;
  /** Where findings may be held: the text of which something may be found yet, from the weave's base on. */
  #recent = '';

  constructor(post: GuardPost, about: About, inspection: Inspection, { seams, signed }: StageOptions) {
    const { book, spent, watch, disguise, reviewed } = inspection;
    this.#reviewed = reviewed;
    this.#post = post;
    this.#about = about;
    this.#book = book;
    this.#disguise = disguise;
    this.#spent = spent.get(post.name) ?? { ms: 0 };
    spent.set(post.name, this.#spent);
    this.#now = watch.clock.tick;
    this.#seams = seams;
    this.#signed = signed;
    try {
      this.#reader = post.guard.open(about);
      book.ran(post);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Runs that may go on to the next guard. */
  feed(runs: readonly Run[], ending: boolean): readonly Run[] | Promise<readonly Run[]> {
    if (this.#reader === undefined) return runs;
    const reader = this.#reader;
    let text = '';
    for (const run of runs) text += run.text;
    const before = this.#now();
    let reading: Reading | Promise<Reading>;
    try {
      reading =
        text === '' && !ending ? { clear: this.#weave.base, found: [] } : this.#read(reader, text, ending);
    } catch (cause) {
      return this.#giveUp(cause, runs);
    }
    if (reading instanceof Promise) return this.#wait(reading, before, runs, text.length);
    this.#spend(before);
    return this.#took(reading, runs, text.length);
  }

  #spend(before: number): void {
    const ms = this.#now() - before;
    this.#spent.ms += ms;
    this.#book.took(ms);
  }

  #read(reader: Reader, text: string, ending: boolean): Reading | Promise<Reading> {
    if (!ending) return reader.push(text);
    if (text === '') return reader.end();
    const first = reader.push(text);
    if (first instanceof Promise) {
      return first.then(async (reading) => both(reading, await reader.end()));
    }
    const second = reader.end();
    return second instanceof Promise ? second.then((reading) => both(first, reading)) : both(first, second);
  }

  /** An asynchronous guard: raced against what is left of its budget. */
  async #wait(reading: Promise<Reading>, before: number, runs: readonly Run[], length: number) {
    const left = Math.max(0, this.#post.budget - this.#spent.ms);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('out of its time budget')), left);
    });
    let known: Reading;
    try {
      known = await Promise.race([reading, late]);
    } catch (cause) {
      return this.#giveUp(cause, runs);
    } finally {
      clearTimeout(timer);
      this.#spend(before);
    }
    return this.#took(known, runs, length);
  }

  #took(reading: Reading, runs: readonly Run[], length: number): readonly Run[] {
    if (this.#spent.ms > this.#post.budget) return this.#giveUp(new Error('out of its time budget'), runs);
    this.#noteStandIns(runs);
    this.#fed += length;
    const base = this.#weave.base;
    if (this.#mayHold) for (const run of runs) this.#recent += run.text;
    if (reading.clear > this.#fed || reading.clear < base) {
      return this.#giveUp(new Error('claims to have read what it was not given'), runs);
    }
    for (const found of reading.found) this.#found(found);
    const out = this.#weave.pass(runs, this.#fed, reading.clear);
    if (this.#recent !== '') this.#recent = this.#recent.slice(this.#weave.base - base);
    return out;
  }

  #noteStandIns(runs: readonly Run[]): void {
    let at = this.#fed;
    for (const { text, standIn } of runs) {
      if (standIn !== undefined) {
        this.#standIns ??= [];
        this.#standIns.push({ start: at, end: at + text.length, reason: standIn.reason });
      }
      at += text.length;
    }
    const past = this.#standIns === undefined ? 0 : indexAfter(this.#standIns, this.#weave.base) - 1;
    if (past > PAST) this.#standIns?.splice(0, past);
  }

  #isOfStandIn({ start, end, reason }: Found): boolean {
    const standIns = this.#standIns;
    if (standIns === undefined) return false;
    const next = indexAfter(standIns, start + TITLE);
    // Beside the one in which it may lie, one may begin within the length of a title.
    return standIns.slice(Math.max(0, next - 2), next).some((one) => {
      const before = one.reason === reason ? TITLE : AROUND;
      return start >= one.start - before && start < one.end && end <= one.end + AROUND;
    });
  }

  #found(found: Found): void {
    const { start, end, reason } = found;
    if (this.#seams !== undefined && (firstAfter(this.#seams, start) ?? end) >= end) return;
    if (this.#isOfStandIn(found)) return;
    const { direction, path } = this.#about;
    const action = this.#decided(found, heldTo(direction, found.action ?? this.#post.action[direction]));
    this.#book.found(this.#post, { ...evidenceOf(found), reason, path, start, end, action });
    if (action === 'block') throw this.#blocked();
    if (action !== 'flag' && action !== 'review') {
      this.#weave.put(start, end, (under) => this.#replaced(under, found, action), STRENGTH[action]);
    }
  }

  get #mayHold(): boolean {
    return this.#post.action[this.#about.direction] === 'review';
  }

  /** What people have decided of such a finding before; where none can be asked, it is blocked. */
  #decided({ start, end, reason }: Found, action: GuardAction): GuardAction {
    if (action !== 'review') return action;
    if (this.#reviewed === undefined) return 'block';
    const { base } = this.#weave;
    const text = this.#recent.slice(Math.max(0, start - base), Math.max(0, end - base));
    const at = { path: this.#about.path, start, end };
    return this.#reviewed.passes(this.#post.name, reason, text, at) ? 'flag' : 'review';
  }

  #blocked(): Refusal {
    return new Refusal(blockedCode(this.#about.direction), { reasons: this.#book.reasons });
  }

  /** It cannot be changed, so it is blocked. */
  #mayNot(): Refusal {
    this.#book.verdicts.outcome = 'blocked';
    return this.#blocked();
  }

  /** What takes the place of what was found. What may not be changed makes it a block. */
  #replaced(under: readonly Run[], { reason, replacement }: Found, action: GuardAction): Run {
    const covered = joinRuns(under);
    const value = covered.text;
    const isDigits = !this.#signed && isNumber(value);
    if (covered.fixed && action === 'pseudonymise' && this.#signed && isNobodys(value)) return covered;
    if (covered.fixed && !(action === 'pseudonymise' && isDigits)) throw this.#mayNot();
    const standIn = action === 'pseudonymise' ? this.#disguise.pseudonyms.make(reason, value) : undefined;
    if (standIn !== undefined) this.#book.pseudonym(reason);
    const mask = action === 'hash' ? this.#disguise.hash(reason, value) : (replacement ?? `[${reason}]`);
    const text = standIn?.text ?? mask;
    // Digits may take the place of a number of JSON.
    if (covered.fixed && !isNumber(text)) throw this.#mayNot();
    return {
      text,
      raw: this.#about.format === 'json' ? escapeJson(text) : text,
      start: covered.start,
      end: covered.end,
      atomic: true,
      fixed: covered.fixed,
      ...(standIn !== undefined && { standIn: { reason, raw: undefined } }),
    };
  }

  #fail(cause: unknown): void {
    const blocks = this.#post.onError === 'block';
    this.#book.failed(this.#post, this.#about.path, blocks, this.#reader !== undefined);
    this.#reader = undefined;
    if (blocks) throw new Refusal('guard_failed', { hint: `Guard: ${this.#post.name}.`, cause });
  }

  /** The guard is out of the game for this text; what it held goes on unread, if policy says so. */
  #giveUp(cause: unknown, runs: readonly Run[]): readonly Run[] {
    if (cause instanceof Refusal) throw cause;
    this.#fail(cause);
    return this.#weave.drain(runs);
  }
}

/** A quotation mark, the full stop of a sentence: what a guard may take for a part of what it finds, on either side. */
const AROUND = 1;
/** The same before a finding of the same kind: Prof. Dr. */
const TITLE = 10;

/** Stand-ins that lie behind, before they are forgotten. */
const PAST = 64;

/** What is said in the place of a finding that several make: rather what nobody can take back. */
const STRENGTH: Readonly<Record<Exclude<GuardAction, 'block' | 'flag' | 'review'>, number>> = {
  pseudonymise: 0,
  hash: 1,
  mask: 2,
};

/** In a reply there is nobody to whom a value could be given back: it is nothing of the caller's. */
const heldTo = (direction: About['direction'], action: GuardAction): GuardAction =>
  direction === 'reply' && action === 'pseudonymise' ? 'mask' : action;

const evidenceOf = ({ score, first, technique, tier }: Found): Evidence => ({
  ...(first !== undefined && { first }),
  ...(score !== undefined && { score }),
  ...(technique !== undefined && { technique }),
  ...(tier !== undefined && { tier }),
});

const both = (first: Reading, second: Reading): Reading =>
  first.found.length === 0 ? second : { clear: second.clear, found: [...first.found, ...second.found] };

/** The first of sorted numbers that is above a value. */
function firstAfter(sorted: readonly number[], value: number): number | undefined {
  return sorted[lowest(sorted.length, (i) => (sorted[i] as number) > value)];
}

/** How many spans, sorted by start, begin up to an offset. */
const indexAfter = (spans: readonly Span[], offset: number): number =>
  lowest(spans.length, (i) => (spans[i] as Span).start > offset);

/** The first index for which something holds that holds for all after it. */
function lowest(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
