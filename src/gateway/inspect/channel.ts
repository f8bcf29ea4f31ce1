import type { Slot } from '../../exchange/part.ts';
import type { About } from '../../guards/guard.ts';
import { JsonText } from '../../wire/json-text.ts';
import type { Inspection } from './inspection.ts';
import { Marks } from './marks.ts';
import { placeJsonRuns, plainRun, type Run } from './run.ts';
import { Stage } from './stage.ts';
import type { VerdictBook } from './verdicts.ts';

interface ChannelOptions {
  /** More of the text may come. */
  readonly streamed: boolean;
  /** The text is joined from several that were read by themselves: where they meet. */
  readonly seams?: readonly number[];
  /** Only read: it will be read again before it goes to anybody. */
  readonly again?: boolean;
}

/** A text of an exchange that flows in as pieces of slots and out as runs that every guard has cleared. */
export class Channel {
  readonly #stages: Stage[] = [];
  readonly #json: JsonText | undefined;
  readonly #fixed: boolean;
  readonly #book: VerdictBook;
  readonly #marks: Marks | undefined;
  #at = 0;
  /** How far the decoder has given runs for what was put in. */
  #decoded = 0;

  constructor(inspection: Inspection, slot: Slot, { streamed, seams, again = false }: ChannelOptions) {
    const { watch, book, direction, disguise } = inspection;
    const about: About = {
      direction,
      path: slot.path,
      provenance: slot.provenance,
      format: slot.format,
      streamed,
      exchange: inspection,
      tenant: disguise.tenant,
      asked: inspection.asked,
    };
    this.#book = book;
    this.#fixed = slot.fixed;
    this.#json = slot.format === 'json' ? new JsonText() : undefined;
    if (disguise.pseudonyms.any) {
      const gives = direction === 'reply' && !slot.fixed && !again;
      this.#marks = new Marks(disguise.pseudonyms.spotter(), slot.format, gives);
    }
    for (const post of watch.duty[direction]) {
      if (post.provenance !== undefined && !post.provenance.has(slot.provenance)) {
        if (seams === undefined) book.skipped(post, slot.path);
        continue;
      }
      this.#stages.push(new Stage(post, about, inspection, { seams, signed: slot.fixed }));
    }
  }

  /** Length of the raw text put in so far. */
  get length(): number {
    return this.#at;
  }

  push(text: string): readonly Run[] | Promise<readonly Run[]> {
    return this.#flow(this.#runs(text), false);
  }

  end(text = ''): readonly Run[] | Promise<readonly Run[]> {
    const runs = this.#runs(text);
    if (this.#json === undefined) return this.#flow(runs, true);
    const rest = placeJsonRuns(this.#json.end(), this.#decoded, this.#fixed);
    return this.#flow(runs.length === 0 ? rest : [...runs, ...rest], true);
  }

  /** Values are given back when all guards have read what stood in their place. */
  #flow(runs: readonly Run[], ending: boolean): readonly Run[] | Promise<readonly Run[]> {
    const marks = this.#marks;
    if (marks === undefined) return this.#guard(0, runs, ending);
    const out = this.#guard(0, marks.feed(runs, ending), ending);
    const give = (cleared: readonly Run[]) => cleared.map((run) => this.#given(run));
    return out instanceof Promise ? out.then(give) : give(out);
  }

  #given(run: Run): Run {
    if (run.standIn?.raw === undefined) return run;
    this.#book.pseudonym(run.standIn.reason);
    return { ...run, raw: run.standIn.raw };
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

  #guard(from: number, runs: readonly Run[], ending: boolean): readonly Run[] | Promise<readonly Run[]> {
    let flowing = runs;
    for (let i = from; i < this.#stages.length; i++) {
      if (flowing.length === 0 && !ending) return flowing;
      const next = (this.#stages[i] as Stage).feed(flowing, ending);
      if (next instanceof Promise) return next.then((more) => this.#guard(i + 1, more, ending));
      flowing = next;
    }
    return flowing;
  }
}
