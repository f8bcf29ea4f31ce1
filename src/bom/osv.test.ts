import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { OsvIndex } from './osv.ts';

type Range = { readonly type?: string; readonly events: readonly object[] };
const advisory = (id: string, ranges: readonly Range[], versions: string[] = [], ecosystem = 'PyPI') => ({
  id,
  affected: [
    {
      package: { ecosystem, name: 'Torch' },
      ranges: ranges.map((one) => ({ type: 'ECOSYSTEM', ...one })),
      versions,
    },
  ],
});
const events = (...all: object[]): Range[] => [{ events: all }];

function found(
  advisories: readonly unknown[],
  version: string | undefined,
  ecosystem: 'PyPI' | 'npm' = 'PyPI',
): string[] {
  const name = ecosystem === 'npm' ? 'Torch' : 'torch';
  const index = new OsvIndex([{ ecosystem, name }]);
  for (const one of advisories) index.add(one);
  return index.lookUp({ ecosystem, name, version }).map(({ id }) => id);
}

suite('advisories are matched by version and by range', () => {
  const ALL = [
    advisory('A', events({ introduced: '0' }, { fixed: '2.0' })),
    advisory('B', events({ introduced: '1.5' }, { last_affected: '1.9' })),
    advisory('C', [], ['3.0.0']),
    advisory('E', events({ fixed: '2.9' }, { introduced: '2.8' }, { fixed: '2.6' }, { introduced: '2.5' })),
  ];

  test('the last event at or before the version says', () => {
    for (const [version, ids] of [
      ['1.0', 'A'],
      ['1.9', 'AB'],
      ['1.9.1', 'A'],
      ['2.0', ''],
      ['2.0rc1', 'A'],
      ['2.0.dev1', 'A'],
      ['2.0.post1', ''],
      ['3.0', 'C'],
      ['2.5.1', 'E'],
      ['2.7', ''],
      ['2.8', 'E'],
      // Behind all of epoch 0.
      ['1!1.0', ''],
    ] as const)
      assert.equal(found(ALL, version).join(''), ids, version);
    assert.deepEqual(found(ALL, undefined), []);
  });

  test('a local label is of whoever built it', () => {
    const last = [advisory('A', events({ introduced: '0' }, { last_affected: '2.1.0' }), ['2.1.0'])];
    assert.deepEqual(found(last, '2.1.0+cu118'), ['A']);
    assert.deepEqual(
      found([advisory('A', events({ introduced: '0' }, { fixed: '2.1.0' }))], '2.1.0+cpu'),
      [],
    );
    assert.deepEqual(found([advisory('A', [], ['2.1.0+cu118'])], '2.1.0+cu118'), ['A']);
  });

  test('events at one version', () => {
    const one = advisory('A', events({ last_affected: '1.5' }, { introduced: '1.5' }));
    assert.deepEqual([found([one], '1.5'), found([one], '1.6'), found([one], '1.4')], [['A'], [], []]);
    // One range ends where the next begins.
    const two = advisory(
      'A',
      events({ introduced: '2.0' }, { introduced: '1.0' }, { fixed: '2.0' }, { fixed: '3.0' }),
    );
    assert.deepEqual([found([two], '2.0'), found([two], '3.0')], [['A'], []]);
  });

  test('what was withdrawn does not count; null is no time', () => {
    const one = advisory('A', events({ introduced: '0' }));
    assert.deepEqual(found([{ ...one, withdrawn: '2024-01-01T00:00:00Z' }], '1'), []);
    assert.deepEqual(found([{ ...one, withdrawn: null }], '1'), ['A']);
  });

  test('a version that has no place in the order is named where there is a range', () => {
    assert.deepEqual(found(ALL, 'nightly'), ['A', 'B', 'E']);
    assert.deepEqual(found([advisory('A', [], ['nightly'])], 'nightly'), ['A']);
    // Commits are of repositories.
    assert.deepEqual(found([advisory('A', [{ type: 'GIT', events: [{ introduced: '0' }] }])], '1.0'), []);
  });

  test('npm goes by Semantic Versioning, and its names by their letters', () => {
    const range = [{ type: 'SEMVER', events: [{ introduced: '1.0.0-beta.2' }, { fixed: '1.0.0' }] }];
    const one = [advisory('A', range, [], 'npm')];
    assert.deepEqual(
      ['1.0.0-beta.11', '1.0.0-beta.1', '1.0.0', '1.0.0+build'].map((version) => found(one, version, 'npm')),
      [['A'], [], [], []],
    );
    assert.deepEqual(found(one, '1.0b2'), []);
  });

  test('only what is asked for is kept, and what is broken is told', () => {
    const index = new OsvIndex([{ ecosystem: 'PyPI', name: 'other' }]);
    assert.equal(index.add(ALL[0]), true);
    for (const broken of [null, 5, [], {}, { id: 5 }, { id: 'x', affected: 5 }])
      assert.equal(index.add(broken), false);
    assert.equal(
      index.add({
        id: 'x',
        affected: [
          null,
          { package: 5 },
          { package: { ecosystem: 'PyPI', name: 'other' }, ranges: [5, { events: [5, {}] }] },
        ],
      }),
      true,
    );
    assert.equal(index.size, 2);
    assert.deepEqual(index.lookUp({ ecosystem: 'PyPI', name: 'torch', version: '1.0' }), []);
  });
});
