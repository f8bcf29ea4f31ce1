/**
 * Whether an object in this text has a member twice. RFC 8259, section 4 leaves open which of the two counts, so two
 * readers of one signed text could see different things. Takes time in the length of the text, and no stack: a text may
 * hold tens of megabytes in one string.
 * @param text that `JSON.parse` has taken
 */
export function hasDuplicateKeys(text: string): boolean {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') open.push(new Set());
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return true;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return false;
}

/** Just behind the quotation mark that closes what opens at `start`: one before which there is an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return text.length;
}

/** A colon follows what ended here. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}
