import type { SpanOf } from './spans.ts';
import type { Patch } from './splice.ts';
import type { Survey } from './survey.ts';
import type { ViewKind } from './view.ts';

/** A stretch of a text that reads as something else. */
export interface Stretch extends Patch {
  readonly kind: ViewKind;
  readonly spanOf: SpanOf;
  /**
   * It was made of bytes or by a guess, so what came out must look like text, or like something encoded again. Others
   * are sure of themselves: an entity is an entity.
   */
  readonly doubtful?: boolean;
}

/**
 * Looks for one family of tricks. A decoder's stretches are texts of their own; a repairer's are pieces of the text
 * (a word, an entity), which make sense in their place only. In order of start, none over another, in linear time.
 */
export interface Finder {
  readonly kind: ViewKind;
  readonly repairs: boolean;
  /** It gives up after so many; without it, after {@link MOST}. */
  readonly most?: number;
  find(text: string, survey: Survey): readonly Stretch[];
}

/** A text that is full of one trick is known by its beginning: what it would cost to undo all of it is bounded. */
export const MOST = 1024;

/** The first matches of a pattern. */
export function* matches(text: string, pattern: RegExp, most = MOST): Generator<RegExpExecArray> {
  let count = 0;
  for (const match of text.matchAll(pattern)) {
    yield match;
    if (++count >= most) return;
  }
}
