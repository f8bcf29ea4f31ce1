import type { Slot } from '../../exchange/part.ts';
import type { About } from '../../guards/guard.ts';
import { JsonText } from '../../wire/json-text.ts';
import type { Watch } from './posts.ts';
import { placeJsonRuns, plainRun, type Run } from './run.ts';
import { type Spent, Stage } from './stage.ts';
import type { VerdictBook } from './verdicts.ts';

/** What one prompt or reply shares over all of its texts. */
export interface Inspection {
  readonly watch: Watch;
  readonly book: VerdictBook;
  readonly direction: 'prompt' | 'reply';
  readonly spent: Map<string, Spent>;
}

/** A text of an exchange that flows in as pieces of slots and out as runs that every guard has cleared. */
export class Channel {
  readonly #stages: Stage[] = [];
  readonly #json: JsonText | undefined;
  readonly #fixed: boolean;
  #at = 0;
  /** How far the decoder has given runs for what was put in. */
  #decoded = 0;

  constructor(inspection: Inspection, slot: Slot, streamed: boolean, seams?: readonly number[]) {
    const { watch, book, direction, spent } = inspection;
    const about: About = {
      direction,
      path: slot.path,
      provenance: slot.provenance,
      format: slot.format,
      streamed,
      exchange: inspection,
    };
    this.#fixed = slot.fixed;
    this.#json = slot.format === 'json' ? new JsonText() : undefined;
    for (const post of watch.duty[direction]) {
      if (post.provenance !== undefined && !post.provenance.has(slot.provenance)) {
        if (seams === undefined) book.skipped(post, slot.path);
        continue;
      }
      const used = spent.get(post.name) ?? { ms: 0 };
      spent.set(post.name, used);
      this.#stages.push(new Stage(post, about, book, used, watch.clock.tick, seams));
    }
  }

  /** Length of the raw text put in so far. */
  get length(): number {
    return this.#at;
  }

  push(text: string): readonly Run[] | Promise<readonly Run[]> {
    return this.#flow(0, this.#runs(text), false);
  }

  end(text = ''): readonly Run[] | Promise<readonly Run[]> {
    const runs = this.#runs(text);
    if (this.#json === undefined) return this.#flow(0, runs, true);
    const rest = placeJsonRuns(this.#json.end(), this.#decoded, this.#fixed);
    return this.#flow(0, runs.length === 0 ? rest : [...runs, ...rest], true);
  }

  #runs(text: string): readonly Run[] {
    if (text === '') return [];
    const start = this.#at;
    this.#at += text.length;
    if (this.#json === undefined) return [plainRun(text, start, this.#fixed)];
    const runs = placeJsonRuns(this.#json.push(text), this.#decoded, this.#fixed);
    this.#decoded = runs.at(-1)?.end ?? this.#decoded;
    return runs;
  }

  #flow(from: number, runs: readonly Run[], ending: boolean): readonly Run[] | Promise<readonly Run[]> {
    let flowing = runs;
    for (let i = from; i < this.#stages.length; i++) {
      if (flowing.length === 0 && !ending) return flowing;
      const next = (this.#stages[i] as Stage).feed(flowing, ending);
      if (next instanceof Promise) return next.then((more) => this.#flow(i + 1, more, ending));
      flowing = next;
    }
    return flowing;
  }
}
