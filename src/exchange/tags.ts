/** What a request says of itself: what it is for, what was agreed to, and whose data it holds. */
export interface RequestTags {
  /** The purpose of the processing (GDPR, article 5(1)(b)): one word. */
  readonly purpose: string | undefined;
  /** What the data subject has agreed to; no word twice. */
  readonly consent: readonly string[];
  /** Whose data it is. Personal data itself: kept nowhere but as a keyed digest. */
  readonly subject: string | undefined;
}

export const NO_TAGS: RequestTags = { purpose: undefined, consent: [], subject: undefined };

/** A purpose, or one thing agreed to: a word that reads the same to everyone. */
const WORD = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export const isTagWord = (text: string): boolean => WORD.test(text);

/** Words agreed to or allowed, at the most. */
export const MAX_WORDS = 16;

/** Words between commas, as a caller's tag `purpose` or a header lists them; undefined where it is no such list. */
export function readWords(text: string): string[] | undefined {
  const words = text.split(',', MAX_WORDS + 1).map((word) => word.trim());
  const fine = words.length <= MAX_WORDS && words.every(isTagWord) && new Set(words).size === words.length;
  return fine ? words : undefined;
}
