import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Job, Victim } from './attack.ts';
import { boundary } from './boundary.ts';
import { deepfool } from './deepfool.ts';
import { hopSkipJump } from './hop-skip-jump.ts';
import { gradientsOf } from './logits.ts';
import { dlr, type Loss, logOdds } from './losses.ts';
import { Random } from './random.ts';
import { boxOf } from './space.ts';
import { shareAt, square } from './square.ts';
import { standard } from './standard.ts';
import { tabular } from './tabular.ts';
import { treeSearch } from './tree-search.ts';

/** A model from the lead of class 1 over class 0. */
const victimOf = (
  features: number,
  lead: (row: Float32Array) => number,
  change: Partial<Victim> = {},
): Victim => ({
  features,
  classes: 2,
  answers: 'logits',
  scores: async (rows) => {
    const out = new Float32Array((rows.length / features) * 2);
    for (let at = 0; at < rows.length / features; at++)
      out[2 * at + 1] = lead(rows.subarray(at * features, (at + 1) * features));
    return out;
  },
  ...change,
});

const jobOf = (victim: Victim, rows: Float32Array, change: Partial<Job> = {}): Job => ({
  victim,
  rows,
  labels: new Int32Array(rows.length / victim.features),
  norm: 'Linf',
  epsilon: 0.3,
  space: boxOf(victim.features),
  settings: {},
  random: new Random(1),
  ...change,
});

/** Class 1 in one corner in a million only: noise does not find it. */
const hidden = victimOf(20, (row) => (row.every((value) => value > 0.8 && value < 0.85) ? 1 : -1), {
  answers: 'logits',
});

suite('attacks from decisions', () => {
  for (const attack of [hopSkipJump, boundary])
    test(`${attack.name} begins at a known row where noise finds none (Foolbox 541)`, async () => {
      const rows = Float32Array.from({ length: 20 }, () => 0.7);
      const settings = { ...attack.defaults, queries: 600 };
      const alone = await attack.run(jobOf(hidden, rows, { norm: 'L2', settings }));
      assert.equal(alone.found[0], 0);
      assert.deepEqual(alone.rows, rows);
      const others = new Float32Array(40).fill(0.2).fill(0.83, 20);
      const known = await attack.run(jobOf(hidden, rows, { norm: 'L2', settings, others }));
      assert.equal(known.found[0], 1);
      assert.ok(known.rows.every(Number.isFinite));
    });

  test('a boundary through the row itself gives numbers, not NaN (ART 307)', async () => {
    // Everything but the row itself is wrong.
    const rows = new Float32Array(6).fill(0.5);
    const victim = victimOf(6, (row) => (row.every((value) => value === 0.5) ? -1 : 1));
    for (const norm of ['L2', 'Linf'] as const) {
      const { found, rows: made } = await hopSkipJump.run(
        jobOf(victim, rows, { norm, settings: { queries: 500, samples: 20, most: 100 } }),
      );
      assert.equal(found[0], 1);
      assert.ok(made.every(Number.isFinite));
    }
  });
});

suite('gradients of probabilities', () => {
  const victim: Victim = {
    ...victimOf(2, () => 0),
    answers: 'probabilities',
    scores: async () => Float32Array.of(1, 1e-9),
    gradients: async (_, cotangentOf) => {
      const scores = Float32Array.of(1, 1e-9);
      const given = cotangentOf(scores);
      // A softmax backwards, then rows as logits: what a runtime makes of it in float32.
      const mean = Math.fround(scores.reduce((sum, score, at) => sum + score * (given[at] ?? 0), 0));
      return { scores, gradient: scores.map((score, at) => score * ((given[at] ?? 0) - mean)) };
    },
  };

  test('a softmax that is sure of itself hides no slope', async () => {
    const { gradient } = await gradientsOf(victim, new Float32Array(2), () => Float32Array.of(-1, 1));
    assert.ok(Math.abs((gradient[0] ?? 0) + 1) < 1e-5 && Math.abs((gradient[1] ?? 0) - 1) < 1e-5);
  });
});

