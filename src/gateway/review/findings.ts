import { canonicalJson } from '../../base/canonical.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { HeldFinding } from '../../store/reviews.ts';
import type { Reviewed } from '../inspect/inspection.ts';
import { digestOf, type Passage } from '../passage.ts';

/** Findings that are kept of one text, and that are looked up for it: beyond, none is known. */
const MOST = 64;
const LOOKED_UP = 256;

/** What guards have found in one prompt or reply and nobody has let pass: while there is any of it, the text is held. */
export class HeldFindings implements Reviewed {
  readonly list: HeldFinding[] = [];
  readonly #passage: Passage;
  readonly #caller: string;
  readonly #known = new Map<string, boolean>();
  readonly #by = new Set<string>();
  #any = false;
  /** There are more than are listed, so that nothing can be said of all of them. */
  more = false;

  constructor(passage: Passage, caller: Caller) {
    this.#passage = passage;
    this.#caller = caller.id;
  }

  get any(): boolean {
    return this.#any;
  }

  get reasons(): string[] {
    return [...new Set(this.list.map(({ reason }) => reason))];
  }

  passes(guard: string, reason: string, text: string): boolean {
    const { gate, record } = this.#passage;
    if (this.#known.size >= LOOKED_UP) return this.#hold();
    const digest = digestOf(gate, canonicalJson(['finding', this.#caller, guard, reason, text]));
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const by = gate.store.reviews.passedBy(digest);
    this.#known.set(digest, by !== undefined);
    if (by === undefined) return this.#hold({ guard, reason, digest });
    this.#by.add(by);
    record.note({ reviewed: [...this.#by].slice(0, MOST) });
    return true;
  }

  #hold(finding?: HeldFinding): false {
    this.#any = true;
    if (finding !== undefined && this.list.length < MOST) this.list.push(finding);
    else this.more = true;
    return false;
  }
}
