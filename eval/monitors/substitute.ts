import type { Random } from '../../src/attacks/random.ts';
import { type Rows, rowAt } from './data.ts';

/** What a thief trains: softmax regression, by stochastic gradient descent on rows and labels. */
export class Substitute {
  readonly #weights: Float64Array;
  readonly #classes: number;
  readonly #features: number;
  readonly #centre: Float64Array;
  readonly #spread: Float64Array;

  constructor(data: Rows, classes: number, random: Random, epochs = 20) {
    const { features, labels } = data;
    const count = labels.length;
    this.#features = features;
    this.#classes = classes;
    this.#weights = new Float64Array(classes * (features + 1));
    this.#centre = new Float64Array(features);
    this.#spread = new Float64Array(features);
    for (const [at, value] of data.rows.entries())
      this.#centre[at % features] = (this.#centre[at % features] as number) + value / count;
    for (const [at, value] of data.rows.entries()) {
      const feature = at % features;
      this.#spread[feature] =
        (this.#spread[feature] as number) + (value - (this.#centre[feature] as number)) ** 2 / count;
    }
    for (const [at, value] of this.#spread.entries()) this.#spread[at] = Math.sqrt(value) + 0.05;
    const order = Array.from({ length: count }, (_, at) => at);
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const at of random.shuffle(order))
        this.#step(rowAt(data, at), labels[at] as number, 0.3 / features);
  }

  scores(row: Float32Array): Float64Array {
    const width = this.#features + 1;
    return Float64Array.from({ length: this.#classes }, (_, label) => {
      let score = this.#weights[label * width + this.#features] as number;
      for (let at = 0; at < row.length; at++)
        score += (this.#weights[label * width + at] as number) * this.#scaled(row, at);
      return score;
    });
  }

  /** The slope of the score of a class, which is the same everywhere; of another class, taken away. */
  slope(label: number, minus?: number): Float64Array {
    const width = this.#features + 1;
    return Float64Array.from({ length: this.#features }, (_, at) => {
      const less = minus === undefined ? 0 : (this.#weights[minus * width + at] as number);
      return ((this.#weights[label * width + at] as number) - less) / (this.#spread[at] as number);
    });
  }

  #scaled(row: Float32Array, at: number): number {
    return ((row[at] as number) - (this.#centre[at] as number)) / (this.#spread[at] as number);
  }

  #step(row: Float32Array, label: number, rate: number): void {
    const scores = this.scores(row);
    const most = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    const width = this.#features + 1;
    for (const [at, power] of powers.entries()) {
      const error = (at === label ? 1 : 0) - power / sum;
      for (let feature = 0; feature < this.#features; feature++) {
        const place = at * width + feature;
        this.#weights[place] = (this.#weights[place] as number) + rate * error * this.#scaled(row, feature);
      }
      this.#weights[at * width + this.#features] =
        (this.#weights[at * width + this.#features] as number) + rate * error;
    }
  }
}
