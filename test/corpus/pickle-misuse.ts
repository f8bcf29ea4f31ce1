import { deflateSync } from 'node:zlib';
import { type Assembler, type Mechanism, pickled } from './pickle.ts';

const EXHAUSTING = 'pickle.exhausting';
type Step = (to: Assembler) => Assembler;

const of = (name: string, finds: string, step: Step): Mechanism => ({
  name,
  finds,
  bytes: step(pickled(4)).stop(),
});

/** `module.name(…)`, its arguments one after the other. */
const call =
  (module: string, name: string, ...args: Step[]): Step =>
  (to) =>
    args
      .reduce((all, arg) => arg(all), to.global(module, name).mark())
      .tuple()
      .reduce();

const builtin = (name: string, ...args: Step[]): Step => call('builtins', name, ...args);
const int =
  (value: number): Step =>
  (to) =>
    to.int(value);
/** LONG1. */
const large =
  (power: number): Step =>
  (to) => {
    const digits = 10n ** BigInt(power);
    const bytes = Array.from({ length: 16 }, (_, i) => Number((digits >> BigInt(8 * i)) & 255n));
    return to.raw(0x8a, bytes.length, ...bytes);
  };
const text =
  (value: string): Step =>
  (to) =>
    to.text(value);
const endless = call('itertools', 'count', int(0));

/** An object of a harmless class, with one entry in its state. */
const object =
  (key: string, value: Step): Step =>
  (to) =>
    value(to.global('argparse', 'Namespace').tuple(0).newObj().emptyDict().text(key)).setItem().build();

const layers =
  (step: Step): Step =>
  (to) => {
    for (let i = 0; i < 40; i++) step(to);
    return to;
  };

/** Nothing here has a name that does harm. What it is given does. */
export const MISUSES: readonly Mechanism[] = [
  of('ten billion bytes', EXHAUSTING, builtin('bytes', large(10))),
  of(
    'a bytearray of a size that is worked out',
    EXHAUSTING,
    builtin('bytearray', builtin('pow', int(10), int(9))),
  ),
  of('zeros of numpy', EXHAUSTING, call('numpy', 'zeros', large(13))),
  of(
    'ones of numpy, by their shape',
    EXHAUSTING,
    call('numpy', 'ones', (to) => to.int(1e6).int(1e6).tuple(2)),
  ),
  of('the square of numpy', EXHAUSTING, call('numpy', 'eye', int(1e7))),
  of('zeros of torch', EXHAUSTING, call('torch', 'zeros', int(1e6), int(1e6))),
  of('a storage of torch', EXHAUSTING, call('torch', 'FloatStorage', large(12))),
  of('a list of a range', EXHAUSTING, builtin('list', builtin('range', large(12)))),
  of('a sum without end', EXHAUSTING, builtin('sum', endless)),
  of(
    'a dict of what does not end',
    EXHAUSTING,
    call('collections', 'OrderedDict', builtin('zip', endless, endless)),
  ),
  of('all of what is repeated', EXHAUSTING, builtin('all', call('itertools', 'repeat', int(1)))),
  of(
    'permutations',
    EXHAUSTING,
    builtin('list', call('itertools', 'permutations', builtin('range', int(30)))),
  ),
  of('a power', EXHAUSTING, builtin('pow', int(10), int(1e9))),
  of(
    'a power of powers',
    EXHAUSTING,
    call('operator', 'pow', builtin('pow', int(9), int(9)), builtin('pow', int(9), int(9))),
  ),
  of('a text many times', EXHAUSTING, call('operator', 'mul', text('many'), large(10))),
  of('a width', EXHAUSTING, call('operator', 'mod', text('%0999999999d'), int(1))),
  of('a text that doubles', EXHAUSTING, (to) =>
    layers((one) => one.global('operator', 'add').get(0).get(0).tuple(2).reduce().put(0))(
      text('ab')(to).put(0),
    ),
  ),
  of(
    'billion laughs',
    EXHAUSTING,
    layers((to) => to.dup().tuple(2)),
  ),
  of('billion laughs in lists', EXHAUSTING, (to) =>
    layers((one) => one.emptyList().mark().get(0).get(0).appends().put(0))(to.emptyList().put(0)),
  ),
  of('an index beyond all', EXHAUSTING, (to) => to.none().put(0x7fffffff)),
  of(
    'numbers at an address',
    'pickle.patch',
    call(
      'numpy',
      'array',
      object('__array_interface__', (to) => to.emptyDict()),
    ),
  ),
  of(
    'numbers of a card at an address',
    'pickle.patch',
    object('__cuda_array_interface__', (to) => to.emptyDict()),
  ),
  of('a logger of everybody', 'pickle.patch', (to) =>
    call('logging', 'getLogger', text('root'))(to).emptyDict().text('disabled').int(1).setItem().build(),
  ),
  of(
    'what a defaultdict lacks',
    'sentence_transformers.SentenceTransformer.SentenceTransformer.__init__',
    call(
      'operator',
      'getitem',
      call('collections', 'defaultdict', (to) =>
        to.global('sentence_transformers.SentenceTransformer', 'SentenceTransformer'),
      ),
      text('a'),
    ),
  ),
  of(
    'bytes unpacked by a codec',
    'pickle.unresolved',
    call('codecs', 'decode', (to) => to.binary(deflateSync('x')), text('zlib')),
  ),
  of(
    'bytes turned into others',
    'pickle.unresolved',
    call('_codecs', 'decode', (to) => to.binary(Buffer.from('eA==')), text('base64')),
  ),
  of(
    'a text in a codec',
    'pickle.unresolved',
    builtin('str', (to) => to.binary(Buffer.from('x')), text('uu')),
  ),
  of(
    'a vocabulary from a file',
    'tokenizers.models.BPE',
    call('tokenizers.models', 'BPE', text('/nowhere'), text('/nowhere')),
  ),
];
