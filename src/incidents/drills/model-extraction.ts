import type { QueryDrill } from '../drill.ts';

const SEEDS = 12;
const STEPS = 32;
/** Of the reach of a column. */
const STEP = 0.01;

/**
 * A thief who copies a model from its answers: a few rows, and many around each of them in ever other directions, as a substitute is
 * trained (Papernot et al., "Practical Black-Box Attacks against Machine Learning", 2017).
 */
export const modelExtraction: QueryDrill = {
  plays: 'queries',
  name: 'model-extraction',
  about: 'questions around a few rows, as a thief copies a model that predicts',
  technique: 'AML.T0024.002',
  rows: (seed, columns) =>
    Array.from({ length: SEEDS }, seed).flatMap((row) =>
      Array.from({ length: STEPS }, (_, step) =>
        row.map((value, at) => {
          const span = columns[at];
          if (span === undefined) return value;
          const { least, most } = span;
          const moved = value + STEP * (most - least) * Math.sin(step * (at + 1) * 1.7);
          return Math.min(most, Math.max(least, moved));
        }),
      ),
    ),
};