suite('losses', () => {
  const cotangents = (loss: Loss, scores: readonly number[]) => {
    const cotangent = new Float32Array(scores.length);
    return [loss(Float32Array.from(scores), 0, cotangent, 0), ...cotangent];
  };

  test('log-odds are those of cross-entropy: its gradient is theirs times 1 − p', () => {
    const scores = [1, 0.5, -1];
    const powers = scores.map(Math.exp);
    const sum = powers.reduce((total, one) => total + one, 0);
    const [odds = 0, ...slope] = cotangents(logOdds, scores);
    const likely = (powers[0] ?? 0) / sum;
    assert.ok(Math.abs(Math.log1p(Math.exp(odds)) + Math.log(likely)) < 1e-6);
    for (const [at, part] of slope.entries())
      assert.ok(Math.abs(part * (1 - likely) - ((powers[at] ?? 0) / sum - (at === 0 ? 1 : 0))) < 1e-6);
  });

  test('a model that is sure of itself has a slope', () => {
    assert.deepEqual(cotangents(logOdds, [5000, 10, -3000]), [-4990, -1, 1, 0]);
  });

  test('of three classes the ratio is the lead: pushing the last away is no progress', () => {
    assert.deepEqual(cotangents(dlr, [3, 2, 1]), [-1, -1, 1, 0]);
  });
});

suite('square', () => {
  test('the share of features is halved at the places of the paper', () => {
    assert.deepEqual(
      [1, 11, 51, 201, 501, 1001, 2001, 4001, 6001, 8001].map((step) => shareAt(step, 10_000, 0.8)),
      [0.8, 0.4, 0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125, 0.0015625],
    );
  });

  test('no question is wasted on a square that changes nothing', async () => {
    const seen = new Set<string>();
    let asked = 0;
    const victim = victimOf(16, (row) => {
      asked += 1;
      seen.add(row.join());
      return -1 - row.reduce((sum, value) => sum + value, 0);
    });
    await square.run(
      jobOf(victim, new Float32Array(16), {
        space: { ...boxOf(16), image: { channels: 1, height: 4, width: 4 } },
        settings: { queries: 100, share: 0.1 },
      }),
    );
    assert.ok(asked === 100 && seen.size > 15, `${seen.size} of ${asked}`);
  });
});

test('DeepFool takes the shortest way to a plane', async () => {
  // Class 1 where 3x + 4y > 5: from the origin one away.
  const lead = (row: Float32Array) => 3 * (row[0] ?? 0) + 4 * (row[1] ?? 0) - 5;
  const plain = victimOf(2, lead);
  const victim: Victim = {
    ...plain,
    gradients: async (rows, cotangentOf) => {
      const scores = await plain.scores(rows);
      const given = cotangentOf(scores);
      return {
        scores,
        gradient: rows.map((_, at) => (given[2 * (at >> 1) + 1] ?? 0) * (at % 2 === 0 ? 3 : 4)),
      };
    },
  };
  const { rows } = await deepfool.run(
    jobOf(victim, new Float32Array(2), { norm: 'L2', settings: deepfool.defaults }),
  );
  assert.ok(Math.abs(Math.hypot(rows[0] ?? 0, rows[1] ?? 0) - 1) < 1e-2);
});

suite('trees and records', () => {
  // Two stumps; wrong once both are crossed, in the direction that each needs.
  const stumps = victimOf(
    3,
    (row) => ((row[0] ?? 0) > 0.62 ? 1 : -1) + ((row[1] ?? 0) <= 0.31 ? 1 : -1) + 0.5,
  );

  test('thresholds are crossed by no more than must be', async () => {
    const rows = Float32Array.of(0.5, 0.4, 0.9);
    const thresholds = [Float32Array.of(0.2, 0.62), Float32Array.of(0.31), Float32Array.of(0.5)];
    const { found, rows: made } = await treeSearch.run(
      jobOf(stumps, rows, { norm: 'L1', thresholds, settings: { queries: 200 } }),
    );
    assert.equal(found[0], 1);
    assert.ok(Math.abs((made[0] ?? 0) - 0.62) < 1e-6 || Math.abs((made[1] ?? 0) - 0.31) < 1e-6);
    assert.equal(made[2], rows[2], 'what is not needed is taken back');
  });

  test('records keep their types', async () => {
    const space = {
      ...boxOf(6, 0, 10),
      whole: Uint8Array.of(1, 0, 0, 0, 0, 0),
      fixed: Uint8Array.of(0, 1, 0, 0, 0, 0),
      choices: [[3, 4, 5]],
    };
    // Wrong for the second category and a whole number above 6.
    const victim = victimOf(6, (row) => (row[4] === 1 ? 2 : 0) + ((row[0] ?? 0) > 6 ? 2 : 0) - 3);
    const rows = Float32Array.of(4, 5, 5, 1, 0, 0);
    const { found, rows: made } = await tabular.run(
      jobOf(victim, rows, { norm: 'L0', epsilon: 2, space, settings: { queries: 1000 } }),
    );
    assert.equal(found[0], 1);
    assert.deepEqual([...made.subarray(1)], [5, 5, 0, 1, 0]);
    assert.ok(Number.isInteger(made[0]) && (made[0] ?? 0) > 6);
  });
});

