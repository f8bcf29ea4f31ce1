import type { Form, Random, StandIn } from './form.ts';
import { entityOf, FEW, makeForm, makeTag, ordinalOf } from './forms.ts';
import { Restorer } from './restorer.ts';
import { Spellings, Spotter } from './spotter.ts';

/** Values of one exchange, at the most; beyond, there is no stand-in to be had. */
const MOST = 4096;
const TAG_LENGTH = 6;

/** Where stand-ins are remembered for longer than an exchange. */
export interface StandInBook {
  /** Of the same value, for the same reason. */
  find(reason: string, original: string): StandIn | undefined;
  add(standIn: StandIn): void;
  readonly spellings: Spellings;
}

export interface PseudonymsOptions {
  readonly random: Random;
  /** Something in the exchange is written so already. Lower case. */
  readonly isTaken?: ((text: string) => boolean) | undefined;
  /** Default: all is forgotten with the exchange. */
  readonly book?: StandInBook | undefined;
}

/**
 * The stand-ins of one exchange. The same value has the same one over all of its texts. Each carries a random tag, or is
 * from a range that is kept for examples and occurs nowhere else in the exchange; so a text that looks like the stand-in of
 * another exchange is nothing here.
 */
export class Pseudonyms {
  readonly #random: Random;
  readonly #isTaken: (text: string) => boolean;
  readonly #book: StandInBook;
  readonly #lasting: boolean;
  readonly #used = new Set<StandIn>();
  readonly #ordinals = new Map<string, number>();
  readonly #spelled = new Set<string>();
  #tag: string | undefined;

  constructor({ random, isTaken = () => false, book }: PseudonymsOptions) {
    this.#random = random;
    this.#isTaken = isTaken;
    this.#book = book ?? new Forgetful();
    this.#lasting = book !== undefined;
  }

  /** Those in use. */
  get used(): ReadonlySet<StandIn> {
    return this.#used;
  }

  /** There may be stand-ins to be found in a text. */
  get any(): boolean {
    return this.#lasting || this.#used.size > 0;
  }

  /**
   * What stands in a value's place; undefined where there are too many.
   * @param reason id of the finding, `pii.email_address`
   */
  make(reason: string, value: string): StandIn | undefined {
    // A later guard may find more than an earlier one: what it finds is meant as it was.
    const original = this.any ? this.restore(value) : value;
    const known = this.#book.find(reason, original);
    if (known !== undefined) {
      this.#used.add(known);
      return known;
    }
    if (this.#used.size >= MOST) return undefined;
    const standIn = { ...this.#form(reason, original), original, reason };
    for (const spelling of spellingsOf(standIn)) this.#spelled.add(spelling);
    this.#book.add(standIn);
    this.#used.add(standIn);
    return standIn;
  }

  /** Finds stand-ins in one text, as it comes. */
  spotter(): Spotter {
    return new Spotter(this.#book.spellings);
  }

  /** Puts the values back into one text, as it comes. */
  restorer(): Restorer {
    return new Restorer(this.spotter());
  }

  /** The same for a whole text. */
  restore(text: string): string {
    const restorer = this.restorer();
    return restorer.push(text) + restorer.end();
  }

  #form(reason: string, value: string): Form {
    const entity = entityOf(reason).toLowerCase();
    const index = this.#ordinals.get(entity) ?? 0;
    this.#ordinals.set(entity, index + 1);
    const making = { value, ordinal: ordinalOf(index), tag: this.#nextTag(), random: this.#random };
    return makeForm(reason, making, !this.#lasting && index < FEW, (form) => this.#isFree(form));
  }

  /** One for the exchange; where stand-ins outlive it, longer and one for each, so that none tells of another. */
  #nextTag(): string {
    if (this.#lasting) return this.#freshTag(2 * TAG_LENGTH);
    this.#tag ??= this.#freshTag(TAG_LENGTH);
    return this.#tag;
  }

  #freshTag(length: number): string {
    for (;;) {
      const tag = makeTag(length, this.#random);
      if (!this.#isTaken(tag)) return tag;
    }
  }

  #isFree(form: Form): boolean {
    return (
      !form.bounded ||
      (!this.#isTaken(form.text.toLowerCase()) &&
        spellingsOf(form).every((spelling) => !this.#spelled.has(spelling) && !this.#isTaken(spelling)))
    );
  }
}

const spellingsOf = ({ spellings: { loose = [], strict = [] } }: Form): string[] => [...loose, ...strict];

/** Remembers for as long as it is there itself. */
class Forgetful implements StandInBook {
  readonly #known = new Map<string, StandIn>();
  readonly spellings = new Spellings();

  find(reason: string, original: string): StandIn | undefined {
    return this.#known.get(`${reason} ${original}`);
  }

  add(standIn: StandIn): void {
    this.#known.set(`${standIn.reason} ${standIn.original}`, standIn);
    this.spellings.add(standIn);
  }
}
