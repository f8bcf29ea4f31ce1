import type { Rule } from '../../findings/rule.ts';
import type { Format, Sample } from '../format.ts';
import { looksLikeStrangeMessage, wire } from '../protobuf.ts';
import { COREML_RULES } from './rules.ts';
import {
  BRANCH,
  CLASS_NAME,
  CoremlWalk,
  CUSTOM,
  CUSTOM_LAYER,
  FIELDS,
  LINKED,
  METADATA,
  PIPELINE,
  PROGRAM,
} from './walk.ts';
import { weights } from './weights.ts';

const catches = (name: string, rule: Rule, ...parts: readonly Uint8Array[]): Sample => ({
  name,
  bytes: model(...parts),
  rules: [rule.id],
});
const model =
  (...parts: readonly Uint8Array[]) =>
  (): Uint8Array =>
    Buffer.concat([
      wire.number(1, 5),
      wire.bytes(2, wire.bytes(METADATA, wire.bytes(1, 'a model'))),
      ...parts,
    ]);
const network = (...layers: readonly Uint8Array[]): Uint8Array =>
  wire.bytes(500, ...layers.map((layer) => wire.bytes(1, wire.bytes(1, 'l'), layer)));
const customLayer = wire.bytes(CUSTOM_LAYER, wire.bytes(CLASS_NAME, 'Evil'));
const program = (file: string): Uint8Array => {
  const value = wire.bytes(5, wire.bytes(1, file), wire.number(2, 64));
  const operation = wire.bytes(
    3,
    wire.bytes(1, 'const'),
    wire.bytes(5, wire.bytes(1, 'val'), wire.bytes(2, value)),
  );
  const block = wire.bytes(3, wire.bytes(1, 'CoreML5'), wire.bytes(2, operation));
  return wire.bytes(PROGRAM, wire.number(1, 1), wire.bytes(2, wire.bytes(1, 'main'), wire.bytes(2, block)));
};

/** Core ML models (`.mlmodel`), and those in packages. */
const models: Format = {
  name: 'coreml',
  title: 'Core ML',
  rules: Object.values(COREML_RULES),
  // Protocol buffers begin with no magic number: only reading tells.
  looks: (source) => (looksLikeStrangeMessage(source, FIELDS) ? 'maybe' : false),
  async read(part) {
    const walk = new CoremlWalk(part);
    await walk.run();
    part.note({ layers: walk.layers });
  },
  proof: {
    catches: [
      catches('a custom model', COREML_RULES.custom, wire.bytes(CUSTOM, wire.bytes(CLASS_NAME, 'Evil'))),
      catches('a custom layer', COREML_RULES.custom, network(customLayer)),
      catches(
        'a custom layer in a branch',
        COREML_RULES.custom,
        network(wire.bytes(BRANCH, wire.bytes(1, wire.bytes(1, wire.bytes(1, 'x'), customLayer)))),
      ),
      {
        name: 'a custom layer in a pipeline',
        bytes: model(wire.bytes(PIPELINE, wire.bytes(1, model(network(customLayer))()))),
        rules: [COREML_RULES.custom.id],
      },
      catches(
        'a custom model behind a network',
        COREML_RULES.custom,
        network(wire.bytes(130)),
        wire.bytes(CUSTOM, wire.bytes(CLASS_NAME, 'Evil')),
      ),
      catches(
        'a custom layer beside a field of no schema',
        COREML_RULES.custom,
        network(customLayer),
        wire.number(77, 1),
      ),
      {
        name: 'code in the metadata',
        bytes: () =>
          Buffer.concat([
            wire.number(1, 5),
            wire.bytes(2, wire.bytes(METADATA, wire.bytes(1, "__import__('os').system('id')"))),
            network(wire.bytes(130)),
          ]),
        rules: [COREML_RULES.code.id],
      },
      catches('a linked model', COREML_RULES.linked, wire.bytes(LINKED, wire.bytes(1, wire.bytes(1, 'x')))),
      catches('weights elsewhere', COREML_RULES.path, program('@model_path/../../x')),
    ],
    passes: [
      { name: 'a network', bytes: model(network(wire.bytes(130, new Uint8Array(0)))) },
      { name: 'a program', bytes: model(program('@model_path/weights/weight.bin')) },
    ],
  },
};

/** What Core ML keeps in files. */
export const coreml: readonly Format[] = [models, weights];
