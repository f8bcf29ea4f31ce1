import { asToken, isNumber, JsonPlace } from '../../pseudonyms/json-place.ts';
import type { Spotted, Spotter } from '../../pseudonyms/spotter.ts';
import { escapeJson } from '../../wire/json-text.ts';
import { joinRuns, type Run } from './run.ts';
import { Weave } from './weave.ts';

/**
 * Makes each stand-in of a text one run, before the guards read it: so they read what the model wrote, find nothing
 * within a stand-in, and mask all of it or none. What they leave can be given back its value when they are done.
 */
export class Marks {
  readonly #spotter: Spotter;
  readonly #isJson: boolean;
  readonly #gives: boolean;
  readonly #weave = new Weave();
  #place = new JsonPlace();
  #fed = 0;

  /** @param gives values may be put back into this text */
  constructor(spotter: Spotter, format: 'text' | 'json', gives: boolean) {
    this.#spotter = spotter;
    this.#isJson = format === 'json';
    this.#gives = gives;
  }

  feed(runs: readonly Run[], ending: boolean): readonly Run[] {
    let text = '';
    for (const run of runs) text += run.text;
    this.#fed += text.length;
    const pushed = this.#spotter.push(text);
    const { clear, found } = ending ? both(pushed, this.#spotter.end()) : pushed;
    for (const { start, end, standIn } of found) {
      const { reason, original } = standIn;
      this.#weave.put(start, end, (under) => ({ ...joinRuns(under), standIn: { reason, raw: original } }));
    }
    return this.#weave.pass(runs, this.#fed, clear).map((run) => this.#follow(run));
  }

  /** Follows the text, so that it is known how a value is written where its stand-in is. */
  #follow(run: Run): Run {
    // A string of a JSON text may be JSON itself.
    if (this.#isJson && run.fixed) this.#place = new JsonPlace();
    const { standIn } = run;
    const raw = standIn?.raw && this.#gives ? this.#written(run, standIn.raw) : undefined;
    if (!this.#isJson || !run.fixed) this.#place.read(run.text);
    return standIn === undefined ? run : { ...run, standIn: { ...standIn, raw } };
  }

  #written(run: Run, value: string): string | undefined {
    if (this.#isJson && run.fixed) return isNumber(run.text) ? asToken(value) : undefined;
    const text = this.#place.write(value, run.text);
    return this.#isJson ? escapeJson(text) : text;
  }
}

const both = (first: Spotted, second: Spotted): Spotted => ({
  clear: second.clear,
  found: [...first.found, ...second.found],
});
