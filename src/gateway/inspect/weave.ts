import { Cursor, type Run } from './run.ts';

/** Makes the one run that takes the place of others. Throws where these must stay. */
export type Cover = (covered: readonly Run[]) => Run;

interface Covering {
  readonly start: number;
  end: number;
  cover: Cover;
  strength: number;
}

/** What waits: runs, oldest first, and what is to go over them. */
interface Held {
  readonly runs: Run[];
  readonly coverings: Covering[];
}

/**
 * Runs on their way through something that reads their text and may put other text in the place of some of it. They
 * wait until it is known that nothing more goes over them.
 */
export class Weave {
  /** Nothing is made while nothing is held and nothing found, as with nearly every text. */
  #held: Held | undefined;
  #base = 0;

  /** Offset in the text, up to which all has been let out. */
  get base(): number {
    return this.#base;
  }

  /**
   * Puts something over a stretch of the text. Stretches come in order of their start and may overlap: what they have
   * together is covered once, by the strongest, and of those equally strong by the first.
   */
  put(start: number, end: number, cover: Cover, strength = 0): void {
    this.#held ??= { runs: [], coverings: [] };
    const { coverings } = this.#held;
    const last = coverings.at(-1);
    if (last === undefined || start >= last.end) {
      coverings.push({ start, end, cover, strength });
      return;
    }
    last.end = Math.max(last.end, end);
    if (strength > last.strength) Object.assign(last, { cover, strength });
  }

  /** Takes more runs, the text up to `fed` with them, and lets out what lies before `clear`. */
  pass(runs: readonly Run[], fed: number, clear: number): readonly Run[] {
    if (this.#held === undefined && clear === fed) {
      this.#base = fed;
      return runs;
    }
    this.#held ??= { runs: [], coverings: [] };
    for (const run of runs) this.#held.runs.push(run);
    return this.#release(this.#held, clear);
  }

  /** Takes the last runs and lets out everything, covered as far as the text is there. */
  drain(runs: readonly Run[]): readonly Run[] {
    const held = this.#held ?? { runs: [], coverings: [] };
    for (const run of runs) held.runs.push(run);
    const out = this.#release(held, Number.POSITIVE_INFINITY);
    return out.concat(held.runs.splice(0));
  }

  /** Linear in what is let out, however much is held. */
  #release(held: Held, clear: number): Run[] {
    const out: Run[] = [];
    const runs = new Cursor(held.runs);
    let covered = 0;
    for (let head = runs.head; head !== undefined; head = runs.head) {
      const headEnd = this.#base + head.text.length;
      const covering = held.coverings[covered];
      if (covering !== undefined && covering.start < headEnd) {
        if (covering.start > this.#base && !head.atomic) {
          out.push(this.#take(runs, covering.start - this.#base));
          continue;
        }
        const span = this.#spanOf(runs, covering);
        if (span === undefined || span > clear) break;
        out.push(this.#cover(runs, covering, span));
        covered++;
      } else if (headEnd <= clear) {
        out.push(this.#take(runs, head.text.length));
      } else {
        if (!head.atomic && this.#base < clear) out.push(this.#take(runs, clear - this.#base));
        break;
      }
    }
    held.coverings.splice(0, covered);
    runs.done();
    if (held.runs.length === 0 && held.coverings.length === 0) this.#held = undefined;
    return out;
  }

  /** Takes `length` characters of the first run; all of it if it is atomic. */
  #take(runs: Cursor, length: number): Run {
    const taken = runs.take(length);
    this.#base += taken.text.length;
    return taken;
  }

  /** Where the covering ends once widened to whole atomic runs; undefined while that is not there yet. */
  #spanOf(runs: Cursor, covering: Covering): number | undefined {
    let at = this.#base;
    for (const run of runs.rest()) {
      const end = at + run.text.length;
      if (end >= covering.end) return run.atomic ? end : covering.end;
      at = end;
    }
    return undefined;
  }

  #cover(runs: Cursor, { cover }: Covering, span: number): Run {
    const under: Run[] = [];
    while (this.#base < span) under.push(this.#take(runs, span - this.#base));
    return cover(under);
  }
}
