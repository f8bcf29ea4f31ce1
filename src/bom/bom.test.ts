import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readCard } from './card.ts';
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
    '1.0+local.2',
    '1.0+9',
    '1.0+10',
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

test('a card that is made to cost time costs none', () => {
  assert.deepEqual(readCard(`---\n${'? '.repeat(60_000)}\n---\nText.\n`).licences, []);
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
