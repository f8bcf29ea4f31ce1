import type { Candidate, Find } from './candidate.ts';
import { birthDates } from './dates.ts';
import type { Identifier } from './identifiers/identifier.ts';
import type { Model } from './model.ts';
import { cards, coins, ibans } from './money.ts';
import { addressesOfCards, addressesOfHosts, emails } from './networks.ts';
import { Numbers } from './numbers.ts';
import { People } from './people.ts';
import { phones } from './phones.ts';
import { Tagger } from './tagger.ts';
import { Tokens } from './tokens.ts';

/** Which of two that overlap is kept where their scores are close: what is told by its form before what is guessed. */
const RANK: Readonly<Record<string, number>> = {
  email_address: 9,
  iban_code: 9,
  credit_card: 8,
  ip_address: 8,
  crypto: 8,
  mac_address: 8,
  date_of_birth: 7,
  street_address: 2,
  phone_number: 5,
  person: 1,
  location: 0,
};

const rank = (id: string): number => RANK[id] ?? 6;

/** Bounds on what is read in one go. */
export const LONGEST_STRETCH = 4_096;
export const MARGIN = 128;

/** Reads stretches of text. Its room is used again, so one stretch at a time. */
export class Finder {
  readonly #numbers: Numbers;
  readonly #people: People | undefined;
  readonly #tagger: Tagger | undefined;
  readonly #tokens = new Tokens(LONGEST_STRETCH + 3 * MARGIN);
  readonly #own: readonly Find[];
  readonly #passes: (one: Candidate) => boolean;
  readonly #model: Model | undefined;

  /** @param passes whether an entity is looked for and its score is enough */
  constructor(
    identifiers: readonly Identifier[],
    model: Model | undefined,
    own: readonly Find[],
    passes: (one: Candidate) => boolean,
  ) {
    this.#numbers = new Numbers(identifiers);
    this.#model = model;
    this.#tagger = model === undefined ? undefined : new Tagger(model, LONGEST_STRETCH + 3 * MARGIN);
    this.#people = this.#tagger === undefined ? undefined : new People(this.#tagger);
    this.#own = own;
    this.#passes = passes;
  }

  /** What is in `text` between `from` and `to`, in order, without overlaps; the rest of the text is around it. */
  find(text: string, from: number, to: number): Candidate[] {
    const all: Candidate[] = [];
    const add = (one: Candidate): void => {
      if (one.start >= from && one.end <= to && this.#passes(one)) all.push(one);
    };
    const signs = signsIn(text, from, to);
    if (signs & AT) emails(text, from, to, add);
    if (signs & DIGIT) {
      addressesOfHosts(text, from, to, add);
      addressesOfCards(text, from, to, add);
      cards(text, from, to, add);
      phones(text, from, to, add);
      birthDates(text, from, to, add);
      ibans(text, from, to, add);
      coins(text, from, to, add);
      this.#numbers.find(text, from, to, add);
    }
    if (this.#people !== undefined && signs & WORDS) this.#read(text, from, to, add);
    for (const find of this.#own) find(text, from, to, add);
    return settle(all);
  }

  #read(text: string, from: number, to: number, add: (one: Candidate) => void): void {
    const tokens = this.#tokens;
    tokens.read(text, Math.max(0, from - MARGIN / 2), Math.min(text.length, to + MARGIN / 2));
    this.#tagger?.traits.read(tokens, (this.#model as Model).lexicon);
    let first = 0;
    while (first < tokens.count && (tokens.starts[first] as number) < from) first++;
    let last = tokens.count;
    while (last > first && (tokens.ends[last - 1] as number) > to) last--;
    this.#people?.find(text, tokens, first, last, add);
  }
}

const DIGIT = 1;
const AT = 2;
const WORDS = 4;

function signsIn(text: string, from: number, to: number): number {
  let signs = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) signs |= DIGIT;
    else if (code === 64) signs |= AT;
    else if (code > 64) signs |= WORDS;
  }
  return /[([{<] ?at ?[)\]}>]/i.test(signs & AT ? '' : text.slice(from, to)) ? signs | AT : signs;
}

/** The strongest first; then none that overlaps one that is kept. */
function settle(all: Candidate[]): Candidate[] {
  if (all.length < 2) return all;
  const weight = (one: Candidate): number =>
    one.score + rank(one.id) * 0.03 + Math.min(0.1, (one.end - one.start) / 400);
  all.sort((a, b) => weight(b) - weight(a) || a.start - b.start);
  const from = Math.min(...all.map(({ start }) => start));
  const taken = new Uint8Array(Math.max(...all.map(({ end }) => end)) - from);
  const kept = all.filter(({ start, end }) => {
    const free = taken.subarray(start - from, end - from).indexOf(1) < 0;
    if (free) taken.fill(1, start - from, end - from);
    return free;
  });
  return kept.sort((a, b) => a.start - b.start);
}
