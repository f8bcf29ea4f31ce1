import { HEADS } from './heads.ts';
import { POOLED } from './lanes.ts';

const T = HEADS.length;

/** The upper part: inputs put to one scale, one hidden layer, and the log-odds of each head. */
export interface UpperWeights {
  readonly hidden: number;
  /** [POOLED]: x' = (x − shift) · scale, cut to ±4. */
  readonly shift: Float32Array;
  readonly scale: Float32Array;
  /** [hidden × POOLED] */
  readonly inner: Float32Array;
  readonly innerBias: Float32Array;
  /** [heads × hidden] */
  readonly outer: Float32Array;
  /** [heads × POOLED] */
  readonly direct: Float32Array;
  readonly outerBias: Float32Array;
}

export class Upper {
  readonly weights: UpperWeights;
  readonly input = new Float32Array(POOLED);
  readonly hidden: Float32Array;
  /** Log-odds. */
  readonly logits = new Float32Array(T);

  constructor(weights: UpperWeights) {
    this.weights = weights;
    this.hidden = new Float32Array(weights.hidden);
  }

  run(pooled: Float32Array): Float32Array {
    const { shift, scale, inner, innerBias, outer, direct, outerBias, hidden: size } = this.weights;
    const { input, hidden, logits } = this;
    for (let k = 0; k < POOLED; k++) {
      const value = ((pooled[k] as number) - (shift[k] as number)) * (scale[k] as number);
      input[k] = value > 4 ? 4 : value < -4 ? -4 : value;
    }
    for (let j = 0; j < size; j++) {
      let value = innerBias[j] as number;
      for (let k = 0; k < POOLED; k++) value += (inner[j * POOLED + k] as number) * (input[k] as number);
      hidden[j] = value > 0 ? value : 0;
    }
    for (let t = 0; t < T; t++) {
      let value = outerBias[t] as number;
      for (let j = 0; j < size; j++) value += (outer[t * size + j] as number) * (hidden[j] as number);
      for (let k = 0; k < POOLED; k++) value += (direct[t * POOLED + k] as number) * (input[k] as number);
      logits[t] = value;
    }
    return logits;
  }
}
