/** One line of a comparison: in both, in the first only, in the second only. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Edits beyond which two texts are taken for two different ones: the work grows with their square. */
const MOST_EDITS = 1000;

/**
 * The shortest way from one text to another, line by line.
 * (E. W. Myers, “An O(ND) Difference Algorithm and Its Variations”, Algorithmica 1, 1986.)
 */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let [start, endA, endB] = [0, a.length, b.length];
  while (start < endA && start < endB && a[start] === b[start]) start += 1;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, endA), b.slice(start, endB)),
    ...a.slice(endA).map(same),
  ];
}

/**
 * The same as `diff -u` writes it (POSIX, unified format), with so many lines around each change; empty where nothing differs.
 */
export function unifiedDiff(
  before: string,
  after: string,
  names: readonly [string, string],
  around = 3,
): string {
  const lines = diffLines(before, after);
  const near = new Set<number>();
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    for (let at = index - around; at <= index + around; at += 1) near.add(at);
  }
  if (near.size === 0) return '';
  const out = [`--- ${names[0]}`, `+++ ${names[1]}`];
  let [lineA, lineB] = [1, 1];
  for (let index = 0; index < lines.length; ) {
    const from = index;
    while (near.has(index) && index < lines.length) index += 1;
    const hunk = lines.slice(from, index);
    const [inA, inB] = [
      hunk.filter(({ sign }) => sign !== '+').length,
      hunk.filter(({ sign }) => sign !== '-').length,
    ];
    if (hunk.length > 0) {
      // Of an empty side, the line before it is named.
      const place = (line: number, count: number) => `${count === 0 ? line - 1 : line},${count}`;
      out.push(`@@ -${place(lineA, inA)} +${place(lineB, inB)} @@`);
      for (const { sign, text } of hunk) out.push(sign + text);
      [lineA, lineB] = [lineA + inA, lineB + inB];
    } else {
      [lineA, lineB, index] = [lineA + 1, lineB + 1, index + 1];
    }
  }
  return `${out.join('\n')}\n`;
}

const same = (text: string): DiffLine => ({ sign: ' ', text });

/** What ends without a line break ends with a line all the same. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const trace = walk(a, b);
  if (trace === undefined)
    return [
      ...a.map((text) => ({ sign: '-', text }) as const),
      ...b.map((text) => ({ sign: '+', text }) as const),
    ];
  const found: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const reach = trace[d - 1] as Map<number, number>;
    const k = x - y;
    const down = isDown(reach, k, d);
    const before = down ? k + 1 : k - 1;
    const [fromX, fromY] = [reach.get(before) ?? 0, (reach.get(before) ?? 0) - before];
    while (x > fromX && y > fromY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      found.push(same(a[x - 1] as string));
      [x, y] = [x - 1, y - 1];
    }
    if (down) found.push({ sign: '+', text: b[--y] as string });
    else found.push({ sign: '-', text: a[--x] as string });
  }
  while (x > 0) found.push(same(a[--x] as string));
  return found.reverse();
}

/** How far each diagonal came with 0, 1, 2 … edits, up to the end; undefined where there are too many. */
function walk(a: readonly string[], b: readonly string[]): Map<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>();
  for (let d = 0; d <= Math.min(a.length + b.length, MOST_EDITS); d += 1) {
    const next = new Map<number, number>();
    for (let k = -d; k <= d; k += 2) {
      let x = d === 0 ? 0 : isDown(reach, k, d) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return [...trace, next];
    }
    trace.push(next);
    reach = next;
  }
  return undefined;
}

/** Whether the furthest way to this diagonal puts a line in, rather than taking one out. */
const isDown = (reach: ReadonlyMap<number, number>, k: number, d: number): boolean =>
  k === -d || (k !== d && (reach.get(k - 1) ?? 0) < (reach.get(k + 1) ?? 0));
