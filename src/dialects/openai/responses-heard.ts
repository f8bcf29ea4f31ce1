import type { Slot } from '../../exchange/part.ts';
import type { Reading } from '../reading.ts';

/** One text of an answer: as the upstream says it, and as it was passed on. */
interface Text {
  readonly provenance: string;
  said: string;
  passed: string;
}

/** A text of an event: what guards read of it, if it is new, and what is to do when the event leaves. */
export interface Hearing {
  readonly slot: Slot | undefined;
  write(): void;
}

/** Characters of an answer that are kept to be said again. */
const MAX_KEPT = 1 << 22;

/**
 * The texts of a streamed answer. Its events say each of them up to five times: in pieces, at the end of the text, of
 * its part, of its item and of the whole. Only the first time it is read by the guards; whenever it comes back, what
 * was passed on is said again. So a mask holds everywhere, also one over two parts, of which neither alone would show
 * what it hides.
 */
export class Heard {
  readonly #texts = new Map<string, Text>();
  /** The channel of message texts. Clients put them all together (`output_text`), so one may run on into the next. */
  #channel: string | undefined;
  #kept = 0;

  /** What was passed on of the text at `at`. */
  passed(at: string): string {
    return this.#texts.get(at)?.passed ?? '';
  }

  /**
   * Takes a text that stands at `at` in the answer.
   * @param isPiece it goes on with what was said before; else it is the whole
   */
  hear(slot: Slot, at: string, isPiece: boolean, reading: Reading): Hearing {
    const known = this.#texts.get(at);
    // Guards may be set on texts of one kind only: none may become another on its way.
    if (known !== undefined && known.provenance !== slot.provenance)
      reading.refuse(slot.path, 'It turns into another kind of text.');
    if (!isPiece && known !== undefined) {
      // Some servers leave the space around a text out of its repetition.
      if (slot.text.trim() !== known.said.trim())
        reading.refuse(slot.path, 'It is not what was streamed before.');
      return { slot: undefined, write: () => slot.set(known.passed) };
    }
    this.#kept += slot.text.length;
    if (this.#kept > MAX_KEPT) reading.refuse(slot.path, 'The answer is longer than can be repeated.');
    const text = known ?? { provenance: slot.provenance, said: '', passed: '' };
    text.said += slot.text;
    this.#texts.set(at, text);
    const write = () => {
      text.passed += slot.text;
    };
    return { slot: new Piece(slot, this.#channelOf(slot, at)), write };
  }

  #channelOf(slot: Slot, at: string): string {
    if (slot.provenance !== 'assistant' || !at.endsWith('/text')) return at;
    this.#channel ??= at;
    return this.#channel;
  }
}

/** A piece as a slot of its channel. */
class Piece implements Slot {
  readonly path: string;
  readonly provenance;
  readonly format;
  readonly fixed;
  readonly delta = true;
  readonly #slot: Slot;

  constructor(slot: Slot, channel: string) {
    this.path = channel;
    this.provenance = slot.provenance;
    this.format = slot.format;
    this.fixed = slot.fixed;
    this.#slot = slot;
  }

  get text(): string {
    return this.#slot.text;
  }

  set(text: string): void {
    this.#slot.set(text);
  }
}
