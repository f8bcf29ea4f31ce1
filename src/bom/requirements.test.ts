import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { purlOf } from './bom.ts';
import type { Listed } from './required.ts';
import { kindOfList, readRequirements, requirementsOf } from './requirements.ts';
import { readToml } from './toml.ts';

const short = ({ required }: Pick<Listed, 'required'>) =>
  required.map(({ ecosystem, name, version, asked, url }) =>
    [ecosystem, name, version ?? (url === undefined ? asked : `@ ${url}`)].join(' ').trim(),
  );
const read = (path: string, text: string) => short(readRequirements(path, text));

test('lists for pip: ranges, exact versions, and what lies at an address', () => {
  assert.deepEqual(
    read(
      'a/requirements.txt',
      `# x
torch==2.1.0 --hash=sha256:00 \\
  --hash=sha256:01
NumPy[all] >= 1.20, <2 ; python_version > "3"
PIL_low (==1.0)
scipy>=1,==1.11.0
pandas==2.*
flask # why
tokenizers===0.15.0
--extra-index-url https://example.com/simple
git+https://example.com/x
git+ssh://git@example.com/owner/y.git@v1#egg=y
named @ https://user:secret@example.com/named-1.0-py3-none-any.whl ; python_version < "4"
https://example.com/z_z-3.1-cp311-cp311-linux_x86_64.whl
./wheels/local-0.2-py3-none-any.whl
-e .
-e git+https://example.com/owner/edited.git#egg=Edited
`,
    ),
    [
      'PyPI torch 2.1.0',
      'PyPI numpy >= 1.20, <2',
      'PyPI pil-low 1.0',
      'PyPI scipy 1.11.0',
      'PyPI pandas ==2.*',
      'PyPI flask',
      'PyPI tokenizers 0.15.0',
      'PyPI x @ git+https://example.com/x',
      'PyPI y @ git+ssh://example.com/owner/y.git@v1#egg=y',
      'PyPI named @ https://example.com/named-1.0-py3-none-any.whl',
      'PyPI z-z 3.1',
      'PyPI local 0.2',
      'PyPI edited @ git+https://example.com/owner/edited.git#egg=Edited',
    ],
  );
});

test('locks of pip, Poetry, uv, Pipenv, npm, Yarn and pnpm', () => {
  assert.deepEqual(
    read(
      'poetry.lock',
      '[[package]]\nname = "requests"\nversion = "2.0"\n[package.dependencies]\nversion = "no"\n\n[[package]]\nname = "a"\nversion = "1"\n',
    ),
    ['PyPI requests 2.0', 'PyPI a 1'],
  );
  assert.deepEqual(
    read(
      'uv.lock',
      '[[package]]\nname = "own"\nversion = "0.1"\nsource = { editable = "." }\n\n[[package]]\nname = "b"\nversion = "2"\n',
    ),
    ['PyPI b 2'],
  );
  assert.deepEqual(
    read(
      'Pipfile.lock',
      '{"_meta": {"x": {}}, "default": {"Flask": {"version": "==1.0"}}, "docs": {"x": {}}}',
    ),
    ['PyPI flask 1.0', 'PyPI x'],
  );
  assert.deepEqual(
    read(
      'package-lock.json',
      '{"packages": {"": {"version": "1"}, "node_modules/@a/b": {"version": "3.0.0"}, "node_modules/alias": {"name": "real", "version": "1.0.0"}}}',
    ),
    ['npm @a/b 3.0.0', 'npm real 1.0.0'],
  );
  assert.deepEqual(
    read(
      'package-lock.json',
      '{"dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}}}',
    ),
    ['npm a 1.0.0', 'npm b 2.0.0'],
  );
  assert.deepEqual(
    read(
      'yarn.lock',
      '# v1\n\n"@a/b@^1.0", "@a/b@^1.1":\n  version "1.1.0"\n  dependencies:\n    c "^2"\n\n"own@workspace:.":\n  version: 0.0.0\n"c@npm:^2":\n  version: 2.0.1\n',
    ),
    ['npm @a/b 1.1.0', 'npm c 2.0.1'],
  );
  assert.deepEqual(
    read(
      'pnpm-lock.yaml',
      "dependencies:\n  x: 1.0.0\npackages:\n  /old/1.0.0:\n    dev: true\n  /@a/b@1.2.0(peer@3):\n  '@c/d@2.0.0':\n    resolution: {}\nsnapshots:\n  no@9.0.0: {}\n",
    ),
    ['npm old 1.0.0', 'npm @a/b 1.2.0', 'npm @c/d 2.0.0'],
  );
  for (const broken of ['{', '[]', 'null', '{"packages": 5}', '{"dependencies": [1]}'])
    assert.deepEqual(read('package-lock.json', broken), []);
});

