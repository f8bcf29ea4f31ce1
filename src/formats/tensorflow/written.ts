import type { Format, Part } from '../format.ts';
import { Message } from '../protobuf.ts';
import { Bytes, Malformed, type Source } from '../source.ts';
import { TENSORFLOW_RULES as RULES } from './rules.ts';
import { NotText, rootWith, TextFormat } from './text-format.ts';
import { GraphWalk } from './walk.ts';

/** Bytes at the beginning that are looked at. */
const HEAD = 1 << 16;
/** Graphs as text are for people; weights in them would be larger than any that is in use. */
const LONGEST = 32 << 20;
/** Texts that are looked through at once for secrets. */
const PIECE = 1 << 20;
/** A name at the outside, and what opens its value. */
const FIELD = /^([A-Za-z_]\w*)\s{0,1000}(?:#[^\n]*\n\s*){0,20}(:|[{<])/;

/** What it is by its first field that says so; a few others may stand before. */
function rootOf(source: Source): ReturnType<typeof rootWith> {
  const text = Buffer.from(source.read(0, HEAD)).toString('latin1');
  const begin = text.replace(/^(?:[\s;,]+|#[^\n]*\n)*/, '');
  const [, first = ''] = FIELD.exec(begin) ?? [];
  const root = rootWith(first);
  if (root === undefined && first !== 'versions' && first !== 'version') return undefined;
  // Other languages begin so, too: what follows must be of a graph.
  const isGraph =
    first === 'saved_model_schema_version' ||
    first === 'meta_graphs' ||
    (/\b(?:node|node_def|graph_def)\s{0,99}:?\s{0,99}[{<[]/.test(text) && /\bop\s{0,99}[:#]/.test(text));
  if (!isGraph) return undefined;
  return root ?? 'graph';
}

async function read(part: Part): Promise<void> {
  const { source, coverage, pause } = part;
  if (source.size > LONGEST) throw new Malformed('it is longer than any graph in text', LONGEST);
  const root = rootOf(source) ?? 'graph';
  const text = Buffer.from(source.read(0, source.size)).toString('utf8');
  for (let at = 0; at < text.length; at += PIECE) part.readText(text.slice(at, at + PIECE), 'metadata');
  const bytes = await written(text, root, pause);
  // Places are those of the binary form: nobody could find them.
  const report: Part['report'] = ({ range: _, ...rest }) => part.report(rest);
  const walk = new GraphWalk({ ...part, source: new Bytes(bytes), report }, true);
  await walk[root](new Message(new Bytes(bytes)));
  await walk.finish();
  part.note({ is: 'graph as text', nodes: walk.nodes });
  coverage.claim('parsed', 0, source.size);
}

async function written(
  text: string,
  root: 'savedModel' | 'metaGraph' | 'graph',
  pause: Part['pause'],
): Promise<Uint8Array> {
  try {
    return await new TextFormat(text, pause).written(root);
  } catch (error) {
    if (error instanceof NotText) throw new Malformed('it is no text of protocol buffers', 0);
    throw error;
  }
}

const bytes = (text: string) => () => Buffer.from(text);
const catches = (name: string, rule: string, text: string) => ({ name, bytes: bytes(text), rules: [rule] });
const constant = (value: string) =>
  `node { name: "p" op: "Const" attr { key: "value" value { tensor { dtype: DT_STRING string_val: "${value}" } } } }`;
const METADATA = JSON.stringify({ class_name: 'Lambda', config: { function: ['4wA='] } }).replaceAll(
  '"',
  '\\"',
);

/** Graphs as text: `saved_model.pbtxt`, `graph.pbtxt`. TensorFlow loads them like the others. */
export const tensorflowText: Format = {
  name: 'tensorflow-text',
  title: 'TensorFlow as text',
  rules: [],
  looks: (source) => rootOf(source) !== undefined && 'sure',
  read,
  proof: {
    catches: [
      catches(
        'a file that is written',
        RULES.file.id,
        'saved_model_schema_version: 1\nmeta_graphs {\n graph_def {\n node { name: "w" op: "WriteFile" }}}',
      ),
      catches('an operator in escapes', RULES.file.id, 'node {\n  name: "w"\n  op: "Read\\x46" "ile"\n}\n'),
      catches(
        'an operator behind a comment',
        RULES.file.id,
        'node < name: "w"; op # :\n  : \'Read\' # "x"\n "\\u0046ile" >\n',
      ),
      catches(
        'a function before anything else',
        RULES.file.id,
        'library { function { signature { name: "f" } node_def: { name: "w" op: "ReadFile" } } }\n',
      ),
      catches(
        'a list of nodes',
        RULES.file.id,
        'node: [{ name: "x" op: "Relu" }, { name: "w" op: "ReadFile" }]\n',
      ),
      catches(
        'a checkpoint that is written elsewhere',
        RULES.path.id,
        `${constant('/etc/profile.d/x.sh')}\nnode { name: "s" op: "SaveV2" input: "p" }`,
      ),
      catches(
        'an asset above',
        RULES.asset.id,
        'meta_graphs { graph_def { node { name: "x" op: "Relu" } } asset_file_def { filename: ".." "/x" } }',
      ),
      catches(
        'a Lambda layer among objects',
        'keras.lambda',
        `meta_graphs { graph_def { node { name: "x" op: "Relu" } } object_graph_def { nodes { user_object { metadata: "${METADATA}" } } } }`,
      ),
    ],
    passes: [
      { name: 'a graph', bytes: bytes('node {\n  name: "x"\n  op: "Placeholder"\n}\n') },
      {
        name: 'a graph with all sorts of values',
        bytes: bytes(
          `versions { producer: 27 }\n${constant('a\\nb')}\nnode { name: "y" op: "Relu" attr { key: "T" value { type: DT_FLOAT } } attr { key: "f" value { f: -1.5e-3 } } attr { key: "b" value { b: true } } attr { key: "s" value { list { shape { unknown_rank: true } i: -1 } } } }`,
        ),
      },
    ],
  },
};
