import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStore } from './store.ts';

function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pseudonyms-'));
  let now = 1_000;
  const clock = { now: () => now, tick: () => now };
  const options = { pepper: createSecretKey(Buffer.alloc(32, 1)), clock };
  const stores = [1, 2].map(() => openStore(join(folder, 'gatehouse.sqlite'), options));
  t.after(() => {
    for (const store of stores) store.close();
    rmSync(folder, { recursive: true });
  });
  const [mine, theirs] = stores.map(({ pseudonyms }) => pseudonyms);
  assert.ok(mine !== undefined && theirs !== undefined);
  const pass = (ms: number) => {
    now += ms;
  };
  return { mine, theirs, pass };
}

const row = (text: string, ends = 5_000) => ({ key: 'mk_1', sealed: Buffer.from(text), ends });
const texts = (rows: readonly { sealed: Uint8Array }[]) =>
  rows.map(({ sealed }) => Buffer.from(sealed).toString());

test('another process reads what came since, of this tenant only', (t) => {
  const { mine, theirs } = open(t);
  mine.put('web', [row('a'), row('b')], 10);
  mine.put('shop', [row('c')], 10);
  const first = theirs.after('web', 0);
  assert.deepEqual(texts(first), ['a', 'b']);
  mine.put('web', [row('d')], 10);
  assert.deepEqual(texts(theirs.after('web', first.at(-1)?.id ?? 0)), ['d']);
  assert.deepEqual(texts(theirs.after('shop', 0)), ['c']);
});

test('the oldest go beyond the bound, and what is over is gone', (t) => {
  const { mine, pass } = open(t);
  mine.put(
    'web',
    ['a', 'b', 'c', 'd'].map((text) => row(text)),
    3,
  );
  assert.deepEqual(texts(mine.after('web', 0)), ['b', 'c', 'd']);
  mine.put('web', [row('e', 9_000)], 3);
  mine.drop(
    mine
      .after('web', 0)
      .slice(0, 1)
      .map(({ id }) => id),
  );
  assert.deepEqual(texts(mine.after('web', 0)), ['d', 'e']);
  pass(5_000);
  assert.deepEqual(texts(mine.after('web', 0)), ['e']);
});