test('projects say what they need in pyproject.toml, Pipfile, setup.cfg and package.json', () => {
  assert.deepEqual(
    read(
      'pyproject.toml',
      `[build-system]
requires = ["setuptools>=61"]
[project]
name = "m"
dependencies = [
  "torch==2.1.0", # why
  'x @ git+https://example.com/o/x.git',
]
[project.optional-dependencies]
dev = ["ruff"]
[dependency-groups]
test = ["pytest>=7", {include-group = "dev"}]
[tool.poetry.dependencies]
python = "^3.10"
numpy = "^1.26"
pinned = "1.2.3"
table = { version = "==2.0", extras = ["a", "b"] }
git = { git = "https://example.com/o/g.git", rev = "abc" }
[tool.other]
dependencies = ["not-one"]
`,
    ),
    [
      'PyPI setuptools >=61',
      'PyPI torch 2.1.0',
      'PyPI x @ git+https://example.com/o/x.git',
      'PyPI ruff',
      'PyPI pytest >=7',
      'PyPI numpy ^1.26',
      'PyPI pinned 1.2.3',
      'PyPI table 2.0',
      'PyPI git @ git+https://example.com/o/g.git',
    ],
  );
  assert.deepEqual(
    readRequirements('pyproject.toml', '[project]\ndynamic = ["version", "dependencies"]\n').unread,
    ['its dependencies are made when it is built'],
  );
  assert.deepEqual(
    read(
      'Pipfile',
      '[[source]]\nurl = "https://pypi.org/simple"\n[packages]\nFlask = "*"\nx = "==1.0"\n[dev-packages]\ny = {version = ">=2"}\n[requires]\npython_version = "3.11"\n',
    ),
    ['PyPI flask *', 'PyPI x 1.0', 'PyPI y >=2'],
  );
  assert.deepEqual(
    read(
      'setup.cfg',
      '[metadata]\nname = m\n[options]\ninstall_requires =\n    torch==2.1\n    # no\n    x>=1\npackages = find:\n[options.extras_require]\ndev = ruff\n',
    ),
    ['PyPI torch 2.1', 'PyPI x >=1', 'PyPI ruff'],
  );
  assert.deepEqual(
    read(
      'package.json',
      '{"dependencies": {"a": "^1.0.0", "b": "2.0.0", "c": "git+https://t:k@example.com/c.git", "d": "npm:e@1"}, "peerDependencies": {"p": 5}}',
    ),
    ['npm a ^1.0.0', 'npm b 2.0.0', 'npm c @ git+https://example.com/c.git', 'npm d npm:e@1'],
  );
  assert.equal(readRequirements('setup.py', 'x').unread.length, 1);
});

test('environments of conda, with what they take from the Python index', () => {
  assert.deepEqual(
    read(
      'environment.yml',
      'name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.10\n  - numpy==1.26.0\n  - conda-forge::scipy=1.11.0=py310_0\n  - pytorch>=2,<3\n  - pip:\n      - torch==2.1.0\n      - -e git+https://example.com/o/x.git\n',
    ),
    [
      'conda python =3.10',
      'conda numpy 1.26.0',
      'conda scipy 1.11.0',
      'conda pytorch >=2,<3',
      'PyPI torch 2.1.0',
      'PyPI x @ git+https://example.com/o/x.git',
    ],
  );
  for (const broken of [
    '',
    '- a',
    'dependencies: 5',
    `dependencies:\n${'- '.repeat(60_000)}`,
    'a: &a [x]\ndependencies: [*a, *a]',
  ])
    assert.deepEqual(read('env.yaml', broken), []);
});

