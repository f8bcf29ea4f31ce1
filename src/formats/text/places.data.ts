import type { Rule } from '../../findings/rule.ts';
import { CODE_RULES } from '../code-rules.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';

/** Texts that some tool reads by their name, and what in them has something run, fetched or opened. */
interface Place {
  /** Of the path, from its last slashes on. */
  readonly name: RegExp;
  /** It is one of these only where this is in it as well: other files go by the name. */
  readonly holds?: RegExp;
  readonly looks: readonly Looked[];
}

type Looked = readonly [
  pattern: RegExp,
  rule: Rule,
  message: string,
  severity?: 'low' | 'medium' | 'high' | 'critical',
];

const RUNS = CODE_RULES.selfRuns;
const INSTALL = CODE_RULES.install;
const SOURCE = CODE_RULES.requirement;
const CUSTOM = SETTINGS_RULES.customCode;
const OUTSIDE = SETTINGS_RULES.outside;
const TRUST = SETTINGS_RULES.trustRemote;
const COMMAND = CODE_RULES.runs;

/** What git comes with, and what its large files are handled by. */
const GITS =
  '(?:git[- ]lfs\\b|git\\b|true\\b|false\\b|cat\\b|less\\b|more\\b|vi\\b|vim\\b|nvim\\b|nano\\b|emacs\\b|code\\b|store\\b|cache\\b|osxkeychain\\b|manager|wincred\\b|libsecret\\b|meld\\b|kdiff3\\b|nbstripout\\b|nbdime\\b|git-nb|jupyter\\b|gpg2?\\b)';
const PIPELINES =
  'tok2vec|transformer|tagger|morphologizer|parser|beam_parser|ner|beam_ner|senter|sentencizer|lemmatizer|trainable_lemmatizer|textcat(?:_multilabel)?|attribute_ruler|entity_linker|entity_ruler|future_entity_ruler|span_ruler|spancat(?:_singlelabel)?|span_finder|span_cleaner|merge_\\w+|token_splitter|doc_cleaner|curated_transformer|experimental_\\w+|coref|span_resolver|llm\\w*|sense2vec|floret';

