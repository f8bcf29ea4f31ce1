import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What comes in, of every golden case of the wire (`test/wire/*.txt`): an endpoint and what is said there. */
export interface Golden {
  readonly operation: string;
  readonly kind: 'request' | 'reply' | 'stream';
  readonly content: string;
}

const FOLDER = join(import.meta.dirname, '..', 'wire');

const isKind = (word: string): word is Golden['kind'] => ['request', 'reply', 'stream'].includes(word);

export const GOLDEN: readonly Golden[] = readdirSync(FOLDER)
  .sort()
  .flatMap((file) => {
    const [input = ''] = readFileSync(join(FOLDER, file), 'utf8').split('\n----------\n');
    const [head = '', ...sections] = input.split(/^== /m);
    const operation = head.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
    return sections.flatMap((section) => {
      const [kind = '', ...lines] = section.split('\n');
      const content = lines.join('\n').trim();
      return isKind(kind) && content !== '' ? [{ operation, kind, content }] : [];
    });
  });

/** As a seed: the endpoint's name on a line of its own, and what is said; JSON on one line. */
export const goldenSeeds = (kind: Golden['kind']): string[] =>
  GOLDEN.filter((golden) => golden.kind === kind).map(
    ({ operation, content }) => `${operation}\n${flat(kind, content)}`,
  );

function flat(kind: Golden['kind'], content: string): string {
  if (kind === 'stream') return `${content}\n\n`;
  try {
    return JSON.stringify(JSON.parse(content));
  } catch {
    return content;
  }
}
