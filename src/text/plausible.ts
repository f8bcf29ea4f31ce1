import { knownShare, naturalness } from './natural.ts';

/** Of a long text its beginning is judged. */
const SAMPLE = 600;
const LEAST_LETTERS = 3;

/** Whether something that was decoded is text that a person could have written, and not bytes that happen to be printable. */
export function isText(text: string): boolean {
  const sample = text.length > SAMPLE ? text.slice(0, SAMPLE) : text;
  const latin = sample.match(/[A-Za-z]/g)?.length ?? 0;
  const foreign = sample.match(/[^\x00-\x7f]/g)?.length ?? 0;
  const spaces = sample.match(/\s/g)?.length ?? 0;
  const solid = sample.length - spaces;
  if (latin + foreign < LEAST_LETTERS || (latin + foreign) * 10 < solid * 6) return false;
  if (foreign > latin) return ofOneScript(sample);
  if (knownShare(sample) >= 0.3) return true;
  const words = sample.match(/[A-Za-z]+/g) ?? [];
  // Noise falls into pieces; and what has no space for long is no prose.
  return (
    latin / words.length >= 2.5 &&
    naturalness(sample) >= 0.45 &&
    (spaces > 0 || solid <= 24 || naturalness(sample) > 0.9)
  );
}

const SCRIPTS = [
  /\p{Script=Cyrillic}/gu,
  /\p{Script=Greek}/gu,
  /\p{Script=Arabic}/gu,
  /\p{Script=Hebrew}/gu,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  /\p{Script=Hangul}/gu,
  /\p{Script=Thai}/gu,
  /[\u0900-\u0dff]/gu,
  /[\u00c0-\u024f\u1e00-\u1eff]/gu,
  /\p{Extended_Pictographic}/gu,
];

function ofOneScript(sample: string): boolean {
  const foreign = sample.match(/[^\x00-\x7f]/gu)?.length ?? 0;
  return SCRIPTS.some((script) => (sample.match(script)?.length ?? 0) * 10 >= foreign * 7);
}
