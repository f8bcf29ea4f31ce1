import type { Attack, Job, Outcome } from './attack.ts';
import { randomStart, sent, within } from './ball.ts';
import { errs, type Loss, logOdds } from './losses.ts';
import { project, steepest } from './norms.ts';
import { BATCH, gather, lossGradients, Progress, rowOf } from './rows.ts';
import { clip } from './space.ts';

// One perturbation for all rows, by stochastic gradient steps: Moosavi-Dezfooli et al.: Universal adversarial perturbations,
// CVPR 2017; by steps on the mean of clipped losses: Shafahi et al.: Universal adversarial training, AAAI 2020.

/** Odds are measured in this share of what is usual; and a row that is this many usual odds beyond the boundary pulls no more. */
const [USUAL, CLIPPED] = [1 / 3, 3];

/**
 * Cross-entropy at the temperature of the model: rows that are far from the boundary on the right side pull little, as they are
 * not to be had, and those far beyond it not at all, as they would outweigh the others. What is far, the model's own odds say:
 * logits may be of any size.
 */
function temperedEntropy(): Loss {
  let [sum, count] = [0, 0];
  return (scores, label, cotangent, at) => {
    const odds = logOdds(scores, label, cotangent, at);
    sum += Math.abs(odds);
    count += 1;
    const usual = Math.max(sum / count, 1e-12);
    const weight = odds > CLIPPED * usual ? 0 : 1 / (1 + Math.exp(-odds / (USUAL * usual)));
    for (const [index, part] of cotangent.entries()) cotangent[index] = weight * part;
    return odds;
  };
}

async function perturb(job: Job): Promise<Outcome> {
  const { victim, rows, norm, epsilon, space, random } = job;
  const { features } = victim;
  const { epochs = 20, step = 0 } = job.settings;
  const size = step > 0 ? step : epsilon / 8;
  const progress = new Progress(job);
  const loss = temperedEntropy();
  const right: number[] = [];
  for await (const some of progress.batches()) right.push(...some);
  // What is added, as a row of its own that starts at nothing: it may go either way wherever a row may.
  const nothing = new Float32Array(features);
  const added = new Float32Array(features);
  const open = {
    ...space,
    lower: new Float32Array(features).fill(-Infinity),
    upper: new Float32Array(features).fill(Infinity),
  };
  randomStart({ ...job, space: open, epsilon: epsilon / 4 }, added, nothing);
  let best = { count: -1, added: added.slice() };
  const order = Int32Array.from(right);
  for (let epoch = 0; epoch < epochs && right.length > 0 && !progress.stopped; epoch++) {
    random.shuffle(order);
    // Large steps first, then small ones.
    const reach = size * (1 - epoch / epochs);
    for (let from = 0; from < order.length && !progress.stopped; from += BATCH) {
      const places = [...order.subarray(from, from + BATCH)];
      const { gradient } = await lossGradients(job, together(places), places, loss);
      for (const at of places) progress.outcome.queries[at] = (progress.outcome.queries[at] as number) + 1;
      const slope = new Float32Array(features);
      for (let index = 0; index < gradient.length; index++)
        slope[index % features] = (slope[index % features] as number) + (gradient[index] as number);
      const move = steepest(norm, open, slope, reach, added);
      for (let part = 0; part < features; part++)
        added[part] = (added[part] as number) + (move[part] as number);
      project(norm, space, added, nothing, epsilon);
    }
    const count = (await broken()).length;
    if (count > best.count) best = { count, added: added.slice() };
  }
  if (right.length > 0 && !progress.stopped) {
    added.set(best.added);
    for (const { at, row } of await broken()) progress.found(at, row);
  }
  progress.done(right.length);
  return progress.outcome;

  /** The rows at the places given, with what is added, as they could be sent. */
  function together(places: readonly number[]): Float32Array {
    const all = gather(rows, features, places);
    for (const [index, at] of places.entries()) {
      const row = rowOf(all, features, index);
      for (let part = 0; part < features; part++) row[part] = (row[part] as number) + (added[part] as number);
      const original = rowOf(rows, features, at);
      clip(space, row, original);
      row.set(sent(job, row, original));
    }
    return all;
  }

  async function broken(): Promise<{ at: number; row: Float32Array }[]> {
    const found: { at: number; row: Float32Array }[] = [];
    for (let from = 0; from < right.length; from += BATCH) {
      const places = right.slice(from, from + BATCH);
      const asked = together(places);
      const scores = await victim.scores(asked);
      for (const [index, at] of places.entries()) {
        progress.outcome.queries[at] = (progress.outcome.queries[at] as number) + 1;
        const row = rowOf(asked, features, index);
        if (
          errs(rowOf(scores, victim.classes, index), job.labels[at] as number) &&
          within(job, row, rowOf(rows, features, at))
        )
          found.push({ at, row });
      }
    }
    return found;
  }
}

export const universal: Attack = {
  name: 'universal',
  title: 'Universal perturbation',
  source:
    'Moosavi-Dezfooli, Fawzi, Fawzi, Frossard: Universal adversarial perturbations, CVPR 2017; Shafahi et al.: Universal adversarial training, AAAI 2020',
  access: 'gradients',
  norms: ['Linf', 'L2'],
  seeks: 'within',
  defaults: { epochs: 20, step: 0 },
  run: perturb,
};
