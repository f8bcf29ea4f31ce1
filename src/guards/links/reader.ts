import type { Found, Reader, Reading } from '../guard.ts';
import { undone } from './address.ts';
import { Behind, labelKey } from './behind.ts';

/** How an address came to stand there. */
export interface Placed {
  readonly text: string;
  /** It is fetched when the text is shown, and nobody asks. */
  readonly fetched: boolean;
  /** It stands where only an address can: brackets, an attribute. */
  readonly inside: boolean;
  /** It names no scheme, `example.com/a?b`: some programs make it a link. */
  readonly schemeless: boolean;
  /** It is longer than any address that is looked at. */
  readonly endless: boolean;
}

export type JudgeAddress = (address: Placed) => Omit<Found, 'start' | 'end'> | undefined;

/** UTF-16 units of one address; what is longer is none that anybody follows. */
const LONGEST = 4096;
/** Labels remembered of one text. */
const MOST_LABELS = 64;
/** Text behind the reader that says what an address is for. */
const BEHIND = 256;

const SCHEMES = [
  'https:',
  'http:',
  'ftp:',
  'ftps:',
  'wss:',
  'ws:',
  'file:',
  'javascript:',
  'vbscript:',
  'data:',
  'blob:',
  'mailto:',
];
const OPENERS = [...SCHEMES, 'www.', '](', ']:', '![', '=', 'url(', '/', '?'];
const OPENER = new RegExp(OPENERS.map((one) => one.replace(/[.()[\]?]/g, '\\$&')).join('|'), 'gi');
const LONGEST_OPENER = Math.max(...OPENERS.map(({ length }) => length));

