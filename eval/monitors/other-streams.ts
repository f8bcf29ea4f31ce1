import { Random } from '../../src/attacks/random.ts';
import { clip } from '../../src/attacks/space.ts';
import { latticeStep } from '../../src/monitors/lattice.ts';
import { picked, type Rows, rowAt } from './data.ts';
import type { Domain } from './domains.ts';
import {
  answered,
  attacked,
  jbda,
  LENGTH,
  moved,
  type Stream,
  sampled,
  targeted,
  trained,
} from './streams.ts';

/** Attacks that nothing was measured on while the monitors were made. */
export async function* otherStreams(domain: Domain, seed: number): AsyncGenerator<Stream> {
  const { space, epsilon } = domain;
  const far = space.image === undefined ? 1 : 3;
  const random = () => new Random(seed + 1);
  const plain = (name: string, rows: readonly Float32Array[]) => answered(domain, name, rows);
  const onGrid = rounder(domain);
  yield await plain('JBDA, rounded as the data', (await jbda(domain, random(), 150)).map(onGrid));
  yield await plain('JB-top3', await topThree(domain, random()));
  yield await plain('targeted FGSM, rounded as the data', (await targeted(domain, random())).map(onGrid));
  yield await plain('T-RND, five steps', await iterated(domain, random()));
  yield await attacked(domain, 'NES, wide', 'nes', 'Linf', epsilon, 1, seed, { samples: 50, width: 0.1 });
  yield await attacked(domain, 'SPSA', 'spsa', 'Linf', epsilon, 1, seed);
  yield await attacked(domain, 'Boundary', 'boundary', 'L2', far, 1, seed);
  yield await attacked(domain, 'HopSkipJump, L∞', 'hop-skip-jump', 'Linf', epsilon, 1, seed);
  yield await attacked(domain, 'ZOO', 'zoo', 'L2', far, 1, seed);
  yield await plain('path finding', await paths(domain, random()));
  yield await plain('inversion by trial', await inverted(domain, random()));
  yield await plain('random walk', walk(domain, random()));
  if (domain.others !== undefined)
    yield await plain('active Knockoff', await active(domain, domain.others, random()));
  yield await plain('active, rows like yours', await active(domain, domain.seeds, random()));
}

const best = (scores: ArrayLike<number>): number => {
  let at = 0;
  for (let other = 1; other < scores.length; other++)
    if ((scores[other] as number) > (scores[at] as number)) at = other;
  return at;
};

/** A thief who writes numbers as the data have them. */
function rounder({ calibration }: Domain): (row: Float32Array) => Float32Array {
  const { features, labels, rows } = calibration;
  const lattices = Array.from({ length: features }, (_, feature) => {
    const values = Float32Array.from(labels, (_, at) => rows[at * features + feature] as number).sort();
    return { first: values[0] ?? 0, step: latticeStep(values) };
  });
  return (row) =>
    row.map((value, at) => {
      const { first, step } = lattices[at] as { first: number; step: number };
      const place = step === 0 ? 0 : (value - first) / step;
      const whole = Math.round(place);
      // What is as the data already is left to the last bit: it is the same row.
      return Math.abs(place - whole) < 1 / 16 ? value : first + step * whole;
    });
}

/** Orekondy, Schiele, Fritz: Prediction poisoning, ICLR 2020: towards each of three other classes. */
async function topThree(domain: Domain, random: Random): Promise<Float32Array[]> {
  const { classes } = domain.victim;
  const rows = sampled(domain.seeds, random).slice(0, 100);
  while (rows.length < LENGTH) {
    const labels = (await answered(domain, '', rows)).scores.map(best);
    const substitute = trained(domain, rows, labels, random);
    for (const [at, row] of [...rows.entries()])
      for (let other = 1; other <= Math.min(3, classes - 1) && rows.length < LENGTH; other++) {
        const label = labels[at] as number;
        rows.push(moved(domain, row, substitute.slope((label + other) % classes, label), 0.1));
      }
  }
  return rows;
}

