/**
 * Names of Python that mean the same, for readers of whatever names modules and attributes, and for the book of calls.
 */

/** Python 2's names as Python 3 loads them: Lib/_compat_pickle.py of CPython 3.13. */
const MODULES: Readonly<Record<string, string>> = {
  __builtin__: 'builtins',
  copy_reg: 'copyreg',
  Queue: 'queue',
  SocketServer: 'socketserver',
  ConfigParser: 'configparser',
  repr: 'reprlib',
  tkFileDialog: 'tkinter.filedialog',
  Tkinter: 'tkinter',
  _winreg: 'winreg',
  thread: '_thread',
  dummy_thread: '_dummy_thread',
  dbhash: 'dbm.bsd',
  dumbdbm: 'dbm.dumb',
  gdbm: 'dbm.gnu',
  xmlrpclib: 'xmlrpc.client',
  SimpleXMLRPCServer: 'xmlrpc.server',
  httplib: 'http.client',
  HTMLParser: 'html.parser',
  Cookie: 'http.cookies',
  cookielib: 'http.cookiejar',
  BaseHTTPServer: 'http.server',
  'test.test_support': 'test.support',
  commands: 'subprocess',
  urlparse: 'urllib.parse',
  robotparser: 'urllib.robotparser',
  urllib2: 'urllib.request',
  anydbm: 'dbm',
  _abcoll: 'collections.abc',
  cPickle: 'pickle',
  DocXMLRPCServer: 'xmlrpc.server',
  SimpleHTTPServer: 'http.server',
  CGIHTTPServer: 'http.server',
  UserDict: 'collections',
  UserList: 'collections',
  UserString: 'collections',
  whichdb: 'dbm',
  StringIO: 'io',
  cStringIO: 'io',
  exceptions: 'builtins',
};

const NAMES: Readonly<Record<string, readonly [module: string, name: string]>> = {
  '__builtin__.xrange': ['builtins', 'range'],
  '__builtin__.reduce': ['functools', 'reduce'],
  '__builtin__.intern': ['sys', 'intern'],
  '__builtin__.unichr': ['builtins', 'chr'],
  '__builtin__.unicode': ['builtins', 'str'],
  '__builtin__.basestring': ['builtins', 'str'],
  '__builtin__.long': ['builtins', 'int'],
  'itertools.izip': ['builtins', 'zip'],
  'itertools.imap': ['builtins', 'map'],
  'itertools.ifilter': ['builtins', 'filter'],
  'UserDict.IterableUserDict': ['collections', 'UserDict'],
  '_socket.fromfd': ['socket', 'fromfd'],
  'urllib.pathname2url': ['urllib.request', 'pathname2url'],
  'urllib.url2pathname': ['urllib.request', 'url2pathname'],
  'urllib.urlopen': ['urllib.request', 'urlopen'],
  'urllib.urlretrieve': ['urllib.request', 'urlretrieve'],
  'urllib.urlcleanup': ['urllib.request', 'urlcleanup'],
  'urllib.getproxies': ['urllib.request', 'getproxies'],
  'urllib.quote': ['urllib.parse', 'quote'],
  'urllib.unquote': ['urllib.parse', 'unquote'],
  'urllib.urlencode': ['urllib.parse', 'urlencode'],
  'exceptions.StandardError': ['builtins', 'Exception'],
};

/** C modules behind a module of the same content. What they hold is known by the names of the latter. */
const BEHIND: Readonly<Record<string, string>> = {
  _operator: 'operator',
  _functools: 'functools',
  _pickle: 'pickle',
  _codecs: 'codecs',
  _io: 'io',
  _pyio: 'io',
  _collections: 'collections',
  _datetime: 'datetime',
  _random: 'random',
  _socket: 'socket',
  _ctypes: 'ctypes',
  _decimal: 'decimal',
  _pydecimal: 'decimal',
  _bisect: 'bisect',
  _heapq: 'heapq',
  _struct: 'struct',
};

const RENAMED = new Map([...Object.entries(BEHIND), ...Object.entries(MODULES)]);
const MOVED = new Map(Object.entries(NAMES));
/** Modules of which single names have moved. */
const LEFT = new Set(Object.keys(NAMES).map((name) => name.slice(0, name.lastIndexOf('.'))));

/**
 * One name for what has several. A file says which protocol it is of, so that is not asked: what either Python would
 * take a name for counts.
 */
export function canonical(module: string, name: string): readonly [module: string, name: string] {
  const moved = LEFT.has(module) ? MOVED.get(`${module}.${name}`) : undefined;
  if (moved !== undefined) return moved;
  const renamed = RENAMED.get(module);
  if (renamed !== undefined) return [RENAMED.get(renamed) ?? renamed, name];
  // NumPy 2 put an underscore before what was never meant to be imported.
  const numpy = /^numpy\._?core(?=\.|$)/.test(module) ? module.replace('._core', '.core') : module;
  return [numpy === 'numpy.core._multiarray_umath' ? 'numpy.core.multiarray' : numpy, name];
}
