/** UTF-16 units of a label (CommonMark 0.31, section 4.7) and brackets open at once, at the most. */
const LONGEST_LABEL = 999;
const MOST_OPEN = 64;
/** What a definition may stand behind: marks of quotations and lists. */
const BEFORE_DEFINITION = /^[ \t>*+\d.)-]$/;
/** `<link href>` and `<image href>` (SVG) are fetched, `<a href>` is not. */
const FETCHING = /^(?:link|image|use|feimage|base|script)$/;

/** Labels are the same in any case and with any blanks. */
export const labelKey = (label: string): string =>
  label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();

/**
 * What the text behind the reader says an address is for: the brackets and the tag that are open there, however long
 * ago they began.
 */
export class Behind {
  /** Labels by which pictures take their address. */
  readonly pictures = new Set<string>();
  readonly #most: number;
  /** Open brackets, `true` for those of pictures. */
  #open: boolean[] = [];
  /** A picture's description has code in it, where brackets are none: who knows where it ends. */
  #ticked = false;
  #closed: boolean | undefined;
  #isReference = false;
  #label = '';
  #beganLine = false;
  #lineStart = true;
  #emptyLine = true;
  #escaped = false;
  #last = '';
  #tag: { name: string; named: boolean; quote: string; value: boolean } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** What the next bracket closes is a picture. */
  get inPicture(): boolean {
    return this.#ticked || this.#open.at(-1) === true;
  }

  /** The label of what may be a definition, once its bracket closes. */
  get definition(): string | undefined {
    return this.#beganLine && this.#label !== '' ? this.#label : undefined;
  }

  get fetches(): boolean {
    return this.#tag !== undefined && FETCHING.test(this.#tag.name);
  }

  read(text: string): void {
    for (const char of text) {
      this.#brackets(char);
      this.#follow(char);
      this.#last = char;
    }
  }

  #brackets(char: string): void {
    const closed = this.#closed;
    this.#closed = undefined;
    if (char === '\n') {
      if (this.#emptyLine) this.#endParagraph();
      this.#emptyLine = true;
      this.#lineStart = true;
    } else if (!/\s/.test(char)) this.#emptyLine = false;
    if (closed === true && char === '[') this.#isReference = true;
    const escaped = this.#escaped;
    this.#escaped = char === '\\' && !escaped;
    if (char === '[' && !escaped) this.#begin();
    else if (char === ']' && !escaped) this.#close();
    else {
      if (char === '`' && this.#open.includes(true)) this.#ticked = true;
      if (this.#label.length < LONGEST_LABEL) this.#label += char;
    }
    if (!BEFORE_DEFINITION.test(char) && char !== '\n') this.#lineStart = false;
  }

  #begin(): void {
    if (this.#open.length < MOST_OPEN) this.#open.push(this.#last === '!');
    // So many at once are no text: all are as suspicious as the worst.
    else this.#ticked ||= this.#open.includes(true);
    this.#label = '';
    this.#beganLine = this.#lineStart;
  }

  #close(): void {
    const isPicture = this.#open.pop() === true;
    if ((isPicture || this.#isReference || this.#ticked) && this.pictures.size < this.#most)
      this.pictures.add(labelKey(this.#label));
    this.#closed = isPicture;
    this.#isReference = false;
  }

  #endParagraph(): void {
    this.#open = [];
    this.#ticked = false;
    this.#isReference = false;
  }

  #follow(char: string): void {
    const tag = this.#tag;
    if (tag === undefined) {
      if (this.#last === '<' && /[a-z]/i.test(char))
        this.#tag = { name: char.toLowerCase(), named: false, quote: '', value: false };
      return;
    }
    if (tag.quote !== '') {
      if (char === tag.quote) tag.quote = '';
      return;
    }
    if (char === '>') {
      this.#tag = undefined;
      return;
    }
    if (/[\s/]/.test(char)) tag.named = true;
    else if (!tag.named && tag.name.length < 16) tag.name += char.toLowerCase();
    if (tag.value && (char === '"' || char === "'")) tag.quote = char;
    tag.value = char === '=' || (tag.value && /\s/.test(char));
  }
}
