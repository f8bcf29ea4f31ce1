import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { Problem } from '../src/base/problem.ts';
import { defenceKeys, writeModelCalibration } from '../src/defences/calibration.ts';
import { calibrateModel } from '../src/lifecycle/calibration/calibrate-model.ts';
import { FRAUD, linearModel, servePredictions } from './harness/predictions.ts';

const KEY = 'a key for tests only';
const rows = Array.from({ length: 48 }, (_, at) => ({
  age: 18 + ((at * 37) % 100),
  income: (at * 7919) % 1000,
  country: at % 2 === 0 ? 'DE' : 'FR',
}));

/** Of a model whose only output is the logit of the second class. */
async function calibration(): Promise<string> {
  const own = Array.from({ length: 200 }, (_, at) => [18 + ((at * 37) % 100), (at * 7919) % 1000, at % 2]);
  const keys = defenceKeys(Buffer.from(KEY));
  const data = {
    name: 'own.csv',
    sha256: '',
    content: { kind: 'table' as const, columns: ['a', 'b', 'c'], rows: own, place: String },
  };
  const options = { drop: [], scale: undefined };
  const made = await calibrateModel(linearModel([1, -0.2, 3], 0), data, keys, options);
  return writeModelCalibration(made.calibration, keys);
}

/** `both` of the models a and b, that answer 1 and 2 whatever they are asked. */
async function serve(t: TestContext, of: string, more = '') {
  const gate = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'c.json': await calibration() },
    settings:
      `  a: { contract: fraud.yaml }\n  b: { contract: fraud.yaml${more} }\n` +
      `  both: { contract: fraud.yaml, calibration: c.json, calibration_key: "${KEY}", of: ${of} }\n`,
  });
  const references = ['a', 'b'].map((name, at) => gate.add(linearModel([0, 0, 0], at + 1), name));
  const said = async (asked: unknown = rows): Promise<number[]> => {
    const answer = await gate.ask(asked, '/v2/models/both/rows');
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { rows: { score: number }[] }).rows.map(({ score }) => score);
  };
  const ends = () => gate.entries().filter(({ kind }) => kind === 'request.end') as Record<string, unknown>[];
  return { ...gate, references, said, ends };
}

