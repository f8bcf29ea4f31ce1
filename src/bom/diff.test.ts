import assert from 'node:assert/strict';
import test from 'node:test';
import { diffBoms } from './diff.ts';

const file = (name: string, content: string, verdict = 'clean') => ({
  type: 'file',
  name,
  hashes: [{ alg: 'SHA-256', content }],
  properties: [
    { name: 'gatehouse:size', value: String(content.length) },
    { name: 'gatehouse:scan:verdict', value: verdict },
  ],
});
const library = (name: string, version?: string, asked?: string) => ({
  type: 'library',
  name,
  ...(version !== undefined && { version }),
  purl: `pkg:pypi/${name}`,
  properties: [
    { name: 'gatehouse:required-by', value: 'requirements.txt' },
    ...(asked === undefined ? [] : [{ name: 'gatehouse:required', value: asked }]),
  ],
});
const bom = (components: readonly object[], model: object = {}, more: object = {}) => ({
  bomFormat: 'CycloneDX',
  metadata: {
    timestamp: String(Math.random()),
    component: { type: 'machine-learning-model', name: 'm', ...model },
  },
  components,
  ...more,
});
const told = (before: object, after: object) =>
  diffBoms(before, after).map(
    ({ kind, what, before: old = '', after: now = '' }) => `${kind} ${what}: ${old} > ${now}`,
  );

test('what has not changed is not told, nor what always changes', () => {
  const one = [file('w', '00'), library('torch', '1.0')];
  assert.deepEqual(told(bom(one), bom(one)), []);
});

test('retrained, renamed, added, removed', () => {
  assert.deepEqual(told(bom([file('w', '00')]), bom([file('w', '0111')])), ['changed file w: 00 > 0111']);
  assert.deepEqual(
    told(bom([file('old', '00'), file('w', '02')]), bom([file('new', '00'), file('w', '02')])),
    ['renamed file new: file old > file new'],
  );
  // Of two that are gone one was renamed; a copy is new.
  assert.deepEqual(told(bom([file('a', '00'), file('b', '00')]), bom([file('c', '00')])), [
    'removed file b: 00 > ',
    'renamed file c: file a > file c',
  ]);
  assert.deepEqual(told(bom([file('a', '00')]), bom([file('a', '00'), file('c', '00')])), [
    'added file c:  > 00',
  ]);
});

test('the same bytes, and the scan finds something now', () => {
  assert.deepEqual(told(bom([file('w', '00')]), bom([file('w', '00', 'findings')])), [
    'changed file w, gatehouse:scan:verdict: clean > findings',
  ]);
});

test('licences, settings and vulnerabilities', () => {
  const licensed = (id: string) => ({
    licenses: [{ license: { id } }],
    properties: [{ name: 'gatehouse:parameters', value: id }],
  });
  assert.deepEqual(told(bom([], licensed('MIT')), bom([], licensed('GPL-3.0-only'))), [
    'changed model licenses: MIT > GPL-3.0-only',
    'changed model properties gatehouse:parameters: MIT > GPL-3.0-only',
  ]);
  const bad = { vulnerabilities: [{ id: 'V', affects: [{ ref: 'b' }, { ref: 'a' }] }] };
  assert.deepEqual(told(bom([]), bom([], {}, bad)), ['added vulnerability V:  > a, b']);
});

test('a dependency: its version, its range, and one name asked for in several ways', () => {
  assert.deepEqual(told(bom([library('t', '1.0', '==1.0')]), bom([library('t', '2.0', '==2.0')])), [
    'changed library pypi t: 1.0 > 2.0',
  ]);
  assert.deepEqual(told(bom([library('t', undefined, '>=1')]), bom([library('t', undefined, '>=2')])), [
    'changed library pypi t: >=1 > >=2',
  ]);
  assert.deepEqual(
    told(bom([library('t', '1.0'), library('t', undefined, '>=1')]), bom([library('t', '1.0')])),
    ['changed library pypi t: 1.0, >=1 > 1.0'],
  );
});

test('what is no bill, or deeper than any, does not fail', () => {
  let deep: object = {};
  for (let i = 0; i < 5_000; i++) deep = { components: [deep] };
  for (const broken of [
    null,
    5,
    {},
    { components: 5, metadata: { component: 5 } },
    { components: [null, {}, { hashes: [5] }] },
    deep,
    { metadata: { component: deep } },
  ])
    assert.ok(Array.isArray(diffBoms(broken, bom([]))));
});
