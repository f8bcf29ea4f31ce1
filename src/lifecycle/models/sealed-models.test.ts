import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../base/problem.ts';
import { type Disk, nodeDisk } from '../../ledger/disk.ts';
import type { HashName, Resource } from '../../signing/manifest.ts';
import { localMaster } from '../../vault/master.ts';
import { Masters } from '../../vault/masters.ts';
import { shardsOf } from '../sign/digest-model.ts';
import { engineOf } from '../sign/hash-file.ts';
import { tempFolder } from '../sign/testing.ts';
import type { SealedAs } from './form.ts';
import { PIECE, type Source } from './sealed-file.ts';
import type { SealedModel } from './sealed-model.ts';
import { SealedModels } from './sealed-models.ts';
import { SignedBytes } from './signed-bytes.ts';

const first = localMaster('first', Buffer.alloc(32, 1));
const masters = new Masters([first], first);
const ID = `mdl_${'0'.repeat(32)}`;
const about: SealedAs = { id: ID, name: 'm', version: 1 };

const sourceOf = (bytes: Uint8Array): Source => ({
  size: bytes.length,
  read: async (into, at) => Buffer.from(bytes).copy(into, 0, at),
});

async function seal(folder: string, files: Readonly<Record<string, Uint8Array>>, as = about, disk?: Disk) {
  const sealed = new SealedModels(folder, disk);
  const draft = await sealed.begin(as, masters);
  try {
    for (const [name, bytes] of Object.entries(files)) await draft.seal(name, 'model', sourceOf(bytes));
    const { root } = await draft.finish();
    await draft.release();
    return { sealed, root, place: join(folder, as.id) };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

async function readAll(model: SealedModel): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  try {
    for (const file of model.files) {
      const parts: Buffer[] = [];
      for await (const part of model.read(file)) parts.push(part);
      files[file.name] = Buffer.concat(parts);
    }
    return files;
  } finally {
    model.close();
  }
}

const refused = (act: Promise<unknown>, pattern = /is not what was sealed/) =>
  assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof Problem && error.kind === 'findings', String(error));
    assert.match(error.message, pattern);
    return true;
  });

const A = randomBytes(2 * PIECE + 5);
const B = randomBytes(2 * PIECE + 5);

async function scene(t: TestContext) {
  const folder = join(tempFolder(t), 'models');
  const made = await seal(folder, { a: A, b: B });
  const open = async () => readAll(await made.sealed.open(about, made.root, masters));
  return { ...made, folder, open };
}

