import { canonicalJson } from '../../base/canonical.ts';
import type { HeldFinding } from '../../store/reviews.ts';
import type { Reviewed } from '../inspect/inspection.ts';

/** Findings that are kept of one text, and that are looked up for it: beyond, none is known. */
const MOST = 64;
const LOOKED_UP = 256;

interface FindingsParts {
  /** Id of whoever asks. */
  readonly caller: string;
  /** Keyed. */
  digest(text: string): string;
  /** The review in which it was decided that a finding of this digest passes. */
  passedBy(digest: string): string | undefined;
  /** What passes because of earlier reviews is told of. */
  note(reviews: readonly string[]): void;
}

/** What guards have found in one prompt or reply and nobody has let pass: while there is any of it, the text is held. */
export class HeldFindings implements Reviewed {
  readonly list: HeldFinding[] = [];
  readonly #parts: FindingsParts;
  readonly #known = new Map<string, boolean>();
  readonly #by = new Set<string>();
  #any = false;

  constructor(parts: FindingsParts) {
    this.#parts = parts;
  }

  get any(): boolean {
    return this.#any;
  }

  get reasons(): string[] {
    return [...new Set(this.list.map(({ reason }) => reason))];
  }

  passes(guard: string, reason: string, text: string): boolean {
    const { caller } = this.#parts;
    if (this.#known.size >= LOOKED_UP) return this.#hold();
    const digest = this.#parts.digest(canonicalJson(['finding', caller, guard, reason, text]));
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const by = this.#parts.passedBy(digest);
    this.#known.set(digest, by !== undefined);
    if (by === undefined) return this.#hold({ guard, reason, digest });
    this.#by.add(by);
    this.#parts.note([...this.#by].slice(0, MOST));
    return true;
  }

  #hold(finding?: HeldFinding): false {
    this.#any = true;
    if (finding !== undefined && this.list.length < MOST) this.list.push(finding);
    return false;
  }
}
