import { scanWords, type WordScan } from './word-scan.ts';

/** How often each ASCII character stands in a text, and a little more: what says that a trick cannot be there. */
export interface Survey {
  count(char: string): number;
  readonly digits: number;
  readonly letters: number;
  /** Characters that are not ASCII, and those of them that are Braille. */
  readonly foreign: number;
  readonly braille: number;
  readonly words: WordScan;
}

export function surveyOf(text: string): Survey {
  const counts = new Uint32Array(129);
  let braille = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128) counts[code] = (counts[code] ?? 0) + 1;
    else {
      counts[128] = (counts[128] ?? 0) + 1;
      if (code >= 0x2800 && code < 0x2900) braille++;
    }
  }
  const sum = (from: number, to: number) => {
    let total = 0;
    for (let code = from; code < to; code++) total += counts[code] ?? 0;
    return total;
  };
  return {
    count: (char) => counts[char.charCodeAt(0)] ?? 0,
    digits: sum(48, 58),
    letters: sum(65, 91) + sum(97, 123),
    foreign: counts[128] ?? 0,
    braille,
    words: scanWords(text),
  };
}
