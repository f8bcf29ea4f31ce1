import type { Rule } from '../rule.ts';
import { activation } from './activation.ts';
import { attentions } from './attention.ts';
import { classical } from './classical.ts';
import { contraction } from './contraction.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { indexing } from './indexing.ts';
import { linear } from './linear.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import { recurrence } from './recurrent.ts';
import { reductions } from './reduction.ts';
import { sampling } from './sampling.ts';
import { shaping } from './shaping.ts';

/** Every operator that can be differentiated. A line for each family. */
export const RULES: readonly Rule[] = [
  ...activation,
  ...attentions,
  ...classical,
  ...contraction,
  ...convolution,
  ...elementwise,
  ...indexing,
  ...linear,
  ...normalization,
  ...pooling,
  ...recurrence,
  ...reductions,
  ...sampling,
  ...shaping,
];