/** Attributes whose value is an address, and those whose value holds some (HTML Standard, “Attributes” index). */
const ATTRIBUTE =
  /(?:^|[\s"'/<])(src|href|srcset|imagesrcset|action|formaction|poster|data|background|ping|cite|longdesc|manifest|codebase|xlink:href|style|content)\s{0,200}$/i;
const FETCHED = /^(?:src|srcset|imagesrcset|poster|data|background|manifest|style)$/i;
const SEVERAL = /^(?:srcset|imagesrcset|style|content|ping)$/i;
/** A name of a host at the end of a text. */
const HOST = /(?:^|[^\w@/:.-])((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?)$/i;
const LONGEST_HOST = 128;
/** A picture by reference: its description, which may have brackets in it, and the label. */
const REFERENCE = /^!\[((?:[^[\]\\]|\\.|\[(?:[^[\]\\]|\\.)*\])*)\](?:\[((?:[^[\]\\]|\\.)*)\]|[^[])/s;
const LABELS = /\[((?:[^[\]\\]|\\.)*)\]/gs;
/** UTF-16 units of a picture that is looked at for its label: that may have 999. */
const AHEAD = 1100;
const STYLE_IMPORT = /@import\s{1,8}["']?$/i;

interface Opened {
  /** Where the address begins. */
  readonly at: number;
  readonly close: RegExp;
  readonly fetched: boolean;
  readonly inside: boolean;
  readonly several?: boolean;
  readonly balanced?: boolean;
  /** Of a definition. */
  readonly label?: string;
  /** Stands before it, where it names no scheme. */
  readonly host?: string;
}

/** Ends of a bare address: what no renderer takes for a part of one. */
const BARE_END = /[\s<>"`{}|^\]\u3000-\u303f\uff00-\uff0f]/;

/**
 * Finds the addresses of a text, wherever a renderer would: bare, in Markdown, in HTML and CSS. Text is held back from
 * where an address may have begun until its end. Linear: each character is looked at a bounded number of times.
 */
export class LinkReader implements Reader {
  readonly #judge: JudgeAddress;
  #text = '';
  /** Offset of {@link #text} in the whole. */
  #base = 0;
  /** How far it is read, in {@link #text}. */
  #at = 0;
  readonly #behind = new Behind(MOST_LABELS);
  /** Definitions that may not be pictures, `[label]: address`. */
  readonly #noImages = new Map<string, Omit<Found, 'start' | 'end'>>();
  /** How far an address is read whose end has not come, so that small pieces cost no more than large ones. */
  #scan = { from: -1, to: 0, depth: 0 };

  constructor(judge: JudgeAddress) {
    this.#judge = judge;
  }

  push(piece: string): Reading {
    this.#text += piece;
    return this.#read(false);
  }

  end(): Reading {
    return this.#read(true);
  }

  #read(final: boolean): Reading {
    const found: Found[] = [];
    for (;;) {
      OPENER.lastIndex = this.#at;
      const opener = OPENER.exec(this.#text);
      if (opener === null) {
        this.#skipTo(final ? this.#text.length : this.#text.length - openerAtEnd(this.#text, this.#at));
        break;
      }
      this.#skipTo(opener.index);
      if (opener[0] === '![') {
        if (!this.#imageOf(opener.index, final, found)) break;
        continue;
      }
      const opened = this.#open(opener[0].toLowerCase(), opener.index, final);
      if (opened === 'more') break;
      if (opened === undefined) {
        this.#skipTo(opener.index + opener[0].length);
        continue;
      }
      const end = this.#endOf(opened, final);
      if (end === undefined) break;
      this.#take(opened, end, found);
    }
    const clear = this.#base + this.#at;
    this.#forget();
    return { clear, found };
  }

  #skipTo(at: number): void {
    if (at <= this.#at) return;
    this.#behind.read(this.#text.slice(this.#at, at));
    this.#at = at;
  }

  /** What the opener opens; `more` where that is not yet told. */
  #open(opener: string, index: number, final: boolean): Opened | 'more' | undefined {
    const text = this.#text;
    const before = text.slice(Math.max(0, index - BEHIND), index);
    const at = index + opener.length;
    if (opener === '](') return this.#inBrackets(at, this.#behind.inPicture, final);
    if (opener === ']:') {
      const label = this.#behind.definition;
      if (label === undefined) return undefined;
      const key = labelKey(label);
      const opened = this.#inBrackets(at, this.#behind.pictures.has(key), final);
      return typeof opened === 'object' ? { ...opened, label: key } : opened;
    }
    if (opener === 'url(') return this.#quoted(at, /\)/, { fetched: true, inside: true }, final);
    if (opener === '=') {
      const name = ATTRIBUTE.exec(before)?.[1];
      if (name === undefined) return undefined;
      const fetched = FETCHED.test(name) || (this.#behind.fetches && /^(?:xlink:)?href$/i.test(name));
      return this.#quoted(at, /[\s>]/, { fetched, inside: true, several: SEVERAL.test(name) }, final);
    }
    if (opener === '/' || opener === '?') {
      const host = HOST.exec(before.slice(-LONGEST_HOST))?.[1];
      if (host === undefined) return undefined;
      return { at: index, close: BARE_END, fetched: false, inside: false, balanced: true, host };
    }
    // Renderers look for the letters of the scheme alone.
    const within = /^(?:https?|ftps?|wss?):$/.test(opener)
      ? /[a-z+]$/i
      : opener === 'www.'
        ? /[a-z0-9.+-]$/i
        : /[\w+.-]$/;
    if (within.test(before)) return undefined;
    if (!final && at >= text.length) return 'more';
    // “data: we have” is no address.
    if (at >= text.length || BARE_END.test(text[at] ?? '')) return undefined;
    return { at: index, close: BARE_END, fetched: STYLE_IMPORT.test(before), inside: false, balanced: true };
  }

  #inBrackets(from: number, fetched: boolean, final: boolean): Opened | 'more' | undefined {
    const at = this.#afterSpace(from);
    if (at === undefined) return final ? undefined : 'more';
    return this.#text[at] === '<'
      ? { at: at + 1, close: /[>\n]/, fetched, inside: true }
      : { at, close: /[\s\u0000-\u001f]/, fetched, inside: true, balanced: true };
  }

  #quoted(
    from: number,
    close: RegExp,
    rest: Omit<Opened, 'at' | 'close'>,
    final: boolean,
  ): Opened | 'more' | undefined {
    const at = this.#afterSpace(from);
    if (at === undefined) return final ? undefined : 'more';
    if (this.#text[at] === '"') return { ...rest, at: at + 1, close: /"/ };
    if (this.#text[at] === "'") return { ...rest, at: at + 1, close: /'/ };
    return { ...rest, at, close };
  }

  /** The first place that is no blank; undefined where the text is over before. */
  #afterSpace(from: number): number | undefined {
    let at = from;
    while (at < from + LONGEST && at < this.#text.length && /\s/.test(this.#text[at] ?? '')) at++;
    return at < this.#text.length ? at : undefined;
  }

  /** Where the address ends; undefined while that is not there. */
  #endOf({ at, close, balanced }: Opened, final: boolean): number | undefined {
    const text = this.#text;
    const limit = Math.min(text.length, at + LONGEST);
    const resumed = this.#scan.from === this.#base + at;
    let depth = resumed ? this.#scan.depth : 0;
    for (let i = resumed ? this.#scan.to - this.#base : at; i < limit; i++) {
      const char = text[i] as string;
      if (balanced === true && char === '(') depth++;
      else if (balanced === true && char === ')' && --depth < 0) return i;
      else if (close.test(char)) return i;
    }
    if (final || limit === at + LONGEST) return limit;
    this.#scan = { from: this.#base + at, to: this.#base + limit, depth };
    return undefined;
  }

  /** A picture by reference. Where its address was judged as a link's before, its mark is found: it becomes a link. */
  #imageOf(index: number, final: boolean, found: Found[]): boolean {
    if (this.#noImages.size > 0) {
      const ahead = this.#text.slice(index, index + AHEAD);
      const image = REFERENCE.exec(ahead);
      if (image === null && !final && ahead.length < AHEAD && !/\n\s*\n/.test(ahead)) return false;
      // Where its end is not told, any label may be its own.
      const labels =
        image === null ? [...ahead.matchAll(LABELS)].map(([, label]) => label) : [image[2] || image[1]];
      const judged = labels
        .map((label) => this.#noImages.get(labelKey(label ?? '')))
        .find((one) => one !== undefined);
      if (judged !== undefined) {
        const start = this.#base + index;
        found.push({ ...judged, replacement: '[', start, end: start + 2 });
      }
    }
    this.#skipTo(index + 2);
    return true;
  }

  #take({ at, fetched, inside, several, label, host }: Opened, stop: number, found: Found[]): void {
    let end = stop;
    if (!inside) while (end > at && /[.,;:!?'*_~)]/.test(this.#text[end - 1] as string)) end--;
    const endless = stop - at >= LONGEST;
    const text = (host ?? '') + this.#text.slice(at, end);
    const schemeless = host !== undefined;
    const judged = (several === true ? piecesOf(text) : [text])
      .map((one) => this.#judge({ text: one, fetched, inside, endless, schemeless }))
      .find((one) => one !== undefined);
    if (judged !== undefined && end > at)
      found.push({ ...judged, start: this.#base + at, end: this.#base + end });
    if (label !== undefined && this.#noImages.size < MOST_LABELS) {
      const asImage = this.#judge({ text, fetched: true, inside, endless, schemeless });
      if (asImage !== undefined && judged === undefined) this.#noImages.set(label, asImage);
    }
    this.#skipTo(Math.max(stop, at));
  }

  #forget(): void {
    const past = this.#at - BEHIND;
    if (past < BEHIND) return;
    this.#text = this.#text.slice(past);
    this.#base += past;
    this.#at = BEHIND;
  }
}

const ABSOLUTE = new RegExp(`^(?:[\\\\/]{2}|${SCHEMES.join('|')})`, 'i');

/** Addresses in a list of sources or a style, each by itself; a comma may stand in one (`data:`). */
const piecesOf = (text: string): string[] =>
  undone(text)
    .split(/[\s;'"()=]+|,(?=\s)/)
    .filter((one) => ABSOLUTE.test(one));

/** Characters at the end of a text with which an opener may have begun. */
function openerAtEnd(text: string, from: number): number {
  const tail = text.slice(Math.max(from, text.length - LONGEST_OPENER + 1)).toLowerCase();
  for (let i = 0; i < tail.length; i++) {
    const end = tail.slice(i);
    if (OPENERS.some((one) => one.startsWith(end))) return end.length;
  }
  return 0;
}
