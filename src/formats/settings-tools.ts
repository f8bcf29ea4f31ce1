import { shown } from '../findings/finding.ts';
import { CODE_RULES } from './code-rules.ts';
import type { Part } from './format.ts';
import { isUsualSource, withoutPassword } from './package-sources.ts';
import { judgeShell } from './python-code.ts';
import { SETTINGS_RULES } from './settings-rules.ts';
import { fileName, type Look, tell, type Value } from './settings-value.ts';

const shell: Look = (part, at) => {
  if (typeof at.value === 'string') judgeShell(part, at.value);
};

/** Settings of tools that stand beside a model: what they run, and when, by the name that it stands under. */
export const TOOL_LOOKS: Readonly<Record<string, Look>> = {
  command: (part, at) => {
    shell(part, at);
    if (at.path.includes('hooks') && /(?:^|\/)\.(?:claude|cursor|gemini)\//.test(part.path.join('/')))
      runs(part, at, 'an assistant');
  },
  args: shell,
  // The specification of a kernel of Jupyter: started whenever a notebook names it.
  argv: (part, at) => {
    shell(part, at);
    if (
      at.path.length === 2 &&
      at.path[1] === 0 &&
      /(?:^|\/)(?:ba|z|da|k)?sh$|^(?:cmd|powershell)\b/.test(String(at.value))
    )
      runs(part, at, 'a notebook');
  },
  arguments: shell,
  apiKeyHelper: helper,
  awsAuthRefresh: helper,
  awsCredentialExport: helper,
  otelHeadersHelper: helper,
  ANTHROPIC_BASE_URL: helper,
  cmd: shell,
  scripts: shell,
  postCreateCommand: shell,
  onCreateCommand: shell,
  updateContentCommand: shell,
  postStartCommand: shell,
  postAttachCommand: shell,
  // Of a container everything but this runs in it; this runs on the machine itself.
  initializeCommand: (part, at) => {
    shell(part, at);
    if (at.path[0] === 'initializeCommand') runs(part, at, 'the editor');
  },
  runOn: (part, at) => {
    if (at.value === 'folderOpen') runs(part, at, 'the editor');
  },
  'task.allowAutomaticTasks': (part, at) => {
    if (at.value === 'on' || at.value === true) runs(part, at, 'the editor');
  },
  'git.path': (part, at) => runs(part, at, 'the editor'),
  preinstall: installs,
  install: installs,
  postinstall: installs,
  prepare: installs,
  preprepare: installs,
  postprepare: installs,
  dependencies: dependency,
  optionalDependencies: dependency,
  resolved: source,
  sources: source,
  requirements: dependency,
  packages: dependency,
  python_packages: dependency,
  index_url: source,
  extra_index_url: source,
  'index-url': source,
  'extra-index-url': source,
  find_links: source,
  npmRegistryServer: source,
  working_dir: environment,
  py_modules: environment,
  _type: (part, at) => {
    if (typeof at.value === 'string' && /^(?:pal_chain|llm_bash_chain|python_repl|terminal)$/.test(at.value))
      tell(part, at, SETTINGS_RULES.target.id, `${shown(at.value, 40)} runs what a model writes`);
  },
  description: (part, { value, path, start }) => {
    if (typeof value === 'string' && (path.at(-2) === 'function' || path.includes('tools')))
      part.readText(value, 'told', start);
  },
};

/** Of assistants: a program that gives them a key, or where the key is sent to. */
function helper(part: Part, at: Value): void {
  if (typeof at.value === 'string' && /(?:^|\/)\.(?:claude|cursor|gemini)\//.test(part.path.join('/')))
    runs(part, at, 'an assistant');
}

function runs(part: Part, at: Value, who: string): void {
  tell(
    part,
    at,
    CODE_RULES.selfRuns.id,
    `${who} runs it by itself: ${shown(at.path.join('.'), 60)} is ${shown(String(at.value), 80)}`,
  );
}

/** `scripts` of package.json that run when it is installed. */
function installs(part: Part, at: Value): void {
  if (typeof at.value !== 'string' || at.path.length !== 2 || at.path[0] !== 'scripts') return;
  judgeShell(part, at.value);
  tell(
    part,
    at,
    CODE_RULES.install.id,
    `installing it runs ${shown(at.value, 80)}`,
    // Of a package that is fetched from an index the others do not run: they are for whoever works on it.
    /prepare$/.test(String(at.path[1])) && !/[|<>$`]|https?:|\b(?:ba)?sh\b|\bnode\s+-e\b/.test(at.value)
      ? 'low'
      : undefined,
  );
}

/** What a package is taken from, where that is no index. */
function dependency(part: Part, at: Value): void {
  if (typeof at.value !== 'string') return;
  // Of package.json; lists of conda go by the same name, and are read as such.
  if (/ependencies$/.test(String(at.path[0])) && (at.path.length !== 2 || typeof at.path[1] !== 'string'))
    return;
  const from =
    /^(?:[\w.@/-]{1,100}(?:\[[\w,. -]{0,100}\])?\s{0,9}@\s{0,9})?((?:(?:git|hg|svn|bzr)(?:\+|:\/\/)|https?:\/\/)\S{1,400}|--?(?:extra-)?i(?:ndex-url)?[= ]\S{1,400})/.exec(
      at.value,
    )?.[1];
  if (from !== undefined) elsewhere(part, at, from);
}

function source(part: Part, at: Value): void {
  const { value, path } = at;
  if (typeof value !== 'string' || !/^(?:git|https?|ssh)\b.{0,9}:\/\//.test(value)) return;
  if (path.includes('sources') && path[0] !== '_meta') return;
  // Of a lock, with a digest beside it.
  if (path.at(-1) === 'resolved' && !/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(fileName(part)))
    return;
  elsewhere(part, at, value);
}

function elsewhere(part: Part, at: Value, from: string): void {
  if (isUsualSource(from)) return;
  const shownFrom = shown(withoutPassword(from), 100);
  tell(part, { ...at, value: shownFrom }, CODE_RULES.requirement.id, `a requirement comes from ${shownFrom}`);
}

/** The environment that workers of Ray are given: an address is fetched and unpacked, and is on the path. */
function environment(part: Part, at: Value): void {
  if (at.path.includes('runtime_env') && typeof at.value === 'string' && /^[a-z0-9]{1,9}:\/\//.test(at.value))
    tell(part, at, SETTINGS_RULES.remoteCode.id, `code is fetched from ${shown(at.value, 80)}`);
}
