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
  readonly #inner: Float64Array;
  readonly #outer = new Float64Array(T);

  constructor(weights: UpperWeights) {
    this.weights = weights;
    this.hidden = new Float32Array(weights.hidden);
    this.#inner = new Float64Array(weights.hidden);
  }

  run(pooled: Float32Array): Float32Array {
    const { shift, scale, inner, innerBias, outer, direct, outerBias } = this.weights;
    const { input, hidden, logits } = this;
    for (let k = 0; k < POOLED; k++) {
      const value = ((pooled[k] as number) - (shift[k] as number)) * (scale[k] as number);
      input[k] = value > 4 ? 4 : value < -4 ? -4 : value;
    }
    this.#inner.set(innerBias);
    addProducts(this.#inner, inner, input);
    for (let j = 0; j < hidden.length; j++) hidden[j] = Math.max(0, this.#inner[j] as number);
    this.#outer.set(outerBias);
    addProducts(this.#outer, outer, hidden);
    addProducts(this.#outer, direct, input);
    logits.set(this.#outer);
    return logits;
  }
}

/** Each sum and its row of the matrix times the input. Four rows at a time, for additions to one sum wait for each other. */
function addProducts(sums: Float64Array, matrix: Float32Array, input: Float32Array): void {
  const width = input.length;
  const last = sums.length - 1;
  for (let j = 0; j <= last; j += 4) {
    // Beyond the last row it is read again, and what comes of it is left.
    const row = j * width;
    const second = Math.min(j + 1, last) * width;
    const third = Math.min(j + 2, last) * width;
    const fourth = Math.min(j + 3, last) * width;
    let a = sums[j] as number;
    let b = sums[Math.min(j + 1, last)] as number;
    let c = sums[Math.min(j + 2, last)] as number;
    let d = sums[Math.min(j + 3, last)] as number;
    for (let k = 0; k < width; k++) {
      const value = input[k] as number;
      a += (matrix[row + k] as number) * value;
      b += (matrix[second + k] as number) * value;
      c += (matrix[third + k] as number) * value;
      d += (matrix[fourth + k] as number) * value;
    }
    sums[j] = a;
    if (j < last) sums[j + 1] = b;
    if (j + 1 < last) sums[j + 2] = c;
    if (j + 2 < last) sums[j + 3] = d;
  }
}
