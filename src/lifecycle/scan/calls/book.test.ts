import assert from 'node:assert/strict';
import test from 'node:test';
import { Book } from './book.ts';

const book = new Book();
const verdict = (module: string, name: string) => book.lookUp(module, name).verdict;

/** Gadgets of advisories and of malicious files that were published: GHSA, CVE, issues of scanners. */
const DANGEROUS = `
  os system|os popen|os execve|os spawnl|os.path system|posix system|nt system|subprocess Popen|subprocess check_output
  subprocess run|subprocess call|subprocess getoutput|pty spawn|commands getoutput|_posixsubprocess fork_exec
  builtins eval|builtins exec|builtins compile|builtins open|builtins __import__|builtins getattr|builtins setattr
  builtins globals|builtins vars|builtins input|builtins breakpoint|builtins type|builtins delattr|builtins map
  __builtin__ execfile|__builtin__ file|__builtin__ apply|__builtin__ reload
  runpy run_path|runpy _run_code|code InteractiveInterpreter.runcode|code interact|codeop compile_command
  timeit timeit|timeit main|pdb run|bdb Bdb.run|cProfile run|cProfile runctx|profile run|profile Profile.run
  profile Profile.runctx|trace Trace.run|trace Trace.runctx|doctest debug_script|doctest testfile
  lib2to3.pgen2.grammar Grammar.loads|lib2to3.pgen2.pgen ParserGenerator.make_label
  idlelib.autocomplete AutoComplete.get_entity|idlelib.autocomplete AutoComplete.fetch_completions
  idlelib.calltip get_entity|idlelib.calltip Calltip.fetch_tip|idlelib.debugobj ObjectTreeItem.SetText
  idlelib.pyshell ModifiedInterpreter.runcode|idlelib.pyshell ModifiedInterpreter.runcommand|idlelib.run Executive.runcode
  ensurepip _run_pip|pip main|pip._internal main|pip._internal.cli.main main|venv create
  asyncio create_subprocess_exec|asyncio.unix_events _UnixSubprocessTransport._start
  distutils.file_util write_file|distutils.spawn spawn|setuptools sandbox|numpy.distutils.exec_command exec_command
  ctypes CDLL|ctypes.util find_library|pydoc locate|pydoc pipepager|webbrowser open|antigravity geohash
  numpy.f2py.crackfortran getlincoef|numpy.f2py.crackfortran _eval_length|numpy.f2py.crackfortran param_eval
  numpy.testing._private.utils runstring|numpy.testing rundocs|numpy load|numpy fromfile|numpy memmap|numpy savetxt
  numpy.core _ufunc_reconstruct|numpy.lib.npyio load|numpy.ctypeslib load_library
  operator attrgetter|operator methodcaller|operator call|_operator attrgetter|_operator methodcaller
  functools reduce|itertools starmap|types FunctionType|types CodeType|types MethodType|marshal loads|imp load_source
  importlib import_module|importlib.util spec_from_file_location|importlib.machinery SourceFileLoader|pkgutil resolve_name
  pickle loads|pickle load|_pickle Unpickler|dill loads|cloudpickle loads|shelve open|jsonpickle decode|joblib load
  torch load|torch.serialization load|torch.hub load|torch.jit load|torch.jit script|torch.package PackageImporter
  torch.utils.bottleneck.__main__ run_cprofile|torch.utils.bottleneck.__main__ run_autograd_prof
  torch._dynamo.guards GuardBuilder.get|torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression
  torch.utils.collect_env run|torch.utils.data.datapipes.utils.decoder basichandlers
  torch.jit.unsupported_tensor_ops execWrapper|torch.utils._config_module ConfigModule.load_config
  torch.utils.cpp_extension load_inline|torch._inductor.codecache compile_file|torch.fx.graph_module reduce_graph_module
  torch.distributed.rpc.internal _run_function|torch.storage _load_from_bytes|torch.utils.model_zoo load_url
  multiprocessing.util spawnv_passfds|multiprocessing.pool Pool|concurrent.futures ProcessPoolExecutor
  mlflow.projects.backend.local _run_entry_point|pandas read_csv|pandas read_pickle|pandas eval
  pandas.io.pickle read_pickle|pandas.core.frame DataFrame.eval|pandas.core.frame DataFrame.query
  pandas.core.computation.eval eval|pandas.io.common get_handle|scipy.io loadmat|sklearn.datasets fetch_openml
  uuid _get_command_stdout|_osx_support _read_output|_aix_support _read_cmd_output|_pyrepl.pager pipe_pager
  imaplib IMAP4_stream|test.support.script_helper assert_python_ok|ssl get_server_certificate|socket create_connection
  socket socket|urllib.request urlopen|urllib urlretrieve|urllib2 urlopen|http.client HTTPSConnection|httplib HTTPConnection
  requests get|requests.api post|ftplib FTP|smtplib SMTP|telnetlib Telnet|nntplib NNTP|xmlrpc.client ServerProxy
  smtpd SMTPServer|socketserver TCPServer|http.server HTTPServer|wsgiref.simple_server make_server
  shutil rmtree|shutil copyfile|tempfile mktemp|zipfile ZipFile|tarfile open|fileinput input|linecache getlines
  io open|io FileIO|_io open|codecs open|pathlib Path.write_text|pathlib PosixPath.unlink|glob glob|mmap mmap|sqlite3 connect
  site addsitedir|site main|atexit register|signal signal|gc get_objects|sys modules|sys settrace|sys exit|inspect getattr_static
  logging.config fileConfig|logging.config _resolve|logging FileHandler|threading Thread|_thread start_new_thread
  sched scheduler|cgitb lookup|unittest.mock _importer|unittest main|pytest main|compileall compile_dir
  py_compile compile|zipimport zipimporter|zipapp create_archive|faulthandler dump_traceback
  _interpreters create|_xxsubinterpreters run_string|_testcapi run_in_subinterp|crypt crypt|resource setrlimit
  jinja2 Template|jinja2.sandbox SandboxedEnvironment|sympy sympify|sympy.parsing.sympy_parser parse_expr|numexpr evaluate
  tensorflow.keras.models load_model|keras.models load_model|keras.saving load_model|keras.src.saving.saving_lib load_model
  tensorflow io.read_file|transformers pipeline|transformers AutoModel|transformers.dynamic_module_utils get_class_from_dynamic_module
  copyreg add_extension|copyreg pickle|builtins object.__subclasses__|collections OrderedDict.__init__.__globals__
  collections namedtuple.__globals__|numpy __builtins__.eval|pathlib os.system|torch os.system|random _os.system
  patsy dmatrices|statsmodels.formula.api ols|nltk.data load|gensim.utils unpickle|spacy load|hydra.utils instantiate
  yaml load|yaml unsafe_load|IPython system|cffi FFI|weakref finalize|getpass getpass|platform popen
  xgboost.core Booster.__init__|xgboost.core Booster.load_model|PIL.ImageShow show|PIL.Image open
`
  .trim()
  .split(/[|\n]\s*/)
  .map((pair) => pair.trim().split(' ') as [string, string]);

