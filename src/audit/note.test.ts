import assert from 'node:assert/strict';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromBase64, toBase64 } from './base64.ts';
import type { Checkpoint, Signer, VerifySignature } from './checkpoint.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosignedMessage, splitTime } from './cosignature.ts';
import { formatPublicKeys, parsePublicKeys } from './keys.ts';
import { Malformed } from './malformed.ts';
import { treeHash } from './merkle.ts';
import type { Algorithm, NoteKey } from './note.ts';
import { formatNote, formatVkey, isName, noteKey, parseNote, parseVkey } from './note.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hash = treeHash(sha256);

const verifySignature: VerifySignature = (algorithm, publicKey, message, signature) =>
  verify(
    null,
    message,
    createPublicKey({
      key: Buffer.from(publicKey),
      format: 'raw-public',
      asymmetricKeyType: algorithm === 'ml-dsa-44' ? algorithm : 'ed25519',
    }),
    signature,
  );

function newSigner(name: string, algorithm: Algorithm): Signer {
  const pair = algorithm === 'ml-dsa-44' ? generateKeyPairSync(algorithm) : generateKeyPairSync('ed25519');
  const key = noteKey(name, algorithm, pair.publicKey.export({ format: 'raw-public' }), sha256);
  return { key, sign: (message) => sign(null, message, pair.privateKey) };
}

const ORIGIN = 'example.com/log';
const signers = [newSigner(ORIGIN, 'ed25519'), newSigner(ORIGIN, 'ml-dsa-44')] as const;
const keys = [signers[0].key, signers[1].key] as const;
const checkpoint: Checkpoint = { origin: ORIGIN, size: 20_852_163, root: hash.leaf(Buffer.from('root')) };
const TIME = 1_769_860_800;
const note = signCheckpoint(checkpoint, signers, TIME);
const open = (text: string, by: readonly NoteKey[] = keys): ReturnType<typeof openCheckpoint> =>
  openCheckpoint(text, by, verifySignature);

test('Ed25519: the note in the documentation of golang.org/x/mod/sumdb/note', () => {
  const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  const key = parseVkey(vkey, sha256);
  assert.equal(formatVkey(key), vkey);
  const parsed = parseNote(text);
  const [line] = parsed.signatures;
  assert.ok(line !== undefined && line.name === key.name && line.keyId === key.keyId);
  assert.ok(verifySignature(key.algorithm, key.publicKey, Buffer.from(parsed.text), line.signature));
  assert.equal(formatNote(parsed), text);
});

test('ML-DSA-44: a checkpoint that torchwood signed', async () => {
  // Seed, key ID and note of cmd/litewitness/testdata/mldsa.txt in FiloSottile/torchwood.
  const seed = Buffer.from('2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0', 'hex');
  const text = readFileSync(new URL('../../test/vectors/torchwood-mldsa44.note', import.meta.url), 'utf8');
  const privateKey = createPrivateKey({ key: seed, format: 'raw-seed', asymmetricKeyType: 'ml-dsa-44' });
  const publicKey = createPublicKey(privateKey).export({ format: 'raw-public' });
  const key = noteKey('example.com/mldsa-log', 'ml-dsa-44', publicKey, sha256);
  assert.equal(key.keyId, 'b5df45c5');
  assert.deepEqual(await open(text, [key]), {
    origin: 'example.com/mldsa-log',
    size: 1,
    root: hash.leaf(Buffer.from('testonly')),
    time: 0,
  });
  await assert.rejects(open(text.replace('\n1\n', '\n2\n'), [key]), Malformed);
});

test('the bytes of a cosigned_message', () => {
  const root = toBase64(new Uint8Array(32).fill(0xab));
  assert.equal(
    Buffer.from(cosignedMessage('w/1', 0x0102, 'log', 0x1_0000_0003, root)).toString('hex'),
    [
      '737562747265652f76310a00', // "subtree/v1\n\0"
      '03772f31', // cosigner_name
      '0000000000000102', // timestamp
      '036c6f67', // log_origin
      '0000000000000000', // start
      '0000000100000003', // end
      'ab'.repeat(32), // hash
    ].join(''),
  );
  assert.throws(() => cosignedMessage('x'.repeat(256), 0, 'log', 0, root), Malformed);
  assert.throws(() => cosignedMessage('w', 0, '', 0, root), Malformed);
});

test('a checkpoint comes back as it was signed', async () => {
  assert.deepEqual(await open(note), { ...checkpoint, time: TIME });
  assert.equal(formatNote(parseNote(note)), note);
  assert.match(
    note,
    /^example\.com\/log\n20852163\n[^\n]{44}\n\n— example\.com\/log [^\n]+\n— example\.com\/log [^\n]+\n$/,
  );
});

