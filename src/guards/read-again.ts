import { bySpan, type Span } from '../base/spans.ts';
import { FINDERS } from '../text/finders.ts';
import { fold } from '../text/fold.ts';
import { isText } from '../text/plausible.ts';
import type { View, ViewKind } from '../text/view.ts';
import { viewsOf } from '../text/views.ts';
import type { About, Found, Reader, Reading } from './guard.ts';
import { setApart } from './set-apart.ts';

/** A reader that takes no time of its own. */
interface Prompt extends Reader {
  push(text: string): Reading;
  end(): Reading;
}

/** Views in which the whole text stands, character by character. What is found in them has a place of its own. */
const IN_PLACE: ReadonlySet<ViewKind> = new Set(['html', 'url', 'escape', 'quoted-printable']);
/**
 * Encodings that give back every digit, sign and letter. Ciphers and repairs (rot13, leetspeak, reversed words) are left
 * out: they make telephone numbers and names of what is none.
 */
const FAITHFUL: ReadonlySet<ViewKind> = new Set<ViewKind>([
  ...IN_PLACE,
  ...(['base64', 'base32', 'base85', 'hex', 'binary', 'decimal', 'tags', 'variation', 'uu'] as const),
]);
const FAITHFUL_FINDERS = FINDERS.filter(({ kind }) => FAITHFUL.has(kind));

/** Without any of these nothing is encoded: a long word, an escape, bytes or points in groups. */
const HINTS: readonly RegExp[] = [
  /[%&\\=][0-9A-Za-z#]/,
  /(?:\b(?:0x)?[0-9][0-9a-fA-F]{1,7}[\s,:;-]{1,2}){6}/,
  /(?<![!-~])[!-~]{16}/,
];

/** All views that are read together are at most so many times the text, and so many. */
const FACTOR = 2;
const MOST_VIEWS = 16;

const NOTHING: readonly Found[] = [];

/**
 * A guard's reader for a text; where the text is there as a whole, what is written invisibly, in other alphabets or in an
 * encoding is read again as it was meant. Spans are the original's; what is found in an encoded stretch covers all of
 * it, for half of it would still be read. A stream leaves as it comes, so it is read as it stands.
 * @param open a new reader of the guard's
 */
export const readAgain = (open: () => Prompt, { streamed, exchange }: About): Reader =>
  streamed ? open() : new Again(open, exchange);

/** The views of the text that was read last in an exchange: guards that come one after the other mostly read the same. */
const LAST = new WeakMap<object, { readonly text: string; readonly views: readonly Rereading[] }>();

class Again implements Reader {
  readonly #open: () => Prompt;
  readonly #exchange: object | undefined;
  readonly #first: Prompt;
  #text = '';
  readonly #found: Found[] = [];

  constructor(open: () => Prompt, exchange: object | undefined) {
    this.#open = open;
    this.#exchange = exchange;
    this.#first = open();
  }

  push(piece: string): Reading {
    this.#text += piece;
    this.#found.push(...this.#first.push(piece).found);
    return { clear: 0, found: NOTHING };
  }

  end(): Reading {
    const plain = [...this.#found, ...this.#first.end().found];
    const all = [...plain];
    for (const view of this.#views()) {
      for (const one of this.#read(view)) {
        // The same reason again, or another one for what is known as it stands, says nothing new.
        const isKnown =
          all.some((other) => other.reason === one.reason && covers(other, one)) ||
          plain.some((other) => other.action === one.action && covers(other, one));
        if (!isKnown) all.push(one);
      }
    }
    return { clear: this.#text.length, found: all.sort(bySpan) };
  }

  #views(): readonly Rereading[] {
    const last = this.#exchange && LAST.get(this.#exchange);
    if (last?.text === this.#text) return last.views;
    const views = viewsToRead(this.#text);
    if (this.#exchange !== undefined) LAST.set(this.#exchange, { text: this.#text, views });
    return views;
  }

  #read({ text, via, spanOf, isWide }: Rereading): Found[] {
    const reader = this.#open();
    const found = [...reader.push(text).found, ...reader.end().found];
    const isInPlace = via.every((kind) => IN_PLACE.has(kind));
    return found.flatMap((one) => {
      const span = isInPlace ? spanOf(one.start, one.end) : spanOf(0, text.length);
      const isAsItStood = isWide && this.#text.slice(span.start, span.end) === text.slice(one.start, one.end);
      return isAsItStood ? [] : { ...one, ...span };
    });
  }
}

const covers = (other: Span, { start, end }: Span): boolean => other.start <= start && end <= other.end;

/** A key is no prose: of bytes drawn at random, one run in thousands has nothing but characters of a keyboard. */
const isMeant = (decoded: string): boolean => KEYBOARD.test(decoded) || isText(decoded);
const KEYBOARD = /^[\t\n\r -~]{8,}$/;

interface Rereading extends Pick<View, 'text' | 'via' | 'spanOf'> {
  /** Wide and styled characters are all that was undone: commas of Chinese texts, say, which change no name beside them. */
  readonly isWide: boolean;
}

function viewsToRead(text: string): Rereading[] {
  const folded = fold(text);
  // Accents and typographic quotes fold too, and hide nothing.
  const { styled, ...hidden } = folded.signs;
  const isHidden = Object.values(hidden).some((count) => count > 0);
  const isDressed = isHidden || styled > 0;
  const stretches = setApart(text).map((one) => ({
    text: one.text,
    via: ['spaced'] as const,
    spanOf: () => ({ start: one.start, end: one.end }),
    isWide: false,
  }));
  if (!isDressed && !HINTS.some((hint) => hint.test(folded.text))) return stretches;
  const { canonical, others } = viewsOf(text, isMeant, FAITHFUL_FINDERS);
  const decoded = others.filter(({ via }) => via.every((kind) => FAITHFUL.has(kind)));
  let room = text.length * FACTOR;
  const views: Rereading[] = [];
  for (const view of isDressed ? [canonical, ...decoded] : decoded) {
    if (views.length === MOST_VIEWS) break;
    if (view.text.length > room) continue;
    room -= view.text.length;
    const { text: read, via } = view;
    const isWide = view === canonical && !isHidden;
    views.push({ text: read, via, spanOf: (start, end) => view.spanOf(start, end), isWide });
  }
  // Together they are shorter than the text.
  return [...views, ...stretches];
}
