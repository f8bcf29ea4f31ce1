import { Problem } from './problem.ts';
import type { Path } from './schema.ts';

/** One thing that is wrong with a document, and where. */
export interface PlacedFlaw {
  readonly file: string;
  /** From 1; columns in UTF-16 code units, as editors count. */
  readonly line: number;
  readonly column: number;
  /** JSON pointer (RFC 6901) to the value that is meant; undefined where the text has none. */
  readonly pointer?: string | undefined;
  readonly message: string;
}

/** A document that cannot be used: the same for people, as its message, and for editors. */
export class Flawed extends Problem {
  readonly flaws: readonly PlacedFlaw[];

  constructor(message: string, flaws: readonly PlacedFlaw[]) {
    super('usage', message);
    this.flaws = flaws;
  }
}

export const pointerOf = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
