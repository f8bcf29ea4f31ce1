import type { Format, Part, Sample } from '../format.ts';
import { type Fields, looksLikeMessage, looksLikeStrangeMessage, Message, wire } from '../protobuf.ts';
import { Malformed, type Source } from '../source.ts';
import { tellBehind } from '../strange-fields.ts';
import { TENSORFLOW_RULES as RULES } from './rules.ts';
import { graph, kerasMetadata, node, savedModel, text, textTensor } from './samples.ts';
import { GraphWalk } from './walk.ts';

interface Root {
  readonly title: string;
  readonly fields: Fields;
  readonly walk: (walk: GraphWalk, message: Message) => Promise<void>;
}

const FINGERPRINT: Root['walk'] = async (walk, message) => walk.fingerprint(message);

/** What a file can hold, by the fields of its outermost message. */
const ROOTS: readonly Root[] = [
  {
    title: 'SavedModel',
    fields: new Map([
      [1, 0],
      [2, 2],
    ]),
    walk: (walk, message) => walk.savedModel(message),
  },
  {
    title: 'metadata of Keras',
    fields: new Map([[1, 2]]),
    walk: (walk, message) => walk.kerasMetadata(message),
  },
  {
    title: 'fingerprint',
    fields: new Map([...[1, 2, 3, 4, 5].map((field) => [field, 0] as const), [6, 2], [7, 2]]),
    walk: FINGERPRINT,
  },
  {
    title: 'graph',
    fields: new Map([
      [1, 2],
      [2, 2],
      [3, 0],
      [4, 2],
      [5, 2],
    ]),
    walk: (walk, message) => walk.graph(message),
  },
  {
    title: 'meta graph',
    fields: new Map([1, 2, 3, 4, 5, 6, 7].map((field) => [field, 2])),
    walk: (walk, message) => walk.metaGraph(message),
  },
];

interface Guess extends Root {
  readonly isLenient: boolean;
}

/** What it may be: as it is written, and with fields that libraries pass over. */
const guessesOf = (source: Source): readonly Guess[] => [
  ...ROOTS.filter(({ fields }) => looksLikeMessage(source, fields)).map((root) => ({
    ...root,
    isLenient: false,
  })),
  ...ROOTS.filter(({ fields, walk }) => walk !== FINGERPRINT && looksLikeStrangeMessage(source, fields)).map(
    (root) => ({ ...root, isLenient: true }),
  ),
];

async function read(part: Part): Promise<void> {
  const { source, coverage } = part;
  let wrong = new Malformed('it is no graph', 0);
  for (const { title, walk: run, isLenient } of guessesOf(source)) {
    // Of what another kind would have said nothing counts.
    const reports: Parameters<Part['report']>[0][] = [];
    const walk = new GraphWalk({ ...part, report: (report) => void reports.push(report) }, isLenient);
    try {
      await run(walk, new Message(source));
      await walk.finish();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      wrong = error;
      continue;
    }
    for (const report of reports) part.report(report);
    part.note({ is: title, nodes: walk.nodes, ...(walk.version !== '' && { tensorflow: walk.version }) });
    coverage.claim('parsed', 0, isLenient ? walk.end : source.size);
    if (isLenient && walk.end < source.size) await tellBehind(part, walk.end);
    return;
  }
  throw wrong;
}

const catches = (name: string, rule: string, bytes: () => Uint8Array): Sample => ({
  name,
  bytes,
  rules: [rule],
});
const relu = node('Relu', ['x']);

/** Graphs of TensorFlow: `saved_model.pb`, frozen graphs, meta graphs, Keras's metadata beside them. */
export const tensorflowGraph: Format = {
  name: 'tensorflow',
  title: 'TensorFlow',
  rules: Object.values(RULES),
  // Protocol buffers begin with no magic number: only reading tells.
  looks: (source) => guessesOf(source).length > 0 && 'maybe',
  read,
  proof: {
    catches: [
      catches('a file that is written', RULES.file.id, () =>
        savedModel(graph([relu, node('WriteFile', ['a', 'b'])])),
      ),
      catches('a file that is read, in a function', RULES.file.id, () =>
        savedModel(graph([relu], [relu, node('ReadFile', ['a'])])),
      ),
      catches('a file that is read, in a frozen graph', RULES.file.id, () =>
        graph([relu, node('ReadFile', ['a'])]),
      ),
      catches('Python', RULES.code.id, () => graph([node('EagerPyFunc', ['x'])])),
      catches('a hidden graph', RULES.code.id, () => graph([node('DatasetFromGraph', ['x'])])),
      catches('a checkpoint that is written elsewhere', RULES.path.id, () =>
        savedModel(
          graph([
            node('Const', [], { value: textTensor('/etc/profile.d/x.sh') }, 'c'),
            node('Identity', ['c'], {}, 'i'),
            node('SaveV2', ['i:0', 'n', 's', 'x']),
          ]),
        ),
      ),
      catches('a message that is written to a file', RULES.path.id, () =>
        graph([node('PrintV2', ['x'], { output_stream: text('file:///tmp/x') })]),
      ),
      catches('a description of messages in a file', RULES.path.id, () =>
        graph([node('DecodeProtoV2', ['x'], { descriptor_source: text('/tmp/x') })]),
      ),
      catches('an asset above', RULES.asset.id, () =>
        savedModel(graph([relu]), { asset: '../../etc/passwd' }),
      ),
      catches('an unknown operator', RULES.unknown.id, () => graph([node('MyOwnThing', ['x'])])),
      catches('an unknown operator that reads', RULES.file.id, () => graph([node('IO>FileRead', ['x'])])),
      catches('a Lambda layer of Keras', 'keras.lambda', () =>
        kerasMetadata({ class_name: 'Lambda', config: { function: ['4wA=', null, null] } }),
      ),
      catches('a Lambda layer among objects', 'keras.lambda', () =>
        savedModel(graph([relu]), {
          metadata: JSON.stringify({ class_name: 'Lambda', config: { name: 'x', function: ['4wA='] } }),
        }),
      ),
    ],
    passes: [
      {
        name: 'a SavedModel',
        bytes: () =>
          savedModel(
            graph(
              [
                node('Const', [], { value: textTensor('/tmp/from/somewhere/vocab.txt') }, 'file'),
                node('InitializeTableFromTextFileV2', ['t', 'file']),
                node('StatefulPartitionedCall', ['x']),
                node('Const', [], { value: textTensor('part') }, 'p'),
                node('StringJoin', ['saver_filename', 'p']),
                node('ShardedFilename', ['StringJoin', 'a', 'b']),
                node('SaveV2', ['ShardedFilename', 'n', 's', 'x']),
                node('MergeV2Checkpoints', ['q', 'saver_filename']),
                node('RestoreV2', ['saver_filename', 'n', 's']),
                node('PrintV2', ['x'], { output_stream: text('stderr') }),
                node('__inference_f_1', ['x']),
              ],
              [relu],
            ),
            { asset: 'vocab.txt', metadata: JSON.stringify({ class_name: 'Dense', config: { units: 1 } }) },
          ),
      },
      {
        name: 'a fingerprint',
        bytes: () =>
          Buffer.concat([
            ...[1, 2, 3, 4, 5].map((field) => wire.number(field, 2 ** 40)),
            wire.bytes(6, wire.number(1, 1)),
          ]),
      },
      { name: 'a frozen graph', bytes: () => graph([node('Placeholder'), relu]) },
      {
        name: 'metadata of Keras',
        bytes: () => kerasMetadata({ class_name: 'Dense', config: { units: 1 } }),
      },
    ],
  },
};
