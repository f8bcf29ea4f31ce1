import type { Norm, Victim } from '../../src/attacks/attack.ts';
import { ATTACKS } from '../../src/attacks/index.ts';
import { Random } from '../../src/attacks/random.ts';
import { clip } from '../../src/attacks/space.ts';
import { picked, type Rows, rowAt } from './data.ts';
import type { Domain } from './domains.ts';
import { Substitute } from './substitute.ts';

/** What an attacker sends, in order, and what is answered. */
export interface Stream {
  readonly name: string;
  readonly rows: readonly Float32Array[];
  readonly scores: readonly Float32Array[];
}

/** Queries of each stream. */
export const LENGTH = 1000;
/** Honest rows that a thief begins with. */
const SEEDS = 150;
/** Papernot et al., 2017. */
const LAMBDA = 0.1;
const TARGETED_STEP = 0.25;

/** Every stream against a model, made by the real attacks: what they ask is written down. */
export async function* streams(domain: Domain, seed: number): AsyncGenerator<Stream> {
  const { space, epsilon } = domain;
  const image = space.image !== undefined;
  yield await answered(domain, 'JBDA', await jbda(domain, new Random(seed), SEEDS));
  yield await answered(domain, 'JBDA, 50 seeds', await jbda(domain, new Random(seed), 50));
  yield await answered(domain, 'targeted FGSM', await targeted(domain, new Random(seed)));
  yield await attacked(domain, 'Square', 'square', 'Linf', epsilon, 1, seed);
  yield await attacked(domain, 'Square, 50 at once', 'square', 'Linf', epsilon, 50, seed);
  yield await attacked(domain, 'NES', 'nes', 'Linf', epsilon, 1, seed);
  yield await attacked(domain, 'HopSkipJump', 'hop-skip-jump', 'L2', image ? 3 : 1, 1, seed);
  yield await attacked(domain, 'SimBA', 'simba', 'L2', image ? 3 : 1, 1, seed);
  if (domain.others !== undefined)
    yield await answered(
      domain,
      image ? 'Knockoff (Fashion-MNIST)' : 'Knockoff (mixed rows)',
      sampled(domain.others, new Random(seed)),
    );
  yield await answered(domain, 'random noise', noise(domain, new Random(seed)));
}

export async function answered(domain: Domain, name: string, rows: readonly Float32Array[]): Promise<Stream> {
  const { victim } = domain;
  const all = new Float32Array(rows.length * victim.features);
  for (const [at, row] of rows.entries()) all.set(row, at * victim.features);
  const scores = await victim.scores(all);
  return {
    name,
    rows,
    scores: rows.map((_, at) => scores.slice(at * victim.classes, (at + 1) * victim.classes)),
  };
}

/** What an attack asks, until it has asked enough: row after row, `together` at once. */
export async function attacked(
  domain: Domain,
  name: string,
  attack: string,
  norm: Norm,
  epsilon: number,
  together: number,
  seed: number,
  settings: Readonly<Record<string, number>> = {},
): Promise<Stream> {
  const found = ATTACKS.find((one) => one.name === attack);
  if (found === undefined) throw new Error(`no attack ${attack}`);
  const [rows, scores]: [Float32Array[], Float32Array[]] = [[], []];
  const stop = new AbortController();
  const { features, classes, answers } = domain.victim;
  const victim: Victim = {
    features,
    classes,
    answers,
    scores: async (asked) => {
      const given = await domain.victim.scores(asked);
      for (let at = 0; at < asked.length / features && rows.length < LENGTH; at++) {
        rows.push(asked.slice(at * features, (at + 1) * features));
        scores.push(given.slice(at * classes, (at + 1) * classes));
      }
      if (rows.length >= LENGTH) stop.abort();
      return given;
    },
  };
  for (let from = 0; rows.length < LENGTH && from < 200; from += together) {
    const places = Array.from(
      { length: together },
      (_, index) => (from + index) % domain.seeds.labels.length,
    );
    const job = picked(domain.seeds, places);
    await found.run({
      victim,
      rows: job.rows,
      labels: job.labels,
      norm,
      epsilon,
      space: domain.space,
      settings: { ...found.defaults, queries: LENGTH, ...settings },
      random: new Random(seed + from),
      signal: stop.signal,
    });
  }
  return { name, rows, scores };
}

export function moved({ space }: Domain, row: Float32Array, slope: Float64Array, step: number): Float32Array {
  const out = row.map(
    (value, at) => value + step * (space.unit[at] as number) * Math.sign(slope[at] as number),
  );
  clip(space, out, row);
  return out;
}

/** Papernot et al.: Practical black-box attacks, 2017: each round, every row and its neighbour along the substitute's slope. */
export async function jbda(domain: Domain, random: Random, seeds: number): Promise<Float32Array[]> {
  const rows = sampled(domain.seeds, random).slice(0, seeds);
  while (rows.length < LENGTH) {
    const { scores } = await answered(domain, '', rows);
    const labels = scores.map((own) => own.indexOf(Math.max(...own)));
    const substitute = trained(domain, rows, labels, random);
    for (const [at, row] of rows.slice(0, LENGTH - rows.length).entries())
      rows.push(moved(domain, row, substitute.slope(labels[at] as number), LAMBDA));
  }
  return rows;
}

/** Juuti et al. (T-RND): rows moved towards a class at random by the substitute's gradients. */
export async function targeted(domain: Domain, random: Random): Promise<Float32Array[]> {
  const seeds = sampled(domain.seeds, random).slice(0, 100);
  const { scores } = await answered(domain, '', seeds);
  const labels = scores.map((own) => own.indexOf(Math.max(...own)));
  const substitute = trained(domain, seeds, labels, random);
  return Array.from({ length: LENGTH }, (_, at) => {
    if (at < seeds.length) return seeds[at] as Float32Array;
    const place = random.below(seeds.length);
    const label = labels[place] as number;
    const target = (label + 1 + random.below(domain.victim.classes - 1)) % domain.victim.classes;
    return moved(domain, seeds[place] as Float32Array, substitute.slope(target, label), TARGETED_STEP);
  });
}

export function trained(
  { victim }: Domain,
  rows: readonly Float32Array[],
  labels: readonly number[],
  random: Random,
): Substitute {
  const data: Rows = {
    features: victim.features,
    rows: Float32Array.from(rows.flatMap((row) => [...row])),
    labels: Int32Array.from(labels),
  };
  return new Substitute(data, victim.classes, random, 5);
}

export function sampled(data: Rows, random: Random): Float32Array[] {
  const order = random.shuffle(Array.from(data.labels, (_, at) => at));
  return order.slice(0, LENGTH).map((at) => rowAt(data, at));
}

const noise = ({ space }: Domain, random: Random): Float32Array[] =>
  Array.from({ length: LENGTH }, () =>
    space.lower.map((lower, at) => random.between(lower, space.upper[at] as number)),
  );
