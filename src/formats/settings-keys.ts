import { shown } from '../findings/finding.ts';
import { looksLikeCode } from './embedded.ts';
import type { Part } from './format.ts';
import type { JsonPath } from './json-walk.ts';
import { judgeShell } from './python-code.ts';
import { expression } from './settings-export.ts';
import { judgeImported, judgeNamed } from './settings-imports.ts';
import { file, named as fileNamed } from './settings-paths.ts';
import { SETTINGS_RULES } from './settings-rules.ts';
import { TOOL_LOOKS } from './settings-tools.ts';
import { fileName, type Look, tell, type Value } from './settings-value.ts';
import { lookUpTarget } from './targets.ts';
import { judgeTemplate } from './template.ts';
import { TEMPLATE_RULES } from './template-rules.ts';
import { CODE_OPERATORS, FILE_OPERATORS } from './tensorflow-operators.ts';

/** What settings of model repositories are looked at for, by the name that they stand under, at any depth. */
export const LOOKS: Readonly<Record<string, Look>> = {
  auto_map: classOf,
  ...TOOL_LOOKS,
  // Programs of torch.export.
  expr_str: expression,
  custom_pipelines: custom,
  custom_pipeline: custom,
  custom_generate: remote,
  custom_tokenizer_files: custom,
  attn_implementation: kernel,
  _attn_implementation: kernel,
  _attn_implementation_internal: kernel,
  experts_implementation: kernel,
  _experts_implementation: kernel,
  kernel: kernel,
  kernels: kernel,
  kernel_config: kernel,
  kernel_mapping: kernel,
  trust_remote_code: trusts,
  'trust-remote-code': trusts,
  trustRemoteCode: trusts,
  'option.trust_remote_code': trusts,
  activation_function: judgeImported,
  activation_fn: judgeImported,
  sbert_ce_default_activation_function: judgeImported,
  similarity_fn_name: judgeImported,
  tokenizer_class: judgeImported,
  loader_module: judgeImported,
  worker_cls: judgeImported,
  worker_extension_cls: judgeImported,
  scheduler_cls: judgeImported,
  logits_processors: judgeImported,
  tool_parser_plugin: judgeImported,
  reasoning_parser_plugin: judgeImported,
  custom_imports: judgeImported,
  include_package: judgeImported,
  'include-package': judgeImported,
  user_dir: judgeImported,
  'user-dir': judgeImported,
  weight_map: file,
  // The same of TensorFlow.js: lists of shards.
  weightsManifest: file,
  // The manifest of a Core ML package.
  itemInfoEntries: file,
  // Nodes of graphs in JSON: MXNet's symbols, TensorFlow.js, PaddlePaddle's programs.
  op: operator,
  '#': operator,
  quantize_config_file: file,
  added_tokens_file: file,
  special_tokens_map_file: file,
  tokenizer_file: file,
  vocab_file: file,
  merges_file: file,
  data_files: file,
  flavors: flavor,
  model_code_path: judgeImported,
  template_path: file,
  _target_: target,
  _target: target,
  _component_: target,
  class_path: target,
  learner: modelText,
  chat_template: template,
  default_chat_template: template,
};

