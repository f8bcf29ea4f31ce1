import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { Blake3 } from '../../signing/blake3.ts';
import { readBundle } from '../../signing/bundle.ts';
import { publicKeyOf } from '../../signing/keys.ts';
import { makeManifest, readManifest, writeManifest } from '../../signing/manifest.ts';
import { signStatement } from '../../signing/sign.ts';
import { sha256, statementOn } from '../../signing/testing.ts';
import { trustKeys } from '../../signing/trust-policy.ts';
import { signModel } from './sign-model.ts';
import { key, modelOf, options, scanOf, trusting } from './testing.ts';
import { type VerifyModelOptions, verifyModel } from './verify-model.ts';

const FILES = { 'config.json': '{}', 'weights/a.bin': 'aaaa', 'weights/b.bin': 'bbbb', 'README.md': '# x' };

const verify = (model: string, more: Partial<VerifyModelOptions> = {}) =>
  verifyModel({ model, trust: trusting(), jobs: 2, clock: systemClock, ...more });

/** Names of the files in a state. */
const named = ({ files }: Awaited<ReturnType<typeof verify>>, state: string): string[] =>
  files.filter((file) => file.state === state).map(({ name }) => name);

const refuses = (kind: Problem['kind'], pattern: RegExp, act: Promise<unknown>) =>
  assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof Problem, String((error as Error).stack));
    assert.match(error.message, pattern);
    assert.equal(error.kind, kind);
    return true;
  });

async function signedModel(t: TestContext, files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const model = modelOf(t, files);
  await signModel(options(model));
  return model;
}

