import type { Format, Sample } from '../format.ts';
import type { Source } from '../source.ts';
import { IDENTIFIER } from './flat.ts';
import { TFLITE_RULES as RULES } from './rules.ts';
import { model } from './samples.ts';
import { TfliteWalk } from './walk.ts';

const latin1 = (source: Source, at: number, length: number): string =>
  Buffer.from(source.read(at, length)).toString('latin1');

/** With metadata it is also a zip archive, which hands on the model that stands before its members. */
const hasMetadata = (source: Source): boolean => latin1(source, source.size - 22, 4) === 'PK\x05\x06';

const catches = (name: string, rule: string, bytes: () => Uint8Array): Sample => ({
  name,
  bytes,
  rules: [rule],
});

/** TensorFlow Lite (LiteRT) models. */
export const tflite: Format = {
  name: 'tflite',
  title: 'TensorFlow Lite',
  rules: Object.values(RULES),
  looks: (source) => latin1(source, 4, 4) === IDENTIFIER && !hasMetadata(source) && 'sure',
  read: (part) => new TfliteWalk(part).run(),
  proof: {
    catches: [
      catches('a Flex operator that reads files', RULES.operator.id, model({ custom: 'FlexReadFile' })),
      catches('Python', RULES.operator.id, model({ custom: 'FlexPyFunc' })),
      catches(
        'an operator under another name',
        RULES.operator.id,
        model({ custom: 'FlexAbs', options: '\x09WriteFile\0\x12' }),
      ),
      catches('an unknown Flex operator', RULES.flex.id, model({ custom: 'FlexMine' })),
      catches('a custom operator', RULES.custom.id, model({ custom: 'MyOp' })),
      catches('a tensor that is not there', RULES.bounds.id, model({ inputs: [7] })),
      catches('a buffer that is not there', RULES.bounds.id, model({ buffer: 9 })),
      catches('a shape beyond its data', RULES.bounds.id, model({ shape: [1 << 20, 1 << 20] })),
      catches('something behind it', RULES.appended.id, () =>
        Buffer.concat([model()(), Buffer.alloc(300, 'import os\n')]),
      ),
    ],
    passes: [
      { name: 'a model', bytes: model() },
      { name: 'a known custom operator', bytes: model({ custom: 'TFLite_Detection_PostProcess' }) },
      { name: 'a Flex operator', bytes: model({ custom: 'FlexErf', options: 'Erf' }) },
    ],
  },
};
