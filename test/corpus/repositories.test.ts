import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { assemble as tarOf } from '../../src/formats/tar/assemble.ts';
import { assemble as zipOf } from '../../src/formats/zip/assemble.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';

const READERS = { formats: FORMATS, calls: new Book() };
const scan = (name: string, bytes: Uint8Array) => scanFile(name, new Bytes(bytes), READERS);
const idsOf = ({ findings }: Awaited<ReturnType<typeof scan>>) =>
  [...new Set(findings.map(({ rule }) => rule))].sort();

const NEMO = `target: nemo.collections.asr.models.EncDecCTCModel
preprocessor:
  _target_: nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor
  sample_rate: 16000
encoder:
  _target_: nemo.collections.asr.modules.ConvASREncoder
optim:
  _target_: torch.optim.AdamW
  lr: 0.1
trainer:
  _target_: pytorch_lightning.Trainer
  devices: \${model.devices}
`;

test('a NeMo archive of its own modules is clean, packed or not', async () => {
  const archive = tarOf([
    { name: './model_config.yaml', data: NEMO },
    { name: './tokens.txt', data: 'a\nb\n' },
  ]);
  for (const bytes of [archive, gzipSync(archive)]) {
    const found = await scan('model.nemo', bytes);
    assert.equal(found.verdict, 'clean', JSON.stringify(found.findings));
  }
});

for (const [name, line, rule] of [
  ['a call (CVE-2025-23304)', '  _target_: os.system\n  command: id\n', 'repo.dangerous-target'],
  [
    'a part of a call',
    '  _target_: subprocess.Popen\n  _partial_: true\n  _args_: [[id]]\n',
    'repo.dangerous-target',
  ],
  ['a call by another name', '  "_target_": "builtins.eval"\n  _args_: ["1"]\n', 'repo.dangerous-target'],
  [
    'a method by its name',
    '  _target_: hydra.utils.get_method\n  path: os.system\n',
    'repo.dangerous-target',
  ],
  ['an object of Python', '  x: !!python/object/apply:os.system [id]\n', 'yaml.python-object'],
  ['a resolver that evaluates', '  x: ${eval:"1"}\n', 'repo.interpolation'],
] as const)
  test(`a NeMo archive with ${name} is found`, async () => {
    const found = await scan(
      'model.nemo',
      gzipSync(tarOf([{ name: './model_config.yaml', data: `${NEMO}evil:\n${line}` }])),
    );
    assert.equal(found.verdict, 'findings');
    assert.ok(idsOf(found).includes(rule), idsOf(found).join());
  });

const MANIFEST = JSON.stringify({
  runtime: 'python',
  model: {
    modelName: 'a',
    serializedFile: 'w.bin',
    handler: 'handler.py',
    modelVersion: '1',
    requirementsFile: 'requirements.txt',
  },
  archiverVersion: '0.8.0',
});
const mar = (handler: string, requirements = 'torch\n') =>
  zipOf([
    { name: 'MAR-INF/MANIFEST.json', data: MANIFEST },
    { name: 'handler.py', data: handler },
    { name: 'requirements.txt', data: requirements },
  ]);

test('an archive of TorchServe says that it brings its handler, and no more', async () => {
  const found = await scan(
    'a.mar',
    mar('import torch\n\nclass Handler:\n    def handle(self, data):\n        return data\n'),
  );
  assert.equal(found.verdict, 'clean');
  assert.deepEqual(idsOf(found), ['repo.model-handler']);
});

test('a handler that runs commands is found, and a list of requirements from elsewhere', async () => {
  const found = await scan(
    'a.mar',
    mar('import os\nos.system("id")\n', '--index-url https://example.com/simple\n'),
  );
  assert.equal(found.verdict, 'findings');
  assert.ok(idsOf(found).includes('code.runs-command') && idsOf(found).includes('repo.requirement-source'));
});

test('what skops keeps in its zip is looked up', async () => {
  const schema = JSON.stringify({
    __class__: 'partial',
    __module__: 'functools',
    __loader__: 'PartialNode',
    content: { func: { __class__: 'system', __module__: 'posix', __loader__: 'FunctionNode' } },
  });
  const found = await scan('model.skops', zipOf([{ name: 'schema.json', data: schema }]));
  assert.ok(idsOf(found).includes('skops.dangerous-type'), idsOf(found).join());
});

test('a pickle behind a picture is read', async () => {
  const png = FORMATS.find(({ name }) => name === 'png')?.proof.passes[0]?.bytes() ?? Buffer.alloc(0);
  const evil = Buffer.from('\x80\x02cos\nsystem\nX\x02\0\0\0id\x85R.', 'latin1');
  const found = await scan('cover.png', Buffer.concat([png, evil]));
  assert.ok(
    idsOf(found).includes('media.trailing') && idsOf(found).includes('pickle.dangerous-call'),
    idsOf(found).join(),
  );
});

test('a zip file behind a picture makes it two files at once', async () => {
  const gif = FORMATS.find(({ name }) => name === 'gif')?.proof.passes[0]?.bytes() ?? Buffer.alloc(0);
  const found = await scan('cover.gif', Buffer.concat([gif, zipOf([{ name: 'a.txt', data: 'a' }])]));
  assert.equal(found.verdict, 'findings');
});

test('a llamafile is a program, and its weights are read', async () => {
  const gguf = FORMATS.find(({ name }) => name === 'gguf')?.proof.catches[0]?.bytes() ?? Buffer.alloc(0);
  const found = await scan(
    'a.llamafile',
    zipOf([{ name: 'w.gguf', data: gguf }], { prefix: Buffer.from("MZqFpD='\n\n") }),
  );
  assert.ok(
    idsOf(found).includes('llamafile.program') && idsOf(found).includes('template.escape'),
    idsOf(found).join(),
  );
});

test('a picture that is a pickle as well is both', async () => {
  const palette = Buffer.alloc(192);
  palette.write('osix\nsystem\nX\x02\0\0\0id\x85R.', 'latin1');
  const gif = Buffer.concat([Buffer.from('GIF89a\x01\0\x01N\x85cp', 'latin1'), palette, Buffer.from(';')]);
  const found = await scan('model.pkl', gif);
  assert.ok(
    idsOf(found).includes('file.polyglot') && idsOf(found).includes('pickle.dangerous-call'),
    idsOf(found).join(),
  );
});