/** Juuti et al., 2019: small steps towards a class at random; all of them are asked about. */
async function iterated(domain: Domain, random: Random): Promise<Float32Array[]> {
  const { classes } = domain.victim;
  const rows = sampled(domain.seeds, random).slice(0, 100);
  const labels = (await answered(domain, '', rows)).scores.map(best);
  const substitute = trained(domain, rows, labels, random);
  while (rows.length < LENGTH) {
    const place = random.below(100);
    const label = labels[place] as number;
    const slope = substitute.slope((label + 1 + random.below(classes - 1)) % classes, label);
    let row = rows[place] as Float32Array;
    for (let step = 0; step < 5; step++) {
      row = moved(domain, row, slope, 0.05);
      rows.push(row);
    }
  }
  return rows.slice(0, LENGTH);
}

/** Tramèr et al., 2016: where answers change along each feature, by halving. */
async function paths(domain: Domain, random: Random): Promise<Float32Array[]> {
  const { space, victim } = domain;
  const asked: Float32Array[] = [];
  const ask = async (row: Float32Array, feature: number, value: number) => {
    const changed = row.with(feature, value);
    asked.push(changed);
    return best(await victim.scores(changed));
  };
  const between = async (row: Float32Array, feature: number, from: number, to: number, depth: number) => {
    if (depth === 0 || asked.length >= LENGTH) return;
    const [one, other] = [await ask(row, feature, from), await ask(row, feature, to)];
    if (one === other) return;
    const middle = (from + to) / 2;
    await between(row, feature, from, middle, depth - 1);
    await between(row, feature, middle, to, depth - 1);
  };
  for (const row of sampled(domain.seeds, random)) {
    for (let feature = 0; feature < victim.features && asked.length < LENGTH; feature++)
      await between(row, feature, space.lower[feature] as number, space.upper[feature] as number, 8);
    if (asked.length >= LENGTH) break;
  }
  return asked.slice(0, LENGTH);
}

/** Fredrikson et al., 2015, without gradients: from the middle of the box, what raises the score of a class is kept. */
async function inverted({ space, victim }: Domain, random: Random): Promise<Float32Array[]> {
  let row = space.lower.map((lower, at) => (lower + (space.upper[at] as number)) / 2);
  let most = Number.NEGATIVE_INFINITY;
  const asked: Float32Array[] = [];
  while (asked.length < LENGTH) {
    const tried = row.map((value, at) => value + 0.1 * (space.unit[at] as number) * random.normal());
    clip(space, tried, row);
    asked.push(tried);
    const score = (await victim.scores(tried))[0] as number;
    if (score > most) [row, most] = [tried, score];
  }
  return asked;
}

/** From an honest row, a little farther each time. */
function walk({ space, seeds }: Domain, random: Random): Float32Array[] {
  let row = rowAt(seeds, random.below(seeds.labels.length)).slice();
  return Array.from({ length: LENGTH }, () => {
    const next = row.map((value, at) => value + 0.1 * (space.unit[at] as number) * random.normal());
    clip(space, next, row);
    row = next;
    return row;
  });
}

/** Pal et al.: ActiveThief, AAAI 2020: of a pool, those next that the copy can hardly decide about. */
async function active(domain: Domain, pool: Rows, random: Random): Promise<Float32Array[]> {
  const order = [...random.shuffle(Array.from(pool.labels, (_, at) => at)).slice(0, 2000)];
  const asked = order.splice(0, Math.min(100, Math.floor(order.length / 4)));
  while (asked.length < LENGTH && order.length > 0) {
    const { rows } = picked(pool, asked);
    const own = asked.map((_, at) => rowAt({ rows, features: pool.features }, at));
    const labels = (await answered(domain, '', own)).scores.map(best);
    const copy = trained(domain, own, labels, random);
    const lead = (at: number) => {
      const [first = 0, second = 0] = copy.scores(rowAt(pool, at)).sort().reverse();
      return first - second;
    };
    const leads = new Map(order.map((at) => [at, lead(at)]));
    order.sort((one, other) => (leads.get(one) ?? 0) - (leads.get(other) ?? 0));
    asked.push(...order.splice(0, 150));
  }
  return asked.slice(0, LENGTH).map((at) => rowAt(pool, at));
}
