/**
 * Names with `*` for any run of characters, also none: `gpt-*`, `callers.*`, `*`. Everything else stands for itself.
 * No regular expressions: matching takes one pass, whatever the name (names come from outside).
 */
export const isGlob = (pattern: string): boolean => pattern.includes('*');

/** A matcher, built once. */
export function glob(pattern: string): (name: string) => boolean {
  const pieces = pattern.split('*');
  const head = pieces.shift() ?? '';
  const tail = pieces.pop();
  if (tail === undefined) return (name) => name === pattern;
  const middle = pieces.filter((piece) => piece !== '');
  return (name) => {
    if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail))
      return false;
    let from = head.length;
    for (const piece of middle) {
      // The leftmost place is always the best one: it leaves the most for the pieces that follow.
      const at = name.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length;
    }
    return from <= name.length - tail.length;
  };
}

/** Whether one matcher of many fits, exact names in constant time. */
export function anyOf(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !isGlob(pattern)));
  const globs = patterns.filter(isGlob).map(glob);
  return (name) => exact.has(name) || globs.some((matches) => matches(name));
}

/**
 * Whether some name fits both patterns: the usual dynamic programme over both (a `*` stays, or eats one character
 * of the other side). Time is the product of the lengths.
 */
export function globsOverlap(a: string, b: string): boolean {
  // reach[j]: the pieces of a read so far and b[0..j) can be the same text.
  let reach = new Array<boolean>(b.length + 1).fill(false);
  reach[0] = true;
  for (let j = 1; j <= b.length && b[j - 1] === '*'; j++) reach[j] = true;
  for (const char of a.split('')) {
    const next = new Array<boolean>(b.length + 1).fill(false);
    next[0] = char === '*' && reach[0] === true;
    for (let j = 1; j <= b.length; j++) {
      const other = b[j - 1];
      next[j] =
        char === '*' || other === '*'
          ? reach[j] === true || next[j - 1] === true
          : char === other && reach[j - 1] === true;
    }
    reach = next;
  }
  return reach[b.length] === true;
}
