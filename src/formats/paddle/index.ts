import type { Format } from '../format.ts';
import { paddleParameters } from './parameters.ts';
import { paddleProgram } from './program.ts';

/** What PaddlePaddle keeps in files, but for its pickles. */
export const paddle: readonly Format[] = [paddleProgram, paddleParameters];
