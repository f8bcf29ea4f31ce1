import { Folder, type FoldSigns, NO_FOLD_SIGNS } from './folder.ts';
import { byOrigins, type SpanOf, same } from './spans.ts';

export interface Folded {
  readonly text: string;
  readonly spanOf: SpanOf;
  readonly signs: FoldSigns;
}

/** Everything but plain ASCII. */
const UNPLAIN = /[^\t-\r -~]/;

/**
 * The text as it reads: compatibility forms and marks of Latin letters undone, what cannot be seen left out, letters
 * of other scripts that stand for Latin ones made Latin. Real Russian or Greek stays. Case stays.
 * Plain ASCII comes back as it is. At most half longer than the text (and four units), in linear time.
 */
export function fold(text: string): Folded {
  const at = text.search(UNPLAIN);
  if (at < 0) return { text, spanOf: same, signs: NO_FOLD_SIGNS };
  const folder = new Folder(text, undefined, undefined);
  const folded = folder.run();
  const origins = () => {
    const starts = new Int32Array(folded.length);
    const ends = new Int32Array(folded.length);
    new Folder(text, starts, ends).run();
    return { starts, ends };
  };
  return {
    text: folded,
    spanOf: byOrigins(origins, { start: 0, end: text.length }),
    signs: folder.signs,
  };
}
