import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Random } from '../../attacks/random.ts';
import { CloneTrainer, labelsOf } from './clone.ts';
import { calibrationError, evaluateShaping, type Shaping, type ShapingJob } from './evaluate.ts';

const [FEATURES, CLASSES] = [8, 3];

/** Rows about three places, and the place of each. */
function around(count: number, random: Random) {
  const labels = Int32Array.from({ length: count }, (_, at) => at % CLASSES);
  const rows = Float32Array.from(
    { length: count * FEATURES },
    (_, at) =>
      ((at % FEATURES) % CLASSES === (labels[Math.floor(at / FEATURES)] ?? 0) ? 1 : 0) +
      0.2 * random.normal(),
  );
  return { rows, labels };
}

/** Says the place that a row is nearest to. */
const model: ShapingJob['model'] = {
  features: FEATURES,
  classes: CLASSES,
  answers: 'logits',
  scores: async (rows) =>
    Float32Array.from({ length: (rows.length / FEATURES) * CLASSES }, (_, at) => {
      const [row, label] = [Math.floor(at / CLASSES), at % CLASSES];
      let sum = 0;
      for (let of = 0; of < FEATURES; of++)
        if (of % CLASSES === label) sum += 2 * (rows[row * FEATURES + of] ?? 0);
      return sum;
    }),
};

const jobOf = (random: Random): ShapingJob => ({
  model,
  own: around(600, random).rows,
  benign: around(300, random),
  thieves: [
    {
      name: 'far',
      rows: Float32Array.from({ length: 400 * FEATURES }, () => 2 * random.normal()),
      copies: 2,
    },
  ],
  candidates: [
    { name: 'none', shapers: [] },
    { name: 'misinformation', shapers: [{ use: 'misinformation', threshold: 0.99 }] },
    { name: 'dawn', shapers: [{ use: 'dawn', rate: 0.05 }] },
  ],
  secret: new Uint8Array(32).fill(5),
  digest: 'model',
  training: { steps: 400, batch: 64, rate: 0.01 },
});

suite('what shapers cost, and what they do to a thief', () => {
  test('misinformation spoils the copy and spares users; DAWN is counted', async () => {
    const steps: number[] = [];
    const found: Shaping[] = [];
    const job = { ...jobOf(new Random(2)), progress: (done: number) => steps.push(done) };
    for await (const one of evaluateShaping(job)) found.push(one);
    const [none, misled, marked] = found;
    assert.deepEqual(steps, [1, 2, 3, 4, 5, 6]);
    assert.equal(none?.benign.lost, 0);
    assert.equal(none?.thefts[0]?.changed, 0);
    assert.ok((none?.thefts[0]?.fidelity.mean ?? 0) > 0.8, `${none?.thefts[0]?.fidelity.mean}`);
    assert.ok((misled?.thefts[0]?.fidelity.mean ?? 1) < 0.6, `${misled?.thefts[0]?.fidelity.mean}`);
    assert.ok((misled?.benign.lost ?? 9) < 3 && (misled?.thefts[0]?.changed ?? 0) > 0.9);
    assert.ok((marked?.thefts[0]?.ownership?.marks ?? 0) > 5);
    assert.equal(none?.thefts[0]?.ownership, undefined);
  });

  test('a signal ends it', async () => {
    const job = { ...jobOf(new Random(2)), signal: AbortSignal.abort() };
    await assert.rejects(async () => {
      for await (const one of evaluateShaping(job)) assert.fail(one.name);
    }, /abort/i);
  });

  test('the same seed makes the same copy', async () => {
    const random = new Random(3);
    const { rows } = around(90, random);
    const answers = await model.scores(rows).then((scores) => {
      const labels = labelsOf(scores, CLASSES);
      return Float32Array.from(scores, (_, at) =>
        labels[Math.floor(at / CLASSES)] === at % CLASSES ? 1 : 0,
      );
    });
    const trainer = await CloneTrainer.open(FEATURES, CLASSES, [8]);
    const training = { steps: 40, batch: 16, rate: 0.01 };
    const [first, second] = [
      await trainer.train(rows, answers, 7, training),
      await trainer.train(rows, answers, 7, training),
    ];
    assert.deepEqual(await first.scores(rows), await second.scores(rows));
    await trainer.close();
  });

  test('calibration error is the gap between sure and right', () => {
    const answers = Float32Array.of(0.8, 0.2, 0.8, 0.2, 0.8, 0.2, 0.8, 0.2);
    const error = calibrationError(answers, Int32Array.of(0, 0, 0, 0), [0, 0, 1, 1], 2);
    assert.ok(Math.abs(error - 0.3) < 1e-6);
  });
});
