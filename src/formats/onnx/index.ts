import type { Format } from '../format.ts';
import { looksLikeMessage } from '../protobuf.ts';
import { Malformed } from '../source.ts';
import { ONNX_RULES as RULES } from './rules.ts';
import { model, node, tensor } from './samples.ts';
import { OnnxWalk } from './walk.ts';

/** Kinds of the fields of a model. */
const FIELDS = new Map<number, 0 | 1 | 2 | 5>([
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

/** Graphs of operators in protocol buffers. */
export const onnx: Format = {
  name: 'onnx',
  title: 'ONNX',
  rules: Object.values(RULES),
  // Protocol buffers begin with no magic number: only reading tells.
  looks: (source) => (looksLikeMessage(source, FIELDS) ? 'maybe' : false),
  async read(part) {
    const walk = new OnnxWalk(part);
    await walk.run();
    if (!walk.hasGraph) throw new Malformed('there is no graph in it', 0);
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
