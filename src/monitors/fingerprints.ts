import { EVASION, type Monitor } from './monitor.ts';

/** Queries that are remembered, and fingerprints of each. */
const HISTORY = 256;
const PRINTS = 16;
/** Features in a window, and the step to which they are rounded: to the nearest, since floors change with the least noise. */
const WINDOW = 20;
const STEP = 0.5;
/** A multiplier of 32 bits (L'Ecuyer, 1999) for the rolling hash of a window. */
const MULTIPLIER = 741103597;

/**
 * Blacklight: windows of rounded features are hashed under the owner's key, and the lowest hashes stand for the row. Two
 * rows that share many have large parts in common, however different the rest is.
 */
export const fingerprints: Monitor = {
  name: 'fingerprints',
  title: 'Blacklight fingerprints',
  source: 'Li et al.: Blacklight, USENIX Security 2022',
  technique: EVASION,
  explanation: 'have large parts in common with one that the caller sent before',
  level: 0.01,
  history: HISTORY,
  perClass: true,
  start: ({ outline }, secret) => {
    const width = Math.min(WINDOW, Math.max(1, Math.floor(outline.features / 2)));
    const [salt = 0, mixer = 0] = secret.words('fingerprints', 2);
    const odd = mixer | 1;
    const drop = power(MULTIPLIER, width);
    const prints = new Int32Array(HISTORY * PRINTS);
    const counts = new Uint32Array(1);
    const own = new Int32Array(PRINTS);
    return {
      memory: [prints, counts],
      score: ({ scaled }) => {
        own.fill(0x7fffffff);
        let rolling = 0;
        for (let at = 0; at < scaled.length; at++) {
          rolling = (Math.imul(rolling, MULTIPLIER) + symbol(scaled, at, salt)) | 0;
          if (at >= width) rolling = (rolling - Math.imul(drop, symbol(scaled, at - width, salt))) | 0;
          if (at >= width - 1) keepLowest(own, mixed(rolling ^ salt, odd));
        }
        const seen = counts[0] as number;
        const most = mostShared(own, prints, Math.min(seen, HISTORY));
        prints.set(own, (seen % HISTORY) * PRINTS);
        counts[0] = seen + 1;
        return seen === 0 ? undefined : most;
      },
    };
  },
};

const symbol = (scaled: Float32Array, at: number, salt: number): number =>
  Math.imul(Math.round((scaled[at] as number) / STEP) + 64, salt | 1);

function power(base: number, exponent: number): number {
  let result = 1;
  for (let turn = 0; turn < exponent; turn++) result = Math.imul(result, base);
  return result;
}

function mixed(value: number, odd: number): number {
  let out = Math.imul(value ^ (value >>> 16), odd);
  out = Math.imul(out ^ (out >>> 13), 0x5bd1e995);
  return out ^ (out >>> 15);
}

/** Puts a hash among the lowest, in order, once. */
function keepLowest(lowest: Int32Array, hash: number): void {
  if (hash >= (lowest[PRINTS - 1] as number)) return;
  let place = PRINTS - 1;
  while (place > 0 && (lowest[place - 1] as number) > hash) place -= 1;
  if (place > 0 && lowest[place - 1] === hash) return;
  lowest.copyWithin(place + 1, place, PRINTS - 1);
  lowest[place] = hash;
}

/** The most fingerprints that one of the rows before shares. Both are in order, so one pass over both finds them. */
function mostShared(own: Int32Array, prints: Int32Array, rows: number): number {
  let most = 0;
  for (let row = 0; row < rows; row++) {
    let [shared, left, right] = [0, 0, row * PRINTS];
    const end = right + PRINTS;
    while (left < PRINTS && right < end) {
      const [one, other] = [own[left] as number, prints[right] as number];
      if (one === other && one !== 0x7fffffff) shared += 1;
      if (one <= other) left += 1;
      if (other <= one) right += 1;
    }
    most = Math.max(most, shared);
  }
  return most;
}