suite('a prediction that is made of others', () => {
  test('switch: rows have one model each, for ever, and the ledger says which had how many', async (t) => {
    const { said, ends } = await serve(t, '{ switch: [{ model: a, weight: 2 }, { model: b }] }');
    const first = await said();
    assert.deepEqual(new Set(first), new Set([1, 2]));
    assert.deepEqual(await said(), first);
    for (const at of [0, 17, 40]) assert.deepEqual(await said([rows[at]]), [first[at]]);
    const counts = [1, 2].map((model) => first.filter((score) => score === model).length);
    const { members } = ends()[0] as { members: { model: string; version: string; rows: number }[] };
    assert.deepEqual(
      members.sort((one, two) => (one.model < two.model ? -1 : 1)),
      [
        { model: 'a', version: '1', rows: counts[0] },
        { model: 'b', version: '1', rows: counts[1] },
      ],
    );
  });

  test('vote: one answer in the form of the models; how far they differ is in ledger and metrics', async (t) => {
    const { said, ends, gateway } = await serve(t, '{ vote: [a, b] }');
    const mean = (1 / (1 + Math.exp(-1)) + 1 / (1 + Math.exp(-2))) / 2;
    const [score = 0] = await said([rows[0]]);
    assert.ok(Math.abs(score - Math.log(mean / (1 - mean))) < 1e-4, String(score));
    const [end] = ends();
    assert.deepEqual(end?.members, [
      { model: 'a', version: '1', rows: 1 },
      { model: 'b', version: '1', rows: 1 },
    ]);
    const { mean: far = 0, most } = (end?.disagreement ?? {}) as { mean?: number; most?: number };
    assert.ok(far > 0 && far < 0.1 && most === far);
    assert.match(
      await gateway.gate.exposition(),
      /gatehouse_prediction_disagreement_count\{model="both"\} 1/,
    );
  });

  test('canary: a model that is taken from use is done without; those that vote are all needed', async (t) => {
    const { said, registry, references } = await serve(
      t,
      '{ canary: [{ model: a, weight: 9 }, { model: b }], by: row }',
    );
    assert.deepEqual(new Set(await said()), new Set([1, 2]));
    registry.take(references[1] ?? '', { act: 'revoke' });
    assert.deepEqual(new Set(await said()), new Set([1]));
  });

  test('what it is made of is not asked by its own name, as if it were not there, unless that is said', async (t) => {
    const { ask, get } = await serve(t, '{ vote: [a, b] }', ', by_name: true');
    const refusal = async (name: string) => {
      const answer = await ask([rows[0]], `/v2/models/${name}/rows`);
      return [answer.status, (await answer.text()).replaceAll(/[a-z]+_[0-9A-Za-z]{20,}/g, '')];
    };
    assert.deepEqual(await refusal('a'), await refusal('nothing'));
    assert.equal((await ask([rows[0]], '/v2/models/b/rows')).status, 200);
    for (const path of ['/v2/models/a', '/v2/models/a/ready', '/v2/models/a/versions/1'])
      assert.equal((await get(path)).status, 404, path);
    const about = (await (await get('/v2/models/both')).json()) as { outputs: { name: string }[] };
    assert.deepEqual(
      about.outputs.map(({ name }) => name),
      ['score'],
    );
    assert.equal((await get('/v2/models/both/versions/1')).status, 404);
  });

  test('others of another contract are an error at the start', async (t) => {
    const started = servePredictions(t, {
      files: { 'fraud.yaml': FRAUD, 'other.yaml': FRAUD.replace('max: 120', 'max: 99') },
      settings:
        '  a: { contract: other.yaml }\n  b: { contract: fraud.yaml }\n  both: { contract: fraud.yaml, of: { vote: [b, a] } }\n',
    });
    await assert.rejects(started, (error) => {
      assert.ok(error instanceof Problem);
      assert.match(error.message, /predictions\.both\.of: “a” has another contract than both/);
      return true;
    });
  });
});

test('rows on which models differ that agree about the rows of their owner raise an alarm', async (t) => {
  // Alike for whoever is from DE, as all in the sample are; at odds about the others.
  const models = [linearModel([0.1, 0, 3], 0), linearModel([0.1, 0, -9], 0)];
  const own = Array.from({ length: 400 }, (_, at) => [
    18 + ((at * 37) % 100),
    (at * 7919) % 1000,
    at % 50 === 0 ? 1 : 0,
  ]);
  const [first = new Uint8Array(), ...voters] = models;
  const keys = defenceKeys(Buffer.from(KEY));
  const content = { kind: 'table' as const, columns: ['a', 'b', 'c'], rows: own, place: String };
  const { calibration } = await calibrateModel(first, { name: 'own.csv', sha256: '', content }, keys, {
    drop: [],
    scale: undefined,
    voters,
  });
  const gate = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'c.json': writeModelCalibration(calibration, keys) },
    settings:
      '  a: { contract: fraud.yaml }\n  b: { contract: fraud.yaml }\n' +
      `  both: { contract: fraud.yaml, calibration: c.json, calibration_key: "${KEY}", of: { vote: [a, b] } }\n`,
  });
  for (const [at, model] of models.entries()) gate.add(model, ['a', 'b'][at]);
  const asked = Array.from({ length: 40 }, (_, at) => ({ age: 20 + at, income: 3.7 * at, country: 'FR' }));
  for (const from of [0, 20])
    assert.equal((await gate.ask(asked.slice(from, from + 20), '/v2/models/both/rows')).status, 200);
  const alarms = gate.entries().filter(({ kind }) => kind === 'monitor.alarm') as { monitor?: unknown }[];
  assert.ok(
    alarms.some(({ monitor }) => monitor === 'disagreement'),
    JSON.stringify(alarms.map(({ monitor }) => monitor)),
  );
});
