import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defenceKeys } from '../../defences/calibration.ts';
import { Chain } from '../../shapers/chain.ts';
import { Keyed } from '../../shapers/keyed.ts';
import { linear } from '../attack/testing.ts';
import { calibrateModel } from '../calibration/calibrate-model.ts';
import { type MarksJob, proveMarks } from './prove-marks.ts';

const keys = defenceKeys(Buffer.from('a key for tests only'));
const FEATURES = 4;
const RATE = 0.1;
/** Rows that fill a box evenly (the plastic number's powers). */
const STEPS = [0.8566749, 0.7338919, 0.6287067, 0.5385973];
const rowsOf = (count: number) =>
  Float32Array.from(
    { length: count * FEATURES },
    (_, at) => (Math.floor(at / FEATURES) * (STEPS[at % FEATURES] ?? 0)) % 1,
  );
const own: MarksJob['own'] = {
  features: FEATURES,
  classes: 2,
  scores: async (rows) =>
    Float32Array.from({ length: (rows.length / FEATURES) * 2 }, (_, at) =>
      at % 2 === 0 ? 0.4 : (rows[(at >> 1) * FEATURES] as number),
    ),
};
const content = {
  kind: 'table' as const,
  columns: ['a', 'b', 'c', 'd'],
  rows: Array.from({ length: 400 }, (_, at) => [...rowsOf(400).subarray(at * FEATURES, (at + 1) * FEATURES)]),
  place: String,
};
const { calibration } = await calibrateModel(
  linear(FEATURES),
  { name: 'own.csv', sha256: '', content },
  keys,
  { drop: [], scale: undefined },
);
const chain = new Chain([{ use: 'dawn', rate: RATE }], { key: true, gate: true });
const keyed = new Keyed(keys.shapers, calibration.model, calibration.gate.units);

/** Says what callers outside were told. */
const copy: MarksJob['suspect'] = {
  ...own,
  async scores(rows) {
    const given = await own.scores(rows);
    for (let at = 0; at * FEATURES < rows.length; at++) {
      const row = rows.subarray(at * FEATURES, (at + 1) * FEATURES);
      const context = { draws: keyed.of(row), outlier: undefined, external: true };
      given.set(chain.shape(given.slice(at * 2, at * 2 + 2), 'logits', context).scores, at * 2);
    }
    return given;
  },
};
const job = { calibration, keys, rate: RATE, rows: rowsOf(3000), own };

suite('marks', () => {
  test('prove a copy that learned them', async () => {
    const { verdict, marks, matches, log2P } = await proveMarks({ ...job, suspect: copy });
    assert.equal(verdict, 'marked');
    assert.equal(matches, marks);
    assert.ok(log2P <= -64);
  });

  test('prove nothing of a model of its own, however often it is wrong', async () => {
    assert.equal((await proveMarks({ ...job, suspect: own })).verdict, 'unmarked');
    const wrong = {
      ...own,
      scores: async (rows: Float32Array) => (await own.scores(rows)).map((score) => -score),
    };
    const { verdict, differences } = await proveMarks({ ...job, suspect: wrong });
    assert.equal(verdict, 'unmarked');
    assert.ok(differences > 2000);
  });

  test('of few rows decide nothing', async () => {
    const rows = rowsOf(50);
    assert.equal((await proveMarks({ ...job, rows, suspect: copy })).verdict, 'undecided');
  });

  test('are looked for in models of the same kind only', async () => {
    await assert.rejects(proveMarks({ ...job, suspect: { ...copy, classes: 3 } }), /3 classes/);
  });
});
