import { EVASION, type Monitor } from './monitor.ts';

/** Queries that are remembered, and fingerprints of each. */
const HISTORY = 256;
const PRINTS = 16;
/** Where no window fell into a bin. */
const NONE = 0x7fffffff;
/** Features in a window, and the step to which they are rounded: to the nearest, since floors change with the least noise. */
const WINDOW = 20;
const STEP = 0.5;
/** A multiplier of 32 bits (L'Ecuyer, 1999) for the rolling hash of a window. */
const MULTIPLIER = 741103597;

/**
 * Blacklight: windows of rounded features are hashed under the owner's key, and the lowest hash of each of sixteen bins stands
 * for the row (Li, Owen, Zhang: One permutation hashing, 2012). Two rows that share many have large parts in common, however
 * different the rest is.
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
  together: true,
  start: ({ outline }, secret) => {
    const width = Math.min(WINDOW, Math.max(1, Math.floor(outline.features / 2)));
    const [salt = 0, mixer = 0] = secret.words('fingerprints', 2);
    const odd = mixer | 1;
    const drop = power(MULTIPLIER, width);
    const prints = new Int32Array(HISTORY * PRINTS);
    const counts = new Uint32Array(1);
    const own = new Int32Array(PRINTS);
    const symbols = new Int32Array(outline.features);
    return {
      memory: [prints, counts],
      get among() {
        return Math.min(counts[0] as number, HISTORY);
      },
      score: ({ scaled }) => {
        own.fill(NONE);
        let rolling = 0;
        for (let at = 0; at < scaled.length; at++) {
          const symbol = Math.imul(Math.round((scaled[at] as number) / STEP) + 64, salt | 1);
          symbols[at] = symbol;
          rolling = (Math.imul(rolling, MULTIPLIER) + symbol) | 0;
          if (at >= width) rolling = (rolling - Math.imul(drop, symbols[at - width] as number)) | 0;
          if (at < width - 1) continue;
          const hash = mixed(rolling ^ salt, odd);
          const bin = hash >>> 28;
          own[bin] = Math.min(own[bin] as number, hash & 0x0fffffff);
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

/** The most fingerprints that one of the rows before shares. */
function mostShared(own: Int32Array, prints: Int32Array, rows: number): number {
  let most = 0;
  for (let row = 0; row < rows; row++) {
    let shared = 0;
    for (let at = 0; at < PRINTS; at++) {
      const print = own[at] as number;
      if (print === prints[row * PRINTS + at] && print !== NONE) shared += 1;
    }
    if (shared > most) most = shared;
  }
  return most;
}
