import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { purlOf } from './bom.ts';
import { readCard } from './card.ts';
import { diffBoms } from './diff.ts';
import { OsvIndex } from './osv.ts';
import { readRequirements } from './requirements.ts';
import { comparePep440, compareSemver } from './versions.ts';

test('versions of Python are ordered as PEP 440 has it', () => {
  const ordered = [
    '1.0.dev1',
    '1.0a1.dev1',
    '1.0a1',
    '1.0a2',
    '1.0b1',
    '1.0rc1.dev2',
    '1.0rc1',
    '1.0',
    '1.0+local',
    '1.0.post1.dev1',
    '1.0.post1',
    '1.0.1',
    '1.9',
    '1.10',
    '1!0.1',
  ];
  for (const [i, one] of ordered.entries())
    for (const [k, other] of ordered.entries())
      assert.equal(Math.sign(comparePep440(one, other)), Math.sign(i - k), `${one} ${other}`);
  for (const [one, other] of [
    ['1', '1.0.0'],
    ['1.0-1', '1.0.post1'],
    ['v1.0', '1.0'],
    ['1.0alpha1', '1.0a1'],
    ['1.0-rc.1', '1.0c1'],
  ] as const)
    assert.equal(comparePep440(one, other), 0, `${one} ${other}`);
});

test('versions of npm are ordered as Semantic Versioning has it', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.10.0',
    '2.0.0',
  ];
  for (const [i, one] of ordered.entries())
    for (const [k, other] of ordered.entries())
      assert.equal(Math.sign(compareSemver(one, other)), Math.sign(i - k), `${one} ${other}`);
});

test('an order is the same from both sides, whatever is compared', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^\d{1,3}(\.\d{1,3}){0,3}(a|b|rc|\.post|\.dev|-)?\d{0,2}$/),
  );
  for (const compare of [comparePep440, compareSemver])
    fc.assert(
      fc.property(text, text, (a, b) => assert.equal(Math.sign(compare(a, b)) + Math.sign(compare(b, a)), 0)),
    );
});

test('requirements are read from lists and locks', () => {
  const read = (path: string, text: string) =>
    readRequirements(path, text).map(({ ecosystem, name, version }) => `${ecosystem} ${name} ${version}`);
  assert.deepEqual(
    read(
      'a/requirements.txt',
      '# x\ntorch==2.1.0 --hash=sha256:00 \\\n  --hash=sha256:01\nNumPy[all] >= 1.20, <2 ; python_version > "3"\n-r other.txt\nPIL_low (==1.0)\nflask # why\ngit+https://example.com/x\nx @ https://example.com/x.whl\n',
    ),
    ['PyPI torch 2.1.0', 'PyPI numpy undefined', 'PyPI pil-low 1.0', 'PyPI flask undefined'],
  );
  assert.deepEqual(
    read(
      'poetry.lock',
      '[[package]]\nname = "requests"\nversion = "2.0"\n[package.dependencies]\nversion = "no"\n\n[[package]]\nname = "a"\nversion = "1"\n',
    ),
    ['PyPI requests 2.0', 'PyPI a 1'],
  );
  assert.deepEqual(
    read('Pipfile.lock', '{"default": {"Flask": {"version": "==1.0"}}, "develop": {"x": {}}}'),
    ['PyPI flask 1.0', 'PyPI x undefined'],
  );
  assert.deepEqual(
    read(
      'package-lock.json',
      '{"packages": {"": {"version": "1"}, "node_modules/@a/b": {"version": "3.0.0"}}}',
    ),
    ['npm @a/b 3.0.0'],
  );
  for (const broken of ['{', '[]', 'null', '{"packages": 5}'])
    assert.deepEqual(read('package-lock.json', broken), []);
  assert.equal(purlOf({ ecosystem: 'npm', name: '@a/b', version: '1.0' }), 'pkg:npm/%40a/b@1.0');
});

test('a requirement is not lost for what is said of it', () => {
  const [one] = readRequirements(
    'requirements.txt',
    `idna==3.4  # see https://example.com/${'x'.repeat(2_000)}`,
  );
  assert.deepEqual([one?.name, one?.version], ['idna', '3.4']);
});

test('lines and versions that are made to cost time cost none', () => {
  const spaces = ' '.repeat(200_000);
  const long = `${spaces}${'x'.repeat(400)}#`;
  assert.deepEqual(readRequirements('requirements.txt', `idna${long}\nidna[${long}\nidna==1${spaces}`), [
    { ecosystem: 'PyPI', name: 'idna', version: '1', asked: '==1', from: 'requirements.txt' },
  ]);
  const version = `${'+'.repeat(500_000)}\n`;
  const npm = JSON.stringify({ packages: { 'node_modules/a': { version } } });
  assert.deepEqual(readRequirements('package-lock.json', npm), []);
  const pip = JSON.stringify({ default: { a: { version: `==${version}` } } });
  assert.deepEqual(readRequirements('Pipfile.lock', pip), []);
});

