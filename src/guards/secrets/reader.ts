import { bySpan, type Span, settle } from '../../base/spans.ts';
import type { Ends } from '../../regex/ends.ts';
import type { Progress, Scanner } from '../../regex/scanner.ts';
import type { Found, Reader, Reading } from '../guard.ts';
import { bodyOf } from './bodies.ts';
import { BEHIND, type Hit, RANK, type Rank, type Rule } from './rule.ts';
import type { Group, Starts } from './starts.ts';

/** A rule ready for use. */
export interface Prepared extends Pick<Rule, 'form' | 'least' | 'reach' | 'rank'> {
  readonly body: { readonly table: Uint8Array; readonly foreign: boolean };
  /** The reason of a finding; undefined where there is none. */
  readonly reasonOf: (hit: Hit) => string | undefined;
}

/** @param except ids that are not looked for */
export function prepare(
  { id, form, least, reach, rank, body, judge }: Rule,
  name: string,
  except: ReadonlySet<string>,
): Prepared {
  const reasonOf = (hit: Hit): string | undefined => {
    const verdict = judge(hit);
    const found = verdict === true ? id : verdict;
    return found === false || except.has(found) ? undefined : `${name}.${found}`;
  };
  return { form, least, reach, rank, body: bodyOf(body), reasonOf };
}

/** A place from which something reads on. */
interface Lead {
  readonly start: number;
  readonly groups: Starts['groups'];
  readonly ends: Ends;
  /** From where on a secret may come of it; undefined where it will only have begun once this has ended. */
  readonly held: number | undefined;
  /** Up to where it has read. */
  at: number;
}

/** A rule at whose secret the text has come; `at`: up to where what follows is known to belong to its body. */
interface Open extends Span {
  readonly rule: Prepared;
  /** From where on a secret may come of it. */
  readonly held: number;
  at: number;
}

/** A long text is read in pieces, so that a start is done with before the next ones are looked for. */
const AT_ONCE = 4096;

/** In one unbroken run a rule is tried so often. */
const MOST_TRIES = 8;

/** What a rule found. */
interface Decided extends Found {
  readonly rank: Rank;
}

/** The group of a form that is the secret, where the form has more in it. */
const SECRET = 'secret';

const NOTHING: readonly Found[] = [];

/**
 * Reads a text in three steps: one automaton looks for the starts of all rules at once; from a start on, a small one reads
 * what must stand before the secret; then the rule's own expression is run over what follows, as soon as a character tells
 * that no more of it can come. So no key is spelled out in an automaton, and text is held back from where a secret may have
 * begun, no longer: words with which it is announced leave at once.
 */
export class SecretReader implements Reader {
  readonly #scanner: Scanner;
  readonly #groups: Starts['groups'];
  readonly #rules: readonly Prepared[];
  readonly #known: ReadonlySet<string>;
  /** The text from {@link #base} on: what is not decided yet, and {@link BEHIND} characters before. */
  #held = '';
  #base = 0;
  #clear = 0;
  #leads: Lead[] = [];
  #open: Open[] = [];
  #decided: Decided[] = [];
  /** By table of a body: the run of its characters that was last walked through. */
  readonly #runs = new Map<Uint8Array, { start: number; end: number }>();
  /** The last stretch in which a rule found nothing, and from how many starts it has looked there. */
  readonly #barren = new Map<Prepared, Span & { readonly times: number }>();

  constructor({ set, groups }: Starts, rules: readonly Prepared[], known: ReadonlySet<string>) {
    this.#scanner = set.scanner();
    this.#groups = groups;
    this.#rules = rules;
    this.#known = known;
  }

