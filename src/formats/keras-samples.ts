import type { Sample } from './format.ts';
import { KERAS_RULES as RULES } from './keras-rules.ts';

const bytes = (value: unknown) => () => new TextEncoder().encode(JSON.stringify(value));

/** A layer as Keras 3 writes it. */
const layer = (class_name: string, config: object, module = 'keras.layers', more: object = {}): object => ({
  module,
  class_name,
  config,
  registered_name: null,
  ...more,
});

/** A model of these layers as Keras 3 writes it. */
export const sequential = (...layers: readonly object[]): object => ({
  module: 'keras',
  class_name: 'Sequential',
  config: { name: 'net', trainable: true, dtype: policy, layers },
  registered_name: null,
  build_config: { input_shape: [null, 4] },
  compile_config: { loss: 'mse', metrics: ['accuracy'], optimizer: layer('Adam', {}, 'keras.optimizers') },
});
const policy = layer('DTypePolicy', { name: 'float32' }, 'keras');
const named = (module: string, config: string) => ({
  module,
  class_name: 'function',
  config,
  registered_name: config,
});
const dense = layer('Dense', {
  units: 3,
  activation: 'relu',
  kernel_initializer: layer('GlorotUniform', { seed: null }, 'keras.initializers'),
});

const catches = (name: string, rule: string, ...layers: object[]): Sample => ({
  name: `Keras: ${name}`,
  bytes: bytes(sequential(dense, ...layers)),
  rules: [rule],
});

const code = Buffer.from('\xe3\0\0system\0os\0').toString('base64');

export const KERAS_CATCHES: readonly Sample[] = [
  catches(
    'a Lambda layer by its place',
    RULES.lambda.id,
    layer('layers.Lambda', { function: [code] }, 'keras'),
  ),
  {
    name: 'Keras: a Lambda layer behind a mark of the byte order',
    bytes: () =>
      Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes(sequential(layer('Lambda', { name: 'x' })))()]),
    rules: [RULES.lambda.id],
  },
  catches('a Lambda layer', RULES.lambda.id, layer('Lambda', { function: [code, null, null] })),
  catches(
    'byte code in a Lambda layer',
    RULES.lambda.id,
    layer('Lambda', { function: { class_name: '__lambda__', config: { code, defaults: null } } }),
  ),
  catches(
    'byte code elsewhere',
    RULES.lambda.id,
    layer('Dense', { activation: { class_name: '__lambda__', config: { code } } }),
  ),
  catches('a command', RULES.object.id, layer('Dense', { activation: named('os', 'system') })),
  catches('a class of subprocess', RULES.object.id, layer('Popen', { args: ['id'] }, 'subprocess')),
  catches('eval', RULES.object.id, layer('Dense', { activation: named('builtins', 'eval') })),
  catches('a download', RULES.object.id, layer('Dense', { activation: named('keras.utils', 'get_file') })),
  catches(
    'the protection switched off',
    RULES.object.id,
    layer('Dense', { activation: named('keras.config', 'enable_unsafe_deserialization') }),
  ),
  catches(
    'a module that Keras has imported',
    RULES.object.id,
    layer('Dense', { activation: named('keras.src.saving.saving_lib', 'h5py') }),
  ),
  catches(
    'an unknown function of Keras',
    RULES.foreign.id,
    layer('Dense', { activation: named('keras.x', 'y') }),
  ),
  catches('a module of elsewhere', RULES.foreign.id, layer('Net', {}, 'evil.layers')),
  catches('a SavedModel', RULES.saved.id, layer('TFSMLayer', { filepath: 'https://example.com/m' })),
  catches('a pickle', RULES.saved.id, layer('TorchModuleWrapper', { module: 'gAJdLg==' })),
  catches('a vocabulary of the machine', RULES.file.id, layer('StringLookup', { vocabulary: '/etc/passwd' })),
  catches(
    'a vocabulary of an address',
    RULES.file.id,
    layer('TextVectorization', { vocabulary: 'http://169.254.169.254/latest' }),
  ),
  catches(
    'an operator that writes files',
    RULES.object.id,
    layer('TFOpLambda', { name: 'tf.io.write_file', function: 'io.write_file' }),
  ),
  {
    name: 'Keras: a class that is named twice',
    bytes: () =>
      new TextEncoder().encode(
        '{"config": {"layers": [{"class_name": "Lambda", "config": {"name": "x", "function": ["4wA="]}, "class_name": "Dense"}]}}',
      ),
    rules: [RULES.lambda.id],
  },
];

export const KERAS_PASSES: readonly Sample[] = [
  {
    name: 'Keras 3',
    bytes: bytes(
      sequential(
        dense,
        layer('LSTM', {
          units: 4,
          recurrent_initializer: layer('OrthogonalInitializer', {}, 'keras.initializers'),
        }),
        layer('StringLookup', { vocabulary: ['a', 'b'], idf_weights: null }),
        layer('Dense', { activation: named('builtins', 'relu') }),
        layer('Add', { name: 'add' }, 'keras.src.ops.numpy'),
      ),
    ),
  },
  {
    name: 'Keras 2',
    bytes: bytes({
      class_name: 'Functional',
      config: {
        layers: [
          {
            class_name: 'InputLayer',
            config: { batch_input_shape: [null, 2], dtype: 'float32' },
            name: 'in',
          },
          { class_name: 'Conv2D', config: { activation: 'relu', data_format: 'channels_last' } },
          { class_name: 'TFOpLambda', config: { name: 'tf.math.add', function: 'math.add' } },
        ],
      },
      keras_version: '2.4.0',
      backend: 'tensorflow',
    }),
  },
];
