import type { Format } from '../format.ts';
import { checkpointData, checkpointIndex, tfrecord } from './files.ts';
import { tensorflowGraph } from './graph.ts';
import { tensorflowText } from './written.ts';

/** What TensorFlow keeps in files. */
export const tensorflow: readonly Format[] = [
  tensorflowGraph,
  tensorflowText,
  checkpointIndex,
  checkpointData,
  tfrecord,
];
