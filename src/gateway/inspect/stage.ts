import { Refusal } from '../../base/refusal.ts';
import type { Evidence } from '../../exchange/verdict.ts';
import type { About, Found, Reader, Reading } from '../../guards/guard.ts';
import { escapeJson } from '../../wire/json-text.ts';
import type { GuardPost } from './posts.ts';
import { Cursor, type Run } from './run.ts';
import { blockedCode, type VerdictBook } from './verdicts.ts';

interface Mask {
  readonly start: number;
  end: number;
  readonly text: string;
}

/** What waits in a stage: runs, oldest first, and the masks that are to go over them. */
interface Held {
  readonly runs: Run[];
  readonly masks: Mask[];
}

/** Milliseconds a guard has used over one prompt or reply; shared by all stages of that guard. */
export interface Spent {
  ms: number;
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
  readonly #spent: Spent;
  readonly #now: () => number;
  /** Seams of a text that is joined from several: only findings across one of them count. */
  readonly #seams: readonly number[] | undefined;
  #reader: Reader | undefined;
  /** Nothing is made while nothing is held and nothing found, as with nearly every text. */
  #held: Held | undefined;
  /** Offset, in this guard's text, of the first buffered character. */
  #base = 0;
  #fed = 0;

  constructor(
    post: GuardPost,
    about: About,
    book: VerdictBook,
    spent: Spent,
    now: () => number,
    seams?: readonly number[],
  ) {
    this.#post = post;
    this.#about = about;
    this.#book = book;
    this.#spent = spent;
    this.#now = now;
    this.#seams = seams;
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
      reading = text === '' && !ending ? { clear: this.#base, found: [] } : this.#read(reader, text, ending);
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
    this.#fed += length;
    if (reading.clear > this.#fed || reading.clear < this.#base) {
      return this.#giveUp(new Error('claims to have read what it was not given'), runs);
    }
    for (const found of reading.found) this.#found(found);
    if (this.#held === undefined && reading.clear === this.#fed) {
      this.#base = this.#fed;
      return runs;
    }
    this.#held ??= { runs: [], masks: [] };
    for (const run of runs) this.#held.runs.push(run);
    return this.#release(this.#held, reading.clear);
  }

  #found(found: Found): void {
    const { start, end } = found;
    if (this.#seams !== undefined && (firstAfter(this.#seams, start) ?? end) >= end) return;
    const { direction, path } = this.#about;
    const action = found.action ?? this.#post.action[direction];
    this.#book.found(this.#post, { ...evidenceOf(found), reason: found.reason, path, start, end, action });
    if (action === 'block') throw this.#blocked();
    if (action === 'mask') this.#mask(start, end, found.replacement ?? `[${found.reason}]`);
  }

  /** Findings may overlap: what they cover together is masked once, in the name of the first. */
  #mask(start: number, end: number, text: string): void {
    this.#held ??= { runs: [], masks: [] };
    const { masks } = this.#held;
    const last = masks.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else masks.push({ start, end, text });
  }

  #blocked(): Refusal {
    return new Refusal(blockedCode(this.#about.direction), { reasons: this.#book.reasons });
  }

  /** Lets out what is clear, with masks put in; linear in what is let out, however much is held. */
  #release(held: Held, clear: number): Run[] {
    const out: Run[] = [];
    const runs = new Cursor(held.runs);
    let masked = 0;
    for (let head = runs.head; head !== undefined; head = runs.head) {
      const headEnd = this.#base + head.text.length;
      const mask = held.masks[masked];
      if (mask !== undefined && mask.start < headEnd) {
        if (mask.start > this.#base && !head.atomic) {
          out.push(this.#take(runs, mask.start - this.#base));
          continue;
        }
        const span = this.#spanOf(runs, mask);
        if (span === undefined || span > clear) break;
        out.push(this.#cover(runs, mask, span));
        masked++;
      } else if (headEnd <= clear) {
        out.push(this.#take(runs, head.text.length));
      } else {
        if (!head.atomic && this.#base < clear) out.push(this.#take(runs, clear - this.#base));
        break;
      }
    }
    held.masks.splice(0, masked);
    runs.done();
    if (held.runs.length === 0 && held.masks.length === 0) this.#held = undefined;
    return out;
  }

  /** Takes `length` characters of the first run; all of it if it is atomic. */
  #take(runs: Cursor, length: number): Run {
    const taken = runs.take(length);
    this.#base += taken.text.length;
    return taken;
  }

  /** Where the mask ends once widened to whole atomic runs; undefined while that is not there yet. */
  #spanOf(runs: Cursor, mask: Mask): number | undefined {
    let at = this.#base;
    for (const run of runs.rest()) {
      const end = at + run.text.length;
      if (end >= mask.end) return run.atomic ? end : mask.end;
      at = end;
    }
    return undefined;
  }

  /** Replaces the text up to `span` by the mask. What may not be changed makes it a block. */
  #cover(runs: Cursor, mask: Mask, span: number): Run {
    const start = runs.head?.start ?? 0;
    let end = start;
    while (this.#base < span) {
      const run = this.#take(runs, span - this.#base);
      if (run.fixed && run.text !== '') {
        this.#book.verdicts.outcome = 'blocked';
        throw this.#blocked();
      }
      end = run.end;
    }
    const raw = this.#about.format === 'json' ? escapeJson(mask.text) : mask.text;
    return { text: mask.text, raw, start, end, atomic: true, fixed: false };
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
    const held = this.#held ?? { runs: [], masks: [] };
    for (const run of runs) held.runs.push(run);
    const out = this.#release(held, Number.POSITIVE_INFINITY);
    return out.concat(held.runs.splice(0));
  }
}

const evidenceOf = ({ score, technique, tier }: Found): Evidence => ({
  ...(score !== undefined && { score }),
  ...(technique !== undefined && { technique }),
  ...(tier !== undefined && { tier }),
});

const both = (first: Reading, second: Reading): Reading =>
  first.found.length === 0 ? second : { clear: second.clear, found: [...first.found, ...second.found] };

/** The first of sorted numbers that is above a value. */
function firstAfter(sorted: readonly number[], value: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return sorted[low];
}
