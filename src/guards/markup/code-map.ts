/** Where a place of a Markdown text is: in code, out of it, or in what is code if it is closed. */
export type Place = 'code' | 'text' | 'open';

/** Characters of one line after which an open backtick is none of code. */
const LONGEST = 500;
/** As far as a line is looked at for what it begins with. */
const BEGINNING = 64;

/** HTML that goes on over empty lines, and what ends it (CommonMark 0.31, section 4.6, kinds 1 to 5). */
const LONG_HTML: readonly (readonly [begins: RegExp, ends: RegExp])[] = [
  [/^<(?:pre|script|style|textarea)/i, /<\/(?:pre|script|style|textarea)>$/i],
  [/^<!--/, /-->$/],
  [/^<\?/, /\?>$/],
  [/^<!\[CDATA\[/, /\]\]>$/],
  [/^<![a-z]/i, />$/],
];
const LONGEST_END = '</textarea>'.length;

interface Fence {
  readonly char: string;
  readonly length: number;
  readonly quotes: number;
  readonly indent: number;
  readonly span: { readonly start: number; end: number };
}

interface Span {
  readonly start: number;
  readonly length: number;
  /** Some see the end of a cell in it. */
  torn: boolean;
}

interface Run {
  readonly char: string;
  readonly start: number;
  length: number;
}

/**
 * Follows fences (CommonMark 0.31, section 4.5) and code spans within a line (6.1). Whoever wrote the text wants its
 * tags to be taken for code, so only what every renderer shows as code is code: a fence whose end cannot be told ends
 * all of it (`lost`), and where HTML or an unclosed span may go on there are no spans.
 */
export class CodeMap {
  readonly #spans: { readonly start: number; end: number }[] = [];
  #at = 0;
  #lost = false;
  #fence: Fence | undefined;
  /** Columns where the text of the open list items begins. */
  #lists: number[] = [];
  #quotes = 0;
  /** The line before was text: what looks like a list's second item may go on with it. */
  #afterText = false;
  /** A span or a tag may go on from a line before in this paragraph. */
  #loose = false;
  /** In a block of HTML: what ends it; `true` for an empty line. */
  #html: RegExp | true | undefined;
  #htmlTail = '';

  // Of this line.
  #column = 0;
  #depth = 0;
  #marker = false;
  /** What the line begins with is not told yet. */
  #beginning = true;
  #start = '';
  #run: Run | undefined;
  #closing = false;
  #span: Span | undefined;
  /** The line of a fence of backticks: others in it make it none. */
  #info = false;
  #escaped = false;
  #tag: { quote: string; value: boolean } | undefined;
  #last = '';

