import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';

const FILES: Readonly<Record<string, string>> = {
  '/etc/gatehouse/fraud.yaml': 'the contract',
  '/etc/gatehouse/fraud.json': 'the calibration',
  '/etc/gatehouse/key': 'k-0815\n',
};

const read = (predictions: string) =>
  parseSettings(
    `upstreams: { open: { dialect: openai, url: https://a.example/v1, models: [m] } }\npredictions:\n${predictions}`,
    {
      env: { KEY: 'k-4711' },
      file: 'gatehouse.yaml',
      baseDir: '/etc/gatehouse',
      dialects: ['openai'],
      readFile: (path) => FILES[path] ?? assert.fail(path),
    },
  ).predictions;

const refused = (predictions: string, words: RegExp) =>
  assert.throws(
    () => read(predictions),
    (error) => error instanceof Problem && words.test(error.message),
  );

test('a sealed model, with what is normal filled in', () => {
  assert.deepEqual(read('  Fraud: { contract: fraud.yaml }').Fraud, {
    name: 'Fraud',
    contract: { file: 'fraud.yaml', text: 'the contract' },
    calibration: undefined,
    timeout: 10_000,
    hidden: false,
    from: {
      kind: 'sealed',
      reference: 'fraud',
      file: undefined,
      workers: 1,
      threads: 1,
      batchRows: 32,
      queueRows: 4096,
      memory: 4 * 2 ** 30,
    },
  });
});

test('a server of the Open Inference Protocol', () => {
  const { from } =
    read('  fraud: { contract: fraud.yaml, url: "https://triton.example.com/", key: "${KEY}" }').fraud ?? {};
  assert.ok(from?.kind === 'server');
  assert.deepEqual(
    [from.url, from.as, from.key?.reveal()],
    ['https://triton.example.com', 'fraud', 'k-4711'],
  );
});

test('a calibration, and its key', () => {
  const { calibration } =
    read('  fraud: { contract: fraud.yaml, calibration: fraud.json, calibration_key: { file: key } }')
      .fraud ?? {};
  assert.deepEqual(
    [calibration?.file, calibration?.text, calibration?.key.reveal()],
    ['fraud.json', 'the calibration', 'k-0815'],
  );
  refused('  fraud: { contract: fraud.yaml, calibration: fraud.json }', /calibration_key/);
  refused('  fraud: { contract: fraud.yaml, calibration_key: "${KEY}" }', /or neither/);
});

test('what does not go together, or is not known, is an error', () => {
  refused('  fraud: {}', /contract/);
  refused('  fraud: { contract: fraud.yaml, worker: 2 }', /Did you mean “workers”/);
  refused('  fraud: { contract: fraud.yaml, workers: 0 }', /workers/);
  refused('  fraud: { contract: fraud.yaml, workers: 65 }', /1 to 64/);
  refused('  fraud: { contract: fraud.yaml, as: x }', /needs “url”/);
  refused('  fraud: { contract: fraud.yaml, url: "https://a.example", workers: 2 }', /for a sealed model/);
  refused('  fraud: { contract: fraud.yaml, url: "http://a.example" }', /in clear/);
  refused('  fraud: { contract: fraud.yaml, url: "https://u@a.example" }', /without user/);
  refused('  fraud: { contract: fraud.yaml, url: "https://169.254.169.254" }', /no model server/);
  refused('  "a/b": { contract: fraud.yaml }', /a\/b/);
});
