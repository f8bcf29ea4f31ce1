import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Attack, Job, Norm, Victim } from './attack.ts';
import { ATTACKS } from './index.ts';
import { errs } from './losses.ts';
import { distance } from './norms.ts';
import { Random } from './random.ts';
import { rowOf } from './rows.ts';
import { boxOf } from './space.ts';

const FEATURES = 20;
const CLASSES = 3;

/** A small network of one hidden layer, with its gradients written out: a victim without a runtime. */
function network(seed: number, access: Attack['access']): Victim {
  const random = new Random(seed);
  const hidden = 16;
  const normal = (count: number, scale: number) =>
    Float64Array.from({ length: count }, () => random.normal() * scale);
  const first = normal(hidden * FEATURES, 0.7);
  const second = normal(CLASSES * hidden, 1);
  const forward = (row: Float32Array) => {
    const units = new Float64Array(hidden);
    for (let unit = 0; unit < hidden; unit++) {
      let sum = 0;
      for (let at = 0; at < FEATURES; at++)
        sum += (first[unit * FEATURES + at] as number) * ((row[at] as number) - 0.5);
      units[unit] = Math.tanh(sum);
    }
    const logits = new Float32Array(CLASSES);
    for (let label = 0; label < CLASSES; label++)
      for (let unit = 0; unit < hidden; unit++)
        logits[label] =
          (logits[label] as number) + (second[label * hidden + unit] as number) * (units[unit] as number);
    return { units, scores: logits };
  };
  const scores = async (rows: Float32Array) => {
    const out = new Float32Array((rows.length / FEATURES) * CLASSES);
    for (let at = 0; at < rows.length / FEATURES; at++) {
      const logits = forward(rowOf(rows, FEATURES, at)).scores;
      if (access === 'decisions') out[at * CLASSES + logits.indexOf(Math.max(...logits))] = 1;
      else out.set(logits, at * CLASSES);
    }
    return out;
  };
  const black: Victim = {
    features: FEATURES,
    classes: CLASSES,
    answers: access === 'decisions' ? 'labels' : 'logits',
    scores,
  };
  if (access !== 'gradients') return black;
  return {
    ...black,
    gradients: async (rows, cotangentOf) => {
      const logits = await scores(rows);
      const cotangent = cotangentOf(logits);
      const gradient = new Float32Array(rows.length);
      for (let at = 0; at < rows.length / FEATURES; at++) {
        const { units } = forward(rowOf(rows, FEATURES, at));
        for (let unit = 0; unit < hidden; unit++) {
          let slope = 0;
          for (let label = 0; label < CLASSES; label++)
            slope += (cotangent[at * CLASSES + label] ?? 0) * (second[label * hidden + unit] ?? 0);
          slope *= 1 - (units[unit] ?? 0) ** 2;
          for (let part = 0; part < FEATURES; part++)
            gradient[at * FEATURES + part] =
              (gradient[at * FEATURES + part] ?? 0) + slope * (first[unit * FEATURES + part] ?? 0);
        }
      }
      return { scores: logits, gradient };
    },
  };
}

const COUNT = 24;

/** The defaults of an attack, with fewer questions: the network is small. */
const briefly = ({ defaults }: Attack): Record<string, number> => ({
  ...defaults,
  ...(defaults.queries === undefined ? {} : { queries: Math.min(defaults.queries, 800) }),
});

/** Rows and what the network says of them. */
async function jobOf(attack: Attack, norm: Norm, change: Partial<Job> = {}): Promise<Job> {
  const victim = network(3, attack.access);
  const random = new Random(11);
  const rows = Float32Array.from({ length: COUNT * FEATURES }, () => random.uniform());
  const scores = await victim.scores(rows);
  const labels = Int32Array.from({ length: COUNT }, (_, at) => {
    const row = rowOf(scores, CLASSES, at);
    return row.indexOf(Math.max(...row));
  });
  const epsilon = { Linf: 0.3, L2: 1, L1: 3, L0: 6 }[norm];
  return {
    victim,
    rows,
    labels,
    norm,
    epsilon,
    space: boxOf(FEATURES),
    settings: briefly(attack),
    random: new Random(5),
    ...change,
  };
}

for (const attack of ATTACKS)
  suite(attack.name, () => {
    for (const norm of attack.norms)
      test(`what it finds in ${norm} is an error, in bounds${attack.seeks === 'within' ? ' and within the budget' : ''}`, async () => {
        const job = await jobOf(attack, norm);
        const kept = job.rows.slice();
        const outcome = await attack.run(job);
        assert.deepEqual(job.rows, kept, 'the rows it was given are as they were');
        const scores = await job.victim.scores(outcome.rows);
        let found = 0;
        for (let at = 0; at < COUNT; at++) {
          const row = rowOf(outcome.rows, FEATURES, at);
          assert.ok(row.every((value) => value >= 0 && value <= 1));
          assert.ok((outcome.queries[at] ?? 0) > 0);
          if (outcome.found[at] !== 1) continue;
          found += 1;
          assert.ok(errs(rowOf(scores, CLASSES, at), job.labels[at] ?? 0));
          if (attack.seeks === 'within')
            assert.ok(
              distance(norm, job.space, row, rowOf(job.rows, FEATURES, at)) <= job.epsilon * (1 + 1e-4),
            );
        }
        const { queries } = job.settings;
        if (queries !== undefined) assert.ok(outcome.queries.every((asked) => asked <= queries));
        assert.ok(found > COUNT / 3, `found ${found} of ${COUNT}`);
        assert.equal(outcome.stopped, false);
      });

    test('the same seed finds the same', async () => {
      const norm = attack.norms[0] as Norm;
      const first = await attack.run(await jobOf(attack, norm));
      const second = await attack.run(await jobOf(attack, norm));
      assert.deepEqual(first, second);
    });

    test('features that are fixed stay, whole numbers stay whole', async () => {
      const space = boxOf(FEATURES);
      space.fixed.fill(1, 0, 4);
      const norm = attack.norms[0] as Norm;
      const job = await jobOf(attack, norm, { space });
      const outcome = await attack.run(job);
      for (let at = 0; at < COUNT; at++)
        for (let part = 0; part < 4; part++)
          assert.equal(outcome.rows[at * FEATURES + part], job.rows[at * FEATURES + part]);
    });

    test('when it is stopped it gives what it has', async () => {
      const stop = AbortSignal.abort();
      const outcome = await attack.run(await jobOf(attack, attack.norms[0] as Norm, { signal: stop }));
      assert.equal(outcome.stopped, true);
      assert.equal(outcome.rows.length, COUNT * FEATURES);
    });
  });

test('attacks have names of their own', () => {
  const names = ATTACKS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
});