test('a card that is made to cost time costs none', () => {
  assert.deepEqual(readCard(`---\n${'? '.repeat(60_000)}\n---\nText.\n`).licences, []);
});

test('advisories are matched by version and by range', () => {
  const index = new OsvIndex();
  const affected = (events: object[], versions: string[] = []) => [
    { package: { ecosystem: 'PyPI', name: 'Torch' }, ranges: [{ type: 'ECOSYSTEM', events }], versions },
  ];
  index.add({
    id: 'A',
    affected: affected([{ introduced: '0' }, { fixed: '2.0' }]),
    database_specific: { severity: 'HIGH' },
  });
  index.add({ id: 'B', affected: affected([{ introduced: '1.5' }, { last_affected: '1.9' }]) });
  index.add({ id: 'C', affected: affected([], ['3.0.0']) });
  index.add({ id: 'D', affected: affected([{ introduced: '0' }]), withdrawn: '2024-01-01T00:00:00Z' });
  index.add({
    id: 'E',
    affected: affected([{ introduced: '2.5' }, { fixed: '2.6' }, { introduced: '2.8' }, { fixed: '2.9' }]),
  });
  for (const broken of [null, 5, [], {}, { id: 'x', affected: [null, { package: 5 }] }]) index.add(broken);
  const found = (version: string | undefined) =>
    index.lookUp({ ecosystem: 'PyPI', name: 'torch', version, asked: '', from: '' }).map(({ id }) => id);
  assert.deepEqual(found('1.0'), ['A']);
  assert.deepEqual(found('1.9'), ['A', 'B']);
  assert.deepEqual(found('1.9.1'), ['A']);
  assert.deepEqual(found('2.0'), []);
  assert.deepEqual(found('2.0rc1'), ['A']);
  assert.deepEqual(found('3.0'), ['C']);
  assert.deepEqual(found('2.5.1'), ['E']);
  assert.deepEqual(found('2.7'), []);
  assert.deepEqual(found('2.8'), ['E']);
  assert.deepEqual(found(undefined), []);
});

test('a model card gives what it has, and nothing where it is broken', () => {
  const card = readCard(`---
license: apache-2.0
language: [en, de]
tags: [a, b]
datasets: [owner/data]
base_model: owner/base
base_model_relation: finetune
pipeline_tag: text-generation
co2_eq_emissions: {emissions: 12.5}
model-index:
  - name: x
    results:
      - task: {type: t}
        dataset: {name: MMLU}
        metrics: [{type: accuracy, value: 0.71}]
---
# Title

A model that writes.

## Limitations

It is wrong at times.

## Intended uses

Chat.
`);
  assert.deepEqual(card.licences, ['apache-2.0']);
  assert.deepEqual(card.baseModels, ['owner/base']);
  assert.deepEqual(card.metrics, [{ type: 'accuracy', value: '0.71', slice: 'MMLU' }]);
  assert.equal(card.description, 'A model that writes.');
  assert.deepEqual(card.limitations, ['It is wrong at times.']);
  assert.deepEqual(card.uses, ['Chat.']);
  assert.equal(card.emissions, 12.5);
  for (const text of [
    '',
    '---\n',
    '---\n: [\n---\n',
    '---\n- a\n---\n',
    `---\na: &a [x]\nb: [*a, *a]\n---\n`,
    '---\nlicense: {a: 1}\nmodel-index: 5\n---\n',
  ])
    assert.deepEqual(readCard(text).licences, [], text);
});

test('what has changed is told by its name, and what always changes is not', () => {
  const bom = (digest: string, parameters: string, made: string) => ({
    bomFormat: 'CycloneDX',
    metadata: {
      timestamp: made,
      component: {
        type: 'machine-learning-model',
        name: 'm',
        properties: [{ name: 'gatehouse:parameters', value: parameters }],
      },
    },
    components: [{ type: 'file', name: 'w', hashes: [{ alg: 'SHA-256', content: digest }] }],
  });
  assert.deepEqual(diffBoms(bom('00', '5', 'a'), bom('00', '5', 'b')), []);
  assert.deepEqual(diffBoms(bom('00', '5', 'a'), bom('01', '6', 'b')), [
    { kind: 'changed', what: 'file w', before: '00', after: '01' },
    { kind: 'changed', what: 'model properties gatehouse:parameters', before: '5', after: '6' },
  ]);
});
