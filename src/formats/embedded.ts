import { shown } from '../findings/finding.ts';
import type { Part } from './format.ts';
import { Bytes } from './source.ts';

/** Base64 of what begins as pickles of protocols 2 to 5 do, and of pickles by text, gzip, zip and programs. */
const BASE64 = /^(?:gA[I-X]|Y19f|Y29z|Y3Bv|Y2J1|H4sI|UEsD|f0VMR|TVqQ|KGR|KGx)[A-Za-z0-9+/_-]{12,}={0,2}$/;
const CODE =
  /__reduce__|__import__\s*\(|\bos\.(?:system|popen)\b|\bsubprocess\.|\b(?:eval|exec|compile)\s*\(|\bpickle\.loads?\b|\bcloudpickle\b|\bb64decode\b|\bmarshal\.|\/bin\/(?:ba)?sh\b|\bcurl\s+http|\bwget\s+http|<script\b|\blambda\s+\w+\s*:/;

/** Whether a text of a model, where names and numbers belong, looks like a program. */
export const codeIn = (text: string): number => text.search(CODE);
export const looksLikeCode = (text: string): boolean => CODE.test(text);

const MOST = 16;
const LONGEST = 4 << 20;

/** Files that stand in texts of other files, written in Base64. They are read once the text is known to be what it seems. */
export class Embedded {
  readonly #part: Part;
  readonly #found: { readonly where: string; readonly text: string }[] = [];

  constructor(part: Part) {
    this.#part = part;
  }

  /** @param where a name, or the steps to it */
  look(text: string, where: string | readonly (string | number)[]): void {
    if (text.length < 16 || text.length > LONGEST || this.#found.length >= MOST) return;
    const plain = text.replace(/^data:[^,]{0,100};base64,/, '').trim();
    if (BASE64.test(plain))
      this.#found.push({ where: typeof where === 'string' ? where : where.join('.'), text: plain });
  }

  async read(): Promise<void> {
    for (const { where, text } of this.#found)
      await this.#part.inside(`(Base64 in ${shown(where, 80)})`, new Bytes(Buffer.from(text, 'base64')));
  }
}