test('every key of the ledger must have signed, once', async () => {
  const [ed25519, mldsa] = note.split('\n\n')[1]?.trimEnd().split('\n') ?? [];
  const text = note.split('\n\n')[0];
  const made = (...lines: (string | undefined)[]): string => `${text}\n\n${lines.join('\n')}\n`;
  assert.equal(made(ed25519, mldsa), note);
  await assert.rejects(open(made(ed25519)), /ml-dsa-44 signature .* is missing/);
  await assert.rejects(open(made(mldsa)), /ed25519 signature .* is missing/);
  await assert.rejects(open(made(ed25519, mldsa, ed25519)), /twice/);
  const witness = parseNote(signCheckpoint(checkpoint, [newSigner('witness.example/w', 'ml-dsa-44')], TIME));
  const parsed = parseNote(note);
  const cosigned = formatNote({ ...parsed, signatures: [...parsed.signatures, ...witness.signatures] });
  assert.equal((await open(cosigned)).size, checkpoint.size);
  const elsewhere = [newSigner('other.example', 'ed25519'), newSigner('other.example', 'ml-dsa-44')];
  await assert.rejects(open(signCheckpoint(checkpoint, elsewhere, TIME)), /is missing/);
  await assert.rejects(open(note, [newSigner('other.example', 'ed25519').key]), /another ledger/);
});

test('a changed byte anywhere in a checkpoint is noticed', async () => {
  const bytes = Buffer.from(note);
  const starts = [0, ORIGIN.length, 17, 25, 40, 69, 71, 72, 73, 74];
  for (const at of [
    ...starts,
    bytes.indexOf('— ') + 30,
    bytes.length - 2000,
    bytes.length - 5,
    bytes.length - 1,
  ]) {
    for (const bit of [1, 2, 0x20, 0x80]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ bit;
      await assert.rejects(open(changed.toString('utf8')), Malformed, `byte ${at}, bit ${bit}`);
    }
  }
});

test('texts that are no checkpoint', async () => {
  const of = (text: string): string => {
    const [, lines] = note.split('\n\n');
    return `${text}\n${lines}`;
  };
  const { root } = checkpoint;
  for (const text of [
    '',
    `${ORIGIN}\n1\n`,
    `${ORIGIN}\n01\n${root}\n`,
    `${ORIGIN}\n-1\n${root}\n`,
    `${ORIGIN}\n1\n${root}\nextension\n`,
    `a b\n1\n${root}\n`,
    `${ORIGIN}\n1\n${root.slice(1)}\n`,
    `${ORIGIN}\n9007199254740993\n${root}\n`,
  ]) {
    await assert.rejects(open(of(text)), Malformed, text);
  }
  for (const text of [
    '',
    '\n\n',
    'x\n\n',
    'x\n\n— a b',
    `${note}x`,
    `${note}\n`,
    'x\n\n— a AAAA\n',
    'x'.repeat(70_000),
  ]) {
    await assert.rejects(open(text), Malformed);
  }
  assert.throws(() => splitTime(new Uint8Array(10)), Malformed);
  assert.throws(() => splitTime(new Uint8Array(2428).fill(0xff)), Malformed);
});

test('public key files', () => {
  const text = formatPublicKeys(keys);
  assert.equal(formatPublicKeys(parsePublicKeys(text, sha256)), text);
  const [first = '', second = ''] = text.split('\n');
  const bad = [
    '',
    `${first}\n`,
    `${second}\n${first}\n`,
    `${first}\n${first}\n`,
    `${first}\n${second}`,
    `${first}\n${second}\n\n`,
    text.replace('example', 'examplE'),
    text.replace('+', ' '),
    `${first}\n${formatVkey(newSigner('other', 'ml-dsa-44').key)}\n`,
  ];
  for (const changed of bad)
    assert.throws(() => parsePublicKeys(changed, sha256), Malformed, changed.slice(0, 60));
  for (let at = 0; at < first.length; at += 7) {
    const other = first[at] === 'A' ? 'B' : 'A';
    assert.throws(() => parseVkey(first.slice(0, at) + other + first.slice(at + 1), sha256), Malformed);
  }
  assert.throws(() => parseVkey('a+00000000+CQAA', sha256), /unknown type/);
});

test('names and base64 have one spelling', () => {
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u2003b', 'a\0', 'x'.repeat(256), 'é'.repeat(128)])
    assert.ok(!isName(name));
  assert.ok(isName('gatehouse/0123456789abcdef') && isName('é'.repeat(127)));
  assert.deepEqual(fromBase64('AQI='), Uint8Array.of(1, 2));
  for (const text of ['AQJ=', 'AQI', ' AQI=', 'AQI=\n', 'A-I=', '='])
    assert.throws(() => fromBase64(text), Malformed);
});
