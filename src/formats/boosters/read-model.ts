import { shown } from '../../findings/finding.ts';
import { codeIn, Embedded } from '../embedded.ts';
import { isZero } from '../extents.ts';
import type { Part } from '../format.ts';
import { Malformed, Slice } from '../source.ts';
import { BOOSTER_RULES as RULES } from './rules.ts';

const MOST = 5;

/** Looks at the texts of a model. */
export class Texts {
  readonly #part: Part;
  readonly #embedded: Embedded;
  #count = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#embedded = new Embedded(part);
  }

  look(text: string, where: string, at: number): void {
    this.#embedded.look(text, where);
    const from = codeIn(text);
    if (from < 0 || ++this.#count > MOST) return;
    this.#part.report({
      rule: RULES.code.id,
      message: `${shown(where, 60)} holds code: ${shown(text.slice(from, from + 80), 80)}`,
      range: { start: at, end: at },
    });
  }

  read(): Promise<void> {
    return this.#embedded.read();
  }
}

/** Reads to where `walk` ends, and what is behind for what it is. A model that breaks off is told of. */
export async function readModel(part: Part, walk: (texts: Texts) => Promise<number> | number): Promise<void> {
  const { source, coverage } = part;
  const texts = new Texts(part);
  try {
    const end = await walk(texts);
    coverage.claim('parsed', 0, end);
    if (end < source.size) await behind(part, end);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    part.report({
      rule: RULES.bounds.id,
      message: `at byte ${error.at} ${error.message}`,
      range: { start: error.at, end: source.size },
    });
    coverage.claim('parsed', 0, error.at);
    coverage.claim('unread', error.at, source.size, 'it is behind a break');
  }
  await texts.read();
}

async function behind({ source, coverage, report, inside }: Part, end: number): Promise<void> {
  const range = { start: end, end: source.size };
  if (
    isZero(source, range) ||
    (source.size - end < 4 && /^\s*$/.test(Buffer.from(source.read(end, 4)).toString('latin1')))
  ) {
    coverage.claim('parsed', end, source.size);
    return;
  }
  report({
    rule: RULES.trailing.id,
    message: `${source.size - end} bytes are behind its end; they begin with ${shown(source.read(end, 16), 16)}`,
    range,
  });
  coverage.claim('unread', end, source.size, 'it is behind the end');
  await inside('(behind the end)', new Slice(source, end, source.size));
}

export const PAUSE = 4096;
