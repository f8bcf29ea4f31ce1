import { JsonPlace } from './json-place.ts';
import type { Spotted, Spotter } from './spotter.ts';

/**
 * Puts values back in the place of their stand-ins, in a text that comes in any pieces. What is put into a string of a
 * JSON document is written as JSON writes it.
 */
export class Restorer {
  readonly #spotter: Spotter;
  readonly #place = new JsonPlace();
  /** Text from {@link #at} on. */
  #held = '';
  #at = 0;

  constructor(spotter: Spotter) {
    this.#spotter = spotter;
  }

  /** What is settled of the text so far. */
  push(text: string): string {
    this.#held += text;
    return this.#take(this.#spotter.push(text));
  }

  end(): string {
    return this.#take(this.#spotter.end());
  }

  #take({ clear, found }: Spotted): string {
    let out = '';
    for (const { start, end, standIn } of found) {
      out += this.#cut(start);
      out += this.#place.write(standIn.original, this.#held.slice(0, end - start));
      this.#cut(end);
    }
    return out + this.#cut(clear);
  }

  /** Text up to an offset, as the model wrote it. */
  #cut(to: number): string {
    const text = this.#held.slice(0, to - this.#at);
    this.#held = this.#held.slice(to - this.#at);
    this.#at = to;
    this.#place.read(text);
    return text;
  }
}