suite('sealed models', () => {
  test('open as they were, of whatever size, and nothing of them is in clear', async (t) => {
    const folder = join(tempFolder(t), 'models');
    const sizes = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE];
    const files = Object.fromEntries(sizes.map((size) => [`secret-name-${size}`, Buffer.alloc(size, 7)]));
    const { sealed, root, place } = await seal(folder, files);
    assert.deepEqual(await readAll(await sealed.open(about, root, masters)), files);
    for (const file of readdirSync(place)) {
      const text = readFileSync(join(place, file));
      assert.ok(!text.includes('secret-name') && !text.includes(Buffer.alloc(64, 7)), file);
    }
    assert.deepEqual(readdirSync(folder), [ID]);
    // The same files have the same digest, whatever they are called in the registry.
    const other = { id: `mdl_${'1'.repeat(32)}`, name: 'n', version: 4 };
    assert.equal((await seal(folder, files, other)).root, root);
  });

  test('any bit flipped, in any file of it', async (t) => {
    const { place, open } = await scene(t);
    for (const file of ['0', '1', 'listing']) {
      const path = join(place, file);
      const good = readFileSync(path);
      for (const at of [
        0,
        good.length - 1,
        Math.floor(good.length / 2),
        Math.min(PIECE + 16, good.length - 2),
      ]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 1;
        writeFileSync(path, bad);
        await refused(open());
      }
      writeFileSync(path, good);
    }
    assert.deepEqual((await open()).a, A);
  });

  test('cut off, also between pieces; longer; gone; swapped whole or by piece', async (t) => {
    const { place, open } = await scene(t);
    const [a, b] = [join(place, '0'), join(place, '1')];
    const [one, two] = [readFileSync(a), readFileSync(b)];
    for (const length of [0, 10, PIECE + 16, 2 * (PIECE + 16), one.length - 1]) {
      truncateSync(a, length);
      await refused(open());
      writeFileSync(a, one);
    }
    writeFileSync(a, Buffer.concat([one, one.subarray(0, PIECE + 16)]));
    await refused(open());
    const piece = (bytes: Buffer, i: number) => bytes.subarray(i * (PIECE + 16), (i + 1) * (PIECE + 16));
    writeFileSync(a, Buffer.concat([piece(one, 1), piece(one, 0), piece(one, 2)]));
    await refused(open());
    writeFileSync(a, Buffer.concat([piece(one, 0), piece(two, 1), piece(one, 2)]));
    await refused(open());
    writeFileSync(a, two);
    writeFileSync(b, one);
    await refused(open());
    writeFileSync(a, one);
    writeFileSync(b, two);
    renameSync(b, `${b}.away`);
    await refused(open());
    renameSync(`${b}.away`, b);
    assert.deepEqual(Object.keys(await open()), ['a', 'b']);
  });

  test('as another model, with files of another model, under another key, or with another list', async (t) => {
    const { sealed, folder, place, root, open } = await scene(t);
    await refused(sealed.open({ ...about, version: 2 }, root, masters));
    await refused(sealed.open(about, 'ab'.repeat(32), masters));
    await refused(sealed.open({ ...about, id: `mdl_${'2'.repeat(32)}` }, root, masters), /are not there/);
    const other = localMaster('first', Buffer.alloc(32, 2));
    await refused(sealed.open(about, root, new Masters([other], other)));
    const twin = { ...about, id: `mdl_${'1'.repeat(32)}` };
    const made = await seal(folder, { a: A, b: B }, twin);
    copyFileSync(join(made.place, '0'), join(place, '0'));
    await refused(open());
    for (const text of ['', '{', '{"v":1}', readFileSync(join(made.place, 'model.json'), 'utf8')]) {
      writeFileSync(join(place, 'model.json'), text);
      await refused(open());
    }
  });

  test('a master key is retired after the keys of models were wrapped anew', async (t) => {
    const { sealed, root } = await scene(t);
    const second = localMaster('second', Buffer.alloc(32, 2));
    const both = new Masters([first, second], second);
    assert.equal(await sealed.rewrap(both, false), 1);
    assert.equal(await sealed.rewrap(both, false), 0);
    assert.equal(await sealed.rewrap(both, true), 1);
    const model = await sealed.open(about, root, new Masters([second], second));
    assert.deepEqual((await readAll(model)).b, B);
  });

  test('a pipe, a link or a device in the place of a file, and a head of a gigabyte', async (t) => {
    const { place, open } = await scene(t);
    for (const file of ['model.json', 'listing', '0']) {
      const path = join(place, file);
      renameSync(path, `${path}.away`);
      execFileSync('mkfifo', [path]);
      await refused(open(), /is not what was sealed|are not there/);
      rmSync(path);
      symlinkSync(`${path}.away`, path);
      await refused(open(), /is not what was sealed|are not there/);
      rmSync(path);
      writeFileSync(path, '');
      truncateSync(path, 1 << 30);
      await refused(open());
      renameSync(`${path}.away`, path);
    }
    assert.deepEqual((await open()).a, A);
  });

  test('its key is destroyed before its bytes, and what that left is taken away at the next start', async (t) => {
    const { sealed, folder, place, open } = await scene(t);
    const head = readFileSync(join(place, 'model.json'));
    linkSync(join(place, 'model.json'), join(folder, 'kept'));
    await sealed.destroy(ID);
    assert.deepEqual(readdirSync(folder), ['kept']);
    // Whoever had the file open has nothing either.
    assert.deepEqual(readFileSync(join(folder, 'kept')), Buffer.alloc(head.length));
    await sealed.destroy(ID);
    mkdirSync(place);
    writeFileSync(join(place, '0'), 'left');
    await refused(open(), /are not there/);
    await sealed.sweep(() => 'removed');
    assert.ok(!existsSync(place));
  });

  test('what is in clear for a while is gone at the next start', async (t) => {
    const { sealed, folder } = await scene(t);
    await sealed.inClear(async (clear) => {
      writeFileSync(join(clear, 'w.bin'), 'x');
      await sealed.sweep(() => 'unfinished');
      assert.ok(existsSync(join(clear, 'w.bin')), 'it is still at work');
    });
    assert.deepEqual(readdirSync(folder), [ID]);
    mkdirSync(join(folder, 'incoming-clear-0'));
    await sealed.sweep(() => 'unfinished');
    assert.deepEqual(readdirSync(folder), [ID]);
  });

  test('a full disk leaves nothing', async (t) => {
    const folder = join(tempFolder(t), 'models');
    let room = PIECE + 1000;
    const full: Disk = {
      ...nodeDisk,
      async open(path) {
        const file = await nodeDisk.open(path);
        const write = async (bytes: Uint8Array, position: number) => {
          room -= bytes.length;
          if (room < 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
          return file.write(bytes, position);
        };
        return {
          write,
          size: () => file.size(),
          read: (into, position) => file.read(into, position),
          truncate: (size) => file.truncate(size),
          sync: () => file.sync(),
          close: () => file.close(),
        };
      },
    };
    await assert.rejects(seal(folder, { a: A }, about, full), /ENOSPC/);
    assert.deepEqual(readdirSync(folder), []);
  });
});