suite('the standard ensemble', () => {
  const settings = { square: { queries: 300 }, 'hop-skip-jump': { queries: 300 } };

  test('a model that steps: square breaks what gradients do not, and warnings say why', async () => {
    // Gradients of zero, as of a model that rounds its inputs.
    const plain = victimOf(8, (row) => Math.round(row.reduce((sum, value) => sum + value, 0) * 2) - 8.5);
    const victim: Victim = {
      ...plain,
      gradients: async (rows, cotangentOf) => {
        const scores = await plain.scores(rows);
        cotangentOf(scores);
        return { scores, gradient: new Float32Array(rows.length) };
      },
    };
    const rows = new Float32Array(8 * 8).fill(0.45);
    const made = await standard({
      ...jobOf(victim, rows),
      settings: { ...settings, 'apgd-ce': { steps: 5 }, 'apgd-t': { steps: 5 } },
      flat: ['Round'],
    });
    assert.equal(made.clean, 8);
    assert.equal(made.robust, 0);
    const signs = made.warnings.map(({ sign }) => sign);
    assert.ok(
      signs.includes('zero-gradients') && signs.includes('flat-nodes') && signs.includes('loss-not-rising'),
    );
  });

  test('where gradients and scores are flat, what is decided is asked', async () => {
    // As of a model that answers with probabilities of a hundredth.
    const flat = victimOf(8, (row) => (row.reduce((sum, value) => sum + value, 0) > 4 ? 1 : -1));
    const victim: Victim = {
      ...flat,
      gradients: async (rows, cotangentOf) => {
        const scores = await flat.scores(rows);
        cotangentOf(scores);
        return { scores, gradient: new Float32Array(rows.length) };
      },
    };
    const few = { 'apgd-ce': { steps: 5 }, 'apgd-t': { steps: 5 }, square: { queries: 2 } };
    const job = { ...jobOf(victim, new Float32Array(8 * 4).fill(0.45)), epsilon: 0.1 };
    const made = await standard({ ...job, settings: { ...few, 'hop-skip-jump': { queries: 400 } } });
    assert.equal(made.steps.at(-1)?.attack, 'hop-skip-jump');
    assert.ok(made.brokenBy.every((attack) => attack !== ''));
    // A slope that says something needs no decisions.
    const sloped = {
      ...flat,
      gradients: async (rows: Float32Array) => ({
        scores: await flat.scores(rows),
        gradient: rows.map(() => 1),
      }),
    };
    const other = await standard({ ...job, victim: sloped, epsilon: 0.001, settings: few });
    assert.ok(other.steps.every(({ attack }) => attack !== 'hop-skip-jump'));
  });

  test('scores that change by themselves are told', async () => {
    const random = new Random(3);
    const victim = victimOf(4, (row) => (row[0] ?? 0) - 2 + 0.01 * random.normal());
    const made = await standard({ ...jobOf(victim, new Float32Array(12).fill(0.5)), settings });
    assert.ok(made.warnings.some(({ sign }) => sign === 'randomised'));
    assert.ok(made.warnings.some(({ sign }) => sign === 'survives-any-budget'));
  });

  test('a plain model gets no warning, and each row its attack', async () => {
    const victim = victimOf(4, (row) => row.reduce((sum, value) => sum + value, 0) - 2.5);
    const made = await standard({ ...jobOf(victim, new Float32Array(12).fill(0.5)), settings });
    assert.deepEqual(made.warnings, []);
    assert.equal(made.robust, 0);
    assert.deepEqual(made.brokenBy, ['square', 'square', 'square']);
  });
});
