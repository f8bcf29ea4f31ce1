import { shown } from '../../findings/finding.ts';
import type { Part, Report } from '../format.ts';
import { Malformed } from '../source.ts';
import { judgeDoctype } from './doctype.ts';
import { encodingOf } from './encoding.ts';
import { LOOKS, type Look } from './looks.ts';
import { XML_RULES as RULES } from './rules.ts';
import { type Token, XmlTokens } from './tokens.ts';

const DEEPEST = 1_000;
const PAUSE = 1024;
/** Of a kind: more say no more. */
const MOST = 5;
/** UTF-16 units of texts that are kept for those who look for secrets. */
const LONGEST_TEXT = 1 << 20;

export async function readXml(part: Part): Promise<void> {
  const { source, coverage } = part;
  const encoding = encodingOf(source);
  if (encoding?.wrong !== undefined)
    part.report({
      rule: RULES.encoding.id,
      message: encoding.wrong,
      range: { start: 0, end: Math.min(100, source.size) },
    });
  if (encoding === undefined || encoding.unread === true) {
    coverage.claim('unread', 0, source.size, encoding?.wrong ?? 'it is no XML');
    return;
  }
  const tokens = new XmlTokens(source, encoding.label, encoding.mark);
  const document = new Document(part, tokens);
  try {
    let steps = 0;
    for (const token of tokens.tokens()) {
      const rest = ++steps % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
      document.take(token);
    }
    document.end();
    coverage.claim('parsed', 0, source.size);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    part.report({
      rule: RULES.broken.id,
      message: `at byte ${error.at} ${error.message}`,
      range: { start: error.at, end: source.size },
    });
    coverage.claim('parsed', 0, error.at);
    coverage.claim('unread', error.at, source.size, 'it is behind a break');
  }
  document.tell();
}

/** Follows the tags, and has everything looked at. */
class Document {
  readonly #part: Part;
  readonly #tokens: XmlTokens;
  readonly #path: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #weightsFile: string;
  #looks: readonly Look[] = LOOKS;
  #root: string | undefined;
  #texts = '';

  constructor(part: Part, tokens: XmlTokens) {
    this.#part = part;
    this.#tokens = tokens;
    const name = part.path.at(-1)?.split('/').at(-1) ?? '';
    this.#weightsFile = `${name.replace(/\.xml$/i, '')}.bin`;
  }

  take(token: Token): void {
    if (token.kind === 'open') this.#open(token);
    else if (token.kind === 'close') {
      if (this.#path.pop() !== token.name)
        throw new Malformed(`</${shown(token.name, 40)}> closes nothing`, this.#tokens.at);
    } else if (token.kind === 'text') this.#text(token.text);
    else if (token.kind === 'doctype') for (const report of judgeDoctype(token.text)) this.#report(report);
    else this.#instruction(token.text);
  }

  end(): void {
    if (this.#path.length > 0 || this.#root === undefined)
      throw new Malformed('the document has no end', this.#tokens.at);
  }

  tell(): void {
    if (this.#texts !== '') this.#part.readText(this.#texts, 'metadata');
    if (this.#root !== undefined) this.#part.note({ root: shown(this.#root, 60) });
  }

  #open({ name, attributes, closed }: Extract<Token, { kind: 'open' }>): void {
    if (this.#root === undefined) {
      this.#root = name;
      const root = name.replace(/^\w+:/, '');
      this.#looks = LOOKS.filter(({ roots }) => roots.length === 0 || roots.includes(root));
    } else if (this.#path.length === 0)
      throw new Malformed('there is a second document behind the first', this.#tokens.at);
    for (const look of this.#looks) this.#report(look.element?.({ name, attributes, path: this.#path }));
    for (const look of this.#looks) {
      const weights = look.weights?.({ name, attributes, path: this.#path });
      if (weights !== undefined) this.#part.beside([this.#weightsFile], weights.start, weights.end);
    }
    for (const value of attributes.values()) this.#keep(value);
    if (closed) return;
    if (this.#path.length >= DEEPEST) throw new Malformed('it is nested too deeply', this.#tokens.at);
    this.#path.push(name);
  }

  #text(text: string): void {
    if (text.trim() === '') return;
    if (this.#path.length === 0)
      throw new Malformed('there is text outside of the document', this.#tokens.at);
    for (const look of this.#looks) this.#report(look.text?.(text, this.#path));
    this.#keep(text);
  }

  #instruction(text: string): void {
    if (!/^xml-stylesheet\s/i.test(text)) return;
    const address = /\shref\s*=\s*["']([^"']*)["']/.exec(text)?.[1] ?? '';
    const isStyle = /type\s*=\s*["']text\/css["']/.test(text) && !/^[a-z]+:|^\/\//i.test(address);
    this.#report({
      rule: RULES.include.id,
      severity: isStyle || address.startsWith('#') ? 'low' : 'medium',
      message: `it takes a style sheet from ${shown(address, 80)}`,
    });
  }

  /** Numbers hold no secrets. */
  #keep(text: string): void {
    if (this.#texts.length < LONGEST_TEXT && text.length > 7 && /[a-zA-Z]{2}/.test(text))
      this.#texts += `${text.slice(0, 4096)}\n`;
  }

  #report(report: Report | undefined): void {
    if (report === undefined) return;
    const key = `${report.rule} ${report.severity}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > MOST) return;
    const { at } = this.#tokens;
    this.#part.report({ ...report, range: { start: at, end: at } });
  }
}
