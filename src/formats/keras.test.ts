import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { sequential } from './keras-samples.ts';
import { rulesOf, scanned } from './testing.ts';

/** As Keras 3 writes them: `test/corpus/real/keras/make.py`. */
const real = (name: string): Uint8Array =>
  readFileSync(new URL(`../../test/corpus/real/keras/${name}.keras`, import.meta.url));

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const layer = (class_name: string, config: object, module?: string): object => ({
  module,
  class_name,
  config,
});
const found = async (...layers: object[]) =>
  rulesOf(await scanned(json(sequential(...layers)), 'config.json'));

test('an archive of Keras 3 is read whole', async () => {
  const { findings, verdict, parts } = await scanned(real('model'));
  assert.deepEqual(findings, []);
  assert.equal(verdict, 'clean', JSON.stringify(parts));
});

test('what is wrong in an archive is found in its configuration', async () => {
  const { findings } = await scanned(real('lambda'));
  assert.ok(
    findings.some(({ rule, place }) => rule === 'keras.lambda' && place.path.at(-1) === 'config.json'),
  );
});

test('a Lambda layer counts whatever stands around it', async () => {
  const code = { class_name: 'Lambda', config: { function: ['4wA='] } };
  for (const hidden of [
    layer('TimeDistributed', { layer: code }),
    layer('Bidirectional', { layer: layer('RNN', { cell: [[code]] }) }),
    layer('Functional', { layers: [code] }, 'keras.src.models.functional'),
    layer('Dense', { kernel_initializer: { class_name: '__lambda__', config: { code: '4wA=' } } }),
  ])
    assert.deepEqual(await found(hidden), ['keras.lambda']);
});

test('byte code that names what does harm is worse', async () => {
  const severityOf = async (code: string) =>
    (
      await scanned(json(sequential(layer('Lambda', { function: [Buffer.from(code).toString('base64')] }))))
    ).findings.map(({ severity }) => severity);
  assert.deepEqual(await severityOf('\xe3\0tf\0expand_dims\0'), ['high']);
  assert.deepEqual(await severityOf('\xe3\0subprocess\0run\0'), ['critical']);
});

test('versions that the file gives itself decide nothing', async () => {
  for (const keras_version of ['1.0.0', '3.9.0', '99.0.0'])
    assert.deepEqual(
      rulesOf(await scanned(json({ ...sequential(layer('Lambda', { name: 'l' })), keras_version }))),
      ['keras.lambda'],
    );
});

test('a function of Keras that only computes is fine, any other is not', async () => {
  const called = (module: string, config: string) =>
    found(
      layer('Dense', { activation: { module, class_name: 'function', config, registered_name: config } }),
    );
  assert.deepEqual(await called('builtins', 'relu'), []);
  assert.deepEqual(await called('keras.activations', 'gelu'), []);
  assert.deepEqual(await called('keras.src.losses.losses', 'mean_squared_error'), []);
  assert.deepEqual(await called('keras.src.utils.file_utils', 'extract_archive'), ['keras.dangerous-object']);
  assert.deepEqual(await called('keras.utils', 'get_file'), ['keras.dangerous-object']);
  assert.deepEqual(await called('keras.src.saving.serialization_lib', 'importlib.import_module'), [
    'keras.dangerous-object',
  ]);
  assert.deepEqual(await called('keras.activations', '__builtins__.eval'), ['keras.dangerous-object']);
  assert.deepEqual(await called('tensorflow.io', 'write_file'), ['keras.dangerous-object']);
  assert.deepEqual(await called('keras.layers', 'whatever'), ['keras.foreign-module']);
});

test('a layer that must be registered is told of, and no more', async () => {
  const { verdict, findings } = await scanned(json(sequential(layer('Custom>Attention', { units: 3 }))));
  assert.deepEqual(
    findings.map(({ rule, severity }) => [rule, severity]),
    [['keras.custom-object', 'low']],
  );
  assert.equal(verdict, 'clean');
});

test('what libraries of layers have besides layers is not taken for one', async () => {
  for (const [module, name] of [
    ['tensorflow.python.lib.io.file_io', 'FileIO'],
    ['tensorflow.python.platform.gfile', 'GFile'],
    ['transformers.utils.hub', 'cached_file'],
    ['keras.callbacks', 'RemoteMonitor'],
  ] as const)
    assert.deepEqual(await found(layer(name, {}, module)), ['keras.dangerous-object'], name);
  assert.deepEqual(await found(layer('decode', {}, 'official.core')), ['keras.foreign-module']);
  assert.deepEqual(await found(layer('CRF', {}, 'tensorflow_addons.layers')), ['keras.custom-object']);
});

test('operators of TensorFlow that are layers', async () => {
  for (const config of [
    { function: 'raw_ops.PrintV2' },
    { function: 'data.TextLineDataset' },
    { node_def: JSON.stringify({ op: 'WriteFile' }) },
    { node_def: { op: 'ReadFile', name: 'x' } },
  ])
    assert.deepEqual(
      await found(layer('TFOpLambda', config)),
      ['keras.dangerous-object'],
      JSON.stringify(config),
    );
  assert.deepEqual(await found(layer('TFOpLambda', { function: 'math.add' })), []);
});

test('vocabularies that are files', async () => {
  for (const vocabulary of [
    '/etc/passwd',
    'https://example.com/v',
    'file:///etc/passwd',
    '../v.txt',
    'C:\\v.txt',
  ])
    assert.deepEqual(await found(layer('StringLookup', { vocabulary })), ['keras.external-file'], vocabulary);
  assert.deepEqual(await found(layer('StringLookup', { vocabulary: ['/etc/passwd'] })), []);
});
