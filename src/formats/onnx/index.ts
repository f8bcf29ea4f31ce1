import type { Format } from '../format.ts';
import { type Fields, looksLikeStrangeMessage, wire } from '../protobuf.ts';
import { PROTOBUF_RULES } from '../strange-fields.ts';
import { ONNX_RULES as RULES } from './rules.ts';
import { model, node, tensor } from './samples.ts';
import { OnnxWalk } from './walk.ts';

export { onnxValue } from './value.ts';

/** Kinds of the fields of a model. */
const FIELDS: Fields = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);

const metadata = (value: string): Uint8Array => wire.bytes(14, wire.bytes(1, 'names'), wire.bytes(2, value));

/** Graphs of operators in protocol buffers. */
export const onnx: Format = {
  name: 'onnx',
  title: 'ONNX',
  rules: [...Object.values(RULES), ...Object.values(PROTOBUF_RULES)],
  // Protocol buffers begin with no magic number: only reading tells.
  looks: (source) => (looksLikeStrangeMessage(source, FIELDS) ? 'maybe' : false),
  async read(part) {
    const walk = new OnnxWalk(part);
    await walk.run();
    part.note(walk.facts);
  },
  proof: {
    catches: [
      {
        name: 'weights above the folder',
        bytes: model({ tensors: [tensor({ location: '../../etc/passwd' })] }),
        rules: [RULES.path.id],
      },
      {
        name: 'weights by an absolute path',
        bytes: model({ tensors: [tensor({ location: '/etc/passwd' })] }),
        rules: [RULES.path.id],
      },
      {
        name: 'weights above, in a subgraph',
        bytes: model({ nodes: [node('If', '', { subgraph: [tensor({ location: '..\\x' })] })] }),
        rules: [RULES.path.id],
      },
      {
        name: 'an attribute by any name',
        bytes: model({ tensors: [tensor({ location: 'w.bin', __class__: 'x' })] }),
        rules: [RULES.key.id],
      },
      {
        name: 'a custom operator',
        bytes: model({ nodes: [node('Evil', 'my.ops')] }),
        rules: [RULES.custom.id],
      },
      {
        name: 'a custom operator in a subgraph',
        bytes: model({ nodes: [node('Loop', '', { inner: [node('Evil', 'my.ops')] })] }),
        rules: [RULES.custom.id],
      },
      {
        name: 'a custom operator in a function',
        bytes: model({ functions: [['pkg', 'f', [node('Evil', 'my.ops')]]], nodes: [node('f', 'pkg')] }),
        rules: [RULES.custom.id],
      },
      { name: 'Python', bytes: model({ nodes: [node('PyOp', 'ai.onnx.contrib')] }), rules: [RULES.code.id] },
      {
        name: 'an operator that ONNX never had',
        bytes: model({ nodes: [node('ShellExec')] }),
        rules: [RULES.custom.id],
      },
      {
        name: 'an operator of the runtime that opens files, by its name',
        bytes: model({ nodes: [node('ReadFile', 'com.microsoft')] }),
        rules: [RULES.custom.id],
      },
      {
        name: 'Python behind a function of its name',
        bytes: model({
          functions: [['ai.onnx.contrib', 'PyOp', [node('Relu')]]],
          nodes: [node('PyOp', 'ai.onnx.contrib')],
        }),
        rules: [RULES.code.id],
      },
      {
        name: 'weights at an address in memory',
        bytes: model({ tensors: [tensor({ location: '*/_ORT_MEM_ADDR_/*' })] }),
        rules: [RULES.memory.id],
      },
      {
        name: 'weights at a place that is none',
        bytes: model({ tensors: [tensor({ location: 'w', offset: '-1' })] }),
        rules: [RULES.size.id],
      },
      {
        name: 'a plug-in of an accelerator',
        bytes: model({ nodes: [node('EfficientNMS_TRT')] }),
        rules: [RULES.standard.id],
      },
      {
        name: 'code in a value of the metadata',
        bytes: () =>
          Buffer.concat([model({ nodes: [node('Relu')] })(), metadata("__import__('os').getcwd()")]),
        rules: [RULES.text.id],
      },
      {
        name: 'a field of no schema',
        bytes: () => Buffer.concat([wire.number(99, 1), model({ nodes: [node('Relu')] })()]),
        rules: [PROTOBUF_RULES.field.id],
      },
      {
        name: 'a custom operator behind a group',
        bytes: () =>
          Buffer.concat([Buffer.of(0xa3, 6, 8, 1, 0xa4, 6), model({ nodes: [node('Evil', 'my.ops')] })()]),
        rules: [RULES.custom.id],
      },
      {
        name: 'something behind the end',
        bytes: () => Buffer.concat([model({ nodes: [node('Relu')] })(), Buffer.from('\x7fELF')]),
        rules: [PROTOBUF_RULES.behind.id],
      },
      {
        name: 'a shadowed operator',
        bytes: model({ functions: [['', 'Relu', [node('Relu')]]] }),
        rules: [RULES.shadow.id],
      },
      {
        name: 'data of another length',
        bytes: model({ tensors: [tensor({}, [3], 8)] }),
        rules: [RULES.size.id],
      },
      {
        name: 'a shape beyond numbers',
        bytes: model({ tensors: [tensor({}, [2 ** 40, 2 ** 40], 4)] }),
        rules: [RULES.size.id],
      },
    ],
    passes: [
      {
        name: 'a model',
        bytes: model({
          nodes: [node('Relu'), node('FusedGemm', 'com.microsoft')],
          tensors: [tensor({}, [2], 8)],
        }),
      },
      {
        name: 'weights beside it',
        bytes: model({ tensors: [tensor({ location: 'model.onnx_data', offset: '0', length: '8' })] }),
      },
      {
        name: 'a function of its own',
        bytes: model({ functions: [['pkg', 'f', [node('Relu')]]], nodes: [node('f', 'pkg')] }),
      },
    ],
  },
};
