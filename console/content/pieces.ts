/** A place in a text where a guard found something. Offsets in UTF-16 code units. */
export interface Mark {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** What was found. */
  readonly reason: string;
  readonly guard?: string;
}

/** A stretch of a text as it is shown. */
export interface Piece {
  readonly text: string;
  /** Characters that nobody sees or that turn others around, by their code points: `U+202E`, `U+200B ×3`. */
  readonly hidden: boolean;
  readonly mark: Mark | undefined;
}

export interface Shown {
  readonly pieces: readonly Piece[];
  /** Characters that are not shown yet. */
  readonly left: number;
  /** No more pieces than these are shown of any text. */
  readonly full: boolean;
}

/**
 * Control characters, formats (bidirectional ones among them), tags, variation selectors, lone surrogates, private and unassigned code
 * points: all that a text can hold without a person seeing it (CVE-2021-42574). Tabulators and new lines are seen.
 */
const HIDDEN =
  /(?<one>[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\t\n]])\k<one>*/gv;

/** Each piece is an element: a page holds so many of one text. */
const MOST_PIECES = 4_000;

/**
 * The beginning of a text, cut where it is marked or hides something.
 * @param length characters that are shown at most
 */
export function piecesOf(text: string, marks: readonly Mark[], length: number): Shown {
  const pieces: Piece[] = [];
  let at = 0;
  const add = (upTo: number, mark: Mark | undefined) => {
    while (at < upTo && pieces.length < MOST_PIECES) {
      HIDDEN.lastIndex = at;
      const found = HIDDEN.exec(text.slice(0, upTo));
      const start = found?.index ?? upTo;
      if (start > at) pieces.push({ text: text.slice(at, start), hidden: false, mark });
      if (found !== null) pieces.push({ text: named(found[0]), hidden: true, mark });
      at = found === null ? upTo : start + found[0].length;
    }
  };
  const end = Math.min(text.length, length);
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    if (mark.end <= at || mark.start >= end) continue;
    add(Math.min(Math.max(mark.start, at), end), undefined);
    add(Math.min(mark.end, end), mark);
  }
  add(end, undefined);
  return { pieces, left: text.length - at, full: pieces.length >= MOST_PIECES };
}

function named(run: string): string {
  const [first = ''] = run;
  const times = run.length / first.length;
  const name = `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return times === 1 ? name : `${name} ×${times}`;
}

/** Replacements move what stands behind them. */
const CHANGES = new Set(['mask', 'hash', 'pseudonymise']);

/**
 * Which findings of an exchange can be marked in what was kept of it: those in texts that no guard has changed. In arguments written
 * as JSON with escapes a guard reads other characters than stand there.
 */
export function marksIn(
  text: string,
  path: string,
  findings: readonly (Mark & { readonly action: string })[],
): readonly Mark[] {
  const here = findings.filter((finding) => finding.path === path);
  const changed = here.some(({ action }) => CHANGES.has(action));
  const escaped = /^\s*[[{]/.test(text) && text.includes('\\');
  return changed || escaped ? [] : here.filter(({ end }) => end <= text.length);
}