  push(text: string): void {
    for (const char of text) {
      const isBreak = char === '\n' || char === '\r';
      if (this.#run !== undefined && char !== this.#run.char) this.#endRun();
      if (isBreak) {
        if (!(char === '\n' && this.#last === '\r')) this.#endLine();
      } else if (this.#beginning) this.#begin(char);
      else this.#inside(char);
      this.#last = char;
      this.#at += char.length;
    }
  }

  end(): void {
    if (this.#run !== undefined) this.#endRun();
    this.#endLine();
  }

  placeOf(start: number): Place {
    const fence = this.#fence;
    if (this.#info && fence !== undefined && fence.span.start < start)
      return this.#at - fence.span.start < LONGEST ? 'open' : 'text';
    if (this.#spans.some((span) => span.start <= start && start < span.end)) return 'code';
    const open = this.#span;
    return open !== undefined && open.start < start && this.#at - open.start < LONGEST ? 'open' : 'text';
  }

  forget(before: number): void {
    while (this.#spans.length > 0 && (this.#spans[0]?.end ?? 0) <= before) this.#spans.shift();
  }

  /** A character before the first that is no blank and no mark of a quotation or a list. */
  #begin(char: string): void {
    if (char === ' ' || char === '\t') {
      // A blank behind the mark of a quotation is a part of it.
      if (this.#last !== '>' || this.#depth === 0) this.#column += char === '\t' ? 4 - (this.#column % 4) : 1;
      else if (char === '\t') this.#lost = true;
      return;
    }
    const mayQuote = this.#fence === undefined || this.#depth < this.#fence.quotes;
    if (char === '>' && mayQuote && !this.#marker && this.#column <= 3) {
      this.#depth++;
      this.#column = 0;
      return;
    }
    this.#beginning = false;
    this.#content();
    this.#inside(char);
  }

  /** The first character of a line that stands for itself: what the line belongs to. */
  #content(): void {
    const fence = this.#fence;
    const indent = this.#column;
    if (this.#depth !== this.#quotes) this.#requote();
    else if (fence !== undefined && indent < fence.indent) {
      // Of a list it would be the end, else not.
      this.#closeFence(this.#at);
      this.#lost = true;
    }
    if (this.#fence !== undefined) return;
    if (!this.#marker) while ((this.#lists.at(-1) ?? 0) > indent) this.#lists.pop();
  }

  /** Quotations end with the first line that is not marked, or begin. */
  #requote(): void {
    this.#closeFence(this.#at);
    this.#lists = [];
    this.#quotes = this.#depth;
  }

  #inside(char: string): void {
    if (this.#fence !== undefined && !this.#info) {
      this.#inFence(char);
      return;
    }
    this.#start = this.#start.length < BEGINNING ? this.#start + char : this.#start;
    if (this.#html !== undefined && this.#html !== true)
      this.#htmlTail = (this.#htmlTail + char).slice(-LONGEST_END);
    if ((char === '`' || char === '~') && !this.#escaped) {
      if (this.#run === undefined) this.#run = { char, start: this.#at, length: 1 };
      else this.#run.length++;
      return;
    }
    this.#escaped = char === '\\' && !this.#escaped && this.#span === undefined;
    // In a table a cell ends here.
    if (char === '|' && this.#span !== undefined) this.#span.torn = true;
    if (this.#span === undefined) this.#followTag(char);
    if (this.#html === true && this.#start[0] === '<' && this.#start.length <= LONGEST_END)
      this.#html = LONG_HTML.find(([begins]) => begins.test(this.#start))?.[1] ?? true;
    if (char === ' ' || char === '\t') this.#listMark(char);
  }

  #inFence(char: string): void {
    const fence = this.#fence as Fence;
    if (char !== fence.char) {
      if (char !== ' ' && char !== '\t') this.#closing = false;
      this.#start += this.#start === '' ? char : '';
      return;
    }
    if (this.#run === undefined) this.#run = { char, start: this.#at, length: 1 };
    else this.#run.length++;
  }

  /** `- ` or `1. `: what follows is looked at as the beginning of a line. */
  #listMark(char: string): void {
    const mark = /^(?:[-+*]|(\d{1,9})[.)])[ \t]$/.exec(this.#start);
    if (mark === null || this.#fence !== undefined) return;
    const within = this.#column - (this.#lists.at(-1) ?? 0);
    if (within < 0 || within > 3) return;
    if (this.#afterText && !this.#marker && mark[1] !== undefined && Number(mark[1]) !== 1) return;
    this.#column += this.#start.length - 1;
    this.#column += char === '\t' ? 4 - (this.#column % 4) : 1;
    this.#lists.push(this.#column);
    this.#start = '';
    this.#marker = true;
    this.#beginning = true;
  }

  #followTag(char: string): void {
    const tag = this.#tag;
    if (tag === undefined) {
      if (/[a-z/!?]/i.test(char) && this.#last === '<') {
        this.#tag = { quote: char === '!' || char === '?' ? '\n' : '', value: false };
        if (this.#start.length === 2) this.#html ??= true;
      }
      return;
    }
    if (tag.quote !== '') {
      if (char === tag.quote) tag.quote = '';
    } else if (char === '>') this.#tag = undefined;
    else if (tag.value && (char === '"' || char === "'")) tag.quote = char;
    if (char === '=') tag.value = true;
    else if (char !== ' ' && char !== '\t') tag.value = false;
  }

  #endRun(): void {
    const run = this.#run as Run;
    this.#run = undefined;
    const { char, start, length } = run;
    const fence = this.#fence;
    if (fence !== undefined && this.#info) {
      if (char === '`') this.#noFence(fence, this.#span, length);
      return;
    }
    if (fence !== undefined) {
      const within = this.#column - (this.#lists.at(-1) ?? 0);
      this.#closing = this.#start === '' && length >= fence.length && within <= 3;
      this.#start = char;
      return;
    }
    if (length >= 3 && this.#start.length <= length) {
      this.#openFence(run);
      return;
    }
    // Some may see a list, and a fence in it.
    if (length >= 3 && /^[-+*\d.)>\s]*[`~]+$/.test(this.#start)) this.#lost = true;
    if (char !== '`' || this.#tag !== undefined) return;
    const span = this.#span;
    if (span === undefined) this.#span = { start, length, torn: false };
    else if (span.length === length) {
      this.#span = undefined;
      if (!span.torn && !this.#loose && this.#html === undefined)
        this.#keep({ start: span.start, end: this.#at });
    }
  }

  #openFence({ char, start, length }: Run): void {
    const within = this.#column - (this.#lists.at(-1) ?? 0);
    if (within < 0 || within > 3 || this.#html !== undefined) {
      this.#lost = true;
      return;
    }
    const span = { start, end: Number.POSITIVE_INFINITY };
    this.#fence = { char, length, quotes: this.#quotes, indent: this.#column, span };
    this.#keep(span);
    this.#info = char === '`';
    if (this.#info) this.#span = { start, length, torn: this.#loose };
  }

  /** The line of a fence of backticks has no others: it is a span of code. */
  #noFence({ span }: Fence, opened: Span | undefined, length: number): void {
    if (this.#spans.at(-1) === span) this.#spans.pop();
    this.#fence = undefined;
    this.#info = false;
    if (opened?.length !== length) return;
    this.#span = undefined;
    if (!opened.torn) this.#keep({ start: opened.start, end: this.#at });
  }

  #keep(span: { readonly start: number; end: number }): void {
    if (!this.#lost) this.#spans.push(span);
  }

  #closeFence(at: number): void {
    if (this.#fence !== undefined) this.#fence.span.end = at;
    this.#fence = undefined;
  }

  #endLine(): void {
    const isEmpty = this.#beginning && !this.#marker;
    if (isEmpty && this.#depth !== this.#quotes) this.#requote();
    if (this.#closing) this.#closeFence(this.#at);
    else if (this.#fence === undefined) this.#endText(isEmpty);
    this.#info = false;
    this.#afterText = !isEmpty && this.#fence === undefined && !this.#closing;
    this.#span = undefined;
    this.#closing = false;
    this.#column = 0;
    this.#depth = 0;
    this.#marker = false;
    this.#beginning = true;
    this.#start = '';
    this.#escaped = false;
  }

  #endText(isEmpty: boolean): void {
    if (this.#html === true ? isEmpty : this.#html?.test(this.#htmlTail)) this.#html = undefined;
    this.#loose = !isEmpty && (this.#loose || this.#span !== undefined);
    if (isEmpty) this.#tag = undefined;
  }
}
