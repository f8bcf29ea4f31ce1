import type { Severity } from './severity.ts';

/** Half-open range of bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where something is: a file, what is inside it, and the bytes of the innermost. */
export interface Place {
  /** `['weights.pt', 'archive/data.pkl']`. The first is the file, relative to what was asked for, with `/`. */
  readonly path: readonly string[];
  readonly range?: Range | undefined;
}

/** Something found in a file. */
export interface Finding {
  /** Id of a rule. */
  readonly rule: string;
  /** The rule's, unless it is milder or worse here. */
  readonly severity: Severity;
  readonly place: Place;
  /** One sentence for a person. Text from the file stands in it as `shown()` gives it. */
  readonly message: string;
  /** The same for programs: what is called, with what; the name of an operator; an address. */
  readonly evidence?: Readonly<Record<string, string>> | undefined;
}

/** Text or bytes of a file as they may stand on a terminal and in a report: escaped, and cut. */
export function shown(value: string | Uint8Array, longest = 120): string {
  const text =
    typeof value === 'string'
      ? value.slice(0, longest + 1)
      : Array.from(value.subarray(0, longest + 1), (byte) => String.fromCharCode(byte)).join('');
  const cut = text.length > longest ? text.slice(0, longest) : text;
  const safe = cut.replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, (c) =>
    c === '\\' ? '\\\\' : `\\u{${(c.codePointAt(0) as number).toString(16)}}`,
  );
  return text.length > longest ? `${safe}…` : safe;
}
