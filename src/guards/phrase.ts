/** Ends of lines, spaces and tabs between the words of a phrase. */
const GAP = '\\s{1,8}';

/**
 * A phrase as a pattern; undefined for an empty one. It stands alone where it begins or ends with an ASCII letter or
 * digit; other scripts may have no spaces between words, so there it is found within words too.
 */
export function phraseSource(phrase: string): string | undefined {
  const words = phrase.trim().split(/\s+/u);
  if (words[0] === '') return undefined;
  const body = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join(GAP);
  return `${/^\s*\w/.test(phrase) ? '\\b' : ''}${body}${/\w\s*$/.test(phrase) ? '\\b' : ''}`;
}
