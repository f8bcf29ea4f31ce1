import { shown } from '../findings/finding.ts';
import type { Part } from './format.ts';
import { SETTINGS_RULES } from './settings-rules.ts';
import { fileName, tell, type Value } from './settings-value.ts';

/** Keys under which a function, a class or a module is named that something then imports. */
const TAKES_NAME =
  /^(?:path|_fn_|\(\)|__type__|class_name|(?:\w{1,40}_)?(?:func|fn|function|callable|method|class|cls|type|module|factory|loader|handler|callbacks?|hooks?|plugins?|processors?|backend|activation|initializer|imports?|import_path|import_string|entry_?point|target|impl|filters?))$/;
const BARE =
  /^(?:os\.(?:system|popen|exec\w{1,3}|spawn\w{1,4})|posix\.system|nt\.system|subprocess\.(?:Popen|run|call|check_\w{4,6}|getoutput)|builtins\.(?:eval|exec|compile|__import__)|pty\.spawn|runpy\.run_\w{4,6})$/;
const SETTINGS =
  /\.(?:ya?ml|toml|cfg)$|(?:config|settings|params|args|model|pipeline|modules|meta|index|kwargs)\w{0,40}\.json$/i;
/** What has a look of its own, and labels of classes, are left to them. */
const isSetting = (part: Part, path: Value['path']): boolean =>
  SETTINGS.test(fileName(part)) &&
  path[0] !== 'id2label' &&
  !/^(?:_target_?|_component_|class_path)$/.test(String(path.at(-1)));
const NAMED = /^[A-Za-z_][\w.:]{2,200}$/;

/** A function that a value names: in a list or under a name of its own, the key above tells. */
export function judgeNamed(part: Part, at: Value, value: string): void {
  const { path } = at;
  if (isModule(part, at)) judgeImported(part, at);
  if (isModule(part, at) || !NAMED.test(value) || !/[.:]/.test(value)) return;
  const isTaken = [path.at(-1), path.at(-2)].some((key) => typeof key === 'string' && TAKES_NAME.test(key));
  // What only runs commands is named for nothing else, under whatever key of settings.
  if (!isTaken && !(BARE.test(value) && isSetting(part, path))) return;
  // `package.module:function` of entry points is the same as with a dot.
  const name = value.replace(':', '.');
  // Paths of files have dots in them as well: only what names a function as it is imported counts.
  const cut = name.lastIndexOf('.');
  if (cut < 1 || /^os\.path(?:\.|$)/.test(name)) return;
  const { verdict, why } = part.calls.lookUp(name.slice(0, cut), name.slice(cut + 1));
  if (verdict === 'dangerous' && !ORDINARY.test(name))
    tell(part, at, SETTINGS_RULES.target.id, `the settings name ${shown(name, 80)}: ${why}`);
}

/** `modules.json` and `router_config.json` of sentence-transformers: the class of each module is imported. */
const isModule = (part: Part, { path }: Value): boolean =>
  (/(?:^|\/)modules\.json$/.test(fileName(part)) && path.at(-1) === 'type') ||
  (/(?:^|\/)router_config\.json$/.test(fileName(part)) && path[0] === 'types');

/** Classes that libraries keep for these very keys: exported by name, and nothing but a class behind it. */
const ORDINARY =
  /^(?:torch\.nn\.(?:modules\.\w{1,40}\.|functional\.)?\w{1,60}|torch\.\w{1,40}|transformers\.activations\.\w{1,60}|sentence_transformers\.(?:\w{1,40}\.){0,4}[A-Z]\w{1,60}|mlflow(?:\.\w{1,40}){1,4}|axolotl\.integrations(?:\.\w{1,40}){1,4})$/;

/** Keys whose value is imported whatever it is. A name without a dot is one that the library knows itself. */
export function judgeImported(part: Part, at: Value): void {
  const { value, path } = at;
  if (typeof value !== 'string' || value === '' || value.length > 500) return;
  const key = String(path.findLast((step) => typeof step === 'string'));
  const isWhole = /^(?:loader_module|model_code_path|user[_-]dir|imports|include[_-]package)$/.test(key);
  if (key === 'allow_failed_imports' || (!isWhole && !/[.:/\\-]{1,2}\w/.test(value))) return;
  if (/--|^[\w.-]+\/[\w.-]+--/.test(value)) {
    tell(part, at, SETTINGS_RULES.remoteCode.id, `${shown(value, 80)} is fetched from another repository`);
    return;
  }
  const name = value.replace(':', '.');
  if (ORDINARY.test(name)) return;
  const cut = name.lastIndexOf('.');
  const known =
    cut > 0 ? part.calls.lookUp(name.slice(0, cut), name.slice(cut + 1)) : part.calls.lookUp(name, '');
  if (known.verdict === 'allowed') return;
  if (known.verdict === 'dangerous')
    tell(part, at, SETTINGS_RULES.target.id, `the settings import ${shown(name, 80)}: ${known.why}`);
  else
    tell(
      part,
      at,
      SETTINGS_RULES.customCode.id,
      `${shown(key, 40)} has ${shown(value, 80)} imported, which is of no library that is known`,
    );
}