test('a model that an earlier version sealed opens for ever', async () => {
  const folder = join(import.meta.dirname, '../../../test/vectors/models');
  const master = localMaster('main', Buffer.alloc(32, 7));
  const tiny = { id: 'mdl_00112233445566778899aabbccddeeff', name: 'tiny', version: 3 };
  const root = '2107cb8a23cf0996ef2798fad50e87315ec43aa7e011ae860a16909bbf61834a';
  const model = await new SealedModels(folder).open(tiny, root, new Masters([master], master));
  assert.deepEqual(await readAll(model), {
    'config.json': Buffer.from('{ "model_type": "none" }\n'),
    'weights/empty.bin': Buffer.alloc(0),
  });
});

suite('what a process that died has left', () => {
  /** A process that is killed while it seals, before or after the model has its place. */
  async function killed(folder: string, when: 'sealing' | 'placed') {
    const code = `
      const { SealedModels } = await import(${JSON.stringify(new URL('./sealed-models.ts', import.meta.url).href)});
      const { localMaster } = await import(${JSON.stringify(new URL('../../vault/master.ts', import.meta.url).href)});
      const { Masters } = await import(${JSON.stringify(new URL('../../vault/masters.ts', import.meta.url).href)});
      const master = localMaster('first', Buffer.alloc(32, 1));
      const draft = await new SealedModels(${JSON.stringify(folder)}).begin(${JSON.stringify(about)}, new Masters([master], master));
      await draft.seal('a', 'model', { size: 3, read: async (into) => into.fill(1).length });
      if (${when === 'placed'}) await draft.finish();
      process.stdout.write('now');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    };
  }

  for (const when of ['sealing', 'placed'] as const) {
    test(`${when}: gone at the next start, and not a moment earlier`, async (t) => {
      const folder = join(tempFolder(t), 'models');
      const kill = await killed(folder, when);
      const sealed = new SealedModels(folder);
      await sealed.sweep(() => 'unfinished');
      assert.ok(existsSync(join(folder, `incoming-${ID}`)), 'it is still at work');
      await kill();
      await sealed.sweep(() => 'unfinished');
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  test('placed, and in the registry: it stays', async (t) => {
    const folder = join(tempFolder(t), 'models');
    await (await killed(folder, 'placed'))();
    await new SealedModels(folder).sweep((id) => (id === ID ? 'scanned' : 'unfinished'));
    assert.deepEqual(readdirSync(folder), [ID]);
  });
});

test('what goes by is compared with what was signed, whole or in parts, however it comes in pieces', () => {
  const digest = (hash: HashName, bytes: Uint8Array) => {
    const engine = engineOf(hash);
    engine.update(bytes);
    return engine.digest('hex');
  };
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom<HashName>('sha256', 'blake2b', 'blake3'),
      fc.option(fc.integer({ min: 1, max: 20 })),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      (bytes, hash, shardSize, step, flip) => {
        const resources: Resource[] =
          shardSize === null
            ? [{ name: 'x', digest: digest(hash, bytes) }]
            : shardsOf(bytes.length, shardSize).map((shard) => ({
                name: 'x',
                shard,
                digest: digest(hash, bytes.subarray(shard.start, shard.end)),
              }));
        const passes = (given: Uint8Array) => {
          const signed = new SignedBytes(hash, resources);
          for (let at = 0; at < given.length; at += step) signed.update(given.subarray(at, at + step));
          return signed.finish();
        };
        // A file without bytes has no parts, and then nobody has signed it.
        assert.equal(passes(bytes), resources.length > 0);
        assert.ok(!passes(Buffer.concat([bytes, Buffer.from('x')])));
        if (bytes.length === 0) return;
        assert.ok(!passes(bytes.subarray(0, -1)));
        const changed = Buffer.from(bytes);
        const at = flip % bytes.length;
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.ok(!passes(changed));
      },
    ),
  );
});
