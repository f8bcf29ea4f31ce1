import { textStretch } from './bytes.ts';
import { byOrigins } from './spans.ts';
import { matches, type Stretch } from './stretch.ts';

/**
 * Text written in characters that cannot be seen: the tag block, which mirrors ASCII (“ASCII smuggling”), variation selectors,
 * which can carry a byte each, and zero-width characters as bits. Read in the text as it came: folding leaves them out.
 */
export function invisibleStretches(
  text: string,
  signs: { tags: number; variation: number; zeroWidth: number },
): Stretch[] {
  const found: Stretch[] = [];
  if (signs.tags > 1) found.push(...runs(text, TAG_RUN, fromTags));
  if (signs.variation > 3) found.push(...runs(text, VARIATION_RUN, fromVariations));
  if (signs.zeroWidth > 20) found.push(...runs(text, ZERO_WIDTH_RUN, fromZeroWidth));
  return found.sort((a, b) => a.start - b.start);
}

const FEW = 256;
const TAG_RUN = /(?:\udb40[\udc00-\udc7f])+/g;
const VARIATION_RUN = /(?:[\ufe00-\ufe0f]|\udb40[\udd00-\uddef]){4,}/g;
const ZERO_WIDTH_RUN = /[\u200b-\u200d\u2060-\u2064\ufeff]{20,}/g;

function runs(
  text: string,
  pattern: RegExp,
  read: (run: string, at: number) => Stretch | undefined,
): Stretch[] {
  return [...matches(text, pattern, FEW)].flatMap((match) => read(match[0], match.index) ?? []);
}

function fromTags(run: string, at: number): Stretch | undefined {
  const bytes = Buffer.allocUnsafe(run.length / 2);
  const starts = new Int32Array(run.length / 2);
  let length = 0;
  for (let i = 0; i + 1 < run.length; i += 2) {
    const code = run.charCodeAt(i + 1) - 0xdc00;
    if ((code < 32 && code !== 10 && code !== 9) || code === 127) continue;
    starts[length] = at + i;
    bytes[length++] = code;
  }
  if (length < 2) return;
  const end = at + run.length;
  const origins = () => ({
    starts: starts.subarray(0, length),
    ends: starts.subarray(0, length).map((start) => start + 2),
  });
  return {
    kind: 'tags',
    start: at,
    end,
    text: bytes.toString('latin1', 0, length),
    spanOf: byOrigins(origins, { start: at, end }),
  };
}

function fromVariations(run: string, at: number): Stretch | undefined {
  const bytes = Buffer.alloc(run.length);
  const starts = new Int32Array(run.length + 1);
  let length = 0;
  for (let i = 0; i < run.length; i++) {
    starts[length] = at + i;
    const code = run.charCodeAt(i);
    bytes[length++] = code === 0xdb40 ? run.charCodeAt(++i) - 0xdd00 + 16 : code - 0xfe00;
  }
  const end = at + run.length;
  starts[length] = end;
  return textStretch('variation', at, end, bytes.subarray(0, length), () => (byte) => [
    starts[byte] ?? at,
    starts[byte + 1] ?? end,
  ]);
}

/** Two kinds of invisible character, one a 0 and one a 1; which is which, the text will say. */
function fromZeroWidth(run: string, at: number): Stretch | undefined {
  const kinds = [...new Set(run.slice(0, 200))];
  const [zero, one] = kinds;
  if (zero === undefined || one === undefined) return;
  const places: number[] = [];
  for (let i = 0; i < run.length; i++) if (run[i] === zero || run[i] === one) places.push(i);
  const end = at + run.length;
  for (const bit of [one, zero]) {
    for (const size of [8, 7]) {
      const bytes = Buffer.alloc(Math.floor(places.length / size));
      for (let i = 0; i < bytes.length * size; i++) {
        const value = run[places[i] ?? 0] === bit ? 1 : 0;
        bytes[Math.floor(i / size)] = ((bytes[Math.floor(i / size)] ?? 0) << 1) | value;
      }
      const stretch = textStretch('binary', at, end, bytes, () => (byte) => [
        at + (places[byte * size] ?? 0),
        at + (places[byte * size + size - 1] ?? 0) + 1,
      ]);
      if (stretch !== undefined) return stretch;
    }
  }
  return;
}
