import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { DigestCache } from './digest-cache.ts';
import { signModel } from './sign-model.ts';
import { modelOf, options, tempFolder } from './testing.ts';

suite('the cache', () => {
  const old = new Date(Date.now() - 60_000);
  const large = Buffer.alloc(2 << 20, 7);

  test('what did not change is not read again; what changed is', async (t) => {
    const model = modelOf(t, { w: large });
    const cache = join(tempFolder(t), 'deep/digests');
    const later = { ...systemClock, now: () => Date.now() + 60_000 };
    let read = 0;
    const sign = () =>
      signModel(
        options(model, {
          cache: DigestCache.open(cache),
          clock: later,
          onProgress: (done) => {
            read = done;
          },
        }),
      );
    const first = await sign();
    assert.equal(read, large.length);
    read = 0;
    const second = await sign();
    assert.equal(read, 0);
    assert.equal(second.manifest.root, first.manifest.root);
    // As large as before, and dated back: the time of the change cannot be.
    const changed = Buffer.from(large);
    changed[5] = 8;
    writeFileSync(join(model, 'w'), changed);
    utimesSync(join(model, 'w'), old, old);
    const third = await sign();
    assert.equal(read, large.length);
    assert.notEqual(third.manifest.root, first.manifest.root);
  });

  test('a file that was written to just now is not kept', async (t) => {
    const model = modelOf(t, { w: large });
    const cache = join(tempFolder(t), 'digests');
    await signModel(options(model, { cache: DigestCache.open(cache) }));
    assert.equal(readFileSync(cache, 'utf8'), '');
  });

  test('torn lines and a file that others can write to are no reason to trust or to fail', async (t) => {
    const cache = join(tempFolder(t), 'digests');
    const task = { file: 'x', hash: 'sha256', follow: false } as const;
    const stamp = { id: '1:2', size: 5 << 20, modified: '1', changed: '2' };
    DigestCache.open(cache).keep(task, stamp, 'ab'.repeat(32), Date.now());
    const kept = readFileSync(cache, 'utf8');
    writeFileSync(cache, `garbage\n${kept}sha256/1:3/5`);
    assert.equal(DigestCache.open(cache).find(task, stamp), 'ab'.repeat(32));
    assert.equal(DigestCache.open(cache).find(task, { ...stamp, changed: '3' }), undefined);
    chmodSync(cache, 0o666);
    assert.equal(DigestCache.open(cache).find(task, stamp), undefined);
  });

  test('where others can put files there is no cache, and nothing is written', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const folder = join(tempFolder(t), 'shared');
    mkdirSync(folder);
    const cache = join(folder, 'digests');
    const task = { file: 'x', hash: 'sha256', follow: false } as const;
    const stamp = { id: '1:2', size: 5 << 20, modified: '1', changed: '2' };
    DigestCache.open(cache).keep(task, stamp, 'ab'.repeat(32), Date.now());
    assert.notEqual(DigestCache.open(cache).find(task, stamp), undefined);
    chmodSync(folder, 0o777);
    const shared = DigestCache.open(cache);
    assert.equal(shared.find(task, stamp), undefined);
    // Somebody put a link there: what it leads to is not ours to write to.
    rmSync(cache);
    writeFileSync(join(folder, 'other'), 'x');
    symlinkSync('other', cache);
    shared.keep(task, stamp, 'ab'.repeat(32), Date.now());
    assert.equal(readFileSync(join(folder, 'other'), 'utf8'), 'x');
    // A file of ours that is no cache, put in its place, even in a folder of our own.
    chmodSync(folder, 0o700);
    const own = DigestCache.open(cache);
    own.keep(task, stamp, 'cd'.repeat(32), Date.now());
    assert.equal(readFileSync(join(folder, 'other'), 'utf8'), 'x');
    assert.equal(own.find(task, stamp), 'cd'.repeat(32));
  });
});
