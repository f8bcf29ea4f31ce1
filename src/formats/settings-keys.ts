import { shown } from '../findings/finding.ts';
import { CODE_RULES } from './code-rules.ts';
import { looksLikeCode } from './embedded.ts';
import type { Part } from './format.ts';
import type { JsonPath, JsonScalar } from './json-walk.ts';
import { judgeShell } from './python-code.ts';
import { SETTINGS_RULES } from './settings-rules.ts';
import { lookUpTarget } from './targets.ts';
import { judgeTemplate } from './template.ts';

/** Numbers in messages and facts come from the file. */
export interface Value {
  readonly path: JsonPath;
  readonly value: JsonScalar;
  readonly start: number;
  readonly end: number;
}

type Look = (part: Part, value: Value) => void;

/** What settings of model repositories are looked at for, by the name that they stand under, at any depth. */
export const LOOKS: Readonly<Record<string, Look>> = {
  auto_map: classOf,
  command: (part, at) => {
    if (typeof at.value === 'string') judgeShell(part, at.value);
  },
  preinstall: installs,
  install: installs,
  postinstall: installs,
  prepare: installs,
  custom_pipelines: custom,
  custom_pipeline: custom,
  custom_generate: remote,
  custom_tokenizer_files: custom,
  attn_implementation: kernel,
  _attn_implementation: kernel,
  kernel: kernel,
  kernels: kernel,
  trust_remote_code: (part, at) => {
    // Text and numbers count as true where Python asks.
    if (
      at.value === true ||
      at.value === 1 ||
      (typeof at.value === 'string' && /^(?:true|yes|1|on)$/i.test(at.value))
    )
      tell(part, at, SETTINGS_RULES.trustRemote.id, 'the settings switch on remote code themselves');
  },
  weight_map: file,
  // The same of TensorFlow.js: lists of shards.
  weightsManifest: file,
  // The manifest of a Core ML package.
  itemInfoEntries: file,
  quantize_config_file: file,
  added_tokens_file: file,
  special_tokens_map_file: file,
  tokenizer_file: file,
  vocab_file: file,
  merges_file: file,
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
  else if (TAKES_NAME.test(String(at.path.at(-1))) && NAMED.test(at.value)) named(part, at, at.value);
}

/** Keys under which functions are handed to what calls them: `hydra.utils.get_method` has `path`, `functools.partial` has others. */
const TAKES_NAME =
  /^(?:path|func|fn|_fn_|function|callable|method|import_path|import_string|entrypoint|entry_point|target|class|cls|type|activation_function|similarity_fn_name|loader_module)$/;
const NAMED = /^[A-Za-z_][\w.]{2,200}$/;

/** Paths of files have dots in them as well: only what names a function as it is imported counts. */
function named(part: Part, at: Value, name: string): void {
  const cut = name.lastIndexOf('.');
  if (cut < 1) return;
  const { verdict, why } = part.calls.lookUp(name.slice(0, cut), name.slice(cut + 1));
  if (verdict === 'dangerous')
    tell(part, at, SETTINGS_RULES.target.id, `the settings name ${shown(name, 80)}: ${why}`);
}

/** What OmegaConf takes from elsewhere when the settings are read (OmegaConf, “Resolvers”). */
function interpolation(part: Part, at: Value, text: string): void {
  const resolver = INTERPOLATION.exec(text.slice(0, LONGEST_EXPRESSION))?.[1];
  if (resolver === undefined) return;
  part.report({
    rule: SETTINGS_RULES.interpolation.id,
    message: `${shown(at.path.join('.'), 80)} is ${EVALUATES.test(resolver) ? 'computed' : 'taken from where it is read'}: ${shown(text, 80)}`,
    range: { start: at.start, end: at.end },
    ...(EVALUATES.test(resolver) && { severity: 'medium' }),
  });
}

const LONGEST_EXPRESSION = 4096;

/** Texts of XGBoost's models: names and settings. */
function modelText(part: Part, at: Value): void {
  if (typeof at.value === 'string' && at.path[0] === 'learner' && looksLikeCode(at.value))
    tell(part, at, SETTINGS_RULES.code.id, `${shown(at.path.join('.'), 80)} holds code`);
}

function tell(part: Part, { start, end, value, path }: Value, rule: string, message: string): void {
  const evidence = { at: shown(path.join('.'), 200), value: shown(String(value), 200) };
  part.report({ rule, message, range: { start, end }, evidence });
}

/** `scripts` of package.json that run when it is installed. */
function installs(part: Part, at: Value): void {
  if (typeof at.value !== 'string' || at.path.length !== 2 || at.path[0] !== 'scripts') return;
  judgeShell(part, at.value);
  tell(part, at, CODE_RULES.install.id, `installing it runs ${shown(at.value, 80)}`);
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

function remote(part: Part, at: Value): void {
  if (typeof at.value === 'string' && at.value.includes('/'))
    tell(part, at, SETTINGS_RULES.remoteCode.id, `code is fetched from ${shown(at.value, 80)}`);
}

/** `owner/name` or `owner/name@revision:function`: a kernel of a hub, built elsewhere and run here. */
function kernel(part: Part, at: Value): void {
  if (typeof at.value === 'string' && /^[\w.-]+\/[\w.-]+(?:[@:|].{0,200})?$/.test(at.value))
    tell(part, at, SETTINGS_RULES.remoteCode.id, `a compiled kernel is fetched from ${shown(at.value, 80)}`);
}

function file(part: Part, at: Value): void {
  const { value } = at;
  if (typeof value !== 'string') return;
  const isOutside =
    /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(value) ||
    /^(?:[\\/~]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,20}:\/\/)/i.test(value) ||
    value.includes('\0');
  // Tokenizers keep the path of whoever trained them: only shards are followed.
  const severity =
    at.path.includes('weight_map') || at.path.includes('weightsManifest') || at.path[0] === 'itemInfoEntries'
      ? {}
      : ({ severity: 'low' } as const);
  if (!isOutside) return;
  part.report({
    rule: SETTINGS_RULES.outside.id,
    message: `${shown(at.path.at(-1) === undefined ? '' : String(at.path.at(-1)), 80)} names ${shown(value, 80)}, which is outside of the repository`,
    range: { start: at.start, end: at.end },
    evidence: { at: shown(at.path.join('.'), 200), value: shown(value, 200) },
    ...severity,
  });
}

function target(part: Part, at: Value): void {
  const name = at.path.at(-1);
  const isTarget =
    name === '_target_' || name === '_component_' || name === '_target' || name === 'class_path';
  if (typeof at.value !== 'string' || !isTarget || !at.value.includes('.')) return;
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
