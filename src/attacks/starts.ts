import { type Asking, joined, type Target } from './asking.ts';
import type { Job } from './attack.ts';
import { distance } from './norms.ts';
import { rowOf } from './rows.ts';
import { clip, isDiscrete, snap } from './space.ts';

// Where attacks from decisions begin: at a row that the model puts into another class. Noise alone does not find one for
// every row (Foolbox issue 541: 46 of 1,000 images), so known rows are tried first, and several kinds of noise.

/** Rows in one question. */
const AT_ONCE = 16;
/** Known rows that are tried, from the nearest on. */
const KNOWN = 128;
/** Rows of noise that are tried: kinds take turns. */
const NOISY = 160;

/** A row that the model gets wrong: of the known ones the nearest; undefined where none was found. */
export function* firstWrong(target: Target, job: Job, queries: number): Asking<Float32Array | undefined> {
  const { features } = job.victim;
  for (const rows of [known(target, job), noise(target, job)]) {
    let part: Float32Array[] = [];
    for (const row of rows) {
      if (target.queries + part.length >= queries) break;
      part.push(row);
      if (part.length < AT_ONCE) continue;
      const wrong = yield* firstOf(part);
      if (wrong !== undefined) return wrong;
      part = [];
    }
    const wrong = yield* firstOf(part);
    if (wrong !== undefined) return wrong;
  }
  return undefined;

  function* firstOf(part: readonly Float32Array[]): Asking<Float32Array | undefined> {
    if (part.length === 0) return undefined;
    const rows = joined(part);
    const answer = yield { rows };
    const index = part.findIndex((_, at) => target.wrong(answer, at));
    if (index < 0) return undefined;
    const row = rowOf(rows, features, index).slice();
    target.found(row);
    return row;
  }
}

/** The other rows that the attacker knows, the nearest first. */
function known({ original }: Target, job: Job): Float32Array[] {
  const { others, norm, space, victim } = job;
  if (others === undefined) return [];
  return Array.from({ length: others.length / victim.features }, (_, at) => {
    const row = put(job, rowOf(others, victim.features, at).slice(), original);
    return { row, far: distance(norm, space, row, original) };
  })
    .filter(({ far }) => far > 0)
    .sort((a, b) => a.far - b.far)
    .slice(0, KNOWN)
    .map(({ row }) => row);
}

/** Rows of one value, turned round, and with some or all features at random. */
function* noise({ original, random }: Target, job: Job): Generator<Float32Array> {
  const { lower, upper } = job.space;
  const at = (part: number, share: number): number =>
    (lower[part] as number) + share * ((upper[part] as number) - (lower[part] as number));
  yield put(
    job,
    original.map((value, part) => (upper[part] as number) + (lower[part] as number) - value),
    original,
  );
  for (const share of [0, 0.25, 0.5, 0.75, 1])
    yield put(
      job,
      original.map((_, part) => at(part, share)),
      original,
    );
  for (let turn = 0; turn < NOISY; turn++) {
    // All features; some, at random; some, at their bounds.
    const changed = [1, 0.1, 0.3, 0.6][turn % 4] as number;
    const bounds = (turn >> 2) % 2 === 1;
    const row = original.map((value, part) => {
      const share = random.uniform();
      if (random.uniform() >= changed) return value;
      return at(part, bounds ? Math.round(share) : share);
    });
    yield put(job, row, original);
  }
}

/** The row as it could be sent. */
export function put({ space }: Job, row: Float32Array, original: Float32Array): Float32Array {
  if (isDiscrete(space)) snap(space, row, original);
  else clip(space, row, original);
  return row;
}