test('lists that lists name are read, each once, and what is not there is said', async () => {
  const files: Record<string, string> = {
    'requirements.txt':
      '-r sub/more.txt\n--constraint=limits\n-r ../outside.txt\n-r https://user:k@example.com/all.txt\n-r gone.txt\na==1\n%%%\n',
    'sub/more.txt': '-r ../requirements.txt\n-rdeep.txt\nb==2\n',
    'sub/deep.txt': 'c==3\n',
    limits: 'd==4\n',
    'model.bin': 'e==5\n',
  };
  const { required, unread } = await requirementsOf(Object.keys(files), async (path) =>
    path === 'limits' ? { why: 'a link' } : (files[path] ?? ''),
  );
  assert.deepEqual(short({ required }), ['PyPI a 1', 'PyPI b 2', 'PyPI c 3']);
  assert.deepEqual(unread, [
    'requirements.txt: the list https://example.com/all.txt lies elsewhere',
    'requirements.txt: the line “%%%” is not understood',
    'requirements.txt: the list ../outside.txt is not among the files',
    'requirements.txt: the list gone.txt is not among the files',
    'limits: a link',
  ]);
});

test('package URLs', () => {
  assert.equal(purlOf({ ecosystem: 'npm', name: '@a/b', version: '1.0' }), 'pkg:npm/%40a/b@1.0');
  assert.equal(
    purlOf({ ecosystem: 'PyPI', name: 'x', version: undefined, url: 'git+https://e.com/x.git' }),
    'pkg:pypi/x?vcs_url=git%2Bhttps%3A%2F%2Fe.com%2Fx.git',
  );
  assert.equal(purlOf({ ecosystem: 'conda', name: 'numpy', version: '1.26.0' }), 'pkg:conda/numpy@1.26.0');
});

test('a requirement is not lost for what is said of it', () => {
  assert.deepEqual(read('requirements.txt', `idna==3.4  # see https://example.com/${'x'.repeat(2_000)}`), [
    'PyPI idna 3.4',
  ]);
});

test('lines and versions that are made to cost time cost none', () => {
  const spaces = ' '.repeat(200_000);
  const long = `${spaces}${'x'.repeat(400)}#`;
  assert.deepEqual(read('requirements.txt', `idna${long}\nidna[${long}\nidna==1${spaces}`), ['PyPI idna 1']);
  const version = `${'+'.repeat(500_000)}\n`;
  assert.deepEqual(
    read('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version } } })),
    [],
  );
  assert.deepEqual(read('Pipfile.lock', JSON.stringify({ default: { a: { version: `==${version}` } } })), []);
  const fill = (piece: string) => piece.repeat(Math.ceil((1 << 20) / piece.length));
  for (const piece of ['a="""\n', "a='''\n", 'a=[', 'a={b=[', '"', '\\"""', '[', ' #', 'a = "\\', '[a]\n'])
    assert.ok(Array.isArray(readToml(fill(piece))), piece);
  for (const name of [
    'setup.cfg',
    'yarn.lock',
    'pnpm-lock.yaml',
    'Pipfile',
    'requirements.txt',
    'environment.yml',
  ])
    for (const piece of [
      'a@',
      '"@a/',
      '  /a/',
      ' @ ',
      'git+a/',
      '=',
      '[options]\ninstall_requires=\n a\n',
      '\\\n',
    ])
      assert.ok(readRequirements(name, fill(piece)), `${name} ${piece}`);
});

test('whatever stands in a list, it is read without failing', () => {
  const names = [
    'requirements.txt',
    'pyproject.toml',
    'Pipfile',
    'setup.cfg',
    'yarn.lock',
    'pnpm-lock.yaml',
    'package.json',
    'uv.lock',
    'environment.yml',
  ];
  for (const name of names) assert.ok(kindOfList(name), name);
  const piece = fc.constantFrom(
    '[project]\n',
    'dependencies',
    ' = ',
    '[',
    ']',
    '"',
    "'",
    '{',
    '}',
    ',',
    '\n',
    '- ',
    ':',
    '@',
    '==',
    'a',
    '1.0',
    '\\',
    '#',
    '-r x\n',
    '[[package]]\n',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(piece, { maxLength: 40 }), (name, pieces) => {
      for (const { name: found } of readRequirements(name, pieces.join('')).required)
        assert.equal(typeof found, 'string');
    }),
    { numRuns: 500 },
  );
});
