import type { Library } from './library.ts';

const EXCEPTIONS = `
  ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError BufferError BytesWarning
  ChildProcessError ConnectionError DeprecationWarning EOFError Exception FileExistsError FileNotFoundError
  FloatingPointError FutureWarning IOError ImportError ImportWarning IndentationError IndexError InterruptedError
  IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError
  NotImplementedError OSError OverflowError PermissionError RecursionError ReferenceError ResourceWarning RuntimeError
  RuntimeWarning StopIteration SyntaxError SyntaxWarning SystemError TabError TimeoutError TypeError UnboundLocalError
  UnicodeDecodeError UnicodeEncodeError UnicodeError UserWarning ValueError Warning ZeroDivisionError
`;

/** Values, containers and what pickle itself needs. */
export const PYTHON: Library = {
  name: 'Python',
  versions: '2.7, 3.4 to 3.14',
  source: 'https://github.com/python/cpython',
  calls: {
    builtins: `
      ${EXCEPTIONS} abs all any ascii bin bool bytearray bytes chr complex dict divmod Ellipsis enumerate float frozenset
      hash hex int iter len list max min NotImplemented None object oct ord pow range repr reversed round set slice sorted
      str sum tuple zip
      str.join str.lower str.upper str.strip str.replace str.encode str.split str.title str.casefold
      bytes.decode bytes.join bytes.fromhex bytearray.fromhex int.from_bytes float.fromhex dict.fromkeys
      object.__new__ dict.__new__ tuple.__new__ list.__new__ set.__new__ frozenset.__new__ str.__new__ int.__new__
      str.__add__
    `,
    copyreg: '_reconstructor __newobj__ __newobj_ex__',
    codecs: 'encode decode',
    collections: 'OrderedDict defaultdict deque Counter ChainMap UserDict UserList UserString',
    'collections.abc':
      'Callable Hashable Iterable Iterator Mapping MutableMapping MutableSequence Sequence Set Sized',
    typing: `
      Any AnyStr Callable Dict Iterable List Literal Mapping NoReturn Optional Sequence Set Text Tuple Type Union
    `,
    datetime: 'date datetime time timedelta timezone tzinfo timezone.utc',
    decimal: `
      Clamped Context Decimal DivisionByZero FloatOperation Inexact InvalidOperation Overflow ROUND_HALF_EVEN Rounded Subnormal
      Underflow
    `,
    fractions: 'Fraction',
    calendar: 'Calendar',
    difflib: 'Match',
    statistics: 'NormalDist',
    'urllib.parse': 'DefragResult ParseResult SplitResult',
    uuid: 'UUID',
    ipaddress: 'IPv4Address IPv4Network IPv6Address IPv6Network IPv4Interface IPv6Interface',
    pathlib: `
      Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath
    `,
    'pathlib._local': 'Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath',
    argparse: 'Namespace',
    array: 'array _array_reconstructor',
    io: 'BytesIO StringIO',
    re: '_compile',
    sre_compile: '_compile',
    string: 'Template',
    time: 'struct_time',
    types: 'GenericAlias MappingProxyType NoneType SimpleNamespace',
    random: 'Random',
    math: `
      acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees exp fabs floor fmod gamma hypot isfinite isinf
      isnan lgamma log log10 log1p log2 pow radians sin sinh sqrt tan tanh trunc
    `,
    cmath: 'exp log sqrt',
    itertools: 'chain combinations count cycle islice permutations product repeat',
    functools: 'partial cmp_to_key',
    operator: `
      add and_ concat contains eq floordiv ge gt index inv itemgetter getitem le lt matmul mod mul ne neg not_ or_ pos
      pow sub truediv truth xor
    `,
    logging: 'getLogger',
    enum: 'Enum IntEnum Flag IntFlag auto',
    zoneinfo: 'ZoneInfo ZoneInfo._unpickle',
    abc: 'ABC',
    numbers: 'Number Real Integral Complex Rational',
    threading: '_RLock',
    _thread: 'RLock allocate_lock',
    queue: 'Empty Full',
    _queue: 'Empty',
    inspect: 'Parameter Signature _empty',
    http: 'HTTPStatus',
    __future__: 'division print_function',
  },
  makes: {
    dataclasses: 'Field _MISSING_TYPE',
    logging: 'Formatter LogRecord',
    zoneinfo: 'ZoneInfo',
    'json.encoder': 'JSONEncoder',
    'json.decoder': 'JSONDecoder',
  },
  members: { re: 'RegexFlag', http: 'HTTPStatus', inspect: '_ParameterKind', uuid: 'SafeUUID' },
};

