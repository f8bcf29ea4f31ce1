import { type Assembler, type Mechanism, pickled } from './pickle.ts';

const CODE = '\ndef _parse_args(self):\n    pass\n';
const KEY = '_parse_arg_template';
const of = (name: string, finds: string, bytes: Uint8Array): Mechanism => ({ name, finds, bytes });

/** Calls what `name` makes of `builtins`. */
const named = (name: (to: Assembler) => Assembler): Buffer =>
  name(pickled(4).text('builtins')).raw(0x93).call('1').stop();

/** Gives an object of scipy, which runs that text, its state. */
const distribution = (key: (to: Assembler) => Assembler, value = (to: Assembler) => to.text(CODE)): Buffer =>
  value(key(pickled(4).global('scipy.stats._continuous_distns', 'norm_gen').tuple(0).newObj().emptyDict()))
    .setItem()
    .build()
    .stop();

const key = (to: Assembler): Assembler => to.text(KEY);

/** Hands a class that may only be made to something that calls it. */
const LOADS = 'sentence_transformers.SentenceTransformer.SentenceTransformer.__init__';
const loader = (to: Assembler): Assembler =>
  to.global('sentence_transformers.SentenceTransformer', 'SentenceTransformer');

const grown = (between: number): Buffer =>
  pickled(4)
    .text('builtins')
    .global('builtins', 'str.join')
    .text('')
    .emptyList()
    .memoize()
    .text('set')
    .append()
    .tuple(2)
    .bytes(']0'.repeat(between))
    .get(0)
    .text('attr')
    .append()
    .pop()
    .reduce()
    .raw(0x93)
    .call('1')
    .stop();

const UNRESOLVED = 'pickle.unresolved';

/** What reads as something harmless, and is something else to the unpickler. */
export const DISGUISES: readonly Mechanism[] = [
  of(
    'str.replace no times',
    UNRESOLVED,
    named((to) =>
      to
        .global('builtins', 'str.replace')
        .mark()
        .text('eval')
        .text('eval')
        .text('len')
        .int(0)
        .tuple()
        .reduce(),
    ),
  ),
  of(
    'str.join of a dict',
    UNRESOLVED,
    named((to) =>
      to.global('builtins', 'str.join').text('').emptyDict().text('s').text('e').setItem().tuple(2).reduce(),
    ),
  ),
  of(
    'the last of two equal keys',
    'builtins.eval',
    named((to) =>
      to
        .global('operator', 'getitem')
        .emptyDict()
        .mark()
        .text('k')
        .text('len')
        .text('k')
        .text('eval')
        .setItems()
        .text('k')
        .tuple(2)
        .reduce(),
    ),
  ),
  of(
    'numbers as keys',
    UNRESOLVED,
    named((to) =>
      to
        .global('operator', 'getitem')
        .emptyDict()
        .mark()
        .int(5)
        .text('len')
        .int(6)
        .text('eval')
        .setItems()
        .int(6)
        .tuple(2)
        .reduce(),
    ),
  ),
  of(
    'the last of many',
    UNRESOLVED,
    named((to) => {
      to.global('operator', 'getitem').emptyList().mark();
      for (let i = 0; i < 20; i++) to.text('len');
      return to.text('eval').appends().int(-1).tuple(2).reduce();
    }),
  ),
  of('a list that grows after it was handed over', UNRESOLVED, grown(0)),
  of('a list that grows when it is long forgotten', UNRESOLVED, grown(254)),
  of(
    'a bytearray that grows',
    UNRESOLVED,
    named((to) =>
      to
        .bytes('\x96\x03\0\0\0\0\0\0\0set')
        .memoize()
        .mark()
        .int(0x61)
        .appends()
        .pop()
        .global('builtins', 'str')
        .get(0)
        .text('ascii')
        .tuple(2)
        .reduce(),
    ),
  ),
  of(
    'operator.iadd, which changes what it is given',
    'operator.iadd',
    pickled(4).global('operator', 'iadd').emptyList().emptyList().tuple(2).reduce().stop(),
  ),
  of(
    'a key with escapes',
    'pickle.evaluated',
    distribution((to) => to.bytes('V_parse\\u005farg_template\n')),
  ),
  of(
    'a key in STRING with escapes',
    'pickle.evaluated',
    distribution((to) => to.quoted('\\x5fparse_arg_template')),
  ),
  of(
    'a key before blanks',
    'pickle.evaluated',
    distribution((to) => to.bytes(`S'${KEY}'  \n`)),
  ),
  of(
    'a key that is worked out',
    'pickle.evaluated',
    distribution((to) =>
      to.global('operator', 'mod').text('%s_template').text('_parse_arg').tuple(2).reduce(),
    ),
  ),
  of(
    'code that is worked out',
    'pickle.evaluated',
    distribution(key, (to) => to.global('builtins', 'max').emptyList().text(CODE).append().tuple(1).reduce()),
  ),
  of(
    'code in a scalar of numpy',
    'pickle.evaluated',
    distribution(key, (to) => to.global('numpy', 'str_').call(CODE)),
  ),
  of(
    'the state of _rebuild_from_type_v2',
    'pickle.evaluated',
    pickled(4)
      .global('torch._tensor', '_rebuild_from_type_v2')
      .mark()
      .global('copyreg', '__newobj__')
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(1)
      .global('builtins', 'dict')
      .tuple(0)
      .reduce()
      .tuple()
      .reduce()
      .stop(),
  ),
  of(
    'a constructor for a generator',
    LOADS,
    loader(pickled(4).global('numpy.random._pickle', '__generator_ctor').text('a/b'))
      .tuple(2)
      .reduce()
      .stop(),
  ),
  of(
    'a key to sort by',
    LOADS,
    loader(pickled(4).global('sortedcontainers.sortedlist', 'SortedKeyList').emptyList().text('a/b').append())
      .tuple(2)
      .reduce()
      .stop(),
  ),
  of(
    'a defaultdict of a partial',
    LOADS,
    loader(pickled(4).global('collections', 'defaultdict').global('functools', 'partial'))
      .text('a/b')
      .tuple(2)
      .reduce()
      .tuple(1)
      .reduce()
      .stop(),
  ),
  of(
    'key= of max',
    LOADS,
    loader(
      pickled(4)
        .global('functools', 'partial')
        .global('builtins', 'max')
        .tuple(1)
        .reduce()
        .mark()
        .global('builtins', 'max')
        .tuple(0)
        .emptyDict()
        .text('key'),
    )
      .setItem()
      .none()
      .tuple()
      .build()
      .emptyList()
      .tuple(1)
      .reduce()
      .stop(),
  ),
  of(
    'the metric of distances',
    LOADS,
    loader(pickled(4).global('sklearn.metrics.pairwise', 'pairwise_distances').none().none())
      .tuple(3)
      .reduce()
      .stop(),
  ),
];
