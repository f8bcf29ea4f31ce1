import { shown } from '../../findings/finding.ts';
import type { Format, Part } from '../format.ts';
import { type Message as Fields, looksLikeMessage, Message, wire } from '../protobuf.ts';
import { Malformed } from '../source.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

/** Kinds of the fields of a network (caffe.proto). */
const NETWORK = new Map<number, 0 | 1 | 2 | 5>([
  [1, 2],
  [2, 2],
  [3, 2],
  [4, 0],
  [5, 0],
  [6, 2],
  [7, 0],
  [8, 2],
  [100, 2],
]);
const LAYER = 100;
const OLD_LAYER = 2;
const PYTHON = 130;
const TYPE = 2;
const NAME = /^[A-Z][A-Za-z0-9_]{1,60}$/;
const PAUSE = 256;

async function read(part: Part): Promise<void> {
  const network = new Message(part.source);
  let layers = 0;
  let names = 0;
  for (const field of network.fields()) {
    if (NETWORK.get(field.number) !== field.wire)
      throw new Malformed('a field is none of a network', field.start);
    if (field.number === 1 && ++names > 1) throw new Malformed('it has two names', field.start);
    if (field.number === LAYER) readLayer(part, network.inside(field));
    if (field.number !== LAYER && field.number !== OLD_LAYER) continue;
    const rest = ++layers % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
  }
  if (layers === 0) throw new Malformed('it has no layers', part.source.size);
  part.note({ layers });
  part.coverage.claim('data', 0, part.source.size);
}

function readLayer(part: Part, layer: Fields): void {
  let type = '';
  for (const field of layer.fields()) {
    if (field.number === TYPE && field.wire === 2) type = layer.text(field, 100);
    if (field.number !== PYTHON && !(field.number === TYPE && type === 'Python')) continue;
    const parameters = field.number === PYTHON ? layer.inside(field) : undefined;
    const [module] = [...(parameters?.fields() ?? [])].filter(
      ({ number, wire: kind }) => number === 1 && kind === 2,
    );
    part.report({
      rule: RULES.python.id,
      message: `a layer is written in Python${module === undefined || parameters === undefined ? '' : `, in the module ${shown(parameters.text(module, 200), 80)}`}`,
      range: { start: field.start, end: field.end },
    });
  }
  if (!NAME.test(type)) throw new Malformed('a layer is of no type', layer.start);
}

const network =
  (type: string, ...more: readonly Uint8Array[]) =>
  () =>
    Buffer.concat([
      wire.bytes(1, 'net'),
      wire.bytes(LAYER, wire.bytes(1, 'a'), wire.bytes(TYPE, type), ...more),
    ]);

/** Weights of Caffe: a network of layers in protocol buffers. */
export const caffe: Format = {
  name: 'caffe',
  title: 'a Caffe model',
  rules: Object.values(RULES),
  firstBytes: '\n',
  looks: (source) => source.read(0, 1)[0] === 10 && looksLikeMessage(source, NETWORK) && 'maybe',
  read,
  proof: {
    catches: [
      {
        name: 'a layer of Python',
        bytes: network('Python', wire.bytes(PYTHON, wire.bytes(1, 'os'), wire.bytes(2, 'system'))),
        rules: [RULES.python.id],
      },
    ],
    passes: [{ name: 'a layer', bytes: network('Convolution') }],
  },
};
