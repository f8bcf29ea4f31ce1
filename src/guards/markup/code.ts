import type { Found, Reader, Reading } from '../guard.ts';
import type { MatchReader } from '../match-reader.ts';
import { CodeMap } from './code-map.ts';

/** Leaves out what another reader finds in code: whoever shows Markdown shows that as text. */
export class OutsideCode implements Reader {
  readonly #reader: MatchReader;
  readonly #map = new CodeMap();
  #waiting: Found[] = [];
  #clear = 0;

  constructor(reader: MatchReader) {
    this.#reader = reader;
  }

  push(text: string): Reading {
    // Character by character, so that what is code is judged at the same place however the text comes.
    const found: Found[] = [];
    for (const char of text) {
      this.#map.push(char);
      const reading = this.#reader.push(char);
      this.#clear = reading.clear;
      this.#waiting.push(...reading.found);
      if (this.#waiting.length > 0) for (const one of this.#judged()) found.push(one);
    }
    const clear = Math.min(this.#clear, this.#waiting[0]?.start ?? Number.POSITIVE_INFINITY);
    this.#map.forget(clear);
    return { clear, found };
  }

  end(): Reading {
    const { clear, found } = this.#reader.end();
    this.#map.end();
    for (const one of found) this.#waiting.push(one);
    return { clear, found: this.#judged() };
  }

  /** Those of which it is told, from the first on. */
  #judged(): Found[] {
    const out: Found[] = [];
    for (let one = this.#waiting[0]; one !== undefined; one = this.#waiting[0]) {
      const place = this.#map.placeOf(one.start);
      if (place === 'open') break;
      if (place === 'text') out.push(one);
      this.#waiting.shift();
    }
    return out;
  }
}
