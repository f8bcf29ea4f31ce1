import type { Run as JsonRun } from '../../wire/json-text.ts';

/**
 * A stretch of a text on its way through the guards: what a guard reads, what it stands for on the wire, and where
 * in the channel it came from. Masks become runs too, so that every guard reads what the one before let through and
 * the machinery still knows where each character belongs.
 */
export interface Run {
  /** What guards read. */
  readonly text: string;
  /** What is written if nobody changes it: the same text, or its JSON escape. */
  readonly raw: string;
  /** Offsets in the channel's raw text (UTF-16). */
  readonly start: number;
  readonly end: number;
  /** May not be cut in two: an escape, a mask. Else `text`, `raw` and the offsets agree character by character. */
  readonly atomic: boolean;
  /** May not be masked: JSON structure, signed text. */
  readonly fixed: boolean;
  /** It is the stand-in of a value, which was found for this reason; `raw`: the value as it is written here, if it may be. */
  readonly standIn?: { readonly reason: string; readonly raw: string | undefined };
}

export const plainRun = (text: string, start: number, fixed: boolean): Run => ({
  text,
  raw: text,
  start,
  end: start + text.length,
  atomic: false,
  fixed,
});

/** Places decoded JSON runs one after the other from `start`. */
export function placeJsonRuns(pieces: readonly JsonRun[], start: number, fixed: boolean): Run[] {
  const runs: Run[] = [];
  let at = start;
  for (const { text, raw, fixed: structural } of pieces) {
    const end = at + raw.length;
    runs.push({ text, raw, start: at, end, atomic: text !== raw, fixed: fixed || structural });
    at = end;
  }
  return runs;
}

/** The two halves of a run that is not atomic. */
export function splitRun(run: Run, length: number): readonly [Run, Run] {
  const middle = run.start + length;
  return [
    { ...run, text: run.text.slice(0, length), raw: run.raw.slice(0, length), end: middle },
    { ...run, text: run.text.slice(length), raw: run.raw.slice(length), start: middle },
  ];
}

/** Several runs, one or more, as one that may not be cut. */
export function joinRuns(runs: readonly Run[]): Run {
  const [first, last] = [runs[0] as Run, runs.at(-1) as Run];
  return {
    text: runs.map(({ text }) => text).join(''),
    raw: runs.map(({ raw }) => raw).join(''),
    start: first.start,
    end: last.end,
    atomic: true,
    fixed: runs.some(({ fixed, text }) => fixed && text !== ''),
  };
}

/** Takes runs off the front of a list, cutting them where wanted; the list is put right once, at the end. */
export class Cursor {
  readonly #runs: Run[];
  #at = 0;

  constructor(runs: Run[]) {
    this.#runs = runs;
  }

  get head(): Run | undefined {
    return this.#runs[this.#at];
  }

  *rest(): Generator<Run> {
    for (let i = this.#at; i < this.#runs.length; i++) yield this.#runs[i] as Run;
  }

  /** `length` characters of the head; all of it if it is atomic. */
  take(length: number): Run {
    const head = this.#runs[this.#at] as Run;
    if (head.atomic || length >= head.text.length) {
      this.#at++;
      return head;
    }
    const [first, rest] = splitRun(head, length);
    this.#runs[this.#at] = rest;
    return first;
  }

  done(): void {
    this.#runs.splice(0, this.#at);
  }
}
