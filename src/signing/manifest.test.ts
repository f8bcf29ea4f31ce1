import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../base/json.ts';
import { type Manifest, makeManifest, readManifest, rootOf, writeManifest } from './manifest.ts';
import { isBelow, isCanonicalName } from './names.ts';
import { changed } from './testing.ts';
import { Unverified } from './unverified.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const file = (name: string) => ({ name, digest: digest(name) });

const made = (about: Partial<Manifest> = {}): Manifest =>
  makeManifest({
    name: 'model',
    hash: 'sha256',
    shardSize: undefined,
    allowSymlinks: false,
    ignored: ['model.sig'],
    resources: [file('a'), file('b')],
    ...about,
  });

const json = (manifest = made()): Json => JSON.parse(writeManifest(manifest).toString()) as Json;
const read = (value: Json): Manifest => readManifest(Buffer.from(JSON.stringify(value)));

const refuses = (value: Json, pattern: RegExp, code = 'manifest') =>
  assert.throws(
    () => read(value),
    (error: unknown) => {
      assert.ok(error instanceof Unverified, String(error));
      assert.match(error.message, pattern);
      assert.equal(error.code, code);
      return true;
    },
  );

const with_ = (
  path: readonly (string | number)[],
  change: (old: Json | undefined) => Json | undefined,
): Json => changed(json(), path, change);

suite('the manifest', () => {
  test('what is written is what the format has, and reads back', () => {
    assert.deepEqual(json(), {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'model', digest: { sha256: made().root } }],
      predicateType: 'https://model_signing/signature/v1.0',
      predicate: {
        serialization: {
          method: 'files',
          hash_type: 'sha256',
          allow_symlinks: false,
          ignore_paths: ['model.sig'],
        },
        resources: [
          { name: 'a', algorithm: 'sha256', digest: digest('a') },
          { name: 'b', algorithm: 'sha256', digest: digest('b') },
        ],
      },
    });
    assert.deepEqual(read(json()), made());
  });

  test('the order is that of UTF-8, not of UTF-16, nor part by part', () => {
    const names = ['a/b', 'a-b', '\u{1f600}', '\uff5e', 'Z', 'a.b'];
    const { resources } = made({ resources: names.map(file) });
    assert.deepEqual(
      resources.map(({ name }) => name),
      ['Z', 'a-b', 'a.b', 'a/b', '\uff5e', '\u{1f600}'],
    );
  });

  test('whatever order stands there is taken: Python sorts part by part', () => {
    const resources = ['a/b', 'a-b'].map(file);
    const value = changed(json(), ['predicate', 'resources'], () =>
      resources.map((one) => ({ ...one, algorithm: 'sha256' })),
    );
    refuses(value, /not that of the files/);
    const root = rootOf(resources);
    const theirs = read(changed(value, ['subject', 0, 'digest', 'sha256'], () => root));
    assert.equal(theirs.root, root);
    assert.notEqual(made({ resources }).root, root);
  });

  test('the digest of the model stands for all files', () => {
    refuses(
      with_(['subject', 0, 'digest', 'sha256'], () => digest('x')),
      /not that of the files/,
    );
    refuses(
      with_(['predicate', 'resources', 0, 'digest'], () => digest('x')),
      /not that of the files/,
    );
    refuses(
      with_(['subject'], () => []),
      /one subject/,
    );
    refuses(
      with_(['subject'], (old) => [...(old as Json[]), ...(old as Json[])]),
      /one subject/,
    );
    refuses(
      with_(['subject', 0, 'digest'], () => ({ sha512: 'ab' })),
      /one subject/,
    );
  });

  test('a file is named once, and in one spelling', () => {
    for (const name of ['', '/etc/passwd', '../a', 'a/../b', './a', 'a//b', 'a/', 'a\0b', '..', '\ud800'])
      assert.equal(isCanonicalName(name), false, JSON.stringify(name));
    for (const name of [
      'a',
      'a/b.c',
      '...',
      '.git/x',
      'a b',
      'ä',
      'a:0:5',
      'a\\b',
      '__proto__',
      'constructor',
    ])
      assert.equal(isCanonicalName(name), true, name);
    const twice = [file('a'), { name: 'a', digest: digest('other') }];
    assert.throws(() => made({ resources: twice }), /listed twice/);
    assert.throws(() => made({ resources: [file('../a')] }), /no path inside/);
    refuses(
      with_(['predicate', 'resources', 0, 'name'], () => '/a'),
      /no path inside/,
    );
  });

  test('a single file is “.”, and then there is nothing else', () => {
    assert.equal(made({ resources: [file('.')] }).resources.length, 1);
    assert.throws(() => made({ resources: [file('.'), file('a')] }), /a file or a folder/);
  });

  test('a model without a file is none', () => {
    assert.throws(() => made({ resources: [] }), /not one file/);
  });

  test('hashes that others use are read; what is not known is not guessed', () => {
    const blake = createHash('blake2b512').update('a').digest('hex');
    assert.equal(made({ hash: 'blake2b', resources: [{ name: 'a', digest: blake }] }).hash, 'blake2b');
    assert.throws(() => made({ hash: 'blake2b' }), /length/);
    refuses(
      with_(['predicate', 'serialization', 'hash_type'], () => 'md5'),
      /hashed with “md5”/,
      'unsupported',
    );
    refuses(
      with_(['predicate', 'serialization', 'hash_type'], () => 'constructor'),
      /hashed with/,
      'unsupported',
    );
    refuses(
      with_(['predicate', 'resources', 0, 'algorithm'], () => 'blake3'),
      /is not sha256/,
    );
    refuses(
      with_(['predicate', 'serialization', 'method'], () => 'trees'),
      /hashed by/,
      'unsupported',
    );
    refuses(
      with_(['predicate', 'resources', 0, 'digest'], () => 'zz'.repeat(32)),
      /not hex/,
      'malformed',
    );
    // bytes.fromhex of Python takes capitals.
    const loud = with_(['predicate', 'resources', 0, 'digest'], (old) => String(old).toUpperCase());
    assert.deepEqual(read(loud), made());
  });

  test('fields that are not known are passed over, as version 1.0 says; missing ones are not', () => {
    assert.deepEqual(read(with_(['predicate', 'more'], () => ({ x: 1 }))), made());
    refuses(
      with_(['predicate', 'serialization'], () => undefined),
      /serialization is not an object/,
      'malformed',
    );
    refuses(
      with_(['predicate', 'serialization', 'allow_symlinks'], () => 'false'),
      /true or false/,
      'malformed',
    );
    assert.deepEqual(
      read(with_(['predicate', 'serialization', 'ignore_paths'], () => undefined)).ignored,
      [],
    );
    refuses(
      with_(['predicateType'], () => 'https://example.com/else'),
      /something else/,
      'unsupported',
    );
    refuses(
      with_(['_type'], () => 'https://in-toto.io/Statement/v0.1'),
      /statement of type/,
      'unsupported',
    );
  });
});

