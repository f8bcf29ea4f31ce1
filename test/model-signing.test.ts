import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import {
  EXTENSION,
  ISSUES,
  makeCertificate,
  newKey,
  pemOf,
  publicPem,
  SIGNS,
} from '../src/signing/testing.ts';
import { gatehouse, tempFolder } from './harness/cli.ts';

/** A signer and verifier of the same format, written from the specification in another language with another library. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(import.meta.dirname, 'harness/model_signing.py');
const isThere = spawnSync(PYTHON, ['-c', 'import cryptography']).status === 0;

const python = (folder: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(PYTHON, [SCRIPT, ...args], { cwd: folder, encoding: 'utf8' });
  return { ok: status === 0, stderr };
};

/** A model whose files sort differently by code points, by UTF-16 and part by part. */
function scene(t: TestContext, curve: 'prime256v1' | 'secp384r1' | 'secp521r1') {
  const folder = tempFolder(t);
  const key = newKey(curve);
  for (const name of ['m/a', 'm/.git', 'm/empty']) mkdirSync(join(folder, name), { recursive: true });
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  for (const name of [
    'a/b',
    'a-b',
    'a.c',
    'ü',
    '\u{1f600}',
    '\uff5e',
    'A',
    'x y',
    '.git/HEAD',
    '.gitignore',
    'none',
  ])
    write(`m/${name}`, name === 'none' ? '' : `${name} in here`);
  write('key.pem', key.export({ type: 'pkcs8', format: 'pem' }));
  write('key.pub', publicPem(key));
  const ours = async (verb: 'sign' | 'verify', ...args: string[]) => {
    const key = verb === 'verify' ? ['--key-file', 'key.pub'] : ['--key-file', 'key.pem', '--no-scan'];
    const given = args.includes('--authority') ? [] : key;
    const { code, out, err } = await gatehouse(folder, [verb, 'm', ...given, ...args]);
    return { ok: code === 0, said: out + err };
  };
  return { folder, write, key, ours, theirs: (...args: string[]) => python(folder, ...args) };
}

suite('OpenSSF Model Signing, both ways', { skip: !isThere && 'no Python with cryptography here' }, () => {
  for (const curve of ['prime256v1', 'secp521r1'] as const)
    test(`${curve}: files, whole and in parts`, async (t) => {
      const { folder, write, ours, theirs } = scene(t, curve);
      const signature = 'm/model.sig';
      assert.ok((await ours('sign')).ok);
      assert.deepEqual(theirs('verify', 'm', signature, 'key.pub'), { ok: true, stderr: '' });
      write('m/A', 'another');
      assert.match(theirs('verify', 'm', signature, 'key.pub').stderr, /the files/);
      assert.ok(!(await ours('verify')).ok);

      rmSync(join(folder, 'm/model.scan.sig'));
      assert.ok(theirs('sign', 'm', signature, 'key.pem').ok);
      const read = await ours('verify');
      assert.ok(read.ok, read.said);
      write('m/new', 'x');
      assert.ok(!(await ours('verify')).ok && !theirs('verify', 'm', signature, 'key.pub').ok);
      rmSync(join(folder, 'm/new'));

      assert.ok(theirs('sign', 'm', signature, 'key.pem', '--shards', '5', '--ignore', 'a').ok);
      const parts = await ours('verify');
      assert.ok(parts.ok, parts.said);
      assert.match(parts.said, /left out +a\/b +the signer left it out/);
      write('m/ü', 'ü in herf');
      assert.ok(!(await ours('verify')).ok);
    });

  test('in parts of a megabyte, a link, a changed statement, another key', async (t) => {
    const { folder, write, ours, theirs } = scene(t, 'prime256v1');
    write('m/large', new Uint8Array(2_500_000).fill(7));
    rmSync(join(folder, 'm/none'));
    assert.ok((await ours('sign', '--shards', '1MB')).ok);
    assert.ok(theirs('verify', 'm', 'm/model.sig', 'key.pub').ok);
    symlinkSync('A', join(folder, 'm/link'));
    assert.match(theirs('verify', 'm', 'm/model.sig', 'key.pub').stderr, /link is a link/);
    assert.ok(!(await ours('sign')).ok && !(await ours('verify')).ok);
    rmSync(join(folder, 'm/link'));
    const bundle = JSON.parse(readFileSync(join(folder, 'm/model.sig'), 'utf8'));
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('large', 'lxrge');
    bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64');
    write('changed.sig', JSON.stringify(bundle));
    assert.match(theirs('verify', 'm', 'changed.sig', 'key.pub').stderr, /InvalidSignature/);
    assert.ok(!(await ours('verify', '--signature', 'changed.sig')).ok);
    write('key.pub', publicPem(newKey()));
    assert.match(theirs('verify', 'm', 'm/model.sig', 'key.pub').stderr, /hint/);
    assert.ok(!(await ours('verify')).ok);
  });

  test('with certificates', async (t) => {
    const { key, write, ours, theirs } = scene(t, 'secp384r1');
    const [rootKey, middleKey] = [newKey(), newKey('secp384r1')];
    const times = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 };
    const authority = [EXTENSION.authority(), EXTENSION.usage(ISSUES)];
    const make = (name: string, about: Parameters<typeof makeCertificate>[0]) =>
      write(name, pemOf(makeCertificate(about)));
    make('root.crt', {
      ...times,
      subject: 'root',
      key: rootKey,
      issuer: 'root',
      issuerKey: rootKey,
      extensions: authority,
    });
    make('middle.crt', {
      ...times,
      subject: 'middle',
      key: middleKey,
      issuer: 'root',
      issuerKey: rootKey,
      extensions: authority,
    });
    make('leaf.crt', {
      ...times,
      subject: 'leaf',
      key,
      issuer: 'middle',
      issuerKey: middleKey,
      extensions: [EXTENSION.usage(SIGNS)],
    });
    const signed = await ours('sign', '--certificate', 'leaf.crt', 'middle.crt');
    assert.ok(signed.ok, signed.said);
    assert.deepEqual(theirs('verify', 'm', 'm/model.sig', '--root', 'root.crt'), { ok: true, stderr: '' });
    assert.ok(
      theirs(
        'sign',
        'm',
        'theirs.sig',
        'key.pem',
        '--chain',
        'leaf.crt',
        'middle.crt',
        '--ignore',
        'model.sig',
        'model.scan.sig',
      ).ok,
    );
    const read = await ours('verify', '--authority', 'root.crt', '--signature', 'theirs.sig');
    assert.ok(read.ok, read.said);
    assert.ok(
      !(await ours('verify', '--authority', 'leaf.crt', '--signature', 'theirs.sig', '--identity', 'me')).ok,
    );
  });

  test('a file by itself', async (t) => {
    const { folder, write, theirs } = scene(t, 'prime256v1');
    write('one.bin', 'weights');
    const sign = await gatehouse(folder, ['sign', 'one.bin', '--key-file', 'key.pem', '--no-scan']);
    assert.equal(sign.code, 0, sign.err);
    assert.deepEqual(theirs('verify', 'one.bin', 'one.bin.sig', 'key.pub'), { ok: true, stderr: '' });
    assert.ok(theirs('sign', 'one.bin', 'one.bin.sig', 'key.pem').ok);
    const verify = ['verify', 'one.bin', '--key-file', 'key.pub'];
    assert.equal((await gatehouse(folder, verify)).code, 0);
    write('one.bin', 'weightz');
    assert.equal((await gatehouse(folder, verify)).code, 1);
  });
});
