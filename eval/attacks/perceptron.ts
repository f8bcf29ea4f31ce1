import type { Victim } from '../../src/attacks/attack.ts';
import type { Random } from '../../src/attacks/random.ts';
import { type Rows, rowAt } from '../monitors/data.ts';

interface Shape {
  readonly classes: number;
  readonly hidden: number;
  readonly epochs: number;
  readonly random: Random;
}

/** A network of one hidden layer (ReLU), trained by stochastic gradient descent on the cross-entropy; with its gradients. */
export function trained(data: Rows, { classes, hidden, epochs, random }: Shape): Victim {
  const { features } = data;
  const first = Float64Array.from(
    { length: hidden * (features + 1) },
    () => random.normal() * Math.sqrt(2 / features),
  );
  const second = Float64Array.from(
    { length: classes * (hidden + 1) },
    () => random.normal() * Math.sqrt(2 / hidden),
  );
  const order = Int32Array.from(data.labels.keys());
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 0.05 * (1 - epoch / epochs);
    for (const at of random.shuffle(order)) {
      const row = rowAt(data, at);
      const { units, scores } = forward(row);
      const slope = softmax(scores);
      slope[data.labels[at] as number] = (slope[data.labels[at] as number] as number) - 1;
      const back = backTo(units, slope);
      step(second, hidden, units, slope, rate);
      step(first, features, row, back, rate);
    }
  }
  const scoresOf = (rows: Float32Array): Float32Array => {
    const out = new Float32Array((rows.length / features) * classes);
    for (let at = 0; at < rows.length / features; at++)
      out.set(forward(rowAt({ rows, features }, at)).scores, at * classes);
    return out;
  };
  return {
    features,
    classes,
    answers: 'logits',
    scores: async (rows) => scoresOf(rows),
    gradients: async (rows, cotangentOf) => {
      const scores = scoresOf(rows);
      const cotangent = cotangentOf(scores);
      const gradient = new Float32Array(rows.length);
      for (let at = 0; at < rows.length / features; at++) {
        const { units } = forward(rowAt({ rows, features }, at));
        const back = backTo(units, Float64Array.from(cotangent.subarray(at * classes, (at + 1) * classes)));
        for (let part = 0; part < features; part++) {
          let sum = 0;
          for (let unit = 0; unit < hidden; unit++)
            sum += (back[unit] as number) * (first[unit * (features + 1) + part] as number);
          gradient[at * features + part] = sum;
        }
      }
      return { scores, gradient };
    },
  };

  function forward(row: ArrayLike<number>): { units: Float64Array; scores: Float64Array } {
    const units = layer(first, hidden, row).map((unit) => Math.max(0, unit));
    return { units, scores: layer(second, classes, units) };
  }

  /** What a slope of the scores is at the hidden units. */
  function backTo(units: Float64Array, slope: Float64Array): Float64Array {
    return units.map((unit, at) => {
      let sum = 0;
      if (unit > 0)
        for (let label = 0; label < classes; label++)
          sum += (slope[label] as number) * (second[label * (hidden + 1) + at] as number);
      return sum;
    });
  }
}

/** Weights in rows, the bias last. */
function layer(weights: Float64Array, count: number, input: ArrayLike<number>): Float64Array {
  const width = input.length + 1;
  return Float64Array.from({ length: count }, (_, unit) => {
    let sum = weights[unit * width + input.length] as number;
    for (let at = 0; at < input.length; at++)
      sum += (weights[unit * width + at] as number) * (input[at] as number);
    return sum;
  });
}

function step(
  weights: Float64Array,
  from: number,
  input: ArrayLike<number>,
  slope: Float64Array,
  rate: number,
): void {
  for (const [unit, part] of slope.entries())
    if (part !== 0)
      for (let at = 0; at <= from; at++) {
        const place = unit * (from + 1) + at;
        weights[place] = (weights[place] as number) - rate * part * (at === from ? 1 : (input[at] as number));
      }
}

function softmax(scores: Float64Array): Float64Array {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const sum = raised.reduce((total, one) => total + one, 0);
  return raised.map((one) => one / sum);
}
