/**
 * What can be made to do harm, by what it does. Modules in `all` do with whatever is in them, and in modules below them.
 * Collected from the advisories of scanners (GHSA and CVE), the source of CPython 3.13 and of the libraries.
 */
export interface Danger {
  readonly does: string;
  readonly severity?: 'critical' | 'high' | 'medium';
  readonly all?: string;
  readonly names?: Readonly<Record<string, string>>;
}

export const DANGERS: readonly Danger[] = [
  {
    does: 'it calls what it is given, later or elsewhere',
    severity: 'high',
    all: 'threading _threading_local sched tracemalloc',
  },
  {
    does: 'it starts programs',
    all: `
      os posix nt subprocess _posixsubprocess _winapi pty popen2 commands pexpect sh plumbum fabric invoke paramiko
      multiprocessing _multiprocessing billiard concurrent.futures distutils setuptools numpy.distutils
      numpy.f2py pip _pip easy_install ensurepip venv virtualenv conda webbrowser antigravity
      asyncio uvloop trio anyio gevent eventlet twisted tornado pydoc_data idlelib lib2to3 test _pyrepl _osx_support
      _aix_support turtledemo msilib win32api win32com win32process win32pipe pywintypes
      torch.utils.bottleneck torch.utils.collect_env torch.utils.cpp_extension torch.utils.hipify torch.distributed.run
      torch.distributed.launch torch.distributed.elastic torch.multiprocessing torch.distributed.launcher
      torch._inductor torch._dynamo torch.testing torch._functorch torch._export torch.utils.benchmark torch.utils.model_dump
      mlflow ray dask distributed luigi airflow celery prefect wandb.sdk IPython ipykernel jupyter_client
      triton cffi cppyy pythran weave Cython pyximport numba.pycc GitPython git
    `,
    names: {
      uuid: '_get_command_stdout _popen _ipconfig_getnode _ifconfig_getter _arp_getter _lanscan_getter _netstat_getter getnode',
      platform: 'popen _syscmd_file _syscmd_ver architecture',
      imaplib: 'IMAP4_stream',
      cgitb: '*',
      _thread: 'start_new_thread start_new interrupt_main exit',
      getpass: '*',
      mailcap: 'findmatch test',
      'unittest.mock': '_dot_lookup _importer',
      'pandas.io.clipboard': 'determine_clipboard copy paste',
      'joblib.externals.loky': '*',
      'sklearn.externals.joblib.externals.loky': '*',
      'numpy.testing': 'rundocs runstring measure',
      'ctypes.util': 'find_library',
      'ctypes.macholib.dyld': '*',
      webbrowser: 'open get register',
      'multiprocessing.util': 'spawnv_passfds',
      'PIL.ImageShow': '*',
      'PIL.EpsImagePlugin': 'Ghostscript',
      'PIL.ImageGrab': '*',
      'nltk.internals': 'java config_java find_binary find_file',
      'nltk.app': '*',
      'gensim.scripts': '*',
      'transformers.commands': '*',
      'accelerate.commands': '*',
      'sympy.preview': '*',
      'sympy.printing.preview': 'preview',
      'matplotlib.animation': '*',
      'matplotlib.texmanager': '*',
    },
  },
  {
    does: 'it runs text as code',
    names: {
      builtins: 'eval exec execfile compile exit quit breakpoint input raw_input',
      'torch.fx.experimental.symbolic_shapes': 'ShapeEnv.evaluate_guards_expression',
      'torch.fx.graph_module': '*',
      'torch.fx._symbolic_trace': '*',
      'torch.jit.unsupported_tensor_ops': 'execWrapper',
      'torch.jit._script': '*',
      'torch.jit': '*',
      'torch.package': '*',
      'torch.hub': '*',
      'torch.ops': '*',
      'torch.classes': '*',
      'torch._ops': '*',
      'torch._classes': '*',
      'torch._lobpcg': '*',
      'torch.library': '*',
      'torch.onnx': '*',
      'torch._utils_internal': '*',
      'torch._guards': '*',
      'torch.utils._config_module': '*',
      'torch.utils.data.datapipes': '*',
      'torch._C':
        '_jit_script_compile import_ir_module import_ir_module_from_buffer _import_ir_module_from_package',
      'torchvision.models.optical_flow.raft': 'ResidualBlock.__init__',
      'torch.nn.utils._expanded_weights': '*',
      'numpy.core._internal': '_getintp_ctype',
      'numpy.testing._private.utils': '*',
      'numpy.testing.utils': '*',
      'numpy.lib.utils': 'safe_eval',
      'numpy.core.numerictypes': 'eval',
      'numpy.ma.mrecords': 'fromtextfile openfile',
      'pandas.core.computation': '*',
      'pandas.core.frame': 'DataFrame.eval DataFrame.query',
      pandas: 'eval',
      'sympy.parsing': '*',
      'sympy.core.sympify': '*',
      sympy: 'sympify parse_expr lambdify S',
      'sympy.utilities.lambdify': '*',
      'sympy.utilities.codegen': '*',
      'sympy.utilities.autowrap': '*',
      'scipy.weave': '*',
      numexpr: '*',
      patsy: 'dmatrix dmatrices EvalEnvironment',
      'patsy.eval': '*',
      'patsy.highlevel': '*',
      'statsmodels.formula': '*',
      'lib2to3.pgen2.grammar': '*',
      jinja2: '*',
      mako: '*',
      chameleon: '*',
      'django.template': '*',
      'string.templatelib': '*',
      RestrictedPython: '*',
      asteval: '*',
      simpleeval: '*',
      js2py: '*',
      pyparsing: 'Regex',
      'nltk.sem': '*',
      'networkx.utils.decorators': '*',
      'sklearn.utils._testing': '*',
      'dill.source': '*',
      'tensorflow.python.autograph': '*',
      'keras.src.utils.python_utils': 'func_load',
      'keras.utils.generic_utils': 'func_load',
      'attr._make': '*',
      dataclasses: 'make_dataclass _create_fn',
      'IPython.core': '*',
    },
    all: `
      code codeop runpy timeit pdb bdb cProfile profile trace doctest _pydoc pydoc ast dis inspect rlcompleter unittest pytest
      _pytest nose cgi zipapp compileall py_compile symtable tabnanny modulefinder pickletools zipimport
      faulthandler _interpreters _xxsubinterpreters _interpqueues concurrent.interpreters
      _testcapi _testinternalcapi _testbuffer _testimportmultiple xxlimited
    `,
  },
  {
    does: 'it imports modules by a name that it is given',
    all: 'importlib _frozen_importlib _frozen_importlib_external imp zipimport pkgutil pkg_resources imputil ihooks',
    names: {
      builtins: '__import__ __loader__ __spec__ reload',
      'pandas.compat._optional': '*',
      'numpy.core': '_ufunc_reconstruct',
      'scipy._lib._uarray': '*',
      'sklearn.utils.fixes': '*',
      'torch._appdirs': '*',
      'torch._jit_internal': '*',
      'torch._sources': '*',
      'torch.serialization': '_import_dotted_name',
      'torch._utils': '_import_dotted_name',
      'tensorflow.python.util.lazy_loader': '*',
      'transformers.dynamic_module_utils': '*',
      'transformers.utils.import_utils': '*',
      'hydra.utils': '*',
      'hydra._internal': '*',
      'hydra.core': '*',
      'keras.saving': '*',
      'keras.src.saving': '*',
      'logging.config': '*',
      'wsgiref.util': '*',
      encodings: '*',
      yaml: '*',
      'xmlrpc.server': 'resolve_dotted_attribute',
      'test.support.import_helper': '*',
      six: '_import_module',
    },
  },
  {
    does: 'it takes or sets attributes by a name that it is given, or reaches into the interpreter',
    severity: 'high',
    all: 'gc sys _sys ctypes _ctypes types atexit site signal _signal builtins.__dict__ copyreg weakref _weakref opcode _opcode forbiddenfruit',
    names: {
      builtins: `
        getattr setattr delattr hasattr vars globals locals dir help memoryview super classmethod staticmethod property
        map filter apply callable issubclass isinstance type object.__getattribute__ object.__setattr__ object.__reduce__
        object.__reduce_ex__ object.__subclasses__ type.__getattribute__ type.__subclasses__ id print anext aiter sum.__self__
      `,
      operator: 'attrgetter methodcaller setitem delitem call iadd imul iconcat',
      functools: `
        reduce partialmethod singledispatch singledispatchmethod lru_cache cached_property wraps update_wrapper
        partial.__setstate__
      `,
      itertools: 'starmap takewhile dropwhile filterfalse groupby',
      contextlib: '*',
      abc: 'abstractmethod',
      enum: 'EnumMeta EnumType _decompose',
      reprlib: '*',
      pprint: '*',
      copy: 'copy deepcopy _reconstruct replace',
      string: 'Formatter',
      sqlalchemy: '*',
      cloudpickle: '*',
      concurrent: '*',
    },
  },
  {
    does: 'it loads another pickle, or code',
    all: `
      pickle pickle5 cPickle _pickle marshal shelve dill jsonpickle hickle klepto zodbpickle cloudpickle
      joblib.externals.cloudpickle sklearn.externals.joblib.externals.cloudpickle dbm
      torch.serialization torch._weights_only_unpickler torch.utils.serialization torch.distributed.checkpoint
      tf_keras
    `,
    names: {
      torch: 'load compile jit hub package save classes ops _dynamo _inductor utils library export',
      'torch.storage': '_load_from_bytes UntypedStorage.from_file TypedStorage.from_file',
      'torch.nn.modules.module': 'Module.load_state_dict',
      'torch.utils.model_zoo': '*',
      'torch.distributed.rpc': '*',
      'torch.distributed.distributed_c10d': '_tensor_to_object',
      'torch.distributed': '*',
      joblib: 'load dump Memory Parallel',
      'joblib.numpy_pickle': 'load load_temporary_memmap _unpickle NumpyUnpickler read_zfile',
      'joblib.numpy_pickle_compat': '*',
      'joblib.memory': '*',
      'joblib._store_backends': '*',
      'joblib.parallel': '*',
      'sklearn.externals.joblib': 'load dump',
      numpy:
        'load loadtxt genfromtxt fromfile memmap save savez savetxt DataSource fromregex tofile show_config test f2py testing ctypeslib',
      'numpy.lib.npyio': '*',
      'numpy.lib._npyio_impl': '*',
      'numpy.lib.format': '*',
      'numpy.lib._datasource': '*',
      'numpy.ctypeslib': '*',
      'numpy.core.multiarray': 'fromfile',
      'numpy.core.records': 'fromfile',
      'numpy.core.memmap': '*',
      'numpy.core': 'memmap _methods._dump',
      'numpy.core._methods': '_dump _dumps',
      'pandas.io': '*',
      'pandas.compat.pickle_compat': '*',
      pandas: `
        read_pickle read_csv read_table read_fwf read_clipboard read_excel read_json read_html read_xml read_hdf
        read_feather read_parquet read_orc read_sas read_spss read_sql read_sql_query read_sql_table read_gbq read_stata
        to_pickle HDFStore ExcelFile ExcelWriter
      `,
      'pandas.core.generic': '*.to_pickle',
      'scipy.io': '*',
      'scipy.datasets': '*',
      'sklearn.datasets': '*',
      'sklearn.datasets._base': '*',
      'sklearn.datasets._openml': '*',
      'gensim.utils': 'unpickle pickle SaveLoad.load simple_preprocess.load',
      'gensim.downloader': '*',
      'nltk.data': '*',
      'nltk.downloader': '*',
      'spacy.util': '*',
      spacy: 'load',
      'keras.models': '*',
      'keras.src.models': '*',
      'keras.engine.saving': '*',
      'keras.layers': 'Lambda TFSMLayer',
      'keras.src.layers.core.lambda_layer': '*',
      'keras.src.export': '*',
      tensorflow: 'io saved_model py_function numpy_function load_op_library load_library raw_ops',
      'tensorflow.io': '*',
      'tensorflow.saved_model': '*',
      'tensorflow.keras.models': '*',
      'tensorflow.python.keras.models': '*',
      'tensorflow.python.keras.saving': '*',
      'tensorflow.python.saved_model': '*',
      'tensorflow.python.lib.io': '*',
      'tensorflow.python.ops.io_ops': '*',
      'tensorflow.python.ops.gen_io_ops': '*',
      'tensorflow.python.ops.script_ops': '*',
      'tensorflow.python.framework.load_library': '*',
      'statsmodels.iolib': '*',
      'statsmodels.datasets': '*',
      'xgboost.core': 'Booster.__init__ Booster.load_model DMatrix.__init__',
      'networkx.readwrite': '*',
      transformers: 'pipeline AutoModel AutoTokenizer AutoConfig',
      'transformers.pipelines': '*',
      'transformers.models.auto': '*',
      huggingface_hub: '*',
      skops: '*',
      'fastai.learner': 'load_learner',
      'fastai.torch_core': 'load_learner',
    },
  },
  {
    does: 'it reads, writes or removes files',
    severity: 'high',
    all: `
      shutil tempfile fileinput linecache zipfile tarfile gzip bz2 lzma zlib.decompressobj glob fnmatch mmap filecmp mailbox
      nturl2path macpath genericpath posixpath ntpath pathlib._os _io.open csv sqlite3 _sqlite3 netrc plistlib configparser
      aifc sunau wave sndhdr imghdr dbm.dumb dbm.gnu dbm.ndbm pyclbr resource fcntl termios tty pwd grp crypt spwd winreg _winreg
      logging fsspec s3fs gcsfs adlfs boto3 botocore google.cloud azure smart_open
    `,
    names: {
      builtins: 'open file copyright credits license',
      io: 'open open_code FileIO TextIOWrapper BufferedReader BufferedWriter BufferedRandom',
      codecs: 'open EncodedFile StreamReaderWriter',
      pathlib: `
        Path.open Path.read_text Path.read_bytes Path.write_text Path.write_bytes Path.unlink Path.rmdir Path.mkdir
        Path.rename Path.replace Path.touch Path.chmod Path.symlink_to Path.hardlink_to PosixPath.open PosixPath.read_text
        PosixPath.read_bytes PosixPath.write_text PosixPath.write_bytes PosixPath.unlink PosixPath.rmdir PosixPath.mkdir
        PosixPath.rename PosixPath.touch PosixPath.chmod os shutil io
      `,
      'PIL.Image': 'open Image.save eval',
      array: 'array.tofile array.fromfile',
      'distutils.file_util': '*',
      'torch.cuda._sanitizer': '*',
      'torchvision.io': '*',
      'torchvision.datasets': '*',
      'torchaudio.backend': '*',
      torchaudio: 'load save',
      'matplotlib.pyplot': '*',
      'xml.etree.ElementTree': 'parse iterparse ElementTree fromstring XML',
      'xml.dom': '*',
      'astropy.io': '*',
      'xarray.backends': '*',
      zarr: '*',
      tables: '*',
      h5py: '*',
      'xml.sax': '*',
      lxml: '*',
    },
  },
  {
    does: 'it talks to the network',
    all: `
      socket _socket ssl _ssl http.client http.server http.cookiejar httplib urllib urllib2 urllib3 requests httpx aiohttp
      ftplib smtplib poplib imaplib nntplib telnetlib xmlrpc socketserver select selectors asyncore asynchat
      smtpd wsgiref pycurl websocket websockets zmq grpc redis pymongo psycopg2 pymysql mysql dns scapy
    `,
    names: {
      'torch.hub': 'load download_url_to_file',
      'torchvision._internally_replaced_utils': '*',
      'torchtext.utils': '*',
      'sklearn.datasets._twenty_newsgroups': '*',
      'nltk.parse.corenlp': '*',
      'email.message': '*',
      'pip._internal': '*',
      'pip._vendor': '*',
    },
  },
  {
    does: 'it opens windows or plays on the machine of who loads it',
    severity: 'high',
    all: 'tkinter turtle curses readline winsound ossaudiodev pyautogui pynput keyboard',
  },
];