/** What the standard library's containers become in packages of everyday use. */
export const EVERYDAY: Library = {
  name: 'dateutil, pytz, six, attrs, Pillow, easydict, omegaconf, networkx, sympy, sparse, shapely, xarray, matplotlib',
  versions: 'of 2026',
  source: 'the repositories of each',
  calls: {
    'dateutil.tz.tz': '_ttinfo tzfile tzlocal tzoffset tzutc',
    'shapely.io': 'from_wkb',
    'shapely.geometry.point': 'Point',
    'shapely.geometry.linestring': 'LineString',
    'shapely.geometry.polygon': 'LinearRing Polygon',
    'shapely.geometry.multipoint': 'MultiPoint',
    'shapely.geometry.multilinestring': 'MultiLineString',
    'shapely.geometry.multipolygon': 'MultiPolygon',
    'shapely.geometry.collection': 'GeometryCollection',
    'dateutil.relativedelta': 'relativedelta weekday',
    'dateutil._common': 'weekday',
    pytz: 'FixedOffset UTC _FixedOffset _UTC _p',
    'pytz.tzinfo': '_tzinfos',
    'PIL.Image': 'Image _E',
    'pyarrow.lib': `
      _restore_array array chunked_array py_buffer type_for_alias field schema string large_string int64 float64 bool_ dictionary
      timestamp
    `,
    easydict: 'EasyDict',
    addict: 'Dict',
    'addict.addict': 'Dict',
    munch: 'Munch',
    'munch.munch': 'Munch',
    bunch: 'Bunch',
    frozendict: 'frozendict',
    sortedcontainers: 'SortedDict SortedList SortedSet',
    'sortedcontainers.sorteddict': 'SortedDict',
    'sortedcontainers.sortedlist': 'SortedList SortedKeyList',
    'sortedcontainers.sortedset': 'SortedSet',
    blist: 'blist',
    'ruamel.yaml.comments': 'CommentedMap CommentedSeq',
  },
  makes: {
    'PIL.Image': 'Image',
    'matplotlib.colors': 'Colormap LinearSegmentedColormap ListedColormap',
    'PIL.PngImagePlugin': 'PngImageFile',
    'PIL.JpegImagePlugin': 'JpegImageFile',
    'omegaconf.dictconfig': 'DictConfig',
    'omegaconf.listconfig': 'ListConfig',
    'omegaconf.base': 'ContainerMetadata Metadata Container Node',
    'omegaconf.nodes': `
      AnyNode BooleanNode BytesNode EnumNode FloatNode IntegerNode InterpolationResultNode PathNode StringNode ValueNode
    `,
    'yacs.config': 'CfgNode',
    'fvcore.common.config': 'CfgNode',
    'networkx.classes.digraph': 'DiGraph _CachedPropertyResetterAdjAndSucc _CachedPropertyResetterPred',
    'networkx.classes.graph': 'Graph _CachedPropertyResetterAdj _CachedPropertyResetterNode',
    'networkx.classes.multidigraph': 'MultiDiGraph',
    'networkx.classes.multigraph': 'MultiGraph',
    'networkx.classes.ordered': 'OrderedDiGraph OrderedGraph OrderedMultiDiGraph OrderedMultiGraph',
    'networkx.classes.reportviews': `
      DegreeView DiDegreeView DiMultiDegreeView EdgeDataView EdgeView InDegreeView InEdgeDataView InEdgeView
      InMultiDegreeView InMultiEdgeDataView InMultiEdgeView MultiDegreeView MultiEdgeDataView MultiEdgeView NodeDataView
      NodeView OutDegreeView OutEdgeDataView OutEdgeView OutMultiDegreeView OutMultiEdgeDataView OutMultiEdgeView
    `,
    'networkx.classes.coreviews': 'AdjacencyView AtlasView MultiAdjacencyView UnionAdjacency UnionAtlas',
    'sparse._coo.core': 'COO',
    'sparse._dok': 'DOK',
    'sparse._compressed.compressed': 'CSC CSR GCXS',
    'xarray.core.dataset': 'Dataset',
    'xarray.core.dataarray': 'DataArray',
    'xarray.core.variable': 'Variable IndexVariable',
    'xarray.core.indexes': 'Indexes PandasIndex PandasMultiIndex',
    'xarray.core.indexing': 'NumpyIndexingAdapter PandasIndexingAdapter PandasMultiIndexingAdapter',
    'dateutil.rrule': 'rrule rruleset weekday',
    bitarray: 'bitarray',
  },
};