  push(text: string): Reading {
    if (text.length <= AT_ONCE) return this.#push(text);
    const found: Found[] = [];
    for (let at = 0; at < text.length; at += AT_ONCE) {
      for (const one of this.#push(text.slice(at, at + AT_ONCE)).found) found.push(one);
    }
    return { clear: this.#clear, found };
  }

  #push(text: string): Reading {
    this.#held = this.#held === '' ? text : this.#held + text;
    return this.#read(this.#scanner.push(text), false);
  }

  end(): Reading {
    return this.#read(this.#scanner.end(), true);
  }

  #read({ clear, free, matches }: Progress, ended: boolean): Reading {
    if (matches.length === 0 && this.#leads.length === 0 && this.#open.length === 0)
      return this.#report(clear, free);
    // Older ones first; each is decided as soon as it can be, so that a text full of starts piles nothing up.
    this.#open = this.#open.filter((open) => !this.#decide(open, ended));
    const leads = this.#leads;
    this.#leads = [];
    for (const lead of leads) this.#follow(lead, ended);
    for (const { pattern, start, end, held } of matches) {
      this.#enter(this.#groups[pattern], start, end, held, ended);
    }
    let [needed, held] = [clear, free];
    for (const alive of [this.#leads, this.#open]) {
      for (const one of alive) {
        needed = Math.min(needed, one.start);
        held = Math.min(held, one.held ?? held);
      }
    }
    return this.#report(needed, held);
  }

  /** Goes where a match leads on to. `from`: from where on a secret may come of it. */
  #enter(group: Group | undefined, start: number, end: number, from: number, ended: boolean): void {
    for (const rule of group?.rules ?? []) {
      const open: Open = { rule: this.#rules[rule] as Prepared, start, end, held: from, at: end };
      if (!this.#decide(open, ended)) this.#open.push(open);
    }
    this.#lead(group?.leads, start, undefined, ended);
    this.#lead(group?.behind, end, end, ended);
  }

  #lead(starts: (() => Starts) | undefined, at: number, held: number | undefined, ended: boolean): void {
    if (starts === undefined) return;
    const { set, groups } = starts();
    this.#follow({ start: at, groups, ends: set.ends(), held, at }, ended);
  }

  /** Reads on; what is still alive after that stays among the leads. */
  #follow(lead: Lead, ended: boolean): void {
    const { start, groups, ends, held } = lead;
    const text = this.#held.slice(lead.at - this.#base);
    lead.at += text.length;
    const all = ended ? [...ends.push(text), ...ends.end()] : ends.push(text);
    for (const { pattern, end } of all) {
      this.#enter(groups[pattern], start, start + end, held ?? start + end, ended);
    }
    if (!ended && ends.alive) this.#leads.push(lead);
  }

  /** Looks whether a start has become a secret; false while that is open. */
  #decide(open: Open, ended: boolean): boolean {
    const { rule } = open;
    const barren = this.#barren.get(rule);
    const again = barren !== undefined && open.start < barren.end ? barren.times : 0;
    // Starts in one run, each tried over all the rest of it, would make the work grow with its square.
    if (again >= MOST_TRIES) return true;
    const limit = Math.max(open.start + rule.reach, open.end) - this.#base;
    const held = this.#held;
    const most = Math.min(limit, held.length);
    const at = Math.min(this.#runEnd(rule.body, open.at, most + this.#base) - this.#base, most);
    open.at = at + this.#base;
    if (at === held.length && at < limit && !ended) return false;
    if (open.at - open.held < rule.least) return true;
    if (!this.#look(rule, open.start - this.#base, Math.min(at + 1, limit))) {
      const times = barren?.start === open.start ? again : again + 1;
      this.#barren.set(rule, { start: open.start, end: open.at, times });
    }
    return true;
  }

  /** Where the first character stands that a body cannot have; at least `most` where none does. */
  #runEnd({ table, foreign }: Prepared['body'], from: number, most: number): number {
    // Starts in one run share what is known of it: it is walked through once.
    const known = this.#runs.get(table);
    const run =
      known !== undefined && known.start <= from && from <= known.end ? known : { start: from, end: from };
    if (run !== known) this.#runs.set(table, run);
    for (let at = run.end; at < most; at++) {
      const code = this.#held.charCodeAt(at - this.#base);
      if (code < 128 ? table[code] === 0 : !foreign) break;
      run.end = at + 1;
    }
    return run.end;
  }

  /** Runs the rule's expression; false where it does not match. */
  #look(rule: Prepared, start: number, end: number): boolean {
    const from = Math.max(0, start - BEHIND);
    const text = this.#held.slice(from, end);
    rule.form.lastIndex = start - from;
    const match = rule.form.exec(text);
    if (match === null) return false;
    const [matched] = match;
    const secret = match.groups?.[SECRET] ?? matched;
    if (secret === '' || this.#known.has(secret) || this.#known.has(matched)) return true;
    const at =
      match.indices === undefined
        ? matched.lastIndexOf(secret)
        : (match.indices.groups?.[SECRET]?.[0] ?? match.index) - match.index;
    const behind = match.index + matched.length;
    const hit: Hit = {
      secret,
      matched,
      at,
      before: text.slice(0, match.index),
      after: text.slice(behind, behind + 1),
    };
    const reason = rule.reasonOf(hit);
    if (reason === undefined) return true;
    const shift = this.#base + from;
    const first = shift + match.index + at;
    this.#decided.push({ start: first, end: first + secret.length, reason, rank: rule.rank });
    return true;
  }

  /** `needed`: from where on text may yet be looked at; `held`: from where on a secret may yet be found. */
  #report(needed: number, held: number): Reading {
    let { clear, found } = { clear: held, found: NOTHING };
    if (this.#decided.length > 0) {
      this.#decided.sort((a, b) => bySpan(a, b) || a.rank - b.rank || byText(a.reason, b.reason));
      const { clear: decided, settled } = settle(this.#decided, held);
      clear = decided;
      if (settled.length > 0) found = sifted(settled);
    }
    this.#clear = clear;
    const keep = Math.max(0, needed - BEHIND);
    if (keep > this.#base) {
      this.#held = this.#held.slice(keep - this.#base);
      this.#base = keep;
    }
    return { clear, found };
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Of findings that overlap those of the best rank; of those, none that lies within another. */
function sifted(settled: readonly Decided[]): readonly Found[] {
  const kept: Found[] = [];
  for (const rank of Object.values(RANK)) {
    const better = kept.sort(bySpan);
    const own = settled.flatMap(({ rank: its, ...found }) => (its === rank ? [found] : []));
    // One by one: a text may hold more of them than a call takes arguments.
    for (const one of apart(own, [...better])) kept.push(one);
  }
  return kept.sort(bySpan);
}

/** Those that neither lie within an earlier one nor touch a better one; both lists are by start. Linear. */
function apart(own: readonly Found[], better: readonly Found[]): Found[] {
  let covered = -1;
  let reached = -1;
  let next = 0;
  return own.filter(({ start, end }) => {
    if (end <= covered) return false;
    covered = end;
    // Ends grow among those that are looked at, so a better one that begins before this end is never passed twice.
    for (; next < better.length && (better[next] as Found).start < end; next++) {
      reached = Math.max(reached, (better[next] as Found).end);
    }
    return reached <= start;
  });
}