/** The look that the name of a value asks for, or one above it: the value may be in a list, or in an object. */
export function lookFor(path: JsonPath): Look | undefined {
  for (let i = path.length - 1; i >= Math.max(0, path.length - 4); i--) {
    const name = path[i];
    const found = typeof name === 'string' && Object.hasOwn(LOOKS, name) ? LOOKS[name] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const INTERPOLATION = /\$\{\s*(?:oc\.)?(env|decode|eval|python|exec|py|import|call|shell|cmd|sh)\s*:/;
const EVALUATES = /^(?:eval|python|exec|py|import|call|shell|cmd|sh)$/;

/** Values that do something wherever they stand. */
export function judgeValue(part: Part, at: Value): void {
  if (typeof at.value !== 'string') return;
  if (at.value.includes('${')) interpolation(part, at, at.value);
  else judgeNamed(part, at, at.value);
  fileNamed(part, at, at.value);
  if (RUNS.test(String(at.path.at(-1)))) judgeShell(part, at.value);
  const reaching =
    /prompt|template/i.test(String(at.path.at(-1))) && REACHES.exec(at.value.slice(0, LONGEST));
  if (reaching)
    tell(part, at, TEMPLATE_RULES.code.id, `a text to be filled in reaches for ${shown(reaching[0], 60)}`);
}

/** What OmegaConf takes from elsewhere when the settings are read (OmegaConf, “Resolvers”). */
function interpolation(part: Part, at: Value, text: string): void {
  const resolver = INTERPOLATION.exec(text.slice(0, LONGEST_EXPRESSION))?.[1];
  if (resolver === undefined) return;
  part.report({
    rule: SETTINGS_RULES.interpolation.id,
    message: `${shown(at.path.join('.'), 80)} is ${EVALUATES.test(resolver) ? 'computed' : 'taken from where it is read'}: ${shown(text, 80)}`,
    range: { start: at.start, end: at.end },
    // A secret in an address is sent there.
    ...((EVALUATES.test(resolver) || SENT.test(text)) && { severity: 'medium' }),
  });
}

const LONGEST_EXPRESSION = 4096;
const SENT = /^\w{1,9}:\/\/[^\n]{0,400}\$\{\s*(?:oc\.)?env\s*:[^}]{0,60}(?:TOKEN|KEY|SECRET|PASS)/i;
const LONGEST = 1 << 16;
/** Keys of tools for what they run. */
const RUNS = /(?:command|cmd|script|^run|exec|shell|hook|postdeploy|entrypoint)\w{0,12}$/i;
/** What `str.format` leads to from any value. */
const REACHES =
  /\{\s{0,9}\w{0,40}(?:[.[]\w{1,40}\]?){0,9}[.[]['"]?__(?:globals|init|subclasses|builtins|mro|bases?|dict|import|class(?!__\.__name__))__/;

/** Texts of XGBoost's models: names and settings. */
function modelText(part: Part, at: Value): void {
  if (typeof at.value === 'string' && at.path[0] === 'learner' && looksLikeCode(at.value))
    tell(part, at, SETTINGS_RULES.code.id, `${shown(at.path.join('.'), 80)} holds code`);
}

/** `owner/name--module.Class` is of another repository, `module.Class` of this one. */
function classOf(part: Part, at: Value): void {
  if (typeof at.value !== 'string') return;
  if (at.value.includes('--') || /:\/\//.test(at.value))
    tell(
      part,
      at,
      SETTINGS_RULES.remoteCode.id,
      `the class ${shown(at.value, 80)} is fetched from another repository`,
    );
  else
    tell(
      part,
      at,
      SETTINGS_RULES.customCode.id,
      `the class ${shown(at.value, 80)} is imported from a file of the repository`,
    );
}

function custom(part: Part, at: Value): void {
  const { value, path } = at;
  if (typeof value !== 'string') return;
  if (value.includes('/') || value.includes('--')) remote(part, at);
  else if (path.at(-1) === 'impl' || path.length === 1)
    tell(
      part,
      at,
      SETTINGS_RULES.customCode.id,
      `${shown(value, 80)} is imported from a file of the repository`,
    );
}

/** What MLflow keeps of a model (`MLmodel`): files, and where code lies that is put on the path. */
function flavor(part: Part, at: Value): void {
  const { value, path } = at;
  if (path[0] !== 'flavors') return;
  file(part, at);
  if (path.at(-1) === 'code' && typeof value === 'string' && value !== '')
    tell(part, at, SETTINGS_RULES.customCode.id, `code comes along in ${shown(value, 80)}, and is imported`);
}

/** Text and numbers count as true where Python asks. */
function trusts(part: Part, at: Value): void {
  const { value } = at;
  // In a vocabulary it is a word, and has a number.
  const isWord = value === 1 && /vocab|token/.test(fileName(part));
  if (
    value === true ||
    (value === 1 && !isWord) ||
    (typeof value === 'string' && /^(?:true|yes|1|on)$/i.test(value))
  )
    tell(part, at, SETTINGS_RULES.trustRemote.id, 'the settings switch on remote code themselves');
}

function remote(part: Part, at: Value): void {
  if (typeof at.value === 'string' && at.value.includes('/'))
    tell(part, at, SETTINGS_RULES.remoteCode.id, `code is fetched from ${shown(at.value, 80)}`);
}

/** `owner/name` or `owner/name@revision:function`: a kernel of a hub, built elsewhere and run here. */
function kernel(part: Part, at: Value): void {
  // `paged|owner/name` and `flash|owner/name:function` say how it is called.
  if (typeof at.value === 'string' && /^(?:[\w-]{1,40}\|)?[\w.-]+\/[\w.-]+(?:[@:|].{0,200})?$/.test(at.value))
    tell(part, at, SETTINGS_RULES.remoteCode.id, `a compiled kernel is fetched from ${shown(at.value, 80)}`);
}

/** MXNet's custom operators are Python, and its native ones addresses in memory that are called. */
const GRAPH_OPERATORS =
  /^(?:Custom|_Native|_NDArray|(?:\d+\.)?(?:py_func|py_layer|run_program|load_combine|save_combine))$/;

function operator(part: Part, at: Value): void {
  if (typeof at.value !== 'string' || !at.path.some((step) => /^(?:nodes?|nodeDef|ops)$/.test(String(step))))
    return;
  const op = at.value;
  if (GRAPH_OPERATORS.test(op) || FILE_OPERATORS.has(op) || CODE_OPERATORS.has(op))
    tell(
      part,
      at,
      SETTINGS_RULES.target.id,
      `the graph has the operator ${shown(op, 60)}, which runs code or opens files`,
      'high',
    );
}

function target(part: Part, at: Value): void {
  const name = at.path.at(-1);
  const isTarget =
    name === '_target_' || name === '_component_' || name === '_target' || name === 'class_path';
  if (typeof at.value !== 'string' || !isTarget) return;
  if (at.value.includes('${'))
    tell(
      part,
      at,
      SETTINGS_RULES.unknownTarget.id,
      `what the settings call is put together: ${shown(at.value, 80)}`,
      'medium',
    );
  if (!at.value.includes('.')) return;
  const { verdict, why } = lookUpTarget(part, at.value);
  if (verdict === 'dangerous')
    tell(part, at, SETTINGS_RULES.target.id, `the settings call ${shown(at.value, 80)}: ${why}`);
  else if (verdict === 'unknown')
    tell(
      part,
      at,
      SETTINGS_RULES.unknownTarget.id,
      `the settings call ${shown(at.value, 80)}, which is not known`,
    );
}

function template(part: Part, { value, start, path }: Value): void {
  // In a list of templates each has a name beside it.
  if (typeof value === 'string' && path.at(-1) !== 'name') judgeTemplate(part, value, start);
}
