import { disagreement } from './disagreement.ts';
import { extremes } from './extremes.ts';
import { featureBounds } from './feature-bounds.ts';
import { fingerprints } from './fingerprints.ts';
import { grid } from './grid.ts';
import { lowConfidence } from './low-confidence.ts';
import type { Monitor } from './monitor.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { outOfDistribution } from './out-of-distribution.ts';
import { prada } from './prada.ts';
import { unusualValues } from './unusual-values.ts';
import { updateDirections } from './update-directions.ts';

/** Every monitor of a caller's queries. */
export const MONITORS: readonly Monitor[] = [
  nearDuplicates,
  fingerprints,
  updateDirections,
  outOfDistribution,
  extremes,
  featureBounds,
  grid,
  unusualValues,
  lowConfidence,
  disagreement,
  prada,
];
