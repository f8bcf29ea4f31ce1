import { deflateSync } from 'node:zlib';
import { calls, type Mechanism, pickled } from './pickle.ts';

const SYSTEM = 'os.system';
const payload = calls('os', 'system', 'true');
const of = (name: string, finds: string, bytes: Uint8Array): Mechanism => ({ name, finds, bytes });

/** How a pickle can hide a call: advisories of scanners, and our own. */
export const MECHANISMS: readonly Mechanism[] = [
  // Ways to name a thing.
  of('GLOBAL', SYSTEM, payload),
  of(
    'GLOBAL, protocol 0',
    SYSTEM,
    pickled().global('os', 'system').mark().quoted('true').tuple().reduce().stop(),
  ),
  of('STACK_GLOBAL', SYSTEM, pickled(4).stackGlobal('os', 'system').call('true').stop()),
  of('STACK_GLOBAL without PROTO', SYSTEM, pickled().stackGlobal('os', 'system').call('true').stop()),
  of('names in BINUNICODE8', SYSTEM, pickled(4).long('os').long('system').raw(0x93).call('true').stop()),
  of(
    'names in STRING',
    SYSTEM,
    pickled(4).quoted('o\\x73').quoted('sy\\163tem').raw(0x93).call('true').stop(),
  ),
  of(
    'names in UNICODE',
    SYSTEM,
    pickled(4).bytes('Vo\\u0073\n').bytes('Vsystem\n').raw(0x93).call('true').stop(),
  ),
  of(
    'names in SHORT_BINSTRING',
    SYSTEM,
    pickled(4).bytes('U\x02os').bytes('U\x06system').raw(0x93).call('true').stop(),
  ),
  of(
    'names from the memo',
    SYSTEM,
    pickled(4)
      .short('os')
      .put(7)
      .pop()
      .short('system')
      .put(300)
      .pop()
      .get(7)
      .get(300)
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'MEMOIZE after POP (picklescan: None.None)',
    SYSTEM,
    pickled(4)
      .short('os')
      .none()
      .pop()
      .memoize()
      .pop()
      .short('system')
      .none()
      .pop()
      .memoize()
      .pop()
      .get(0)
      .get(1)
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'memo of a huge index',
    SYSTEM,
    pickled(4).global('os', 'system').put(0xfffffff0).pop().get(0xfffffff0).call('true').stop(),
  ),
  of(
    'PUT of an index beyond all integers',
    SYSTEM,
    pickled()
      .global('os', 'system')
      .bytes('p123456789012345678901234567890\n0g123456789012345678901234567890\n')
      .call('true')
      .stop(),
  ),
  of(
    'PUT with underscores and blanks',
    SYSTEM,
    pickled().global('os', 'system').bytes('p 1_0\n0g+10 \n').call('true').stop(),
  ),
  of(
    'memo written over',
    SYSTEM,
    pickled(4)
      .global('collections', 'OrderedDict')
      .put(1)
      .pop()
      .global('os', 'system')
      .put(1)
      .pop()
      .get(1)
      .call('true')
      .stop(),
  ),
  of(
    'names swapped with DUP and POP',
    SYSTEM,
    pickled(4).short('os').dup().pop().short('x').pop().short('system').raw(0x93).call('true').stop(),
  ),
  of(
    'names under marks',
    SYSTEM,
    pickled(4)
      .mark()
      .short('x')
      .popMark()
      .short('os')
      .mark()
      .mark()
      .popMark()
      .popMark()
      .short('system')
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of('POP of a mark', SYSTEM, pickled(4).mark().pop().global('os', 'system').call('true').stop()),
  of('INST', SYSTEM, pickled().mark().quoted('true').inst('os', 'system').stop()),
  of(
    'INST whose last line does not end',
    SYSTEM,
    pickled().mark().quoted('true').bytes('ios\nsystemX').done(),
  ),
  of('OBJ', SYSTEM, pickled(1).mark().global('os', 'system').text('true').obj().stop()),
  of(
    'OBJ whose result is popped (fickling mxhj)',
    SYSTEM,
    pickled(1).mark().global('os', 'system').text('true').obj().pop().none().stop(),
  ),
  of(
    'NEWOBJ',
    'subprocess.Popen',
    pickled(2).global('subprocess', 'Popen').text('true').tuple(1).newObj().stop(),
  ),
  of(
    'NEWOBJ_EX',
    'subprocess.Popen',
    pickled(4).global('subprocess', 'Popen').text('true').tuple(1).emptyDict().newObjEx().stop(),
  ),
  of(
    'dotted name (fickling 5j3x)',
    'pathlib.os.system',
    pickled(4).stackGlobal('pathlib', 'os.system').call('true').stop(),
  ),
  of(
    'dotted name through __builtins__',
    'builtins.eval',
    pickled(4).stackGlobal('collections', '__builtins__.eval').call('1').stop(),
  ),
  of(
    'dotted name through __globals__',
    'pickle.dangerous',
    pickled(4).stackGlobal('collections', 'OrderedDict.__init__.__globals__').stop(),
  ),
  of(
    'submodule (CVE-2025-10157)',
    'asyncio.unix_events',
    calls('asyncio.unix_events', '_UnixSubprocessTransport._start'),
  ),
  of('another spelling: nt', 'nt.system', calls('nt', 'system', 'true')),
  of('another spelling: posix', 'posix.system', calls('posix', 'system', 'true')),
  of('Python 2: __builtin__', 'builtins.eval', calls('__builtin__', 'eval', '1')),
  of('Python 2: commands', 'subprocess.getoutput', calls('commands', 'getoutput', 'true')),
  of('Python 2: file', 'builtins.file', calls('__builtin__', 'file', '/nowhere')),
  of('Python 2: execfile', 'builtins.execfile', calls('__builtin__', 'execfile', '/nowhere')),
  of('Python 2: imap', 'builtins.map', calls('itertools', 'imap')),
  of('a module of C behind one', 'operator.attrgetter', calls('_operator', 'attrgetter', 'system')),
  of('an alias of numpy 2', 'numpy.core._ufunc_reconstruct', calls('numpy._core', '_ufunc_reconstruct')),

  of(
    'a pickle of protocol 0 behind zeros',
    SYSTEM,
    Buffer.concat([
      Buffer.alloc(16),
      pickled().global('os', 'system').mark().quoted('true').tuple().reduce().stop(),
    ]),
  ),
  of(
    'a pickle of protocol 0 behind a mark of byte order',
    SYSTEM,
    Buffer.concat([
      Buffer.of(0xef, 0xbb, 0xbf, 0x0a),
      pickled().global('os', 'system').mark().quoted('true').tuple().reduce().stop(),
    ]),
  ),

  of(
    'a frame before all else',
    SYSTEM,
    pickled().frame(23).global('os', 'system').mark().quoted('true').tuple().reduce().stop(),
  ),

  // Names that are made when it runs.
  of(
    "''.join",
    'os.system',
    pickled(4)
      .short('os')
      .stackGlobal('builtins', 'str.join')
      .mark()
      .short('')
      .mark()
      .short('sys')
      .short('tem')
      .list()
      .tuple()
      .reduce()
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'bytes.decode',
    'os.system',
    pickled(4)
      .short('os')
      .stackGlobal('_codecs', 'decode')
      .mark()
      .binary(Buffer.from('system'))
      .short('utf-8')
      .tuple()
      .reduce()
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'rot13',
    'os.system',
    pickled(4)
      .short('os')
      .stackGlobal('codecs', 'encode')
      .mark()
      .short('flfgrz')
      .short('rot13')
      .tuple()
      .reduce()
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'operator.add',
    'os.system',
    pickled(4)
      .short('os')
      .stackGlobal('operator', 'add')
      .mark()
      .short('sys')
      .short('tem')
      .tuple()
      .reduce()
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'a function that nobody follows',
    'pickle.unresolved',
    pickled(4)
      .short('os')
      .stackGlobal('builtins', 'reversed')
      .mark()
      .short('metsys')
      .tuple()
      .reduce()
      .raw(0x93)
      .call('true')
      .stop(),
  ),
  of(
    'a name that is a number (type confusion)',
    'pickle.unresolved',
    pickled(4).int(7).int(8).raw(0x93).none().tuple(1).reduce().stop(),
  ),
  of(
    'a name from an unset memo (KeyError)',
    'pickle.unresolved',
    pickled(4).get(9).get(10).raw(0x93).call('true').stop(),
  ),

  // Chains that lead to a thing.
  of(
    'getattr of an import',
    'os.system',
    pickled(2)
      .global('builtins', 'getattr')
      .global('os', 'path')
      .global('builtins', 'str')
      .tuple(2)
      .reduce()
      .global('builtins', 'getattr')
      .global('importlib', 'import_module')
      .call('os')
      .text('system')
      .tuple(2)
      .reduce()
      .call('true')
      .stop(),
  ),
  of(
    '__import__ and getattr',
    'os.system',
    pickled(2)
      .global('builtins', 'getattr')
      .global('builtins', '__import__')
      .call('os')
      .text('system')
      .tuple(2)
      .reduce()
      .call('true')
      .stop(),
  ),
  of(
    'attrgetter',
    'os.system',
    pickled(2)
      .global('operator', 'attrgetter')
      .call('system')
      .global('builtins', '__import__')
      .call('os')
      .tuple(1)
      .reduce()
      .call('true')
      .stop(),
  ),
  of(
    'methodcaller',
    'os.system',
    pickled(2)
      .global('operator', 'methodcaller')
      .call('system', 'true')
      .global('builtins', '__import__')
      .call('os')
      .tuple(1)
      .reduce()
      .stop(),
  ),
  of(
    'partial',
    'os.system',
    pickled(2)
      .global('functools', 'partial')
      .global('os', 'system')
      .text('true')
      .tuple(2)
      .reduce()
      .tuple(0)
      .reduce()
      .stop(),
  ),
  of(
    'partial that is given its function by BUILD',
    'os.system',
    pickled(2)
      .global('functools', 'partial')
      .global('builtins', 'len')
      .tuple(1)
      .reduce()
      .mark()
      .global('os', 'system')
      .text('true')
      .tuple(1)
      .emptyDict()
      .none()
      .tuple()
      .build()
      .tuple(0)
      .reduce()
      .stop(),
  ),
  of(
    'map and list',
    'os.system',
    pickled(2)
      .global('builtins', 'list')
      .global('builtins', 'map')
      .global('os', 'system')
      .mark()
      .text('true')
      .list()
      .tuple(2)
      .reduce()
      .tuple(1)
      .reduce()
      .stop(),
  ),
  of(
    'reduce',
    'os.system',
    pickled(2)
      .global('functools', 'reduce')
      .global('os', 'system')
      .mark()
      .text('true')
      .list()
      .tuple(2)
      .reduce()
      .stop(),
  ),
  of(
    'starmap',
    'os.system',
    pickled(2)
      .global('itertools', 'starmap')
      .global('os', 'system')
      .mark()
      .text('true')
      .tuple(1)
      .list()
      .tuple(2)
      .reduce()
      .stop(),
  ),
  of(
    '_create_array of dill',
    SYSTEM,
    pickled()
      .global('dill._dill', '_create_array')
      .mark()
      .global('os', 'system')
      .mark()
      .short('true')
      .tuple()
      .none()
      .tuple()
      .reduce()
      .stop(),
  ),
  of(
    'apply of Python 2',
    'os.system',
    pickled(2)
      .global('__builtin__', 'apply')
      .global('os', 'system')
      .text('true')
      .tuple(1)
      .tuple(2)
      .reduce()
      .stop(),
  ),
  of(
    'sys.modules',
    'os.system',
    pickled(2)
      .global('builtins', 'getattr')
      .global('operator', 'getitem')
      .global('sys', 'modules')
      .text('os')
      .tuple(2)
      .reduce()
      .text('system')
      .tuple(2)
      .reduce()
      .call('true')
      .stop(),
  ),
  of(
    'pkgutil.resolve_name (vvpj)',
    'os.system',
    pickled(2).global('pkgutil', 'resolve_name').call('os:system').call('true').stop(),
  ),
  of(
    'pydoc.locate (84r2)',
    'os.system',
    pickled(2).global('pydoc', 'locate').call('os.system').call('true').stop(),
  ),
  of(
    'getattr handed to something else',
    'builtins.getattr',
    pickled(2).global('functools', 'partial').global('builtins', 'getattr').tuple(1).reduce().stop(),
  ),
  of(
    'getattr without arguments that are known',
    'builtins.getattr',
    pickled(2).global('builtins', 'getattr').none().reduce().stop(),
  ),
  of(
    'a method of an object',
    'pathlib.PosixPath.write_text',
    pickled(2)
      .global('builtins', 'getattr')
      .global('pathlib', 'PosixPath')
      .call('x')
      .text('write_text')
      .tuple(2)
      .reduce()
      .call('y')
      .stop(),
  ),
  of(
    'an object is called',
    'collections.OrderedDict.__call__',
    pickled(2).global('collections', 'OrderedDict').call().call('x').stop(),
  ),
  of(
    'a class is made of parts',
    'builtins.type',
    pickled(2).global('builtins', 'type').mark().text('X').tuple(0).emptyDict().tuple().reduce().stop(),
  ),
  of(
    'a class that reads a file in its __init__',
    'xgboost.core.Booster.__init__',
    calls('xgboost.core', 'Booster', 'x', 'y', '/nowhere'),
  ),
  of(
    'copyreg.__newobj__',
    'subprocess.Popen',
    pickled(2).global('copyreg', '__newobj__').global('subprocess', 'Popen').tuple(1).reduce().stop(),
  ),
  of(
    'copyreg._reconstructor',
    'subprocess.Popen',
    pickled(0)
      .global('copy_reg', '_reconstructor')
      .global('subprocess', 'Popen')
      .global('__builtin__', 'object')
      .none()
      .tuple(3)
      .reduce()
      .stop(),
  ),

  // Things that are changed.
  of(
    'BUILD of a module (modelscan #330)',
    'pickle.patch',
    pickled(2)
      .global('numpy', '__builtins__')
      .emptyDict()
      .text('len')
      .global('builtins', 'eval')
      .setItem()
      .build()
      .stop(),
  ),
  of(
    'BUILD of a class',
    'pickle.patch',
    pickled(2)
      .global('collections', 'OrderedDict')
      .none()
      .emptyDict()
      .text('x')
      .int(1)
      .setItem()
      .tuple(2)
      .build()
      .stop(),
  ),
  of(
    'an item of sys.modules',
    'pickle.patch',
    pickled(2).global('sys', 'modules').text('os').none().setItem().stop(),
  ),
  of(
    '__setstate__ of its own',
    'pickle.patch',
    pickled(2)
      .global('collections', 'OrderedDict')
      .tuple(0)
      .reduce()
      .emptyDict()
      .text('__setstate__')
      .global('os', 'system')
      .setItem()
      .build()
      .text('true')
      .build()
      .stop(),
  ),
  of(
    'append of its own',
    'pickle.patch',
    pickled(2)
      .global('types', 'SimpleNamespace')
      .tuple(0)
      .reduce()
      .emptyDict()
      .text('append')
      .global('builtins', 'print')
      .setItem()
      .build()
      .text('true')
      .append()
      .stop(),
  ),
  of(
    'the template of a distribution',
    'pickle.evaluated',
    pickled(2)
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(0)
      .newObj()
      .emptyDict()
      .text('_parse_arg_template')
      .text('import os')
      .setItem()
      .build()
      .stop(),
  ),
  of(
    'the formula of a model',
    'pickle.evaluated',
    pickled(2)
      .global('statsmodels.base.data', 'PandasData')
      .tuple(0)
      .newObj()
      .emptyDict()
      .text('formula')
      .text('y ~ __import__("os")')
      .setItem()
      .build()
      .stop(),
  ),

  of(
    'a template as a pair',
    'pickle.evaluated',
    pickled(2)
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(0)
      .newObj()
      .mark()
      .text('_parse_arg_template')
      .text('import os')
      .tuple(2)
      .list()
      .build()
      .stop(),
  ),
  of(
    'a template as two keys of a dict in a tuple',
    'pickle.evaluated',
    pickled(2)
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(0)
      .newObj()
      .emptyDict()
      .mark()
      .text('_parse_arg_template')
      .int(0)
      .text('import os')
      .int(0)
      .setItems()
      .tuple(1)
      .build()
      .stop(),
  ),
  of(
    'a template of bytes',
    'pickle.evaluated',
    pickled(3)
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(0)
      .newObj()
      .emptyDict()
      .text('_parse_arg_template')
      .binary(Buffer.from('import os'))
      .setItem()
      .build()
      .stop(),
  ),
  of(
    'a template longer than any name',
    'pickle.evaluated',
    pickled(3)
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(0)
      .newObj()
      .emptyDict()
      .text('_parse_arg_template')
      .text(' '.repeat(70_000))
      .setItem()
      .build()
      .stop(),
  ),
  of(
    'a template that is put together',
    'pickle.evaluated',
    pickled(3)
      .global('scipy.stats._continuous_distns', 'norm_gen')
      .tuple(0)
      .newObj()
      .emptyDict()
      .text('_parse_arg_template')
      .global('builtins', 'str')
      .none()
      .tuple(1)
      .reduce()
      .setItem()
      .build()
      .stop(),
  ),
  of(
    'a state that is put together by dict()',
    'pickle.evaluated',
    pickled(2)
      .global('statsmodels.base.data', 'PandasData')
      .tuple(0)
      .newObj()
      .global('builtins', 'dict')
      .mark()
      .text('formula')
      .text('y ~ evil()')
      .tuple(2)
      .list()
      .tuple(1)
      .reduce()
      .build()
      .stop(),
  ),
  of(
    'hooks in a state that is put together by dict()',
    'pickle.patch',
    pickled(2)
      .global('types', 'SimpleNamespace')
      .tuple(0)
      .reduce()
      .global('builtins', 'dict')
      .mark()
      .text('__setstate__')
      .global('builtins', 'len')
      .tuple(2)
      .list()
      .tuple(1)
      .reduce()
      .build()
      .stop(),
  ),
  of(
    'a function that calls its argument',
    'xgboost.core.Booster',
    pickled(2)
      .global('torch._tensor', '_rebuild_from_type_v2')
      .mark()
      .global('xgboost.core', 'Booster')
      .none()
      .mark()
      .none()
      .none()
      .text('/nowhere')
      .tuple()
      .none()
      .tuple()
      .reduce()
      .stop(),
  ),
  of(
    'a callable that is iterated over',
    'os.getpid',
    pickled(2)
      .global('builtins', 'list')
      .global('builtins', 'iter')
      .global('os', 'getpid')
      .int(0)
      .tuple(2)
      .reduce()
      .tuple(1)
      .reduce()
      .stop(),
  ),

  // The registry of extensions.
  of('EXT1', 'pickle.extension', pickled(2).ext(66).call('true').stop()),
  of('EXT2', 'pickle.extension', pickled(2).raw(0x83, 66, 1).call('true').stop()),
  of('EXT4', 'pickle.extension', pickled(2).raw(0x84, 66, 1, 1, 0).call('true').stop()),
  of(
    'add_extension and EXT1',
    'os.system',
    pickled(2)
      .global('copyreg', 'add_extension')
      .mark()
      .text('os')
      .text('system')
      .int(66)
      .tuple()
      .reduce()
      .pop()
      .ext(66)
      .call('true')
      .stop(),
  ),

  // Streams that are not what they should be.
  of('cut off after the call', SYSTEM, payload.subarray(0, payload.length - 1)),
  of(
    'an unknown opcode after the call',
    SYSTEM,
    Buffer.concat([payload.subarray(0, payload.length - 1), Buffer.from([0xff, 0x2e])]),
  ),
  of(
    'an empty stack after the call',
    SYSTEM,
    pickled(2).global('os', 'system').call('true').bytes('0000R').stop(),
  ),
  of('a second pickle', SYSTEM, Buffer.concat([pickled(2).none().stop(), payload])),
  of(
    'a second pickle behind rubbish',
    SYSTEM,
    Buffer.concat([pickled(2).none().stop(), Buffer.from([0, 1, 0xff]), payload]),
  ),
  of(
    'a pickle of protocol 0 behind rubbish',
    SYSTEM,
    Buffer.concat([
      pickled(2).none().stop(),
      Buffer.from([0, 1, 0xff]),
      pickled().global('os', 'system').mark().quoted('true').tuple().reduce().stop(),
    ]),
  ),
  of('zeros before it', SYSTEM, Buffer.concat([Buffer.alloc(64), payload])),
  of(
    'a second pickle behind zeros',
    SYSTEM,
    Buffer.concat([pickled(2).none().stop(), Buffer.alloc(5000), payload]),
  ),
  of('a third one', SYSTEM, Buffer.concat([pickled(2).none().stop(), pickled(4).none().stop(), payload])),
  of('a frame that lies', SYSTEM, pickled(4).frame(3).global('os', 'system').call('true').stop()),
  of(
    'a frame longer than the file',
    SYSTEM,
    pickled(4).frame(1e6).global('os', 'system').call('true').stop(),
  ),
  of('PROTO within', SYSTEM, pickled(4).none().pop().raw(0x80, 2).global('os', 'system').call('true').stop()),
  of('a protocol that is none', SYSTEM, pickled(4).raw(0x80, 9).global('os', 'system').call('true').stop()),
  of(
    'opcodes that do nothing before',
    SYSTEM,
    pickled().none().pop().mark().popMark().global('os', 'system').call('true').stop(),
  ),
  of('no STOP at all', SYSTEM, pickled().global('os', 'system').call('true').done()),
  of(
    "a persistent id's opcode",
    SYSTEM,
    pickled(2).text('x').bytes('Q').pop().global('os', 'system').call('true').stop(),
  ),
  of(
    'a persistent id that is called',
    'pickle.unresolved',
    pickled(2).text('x').bytes('Q').call('true').stop(),
  ),
  of('a buffer that is called', 'pickle.unresolved', pickled(5).raw(0x97).call('true').stop()),
  of(
    'the magic number of torch by eval',
    'builtins.eval',
    calls('builtins', 'eval', '0x1950a86a20f9469cfc6c'),
  ),

  // Pickles in pickles.
  of(
    'pickle.loads',
    'os.system',
    pickled(2).global('pickle', 'loads').binary(payload).tuple(1).reduce().stop(),
  ),
  of('bytes that nobody loads yet', 'os.system', pickled(3).binary(payload).stop()),
  of(
    'bytes of protocol 2',
    'os.system',
    pickled(2)
      .global('pickle', 'loads')
      .global('_codecs', 'encode')
      .mark()
      .text(payload.toString('latin1'))
      .text('latin1')
      .tuple()
      .reduce()
      .tuple(1)
      .reduce()
      .stop(),
  ),
  of(
    'torch.storage._load_from_bytes',
    'os.system',
    pickled(2).global('torch.storage', '_load_from_bytes').binary(payload).tuple(1).reduce().stop(),
  ),
  of(
    'packed bytes',
    'zlib.decompress',
    pickled(2)
      .global('pickle', 'loads')
      .global('zlib', 'decompress')
      .binary(deflateSync(payload))
      .tuple(1)
      .reduce()
      .tuple(1)
      .reduce()
      .stop(),
  ),

  // What joblib reads as numbers and pickle as opcodes.
  of('opcodes in an array', SYSTEM, joblibArray(payload.subarray(2))),
];

/** A wrapper of joblib before 0.14 (no padding), with bytes for numbers that go on as a pickle. */
function joblibArray(numbers: Uint8Array): Buffer {
  const type = pickled()
    .global('numpy', 'dtype')
    .mark()
    .text('u1')
    .raw(0x89, 0x88)
    .tuple()
    .reduce()
    .mark()
    .int(3)
    .text('|')
    .none()
    .none()
    .none()
    .int(-1)
    .int(-1)
    .int(0)
    .tuple()
    .build();
  return Buffer.concat([
    pickled(3)
      .global('joblib.numpy_pickle', 'NumpyArrayWrapper')
      .tuple(0)
      .newObj()
      .emptyDict()
      .mark()
      .text('subclass')
      .global('numpy', 'ndarray')
      .text('shape')
      .int(numbers.length)
      .tuple(1)
      .text('order')
      .text('C')
      .text('dtype')
      .done(),
    type.done(),
    Buffer.from('ub'),
    numbers,
    Buffer.from('.'),
  ]);
}