test('every gadget that was published is known as dangerous', () => {
  const missed = DANGEROUS.filter(([module, name]) => verdict(module, name) !== 'dangerous');
  assert.deepEqual(missed, []);
});

test('what pickles of libraries are made of is allowed', () => {
  for (const [module, name] of [
    ['torch._utils', '_rebuild_tensor_v2'],
    ['torch', 'FloatStorage'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['numpy._core.multiarray', '_reconstruct'],
    ['numpy', 'dtype'],
    ['sklearn.linear_model._logistic', 'LogisticRegression'],
    ['sklearn.linear_model.logistic', 'LogisticRegression'],
    ['sklearn.tree._tree', 'Tree'],
    ['pandas.core.internals.managers', 'BlockManager'],
    ['scipy.sparse.csr', 'csr_matrix'],
    ['copy_reg', '_reconstructor'],
    ['__builtin__', 'set'],
    ['transformers.trainer_utils', 'IntervalStrategy.NO'],
    ['ultralytics.nn.modules.head', 'Detect.forward'],
  ] as const)
    assert.equal(verdict(module, name), 'allowed', `${module}.${name}`);
});

test('everything else is unknown, whatever module it is in', () => {
  for (const [module, name] of [
    ['torch', 'nothing_of_the_kind'],
    ['sklearn.linear_model._logistic', 'LogisticRegression.fit'],
    ['transformers.trainer_utils', 'IntervalStrategy._member_map_'],
    ['mylib', 'Model'],
    ['__main__', 'Model'],
    ['constructor', 'prototype'],
    ['__proto__', 'toString'],
  ] as const)
    assert.equal(verdict(module, name), 'unknown', `${module}.${name}`);
});

test('a name of a thousand steps is unknown at once', () => {
  assert.equal(verdict('a', 'b.'.repeat(100_000)), 'unknown');
  assert.equal(verdict('a.'.repeat(100_000), 'b'), 'unknown');
  assert.equal(verdict('a.'.repeat(100_000), ''), 'unknown');
});

test('a class may be made without its __init__ having been looked at', () => {
  assert.equal(verdict('lightgbm.basic', 'Booster'), 'allowed');
  assert.notEqual(verdict('lightgbm.basic', 'Booster.__init__'), 'allowed');
  assert.equal(verdict('collections', 'OrderedDict.__init__'), 'allowed');
});

test('what a module has imported is within reach of whoever takes it step by step', () => {
  for (const [module, name] of [
    ['torch.os', 'system'],
    ['operator.os', 'popen'],
    ['numpy._os', 'execv'],
    ['torch.hub.sys', 'modules'],
  ] as const)
    assert.equal(verdict(module, name), 'dangerous', module);
  assert.notEqual(verdict('my.models.osmosis', 'Net'), 'dangerous');
});

test('NEWOBJ by its name is as good as the class', () => {
  assert.equal(verdict('collections', 'OrderedDict.__new__'), 'allowed');
  assert.equal(verdict('lightgbm.basic', 'Booster.__new__'), 'allowed');
  assert.notEqual(verdict('mylib.models', 'Net.__new__'), 'allowed');
  assert.equal(verdict('subprocess', 'Popen.__new__'), 'dangerous');
});

test('an owner decides about exact names', () => {
  const own = new Book([
    { call: 'mylib.models.Net', verdict: 'allowed', reason: 'ours' },
    { call: '__builtin__.set', verdict: 'dangerous', reason: 'not here', severity: 'low' },
  ]);
  assert.deepEqual(own.lookUp('mylib.models', 'Net'), { verdict: 'allowed', why: 'ours' });
  assert.equal(own.lookUp('mylib.models', 'Net.__init__').verdict, 'allowed');
  assert.equal(own.lookUp('mylib.models', 'Other').verdict, 'unknown');
  assert.deepEqual(own.lookUp('builtins', 'set'), { verdict: 'dangerous', why: 'not here', severity: 'low' });
});
