import type { Span } from '../base/spans.ts';

/** A stretch whose characters were set apart, and what it says. */
export interface SetApart extends Span {
  readonly text: string;
}

/**
 * One character, then the same one or two signs and another character, fifteen times or more: `c.a.r.d. .4.5.3.9`, or a
 * character a line. Shorter ones are abbreviations and versions. It ends where the signs are others, so a text is gone through once.
 */
const RUN = /[^\n](?:([^\p{L}\p{N}]{1,2}?)[^\n])(?:\1[^\n]){14,4000}/gu;
/** Stretches of one text. */
const FEW = 16;

/**
 * What was written with signs between any two characters, as it was before. Unlike guesses at words set apart
 * (`text/spaced.ts`), it gives back every digit and sign; what has hardly a letter is a list of numbers, and left alone.
 */
export function setApart(text: string): SetApart[] {
  const found: SetApart[] = [];
  for (const { 0: run, 1: signs = '', index } of text.matchAll(RUN)) {
    const step = [...signs].length + 1;
    const read = [...run].filter((_, at) => at % step === 0).join('');
    const letters = read.match(/\p{L}/gu)?.length ?? 0;
    if (letters * 4 >= read.length) found.push({ start: index, end: index + run.length, text: read });
    if (found.length === FEW) break;
  }
  return found;
}