suite('a model is signed and verified', () => {
  test('every file is accounted for', async (t) => {
    const model = await signedModel(t);
    const report = await verify(model);
    assert.equal(report.outcome, 'verified');
    assert.deepEqual(named(report, 'signed'), Object.keys(FILES).sort());
    assert.deepEqual(named(report, 'signature'), ['model.scan.sig', 'model.sig']);
    assert.equal(report.signed?.signer, 'me');
    assert.deepEqual(report.manifest?.ignored, [
      '.git',
      '.gitattributes',
      '.github',
      '.gitignore',
      'model.scan.sig',
      'model.sig',
    ]);
  });

  test('changed, missing and new files are refused, and named', async (t) => {
    const model = await signedModel(t);
    writeFileSync(join(model, 'README.md'), '# y');
    rmSync(join(model, 'weights/a.bin'));
    writeFileSync(join(model, 'evil.pkl'), 'x');
    const report = await verify(model);
    assert.equal(report.outcome, 'refused');
    assert.deepEqual(
      report.objections.map(({ code }) => code),
      ['files', 'unsigned_files'],
    );
    assert.deepEqual(named(report, 'changed'), ['README.md']);
    assert.deepEqual(named(report, 'missing'), ['weights/a.bin']);
    assert.deepEqual(named(report, 'unsigned'), ['evil.pkl']);
    const lenient = await verify(model, { trust: trusting({ unsignedFiles: true }) });
    assert.deepEqual(
      lenient.objections.map(({ code }) => code),
      ['files'],
    );
  });

  test('what is left out is listed all the same: version control and what the signer named are holes', async (t) => {
    const model = modelOf(t, { ...FILES, 'notes/x.txt': 'x' });
    await signModel(options(model, { ignore: ['./notes/'] }));
    mkdirSync(join(model, '.github'));
    writeFileSync(join(model, '.github/evil.pkl'), 'x');
    mkdirSync(join(model, 'weights/.git'));
    writeFileSync(join(model, 'weights/.git/evil.pkl'), 'x');
    writeFileSync(join(model, 'notesy.txt'), 'x');
    const report = await verify(model);
    assert.deepEqual(named(report, 'left_out'), ['.github/evil.pkl', 'notes/x.txt']);
    // At the top only, and whole names only.
    assert.deepEqual(named(report, 'unsigned'), ['notesy.txt', 'weights/.git/evil.pkl']);
    await refuses('usage', /no path inside/, signModel(options(model, { ignore: ['../other'] })));
  });

  test('a single file has its signature beside it, and may be called anything', async (t) => {
    const model = modelOf(t, { 'w.gguf': 'weights' });
    const file = join(model, 'w.gguf');
    const { signature, scan, manifest } = await signModel(options(file));
    assert.deepEqual([signature, scan], [`${file}.sig`, join(model, 'w.gguf.scan.sig')]);
    assert.equal(manifest.resources[0]?.name, '.');
    assert.equal((await verify(file)).outcome, 'verified');
    renameSync(file, join(model, 'other.gguf'));
    assert.equal((await verify(join(model, 'other.gguf'), { signature })).outcome, 'verified');
    writeFileSync(join(model, 'other.gguf'), 'Weights');
    assert.equal((await verify(join(model, 'other.gguf'), { signature })).outcome, 'refused');
  });

  test('a single file under its own name, as the specification has it', async (t) => {
    const model = modelOf(t, { 'w.gguf': 'weights' });
    const file = join(model, 'w.gguf');
    const bundle = signStatement(statementOn({ 'w.gguf': 'weights' }), {
      key,
      postQuantum: undefined,
      certificates: undefined,
    });
    writeFileSync(`${file}.sig`, bundle);
    assert.equal((await verify(file)).outcome, 'verified');
    // The signature of a folder is none of a file in it.
    const two = statementOn({ 'w.gguf': 'weights', other: 'x' });
    writeFileSync(
      `${file}.sig`,
      signStatement(two, { key, postQuantum: undefined, certificates: undefined }),
    );
    assert.equal((await verify(file)).outcome, 'refused');
  });

  test('names of every kind, and files without bytes', async (t) => {
    const model = modelOf(t, {
      'ü/\u{1f600} x.bin': 'x',
      'a:0:5': 'x',
      __proto__: 'x',
      constructor: 'x',
      'a\\b': 'x',
      empty: '',
      '-x': 'x',
      'line\nbreak': 'x',
    });
    await signModel(options(model));
    assert.equal((await verify(model)).outcome, 'verified');
  });

  test('in parts', async (t) => {
    const model = modelOf(t, { big: 'x'.repeat(25), 'a:b': 'y'.repeat(10), empty: '' });
    const { manifest } = await signModel(options(model, { shardSize: 10 }));
    assert.deepEqual(
      manifest.resources.map(({ name, shard }) => `${name} ${shard?.start}-${shard?.end}`),
      ['a:b 0-10', 'big 0-10', 'big 10-20', 'big 20-25'],
    );
    assert.equal((await verify(model)).outcome, 'verified');
    writeFileSync(join(model, 'big'), 'x'.repeat(26));
    assert.deepEqual(named(await verify(model), 'changed'), ['big']);
    writeFileSync(join(model, 'big'), 'x'.repeat(20));
    assert.deepEqual(named(await verify(model), 'changed'), ['big']);
    // An empty file has no parts: nobody signs it, in Python neither.
    writeFileSync(join(model, 'big'), 'x'.repeat(25));
    const report = await verify(model);
    assert.deepEqual([report.outcome, named(report, 'left_out')], ['verified', ['empty']]);
    writeFileSync(join(model, 'empty'), 'not any more');
    assert.deepEqual(named(await verify(model), 'unsigned'), ['empty']);
  });

  test('models that others hashed with BLAKE2 and BLAKE3 are verified', async (t) => {
    const model = modelOf(t, { a: 'weights' });
    for (const [hash, digest] of [
      ['blake2b', createHash('blake2b512').update('weights').digest('hex')],
      ['blake3', new Blake3().update(Buffer.from('weights')).digest('hex')],
    ] as const) {
      const about = { name: 'm', hash, shardSize: undefined, allowSymlinks: false, ignored: ['model.sig'] };
      const payload = writeManifest(makeManifest({ ...about, resources: [{ name: 'a', digest }] }));
      writeFileSync(
        join(model, 'model.sig'),
        signStatement(payload, { key, postQuantum: undefined, certificates: undefined }),
      );
      assert.equal((await verify(model)).outcome, 'verified', hash);
    }
  });
});

