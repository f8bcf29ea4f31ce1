import type { Rule } from '../rule.ts';
import { activation } from './activation.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { linear } from './linear.ts';
import { pooling } from './pooling.ts';
import { shaping } from './shaping.ts';

/** Every operator that can be differentiated. A line for each family. */
export const RULES: readonly Rule[] = [
  ...activation,
  ...convolution,
  ...elementwise,
  ...linear,
  ...pooling,
  ...shaping,
];
