/** A text (a key, where a colon follows it), or a bracket. Each character is read once: no two branches overlap. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/**
 * Whether an object in this text has a member twice. RFC 8259, section 4 leaves open which of the two counts, so two
 * readers of one signed text could see different things.
 * @param text that `JSON.parse` has taken
 */
export function hasDuplicateKeys(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, word, colon] of text.matchAll(TOKEN)) {
    if (word === undefined) {
      if (token === '{' || token === '[') open.push(new Set());
      else open.pop();
    } else if (colon !== undefined) {
      const key = JSON.parse(word) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
  }
  return false;
}