suite('what cannot be signed', () => {
  test('nothing, and nowhere', async (t) => {
    await refuses('usage', /no file/, signModel(options(modelOf(t, {}))));
    await refuses('usage', /no file/, signModel(options(modelOf(t, { '.git/config': 'x' }))));
    await refuses('environment', /there is no/, signModel(options('/nowhere/at/all')));
    const model = modelOf(t, FILES);
    await refuses(
      'environment',
      /cannot write/,
      signModel(options(model, { signature: join(model, 'no/where.sig') })),
    );
    await refuses('environment', /there is no signature/, verify(model));
  });

  test('links, unless they are allowed: Python’s verifier refuses them too', async (t) => {
    const model = modelOf(t, { a: 'x', 'blobs/b': 'y' });
    symlinkSync('blobs/b', join(model, 'link'));
    await refuses('findings', /link is a link/, signModel(options(model)));
    await signModel(options(model, { allowSymlinks: true }));
    const report = await verify(model);
    assert.deepEqual([report.outcome, named(report, 'signed')], ['verified', ['a', 'blobs/b', 'link']]);
  });

  test('a file that became a link is refused where the signer allowed none, even to the same bytes', async (t) => {
    const model = await signedModel(t);
    renameSync(join(model, 'README.md'), join(model, '../elsewhere'));
    symlinkSync('../elsewhere', join(model, 'README.md'));
    assert.deepEqual(named(await verify(model), 'changed'), ['README.md']);
    assert.equal((await verify(model, { trust: trusting({ symlinks: true }) })).outcome, 'verified');
  });

  test('links to folders, loops and pipes are neither entered nor waited for', async (t) => {
    const model = modelOf(t, { a: 'x', 'd/b': 'y' });
    await signModel(options(model));
    symlinkSync('..', join(model, 'd/loop'));
    symlinkSync('nothing', join(model, 'broken'));
    execFileSync('mkfifo', [join(model, 'pipe')]);
    const report = await verify(model);
    assert.deepEqual(named(report, 'unsigned'), ['broken', 'd/loop', 'pipe']);
    await refuses('findings', /cannot be signed: /, signModel(options(model, { allowSymlinks: true })));
    // A pipe in the place of a file that was signed.
    rmSync(join(model, 'a'));
    execFileSync('mkfifo', [join(model, 'a')]);
    assert.deepEqual(named(await verify(model), 'missing'), ['a']);
  });

  test('a file that changes, comes or goes while the model is signed', async (t) => {
    for (const [change, pattern] of [
      [(model: string) => writeFileSync(join(model, 'README.md'), 'other'), /README.md changed while/],
      [(model: string) => writeFileSync(join(model, 'new'), 'x'), /new came while/],
      [(model: string) => rmSync(join(model, 'README.md')), /README.md cannot be signed: it is gone/],
    ] as const) {
      const model = modelOf(t, FILES);
      const scan = async () => {
        change(model);
        return scanOf(FILES);
      };
      await refuses('findings', pattern, signModel(options(model, { scan })));
      assert.equal(existsSync(join(model, 'model.sig')), false);
    }
    const model = modelOf(t, FILES);
    let told = 0;
    const onProgress = () => {
      if (told++ === 0) writeFileSync(join(model, 'README.md'), 'other');
    };
    await refuses('findings', /README.md changed while/, signModel(options(model, { onProgress })));
  });
});

