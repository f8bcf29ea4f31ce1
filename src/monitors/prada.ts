import { EXTRACTION, type Monitor } from './monitor.ts';
import { shapiroWilk, shapiroWilkWeights } from './shapiro-wilk.ts';
import { squaredDistance, WIDTH } from './sketch.ts';

/** Distances in one test. Windows do not overlap, so that one odd stretch is counted once. */
const WINDOW = 60;
/** Sketches that are kept, over all classes; classes beyond 32 share sets. */
const KEPT = 512;
const MOST_SETS = 32;
const WEIGHTS = shapiroWilkWeights(WINDOW);

/**
 * PRADA: the distances of benign queries to the nearest before them of the same class are normal; those of rows that were
 * made for copying are not. Sets are capped and hold sketches, where the paper's grow without end and hold rows.
 */
export const prada: Monitor = {
  name: 'prada',
  title: 'PRADA',
  source: 'Juuti, Szyller, Marchal, Asokan: PRADA, EuroS&P 2019',
  technique: EXTRACTION,
  explanation: 'lie at distances from each other that natural data does not have',
  level: 0.002,
  history: 0,
  perClass: false,
  together: false,
  start: ({ outline }) => {
    const sets = Math.min(MOST_SETS, outline.classes);
    const size = Math.floor(KEPT / sets);
    const kept = new Int8Array(sets * size * WIDTH);
    const counts = new Uint32Array(sets);
    /** Of each set: count, sum and sum of squares of the distances of what it took, and its threshold. */
    const sums = new Float64Array(sets * 4);
    const window = new Float32Array(WINDOW);
    const filled = new Uint32Array(1);
    const add = (set: number, sketch: Int8Array) => {
      const count = counts[set] as number;
      kept.set(sketch, (set * size + (count % size)) * WIDTH);
      counts[set] = count + 1;
    };
    const grow = (set: number, sketch: Int8Array, distance: number) => {
      const own = sums.subarray(set * 4, set * 4 + 4);
      const [n, sum, squares, threshold] = own as unknown as [number, number, number, number];
      if (distance <= threshold) return;
      add(set, sketch);
      const mean = (sum + distance) / (n + 1);
      const deviation = Math.sqrt(Math.max(0, (squares + distance * distance) / (n + 1) - mean * mean));
      own.set([n + 1, sum + distance, squares + distance * distance, Math.max(threshold, mean - deviation)]);
    };
    return {
      memory: [kept, counts, sums, window, filled],
      score: ({ rounded, label }) => {
        const set = Math.max(0, label) % sets;
        const count = Math.min(size, counts[set] as number);
        if (count === 0) {
          add(set, rounded);
          return undefined;
        }
        let least = Number.POSITIVE_INFINITY;
        for (let at = 0; at < count; at++)
          least = Math.min(least, squaredDistance(rounded, kept, (set * size + at) * WIDTH, least));
        const distance = Math.sqrt(least);
        grow(set, rounded, distance);
        const place = filled[0] as number;
        window[place] = distance;
        filled[0] = (place + 1) % WINDOW;
        if (place + 1 < WINDOW) return undefined;
        return Math.log(1 - shapiroWilk(window.slice().sort(), WEIGHTS) + 1e-6);
      },
    };
  },
};
