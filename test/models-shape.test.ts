import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { place as attacked, csv, FEATURES, rows } from './attack/place.ts';
import { inProcess, modelScene } from './harness/models.ts';

const gatehouse = (folder: string, args: readonly string[]) => inProcess(folder, args, '0');
const KEY = 'a key for tests only';
const POLICY = `version: 1
roles: { app: { allow: [{ actions: [predict], models: ["*"] }] } }
predictions:
  - models: [fraud]
    shapers: [{ use: rounding, decimals: 2 }]
    ladder:
      - { respond: log }
      - { respond: coarser, shapers: [{ use: label-only }] }
      - { respond: misinformation, shapers: [{ use: misinformation, threshold: 0.9 }] }
`;

/** A folder with a model, 400 rows, as many of a thief, and a calibration. */
function place(t: TestContext): string {
  const folder = attacked(t, undefined, 400);
  const far = rows(120).map((row) => row.map((value, at) => (at < FEATURES ? 5 * value - 2 : value)));
  writeFileSync(join(folder, 'thief.csv'), csv(far));
  writeFileSync(join(folder, 'fraud.key'), `${KEY}\n`);
  writeFileSync(join(folder, 'policy.yaml'), POLICY);
  return folder;
}

const CALIBRATE = ['models', 'calibrate', 'model.onnx', '--data', 'data.csv', '--key', 'fraud.key'];
const SHAPE = [
  'models',
  'shape',
  'model.onnx',
  '--data',
  'data.csv',
  '--thief',
  'thief.csv',
  '--copies',
  '1',
];
const MADE = ['--calibration', 'c.json', '--key', 'fraud.key'];

suite('models calibrate and models shape', () => {
  test('a calibration is made, a policy is measured with it, and a page tells of it', async (t) => {
    const folder = place(t);
    const made = await gatehouse(folder, [...CALIBRATE, '--label', 'label', '--to', 'c.json', '--json']);
    assert.equal(made.code, 0, made.err);
    const told = JSON.parse(made.out) as Record<string, unknown>;
    assert.deepEqual(told.scores, { output: 'y', form: 'logits', single: false });
    assert.deepEqual(told.accuracy, { share: 1, rows: 400 });
    assert.equal(statSync(join(folder, 'c.json')).mode & 0o077, 0);
    assert.ok(!readFileSync(join(folder, 'c.json'), 'utf8').includes(KEY));

    const policy = ['--policy', 'policy.yaml', '--model-name', 'fraud', '--report', 'page.html'];
    const ran = await gatehouse(folder, [...SHAPE, ...MADE, ...policy, '--json']);
    assert.equal(ran.code, 0, ran.err);
    const { complete, found } = JSON.parse(ran.out) as {
      complete: boolean;
      found: { name: string; benign: { lost: number }; thefts: { changed: number }[] }[];
    };
    assert.deepEqual(
      [complete, found.map(({ name }) => name)],
      [
        true,
        [
          'none',
          'everybody: rounding,decimals:2',
          'coarser: rounding,decimals:2 + label-only',
          'misinformation: rounding,decimals:2 + label-only + misinformation,threshold:0.9',
        ],
      ],
    );
    // Rows of the thief lie far outside; nearly all are answered wrongly, and few of those of users.
    assert.ok((found[3]?.thefts[0]?.changed ?? 0) > 0.8);
    assert.ok((found[3]?.benign.lost ?? 100) < 15);
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    assert.equal(page.match(/<circle/g)?.length, 4);
    assert.match(page, /default-src 'none'/);
    assert.doesNotMatch(page, /<script|NaN|undefined/);
  });

  test('a sealed model of the registry is calibrated, and measured, as a file is', async (t) => {
    const { write, good, run, person } = await modelScene(t, '{ unsigned: allow }');
    await person('ann');
    const files = attacked(t, undefined, 200);
    for (const name of ['model.onnx', 'data.csv'])
      write(name === 'data.csv' ? name : `model/${name}`, readFileSync(join(files, name)));
    write('fraud.key', KEY);
    write('shapers.yaml', '[{ use: label-only }]');
    await good('models add model --as ann.key');
    const made = 'models calibrate model@1 --data data.csv --label label --key fraud.key --to c.json';
    assert.match(await good(made), /right about 100\.0 % of 200 rows/);
    const shape = 'models shape model@1 --data data.csv --thief data.csv --copies 1 --shapers shapers.yaml';
    const shaped = await run(`${shape} --calibration c.json --key fraud.key --json`);
    assert.equal(shaped.code, 0, shaped.err);
  });

  test('what does not go together is said', async (t) => {
    const folder = place(t);
    const refused = async (args: readonly string[], why: RegExp) => {
      const { code, err } = await gatehouse(folder, args);
      assert.equal(code, 3, err);
      assert.match(err, why);
    };
    const calibrated = await gatehouse(folder, [...CALIBRATE, '--drop', 'label', '--to', 'c.json']);
    assert.match(calibrated.out, /Scores are in y, logits of 2 classes\..*0 would be alarmed about/);
    await refused([...CALIBRATE, '--drop', 'label', '--to', 'c.json'], /c\.json is there already/);
    await refused([...CALIBRATE, '--drop', 'label', '--scores', 'z', '--to', 'd'], /z is no output.*are: y/);
    await refused([...SHAPE, '--calibration', 'c.json'], /--calibration and --key go together/);
    await refused([...SHAPE, '--policy', 'policy.yaml'], /--policy and --model-name go together/);
    await refused(
      [...SHAPE, '--policy', 'policy.yaml', '--model-name', 'x'],
      /no rule in “predictions” for x/,
    );
    writeFileSync(join(folder, 'fraud.key'), 'another key for tests\n');
    await refused([...SHAPE, ...MADE], /was changed, or was made under another key/);
    writeFileSync(join(folder, 'fraud.key'), 'short\n');
    await refused([...SHAPE, ...MADE], /at least 16 bytes/);
  });
});