suite('the scan', () => {
  const scan = async () => scanOf(FILES);

  test('what passed is said in a statement of its own, which a policy may require', async (t) => {
    const model = modelOf(t, FILES);
    const { verdict } = await signModel(options(model, { scan }));
    assert.equal(verdict, 'clean');
    const report = await verify(model, { trust: trusting({ scan: true }) });
    assert.equal(report.outcome, 'verified');
    assert.deepEqual(
      [report.scan?.verdict, report.scan?.scanner, report.scan?.bytes.parsed, report.noScan],
      ['clean', 'gatehouse 0.1.0', 13, undefined],
    );
  });

  test('what did not pass is not signed', async (t) => {
    const model = modelOf(t, FILES);
    for (const verdict of ['findings', 'undecided'] as const)
      await refuses(
        verdict,
        /it is not signed/,
        signModel(options(model, { scan: async () => scanOf(FILES, verdict) })),
      );
    assert.equal(existsSync(join(model, 'model.sig')), false);
  });

  test('a file that was not scanned, or in another state', async (t) => {
    const model = modelOf(t, FILES);
    const { 'README.md': _, ...rest } = FILES;
    await refuses(
      'undecided',
      /README.md was not scanned/,
      signModel(options(model, { scan: async () => scanOf(rest) })),
    );
    const other = { ...FILES, 'README.md': 'other' };
    await refuses(
      'findings',
      /changed between/,
      signModel(options(model, { scan: async () => scanOf(other) })),
    );
  });

  test('our own older signatures are no part of it', async (t) => {
    const model = modelOf(t, FILES);
    const result = scanOf(FILES);
    const old = scanOf({ 'model.sig': 'x' }, 'findings').files;
    const with_ = async () => ({ ...result, verdict: 'findings' as const, files: [...result.files, ...old] });
    assert.equal((await signModel(options(model, { scan: with_ }))).verdict, 'clean');
  });

  test('of a single file', async (t) => {
    const file = join(modelOf(t, { 'w.bin': 'w' }), 'w.bin');
    await signModel(options(file, { scan: async () => scanOf({ 'w.bin': 'w' }) }));
    assert.equal((await verify(file, { trust: trusting({ scan: true }) })).outcome, 'verified');
  });

  test('missing, skipped, or of another model, where it is required', async (t) => {
    const model = modelOf(t, FILES);
    const required = { trust: trusting({ scan: true }) };
    await signModel(options(model));
    assert.match((await verify(model, required)).objections[0]?.message ?? '', /without a scan/);
    assert.equal((await verify(model)).outcome, 'verified');
    const other = modelOf(t, { ...FILES, 'README.md': 'other' });
    await signModel(options(other, { scan: async () => scanOf({ ...FILES, 'README.md': 'other' }) }));
    writeFileSync(join(model, 'model.scan.sig'), readFileSync(join(other, 'model.scan.sig')));
    assert.match((await verify(model, required)).objections[0]?.message ?? '', /of another model/);
    rmSync(join(model, 'model.scan.sig'));
    assert.match((await verify(model, required)).objections[0]?.message ?? '', /no signed result/);
    writeFileSync(join(model, 'model.scan.sig'), '{');
    assert.match((await verify(model, required)).objections[0]?.message ?? '', /not JSON/);
    // The model's own signature is no scan.
    writeFileSync(join(model, 'model.scan.sig'), readFileSync(join(model, 'model.sig')));
    assert.match((await verify(model, required)).objections[0]?.message ?? '', /no statement on a scan/);
  });
});

suite('signatures that are refused', () => {
  test('by others, or that cannot be read', async (t) => {
    const model = await signedModel(t);
    const nobody = { ...trusting(), signers: [] };
    assert.deepEqual((await verify(model, { trust: nobody })).objections[0]?.code, 'signer');
    assert.equal(
      (await verify(model, { trust: trusting({ postQuantum: true }) })).objections[0]?.code,
      'post_quantum',
    );
    writeFileSync(join(model, 'model.sig'), 'hello');
    assert.equal((await verify(model)).outcome, 'undecided');
    if (process.platform === 'win32') return;
    rmSync(join(model, 'model.sig'));
    execFileSync('mkfifo', [join(model, 'model.sig')]);
    await assert.rejects(verify(model), /is no file/);
  });

  test('ML-DSA is required of whoever has such a key', async (t) => {
    const model = modelOf(t, FILES);
    const postQuantum = generateKeyPairSync('ml-dsa-65').privateKey;
    await signModel(options(model, { signing: { key, postQuantum, certificates: undefined } }));
    const both = {
      ...trusting({ postQuantum: true }),
      signers: [trustKeys('me', [key, postQuantum].map(publicKeyOf))],
    };
    assert.equal((await verify(model, { trust: both })).signed?.postQuantum, true);
    assert.equal((await verify(model)).outcome, 'verified');
  });
});

test('threads hash what one would', async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`f${i}`, Buffer.alloc((i + 1) << 17, i)]),
  );
  const model = modelOf(t, files);
  const { manifest, bytes } = await signModel(options(model, { jobs: 3 }));
  assert.ok(bytes > 16 << 20);
  for (const { name, digest } of manifest.resources)
    assert.equal(digest, sha256(files[name] ?? Buffer.alloc(0)).toString('hex'), name);
  assert.equal((await verify(model, { jobs: 1 })).outcome, 'verified');
  const { envelope } = readBundle(readFileSync(join(model, 'model.sig')));
  assert.deepEqual(readManifest(envelope.payload), manifest);
});