export const PLACES: readonly Place[] = [
  {
    name: /(?:^|\/)\.gitmodules$/,
    looks: [
      // git-remote-ext(1), CVE-2017-1000117, CVE-2018-17456.
      [
        /^[ \t]*url\s*=\s*["']?(?:ext::|fd::|-|[a-z+]{2,10}:\/\/-|file:|[^\n]{0,200}(?:ProxyCommand|--upload-pack|%0a))/im,
        RUNS,
        'git runs it when it fetches a submodule',
        'high',
      ],
      [/^[ \t]*update\s*=\s*["']?!/m, RUNS, 'git runs it when it updates a submodule', 'high'],
      // CVE-2018-11235, CVE-2025-48384.
      [
        /^[ \t]*(?:path\s*=\s*["']?(?:-|\/|[^\n]{0,200}\.\.)|\[submodule\s+"[^\n"]{0,200}\.\.)|^[ \t]*path\s*=[^\n]{0,200}(?:\\r|\r(?!\n)|\.git\b)/m,
        OUTSIDE,
        'a submodule lies outside of its place',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:\.?gitconfig|\.lfsconfig|config(?:\.worktree)?)$/,
    holds:
      /^[ \t]*\[\s*(?:core|filter|alias|include|includeif|diff|merge|lfs|credential|pager|sequence|gpg|difftool|mergetool|remote|url|http|init)\b/im,
    looks: [
      [
        new RegExp(
          `^[ \\t]*(?:fsmonitor|sshCommand|hooksPath|pager|editor|askPass|gitProxy|smudge|clean|process|textconv|external|helper|program|cmd|command|templateDir|attributesFile|driver|alternateRefsCommand|packObjectsHook|uploadpack|receivepack|vcs)\\s*=\\s*["']?(?!${GITS})\\S`,
          'im',
        ),
        RUNS,
        'git runs what it is told to',
        'high',
      ],
      [/^[ \t]*[\w-]{1,40}\s*=\s*["']?!/m, RUNS, 'a name for a command of a shell'],
      [/^[ \t]*\[\s*include(?:if)?\b/im, RUNS, 'settings of git are taken from another file'],
      [
        /^[ \t]*\[\s*lfs\s*"customtransfer/im,
        RUNS,
        'git runs a program of its own to fetch large files',
        'high',
      ],
      [
        /^[ \t]*\[\s*lfs[^\]]{0,100}\][^[]{0,300}?^[ \t]*(?:push)?url\s*=\s*\S/im,
        SOURCE,
        'large files are fetched from elsewhere',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.git\/hooks\/(?![\w-]+\.sample$)[\w.-]+$/,
    // Those that git-lfs writes do nothing else.
    looks: [
      [
        /^(?![ \t]*(?:#|$)|command -v git-lfs >\/dev\/null 2>&1 \|\| \{ (?:echo|printf) >&2 "[^"`$]*"(?: "[^"`$]*")?; exit \d; \}[ \t]*$|git lfs [\w-]+ "\$@"[ \t]*$).+/m,
        RUNS,
        'git runs a hook',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:\.gitattributes|\.git\/info\/attributes)$/,
    looks: [
      [
        /\bfilter=(?!lfs\b|nbstripout\b|jupyternotebook\b|crlf\b|nbdime\b|git-crypt\b)\S{1,60}/,
        RUNS,
        'files go through a filter that is not of git',
      ],
    ],
  },
  // Lib/site.py: lines that begin with `import` are run at every start.
  {
    name: /\.pth$/i,
    looks: [
      [/^(?:\uFEFF)?import[ \t][^\n]{1,200}/m, RUNS, 'Python runs a line of it at every start', 'high'],
    ],
  },
  { name: /(?:^|\/)(?:site|user)customize\.py$/, looks: [[/\S/, RUNS, 'Python runs it at every start']] },
  {
    name: /(?:^|\/)(?:\.Rprofile|Rprofile\.site)$/i,
    looks: [
      [
        /\b(?:system2?|shell(?:\.exec)?|pipe|eval|parse|download\.file|url|dyn\.load|readRDS|load|unserialize|socketConnection|install\.packages|source\s*\(\s*["'](?!renv\/activate\.R|packrat\/init\.R))\s*\(?/,
        RUNS,
        'R runs it whenever it starts in this folder',
        'high',
      ],
    ],
  },
  {
    name: /\.(?:R|Rmd|qmd|Rscript)$/i,
    looks: [
      [/\b(?:system2?|shell|pipe)\s*\(\s*["'(]/, COMMAND, 'the code of R starts a program'],
      [/\beval\s*\(\s*parse\s*\(/, CODE_RULES.dynamic, 'the code of R runs text as code'],
      [
        /\bsource\s*\(\s*(?:url\s*\(\s*)?["']https?:/,
        CODE_RULES.dynamic,
        'the code of R runs what an address gives it',
        'high',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:\.Renviron|\.?env(?:\.[\w-]+)?|[\w-]*\.env|Dockerfile[\w.-]*|\.envrc|[\w-]+\.(?:sh|service|ya?ml))$/i,
    looks: [
      [
        /^[ \t]*(?:-\s+)?(?:(?:export|ENV|Environment)[ =]["']?)?(?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|PYTHONSTARTUP|BASH_ENV|PERL5OPT|RUBYOPT|R_PROFILE(?:_USER)?|GIT_SSH_COMMAND|PROMPT_COMMAND)(?:\s*[=:]\s*|\s+)["']?(?!["']?[ \t]*$|\/usr\/|\/lib|\/opt\/|\$\{?(?:LD_PRELOAD|CONDA_PREFIX))\S{1,200}/m,
        RUNS,
        'a variable has something loaded into every program',
      ],
      [
        /^[ \t]*(?:-\s+)?(?:(?:export|ENV|ARG)[ ])?(?:PIP|UV)_(?:(?:EXTRA_)?INDEX_URL|FIND_LINKS|INDEX|DEFAULT_INDEX)[ =:]{1,3}["']?https?:\/\/(?!(?:[\w-]+\.)*(?:pypi\.org|pytorch\.org|nvidia\.com)\b)\S{1,200}/m,
        SOURCE,
        'a variable names another index',
      ],
      [
        /\bHF_ENDPOINT[=: ]{1,3}["']?https?:\/\/(?!(?:[\w-]+\.)*(?:huggingface\.co|hf\.co|hf-mirror\.com)\b)\S{1,200}/,
        SOURCE,
        'models are fetched from another hub',
      ],
      [/\bTRUST_REMOTE_CODE[=: ]{1,3}["']?(?:1|true|yes)\b/i, TRUST, 'a variable switches on remote code'],
    ],
  },
  {
    name: /(?:^|\/)\.envrc$/,
    looks: [
      [
        /^[ \t]*(?:eval\s+["']?\$\((?!\s*(?:["']?\$?\{?\w*\/?)?(?:conda|micromamba|mamba|pyenv|direnv|mise|devenv|lorri|poetry|rtx|nix|cat\s+\.env\b))[^\n]{0,200}|(?:curl|wget|nc|bash|sh|python3?|node|perl)\s[^\n]{0,200}|\.\/[^\n]{0,200}|source\s+<[^\n]{0,200})/m,
        RUNS,
        'a shell runs it whenever it enters the folder',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:\.exrc|\.n?vimrc|\.lvimrc|\.nvim\.lua)$/,
    looks: [
      [
        /\bsystem\s*\(|^[ \t]*:?\s*!|\bautocmd\b|\bos\.execute\b|\bio\.popen\b|jobstart/m,
        RUNS,
        'an editor runs it in this folder',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.(?:gdbinit|lldbinit)$/,
    looks: [
      [
        /^[ \t]*(?:shell|!|python|source|command\s+script|platform\s+shell|script)\b/m,
        RUNS,
        'a debugger runs it in this folder',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.dir-locals\.el$/,
    looks: [[/\beval\b|\bshell-command\b/, RUNS, 'an editor runs it in this folder']],
  },
  {
    name: /\.(?:desktop)$/i,
    looks: [
      [
        /^Exec=[^\n]{0,200}\b(?:sh|bash|python3?|perl|curl|wget)\b[^\n]{0,200}/m,
        RUNS,
        'opening it starts a program',
      ],
    ],
  },
  {
    name: /(?:\.(?:url|library-ms|searchConnector-ms|theme|scf|contact|website)|(?:^|\/)(?:desktop\.ini|autorun\.inf))$/i,
    looks: [
      [
        /(?:\\\\|file:\/\/|(?:=|>)\s*\/\/)[\w.@-]{1,200}[\\/][^\n]{0,200}|^[ \t]*(?:open|shellexecute|shell\\open\\command)\s*=\s*\S[^\n]{0,200}/im,
        OUTSIDE,
        'a window that shows the folder opens it',
        'medium',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.npmrc$/,
    looks: [
      [
        /^[ \t]*(?:script-shell|node-options|git|shell|init-module|globalconfig|prefix|nodedir|onload-script)\s*=\s*\S[^\n]{0,200}/m,
        RUNS,
        'npm runs it',
      ],
      [
        /^[ \t]*(?:@[\w-]{1,60}:)?registry\s*=\s*["']?https?:\/\/(?!registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com|registry\.npmmirror\.com|npm\.jsr\.io)\S{1,200}/m,
        SOURCE,
        'packages come from another registry',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.yarnrc\.ya?ml$/,
    looks: [
      [
        /^[ \t]*yarnPath:\s*["']?(?!\.yarn\/releases\/yarn-[\w.-]{1,40}\.c?js)\S{1,200}/m,
        RUNS,
        'yarn is another program',
      ],
      [
        /^[ \t]*npmRegistryServer:\s*["']?https?:\/\/(?!registry\.npmjs\.org|registry\.yarnpkg\.com|registry\.npmmirror\.com)\S{1,200}/m,
        SOURCE,
        'packages come from another registry',
      ],
    ],
  },
  {
    name: /(?:^|\/)[\w.-]*\.gypi?$/,
    looks: [
      [
        /<!@?\(\s*(?!["']?\s*(?:node\b|pkg-config\b|python3?\s+-c\s))[^\n)]{1,200}/,
        INSTALL,
        'building it runs a command',
      ],
    ],
  },
  {
    name: /(?:^|\/)setup\.cfg$/,
    looks: [
      [
        /^[ \t]*(?:cmdclass|command_packages|distutils\.commands)\s*[=:]/m,
        INSTALL,
        'the set-up has commands of its own',
      ],
      [
        /^[ \t]*(?:dependency_links)\s*[=:]\s*(?:\n\s+)?(?![ \t]*$)\S{1,200}/m,
        SOURCE,
        'requirements come from addresses',
      ],
    ],
  },
  {
    name: /(?:^|\/)pyproject\.toml$/,
    looks: [
      [
        /^[ \t]*cmdclass\s*=|^[ \t]*\[tool\.setuptools\.cmdclass\]/m,
        INSTALL,
        'the set-up has commands of its own',
      ],
      [
        /^[ \t]*backend-path\s*=\s*\[\s*["'][^\n]{0,200}/m,
        INSTALL,
        'the package is built by code of its own',
      ],
      [
        /^[ \t]*\[\s*tool\.hatch\.(?:[\w.-]{1,80}\.)?hooks\.custom\s*\]|^[ \t]*\[tool\.poetry\.build\][^[]{0,300}^[ \t]*(?:script|generate-setup-file)\s*=|^[ \t]*\[tool\.pdm\.build\][^[]{0,300}(?:custom-hook|setup-script)\s*=/m,
        INSTALL,
        'building it runs code of its own',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:setup|build)\.py$/,
    looks: [
      [/\bdependency_links\s*=\s*\[\s*["'][^\n]{1,200}/, SOURCE, 'requirements come from addresses'],
      [
        /["'][\w.-]{1,100}(?:\[[\w,. -]{0,100}\])?\s*@\s*(?:(?:git|hg|svn|bzr)\+|https?:|file:)[^\s"']{1,300}/,
        SOURCE,
        'a requirement comes from an address',
      ],
    ],
  },
  {
    name: /(?:^|\/)pip\.(?:conf|ini)$/,
    looks: [
      [
        /^[ \t]+https?:\/\/(?!(?:[\w-]+\.)*(?:pypi\.org|pytorch\.org|nvidia\.com)\b)\S{1,200}/m,
        SOURCE,
        'packages come from another index',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:Docker|Container)file[\w.-]*$|\.dockerfile$/i,
    looks: [
      [
        /^[ \t]*ADD\s+(?:--(?!checksum)\S+\s+){0,5}["'[]{0,2}https?:\/\/(?!(?:[\w-]+\.)*(?:github\.com|githubusercontent\.com|huggingface\.co|nvidia\.com|anaconda\.(?:com|org)|debian\.org|ubuntu\.com|pytorch\.org|pypi\.org|kernel\.org|gnu\.org|apache\.org)\/)\S{1,300}/im,
        SOURCE,
        'the image takes a file from an address',
      ],
    ],
  },
  {
    name: /\.ya?ml$|(?:^|\/)MLproject$/i,
    looks: [
      [
        /^[ \t]*-\s*["']?(?:\/var\/run\/docker\.sock|\/run\/(?:containerd|podman|crio)\S{0,40}\.sock|\/)\s*:\s*\/|^[ \t]*volumes:\s*\[[^\]\n]{0,200}["'[,\s]\/:\/|^[ \t]*(?:source|path):\s*["']?(?:\/|\/var\/run\/docker\.sock)["']?[ \t]*$|^[ \t]*hostPID:\s*true/m,
        CODE_RULES.host,
        'a container is given the machine',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.github\/(?:workflows|actions)\/[\w./-]+\.ya?ml$/i,
    looks: [
      [
        /\$\{\{\s*toJSON\s*\(\s*secrets\s*\)\s*\}\}/i,
        CODE_RULES.sends,
        'all secrets are written out',
        'medium',
      ],
      [
        /\bpull_request_target\b[\s\S]{0,4000}?\bref:\s*["']?\$\{\{\s*github\.(?:event\.pull_request\.head|head_ref)/,
        COMMAND,
        'what anybody proposes is run with the rights of the owner',
      ],
      [
        /^[ \t]*(?:-\s+)?run:[^\n]{0,400}\$\{\{\s*github\.event\.(?:issue|comment|pull_request|review|discussion|head_commit)\.(?:title|body|message|head\.ref)/m,
        COMMAND,
        'what anybody writes becomes a command',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.gitlab-ci\.ya?ml$/i,
    looks: [
      [
        /^[ \t]*(?:-\s+)?remote:\s*["']?https?:\/\/(?!gitlab\.com\/)\S{1,200}/m,
        SETTINGS_RULES.remoteCode,
        'the pipeline is taken from an address',
        'medium',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.?condarc$/,
    looks: [
      [/^[ \t]*ssl_verify:\s*(?:false|no)\b/im, SOURCE, 'packages are fetched without checking from whom'],
      [
        /https?:\/\/(?!(?:[\w-]+\.)*(?:anaconda\.(?:org|com)|mirrors\.[\w.-]+|nvidia\.com)\/)\S{1,200}/,
        SOURCE,
        'packages come from another channel',
      ],
    ],
  },
  // spaCy, “Training Pipelines”: names in the settings are looked up among what packages and code of one's own register.
  {
    name: /\.cfg$/i,
    holds: /^[ \t]*\[nlp\]/m,
    looks: [
      [
        new RegExp(`^[ \\t]*factory\\s*=\\s*"(?!(?:${PIPELINES})")[^\\n"]{1,200}"`, 'm'),
        CUSTOM,
        'a step of the pipeline is none of spaCy’s',
      ],
      [
        /["']?@(?:callbacks|misc|tokenizers|readers|loggers|augmenters)["']?\s*[=:]\s*"(?!spacy[\w-]*\.|srsly\.|thinc\.)[^\n"]{1,200}"/,
        CUSTOM,
        'a function is called that is none of spaCy’s',
      ],
    ],
  },
  {
    name: /(?:^|\/)\.cargo\/config(?:\.toml)?$/,
    looks: [
      [
        /^[ \t]*(?:rustc(?:-wrapper)?|rustc-workspace-wrapper|rustdoc|linker|runner|credential-provider)\s*=\s*["'[]\S[^\n]{0,200}/m,
        INSTALL,
        'building it runs a program',
      ],
    ],
  },
  // gin-config: what is imported is.
  {
    name: /\.gin$/i,
    looks: [
      [
        /^[ \t]*(?:import|from)\s+(?!(?:t5x?|gin|tensorflow|mesh_tensorflow|flax|seqio|jax|torch|clu|tensor2tensor|big_vision|t5x\.\w+|__gin__|prompt_tuning|magenta|ddsp|tf_agents|tensorflow_gan|trax)\b)[\w.]{1,200}/m,
        CUSTOM,
        'the settings import a module',
      ],
    ],
  },
  {
    name: /(?:^|\/)[\w.-]*\.pbtxt$/i,
    holds: /\b(?:backend|platform|max_batch_size|instance_group|default_model_filename)\b/,
    looks: [
      [
        /\bEXECUTION_ENV_PATH["'\s}]{0,9},?\s{0,20}value\s{0,9}:?\s{0,9}\{[^}]{0,100}string_value\s{0,9}:\s{0,9}["'](?:(?!\$\$TRITON_MODEL_DIRECTORY\/)[^"'\n]{1,200}|[^"'\n]{0,200}\.\.\/[^"'\n]{0,200})["']/,
        OUTSIDE,
        'the environment that the model is run in lies elsewhere',
      ],
      [
        /\b(?:backend|name|default_model_filename|runtime)\s{0,9}:\s{0,9}["'](?:[^"'\n]{0,200}\.\.[\\/]|\/)[^"'\n]{0,200}["']/,
        OUTSIDE,
        'the server takes code from elsewhere',
      ],
      [
        /\b(?:op_library_filename\s{0,9}:|default_model_filename\s{0,9}:\s{0,9}["'][^"'\n]{1,200}\.(?:so|dll|dylib)["']|runtime\s{0,9}:\s{0,9}["'][^"'\n]{1,200}["']|platform\s{0,9}:\s{0,9}["']custom["'])/,
        CUSTOM,
        'the server loads a library that comes along',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:serving|config)\.properties$/,
    looks: [
      [
        /^[ \t]*option\.trust_remote_code\s*[=:]\s*(?:true|1|yes)\b/im,
        TRUST,
        'the settings switch on remote code themselves',
      ],
      [
        /^[ \t]*option\.entryPoint\s*[=:]\s*(?:[a-z0-9]{1,9}:\/\/|\/|[^\n]{0,200}\.\.\/)[^\n]{0,200}/im,
        OUTSIDE,
        'the code that serves it lies elsewhere',
      ],
      [
        /^[ \t]*(?:load_models|option\.(?:s3url|model_id))\s*[=:]\s*[^\n]{0,200}https?:\/\/[^\n]{1,200}/im,
        SETTINGS_RULES.remoteCode,
        'the server fetches a model from an address',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:[\w.-]*\.)?Modelfile(?:\.[\w-]+)?$/i,
    looks: [
      [
        /^[ \t]*(?:FROM|ADAPTER)\s+(?:[^\n]{0,200}\.\.\/\.\.|\/(?:etc|proc|root)\b|https?:)[^\n]{0,200}/im,
        OUTSIDE,
        'the model is taken from elsewhere',
        'medium',
      ],
    ],
  },
  {
    name: /\.(?:ya?ml|sh|bash|service|toml|properties|bat|cmd|ps1)$|(?:^|\/)(?:Dockerfile[\w.-]*|Makefile|Procfile)$/i,
    looks: [
      [
        /(?:^|[\s"'[,])--trust[-_]remote[-_]code(?![-_=\w]*\s{0,3}[= ]\s{0,3}["']?(?:false|0|no)\b)/im,
        TRUST,
        'a command switches on remote code',
      ],
    ],
  },
  {
    name: /\.lua$/i,
    looks: [
      [
        /\bos\.execute\s*\(?\s*["'(](?!\s*["']?(?:mkdir|ls|rm -f|cp|mv|clear|wget -nc)\b)|\bio\.popen\s*\(/,
        COMMAND,
        'the code of Lua starts a program',
      ],
    ],
  },
  {
    name: /\.(?:js|mjs|cjs|ts)$/i,
    looks: [
      [
        /\brequire\s*\(\s*["'](?:node:)?child_process["']\s*\)[\s\S]{0,4000}?\b(?:exec|spawn|fork)(?:File)?(?:Sync)?\s*\(|\bfrom\s+["'](?:node:)?child_process["'][\s\S]{0,4000}?\b(?:exec|spawn)(?:File)?(?:Sync)?\s*\(/,
        COMMAND,
        'the code starts a program',
      ],
      [
        /\b(?:eval|Function)\s*\(\s*(?:atob|Buffer\.from|unescape|String\.fromCharCode)\s*\(/,
        CODE_RULES.dynamic,
        'the code runs what was hidden',
        'critical',
      ],
    ],
  },
  {
    name: /\.(?:rb|pl|jl|php)$/i,
    looks: [
      [
        /(?:^|[^.\w])(?:system|exec|shell_exec|passthru|proc_open|popen)\s*\(?\s*["'`]|\brun\s*\(\s*`/m,
        COMMAND,
        'the code starts a program',
      ],
    ],
  },
  {
    name: /\.(?:vbs?|vbe|wsf|hta|jse)$/i,
    looks: [
      [
        /\bWScript\.Shell\b|\bShell\.Application\b|\bCreateObject\b|\bActiveXObject\b/i,
        COMMAND,
        'a script of Windows starts a program',
        'high',
      ],
    ],
  },
  {
    name: /\.(?:csproj|vcxproj|targets|props|fsproj)$/i,
    looks: [
      [
        /<\s*Exec\s[^>]{0,400}Command|<\s*UsingTask\s[^>]{0,400}TaskFactory/i,
        INSTALL,
        'building it runs a command',
      ],
    ],
  },
  {
    name: /(?:^|\/)logging[\w.-]*\.(?:conf|ini|cfg)$/i,
    looks: [
      [
        /^[ \t]*args\s*=[^\n]{0,200}(?:__import__|\bos\.|subprocess|eval\s*\(|exec\s*\()/m,
        CODE_RULES.dynamic,
        'reading it runs code',
        'high',
      ],
    ],
  },
  {
    name: /\.jsonnet$|\.libsonnet$/i,
    looks: [
      [
        /\bimport(?:str|bin)?\s+["'](?:\/|[^\n"']{0,200}\.\.\/\.\.)[^\n"']{0,200}/,
        OUTSIDE,
        'a file from elsewhere is read into it',
        'medium',
      ],
    ],
  },
  {
    name: /\.(?:toml|ini|cfg|conf)$/i,
    looks: [
      [
        /^[ \t]*["']?(?:_target_|class_path|_component_)["']?\s*[=:]\s*["']?(?:os|subprocess|builtins|posix|pty|runpy|importlib|pickle|marshal|ctypes|shutil|socket)\.\w{1,60}/m,
        SETTINGS_RULES.target,
        'the settings call a dangerous function',
      ],
    ],
  },
  {
    name: /\.py$/i,
    holds: /^[ \t]*(?:model|train_cfg|_base_|custom_imports)\s*=/m,
    looks: [
      [
        /^[ \t]*custom_imports\s*=\s*dict\s*\(\s*imports\s*=\s*\[[^\]]{1,400}/m,
        SETTINGS_RULES.unknownTarget,
        'the settings import modules',
      ],
    ],
  },
  {
    name: /(?:^|\/)(?:modeling|configuration|tokenization|processing|image_processing|feature_extraction|pipeline|handler)\w*\.py$/,
    looks: [
      [
        /\.from_(?:pretrained|config)\s*\([^()]{0,400}trust_remote_code\s*=\s*True/,
        TRUST,
        'code of the model loads another with its code',
      ],
      [
        /\btorch\.hub\.load\s*\(\s*[rfb]{0,2}["'][\w.-]+\/[^"'\n]{1,200}/,
        SETTINGS_RULES.remoteCode,
        'code of the model loads code from elsewhere',
        'medium',
      ],
    ],
  },
  // Vim runs what some options are set to: CVE-2019-12735 and older ones.
  {
    name: /./,
    holds: /\b(?:vim?|ex):/,
    looks: [
      [
        /(?:^|\s)(?:vim?|ex):\s{0,9}[^\n]{0,200}?\b(?:foldexpr|fde|formatexpr|indentexpr|inde|includeexpr|inex|foldtext|statusline|makeprg|equalprg|keywordprg)\s{0,9}=[^\n]{0,200}/m,
        RUNS,
        'an editor runs a line of it',
      ],
    ],
  },
  {
    name: /./,
    holds: /-\*-|Local Variables:/,
    looks: [
      [
        /-\*-[^\n]{0,200}\beval:\s{0,9}\([^\n]{0,200}|^[^\n]{0,20}\beval:\s{0,9}\([^\n]{0,200}/m,
        RUNS,
        'an editor runs a line of it',
      ],
    ],
  },
];
