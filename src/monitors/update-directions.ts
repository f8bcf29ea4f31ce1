import { EVASION, type Monitor } from './monitor.ts';
import { WIDTH } from './sketch.ts';

/** Steps that are remembered. */
const STEPS = 8;

/**
 * From query to query an optimiser steps along a line, back and forth, or by the same change again; honest rows have nothing to
 * do with each other. Robust where each query is far from the others, so that no near duplicate shows.
 */
export const updateDirections: Monitor = {
  name: 'update-directions',
  title: 'Update directions',
  source: 'GWAD: Attack behaviours from query updates, arXiv 2503.02986; QPA, arXiv 2405.20641',
  technique: EVASION,
  explanation: 'differ from the one before in the same direction again, as along a line',
  level: 0.01,
  history: 0,
  perClass: false,
  together: true,
  start: () => {
    const last = new Float32Array(WIDTH);
    const step = new Float32Array(WIDTH);
    const steps = new Float32Array(STEPS * WIDTH);
    const counts = new Uint32Array(1);
    return {
      memory: [last, steps, counts],
      score: ({ sketch }) => {
        const count = counts[0] as number;
        counts[0] = count + 1;
        let squares = 0;
        for (let at = 0; at < WIDTH; at++) {
          const part = (sketch[at] as number) - (last[at] as number);
          step[at] = part;
          squares += part * part;
        }
        last.set(sketch);
        // The first query is no step.
        if (count === 0) return undefined;
        const length = Math.sqrt(squares) || 1;
        for (let at = 0; at < WIDTH; at++) step[at] = (step[at] as number) / length;
        let most = 0;
        for (let from = 0; from < Math.min(STEPS, count - 1) * WIDTH; from += WIDTH) {
          let along = 0;
          for (let at = 0; at < WIDTH; at++) along += (step[at] as number) * (steps[from + at] as number);
          most = Math.max(most, Math.abs(along));
        }
        steps.set(step, ((count - 1) % STEPS) * WIDTH);
        return count === 1 ? undefined : -Math.log(1 - Math.min(1, most) + 1e-4);
      },
    };
  },
};