suite('parts of files', () => {
  const part = (name: string, start: number, end: number) => ({
    name,
    shard: { start, end },
    digest: digest(`${start}`),
  });
  const sharded = (...resources: ReturnType<typeof part>[]) => made({ shardSize: 8, resources });

  test('are named as the Python library does, in the order of their bytes', () => {
    const manifest = sharded(part('f', 8, 16), part('f', 0, 8), part('f', 16, 17), part('a:1:2', 0, 3));
    const { predicate } = JSON.parse(writeManifest(manifest).toString()) as {
      predicate: { serialization: object; resources: { name: string; algorithm: string }[] };
    };
    assert.deepEqual(
      predicate.resources.map(({ name }) => name),
      ['a:1:2:0:3', 'f:0:8', 'f:8:16', 'f:16:17'],
    );
    assert.equal(predicate.resources[0]?.algorithm, 'sha256-sharded-8');
    assert.deepEqual(predicate.serialization, {
      method: 'shards',
      hash_type: 'sha256',
      allow_symlinks: false,
      shard_size: 8,
      ignore_paths: ['model.sig'],
    });
    assert.deepEqual(readManifest(writeManifest(manifest)), manifest);
  });

  test('a size that protobuf wrote as 8.0, and a type of hash with the size in it', () => {
    const value = json(sharded(part('f', 0, 8)));
    const text = JSON.stringify(value).replace('"shard_size":8', '"shard_size":8.0');
    assert.equal(readManifest(Buffer.from(text)).shardSize, 8);
    const named = changed(value, ['predicate', 'serialization', 'hash_type'], () => 'sha256-sharded-8');
    assert.equal(
      read(changed(named, ['predicate', 'serialization', 'shard_size'], () => undefined)).shardSize,
      8,
    );
  });

  test('join without gaps or overlaps, and have one size', () => {
    for (const parts of [
      [part('f', 8, 16)],
      [part('f', 0, 8), part('f', 9, 16)],
      [part('f', 0, 8), part('f', 0, 8)],
      [part('f', 0, 4), part('f', 4, 8)],
      [part('f', 0, 9)],
      [part('f', 0, 0)],
    ])
      assert.throws(() => sharded(...parts), /do not join|another size/);
    const value = json(sharded(part('f', 0, 8)));
    for (const name of ['f', 'f:0', 'f:0:08', 'f:0:8:', 'f:-1:8', 'f:0:1e3', ':0:8'])
      refuses(
        changed(value, ['predicate', 'resources', 0, 'name'], () => name),
        /range of bytes|no path/,
      );
  });
});

test('statements of model_signing 0.2 are read', () => {
  const subject = [
    {
      name: 'signme-1',
      digest: { sha256: digest('1') },
      annotations: { actual_hash_algorithm: 'file-sha256' },
    },
    { name: 'd/signme-2', digest: { sha256: digest('2') } },
  ];
  const value = {
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'https://model_signing/Digests/v0.1',
    predicate: { unused: 'Unused, just passed due to API requirements' },
  };
  assert.deepEqual(
    read(value).resources.map(({ name }) => name),
    ['signme-1', 'd/signme-2'],
  );
  refuses({ ...value, subject: [{ name: 'a', digest: { blake2b: 'ab' } }] }, /not SHA-256/, 'unsupported');
  refuses({ ...value, subject: [...subject, ...subject] }, /listed twice/);
});

test('paths that are left out are whole parts of paths', () => {
  const paths = new Set(['.git', 'a/b', '.', '']);
  for (const name of ['.git', '.git/config', 'a/b', 'a/b/c/d'])
    assert.equal(isBelow(name, paths), true, name);
  for (const name of ['.github', '.gitignore', 'a', 'a/bc', 'x/.git', 'x'])
    assert.equal(isBelow(name, paths), false, name);
});

test('whatever is written reads back, for any names', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isCanonicalName);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
      const manifest = made({ resources: names.map(file) });
      assert.deepEqual(readManifest(writeManifest(manifest)), manifest);
    }),
  );
});
