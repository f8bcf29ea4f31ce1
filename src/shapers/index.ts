import { boundaryPrivacy } from './boundary-privacy.ts';
import { dawn } from './dawn.ts';
import { labelOnly } from './label-only.ts';
import { misinformation } from './misinformation.ts';
import { reverseSigmoid } from './reverse-sigmoid.ts';
import { rounding } from './rounding.ts';
import type { Shaper } from './shaper.ts';
import { topK } from './top-k.ts';

/** The shapers there are, from the mildest. One that is not here does not run. */
export const SHAPERS: readonly Shaper<unknown>[] = [
  rounding,
  topK,
  labelOnly,
  reverseSigmoid,
  boundaryPrivacy,
  misinformation,
  dawn,
];
