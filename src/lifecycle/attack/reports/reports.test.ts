import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { shareOf } from '../interval.ts';
import type { AttackResult } from '../result.ts';
import { ATTACK_REPORTS } from './index.ts';
import { png } from './png.ts';

/** Names as an attacker would choose them: of files, servers, columns and classes. */
const EVIL = '<script>alert(1)</script>| [x](javascript:1) `\u001b[31m`';

const RESULT: AttackResult = {
  kind: 'gatehouse-attack',
  version: 1,
  tool: { name: 'gatehouse', version: '1.2.3' },
  verdict: 'undecided',
  reasons: [EVIL],
  model: {
    kind: 'oip',
    name: EVIL,
    sha256: undefined,
    size: 0,
    access: 'scores',
    features: 2,
    classes: [EVIL, 'b'],
    opaque: EVIL,
  },
  data: { name: EVIL, sha256: '', rows: 10, columns: [EVIL, 'y'], image: undefined, range: [0, 1] },
  asked: { norm: 'Linf', epsilons: [0.1], unit: 'range', seed: 0, failUnder: undefined },
  clean: shareOf(9, 10),
  runs: [
    {
      attack: 'square',
      title: 'Square',
      source: EVIL,
      access: 'scores',
      norm: 'Linf',
      epsilon: 0.1,
      settings: { queries: 5000, share: 0.8 },
      robust: shareOf(4, 10),
      attacked: 9,
      success: 5 / 9,
      distances: { least: 0.05, median: 0.1, most: 0.1 },
      queries: { median: 20, total: 180 },
      zeroGradients: 0,
      unconfirmed: 0,
      seconds: 1,
    },
  ],
  worst: [{ epsilon: 0.1, robust: shareOf(4, 10) }],
  corruptions: [{ name: 'fog', title: EVIL, severity: 1, accuracy: shareOf(3, 10) }],
  warnings: [{ rule: 'attack.masked-gradients', message: EVIL }],
  findings: [
    {
      rule: 'attack.evasion-scores',
      severity: 'high',
      place: { path: [EVIL] },
      message: EVIL,
      fingerprint: '0'.repeat(32),
    },
  ],
  examples: [
    {
      row: 3,
      label: EVIL,
      answer: 'b',
      attack: 'square',
      distance: 0.1,
      original: [0, 1],
      adversarial: [0.1, 1],
    },
  ],
  queries: 180,
  sent: 190,
  seconds: 2,
  stopped: undefined,
};

const written = (name: string, result = RESULT): string =>
  ATTACK_REPORTS.find((report) => report.name === name)?.write(result, false) ?? '';

suite('reports of attacks', () => {
  for (const { name } of ATTACK_REPORTS)
    test(`${name}: names from outside can do nothing`, () => {
      const text = written(name);
      assert.ok(text.endsWith('\n'));
      if (name === 'table') assert.ok(!text.includes('\u001b'));
      if (name === 'html') assert.doesNotMatch(text, /<script/);
      if (name === 'markdown') assert.doesNotMatch(text, /<script|\[x\]\(/);
      if (name === 'json' || name === 'sarif') assert.ok(JSON.parse(text) !== null);
    });

  test('several budgets and attacks: a line for each, and what it was run with', () => {
    const [run] = RESULT.runs;
    assert.ok(run !== undefined);
    const runs = ['square', EVIL].flatMap((attack) =>
      [0.2, 0.1].map((epsilon) => ({ ...run, attack, epsilon })),
    );
    const page = written('html', { ...RESULT, runs, asked: { ...RESULT.asked, epsilons: [0.1, 0.2] } });
    assert.equal(page.match(/<polyline class="own"/g)?.length, 2);
    assert.match(page, /queries 5000, share 0\.8/);
    assert.doesNotMatch(page, /<script/);
    assert.doesNotMatch(written('html'), /<polyline class="own"/);
  });

  test('pictures stand side by side where rows are pictures', () => {
    const image = { channels: 1, height: 1, width: 2 };
    const page = written('html', { ...RESULT, data: { ...RESULT.data, columns: [], image } });
    assert.equal(page.match(/src="data:image\/png;base64,/g)?.length, 3);
    assert.match(page, /difference × \d+/);
  });
});

test('a PNG has the pixels that it was given', () => {
  const file = png(Uint8Array.of(1, 2, 3, 4, 5, 6), 3, 1, 2);
  assert.deepEqual([...file.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const size = file.readUInt32BE(33);
  // Channels lie one behind the other in a row of the model, and side by side in a picture.
  assert.deepEqual([...inflateSync(file.subarray(41, 41 + size))], [0, 1, 3, 5, 2, 4, 6]);
});
