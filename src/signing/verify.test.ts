import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Json } from '../base/json.ts';
import { readBundle } from './bundle.ts';
import { IN_TOTO, preAuthEncoding, preAuthEncoding02 } from './envelope.ts';
import { publicKeyOf, signWith } from './keys.ts';
import { signStatement } from './sign.ts';
import { changed, newKey, publicPem, statementOn } from './testing.ts';
import { trustKeys } from './trust-policy.ts';
import { Unverified, type UnverifiedCode } from './unverified.ts';
import { type TrustedSigner, verifyBundle } from './verify.ts';

const payload = statementOn({ 'weights.bin': 'x' });
const signed = (key: KeyObject, postQuantum?: KeyObject): Json =>
  JSON.parse(signStatement(payload, { key, postQuantum, certificates: undefined })) as Json;
const trusting = (...keys: KeyObject[]): TrustedSigner => trustKeys('me', keys.map(publicKeyOf));
const bytes = (value: Json): Buffer => Buffer.from(JSON.stringify(value));
const verified = (value: Json, ...signers: TrustedSigner[]) =>
  verifyBundle(readBundle(bytes(value)), signers, 0);

const refuses = (code: UnverifiedCode, pattern: RegExp, value: Json, ...signers: TrustedSigner[]) =>
  assert.throws(
    () => verified(value, ...signers),
    (error: unknown) => {
      assert.ok(error instanceof Unverified, String(error));
      assert.match(error.message, pattern);
      assert.equal(error.code, code);
      return true;
    },
  );

const CURVES = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' } as const;
const key = newKey();
const mldsa = generateKeyPairSync('ml-dsa-65').privateKey;

suite('with a key', () => {
  for (const [curve, hash] of Object.entries(CURVES)) {
    test(`${curve}: what is signed here holds here, and in OpenSSL`, (t) => {
      const own = newKey(curve);
      const { who, payload: same } = verified(signed(own), trusting(own));
      assert.equal(who, createHash('sha256').update(publicPem(own)).digest('hex'));
      assert.deepEqual(same, payload);
      if (spawnSync('openssl', ['version']).error !== undefined) return t.skip('there is no openssl here');
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sign-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const { envelope } = readBundle(bytes(signed(own, mldsa)));
      writeFileSync(join(folder, 'sig'), envelope.signatures[0]?.sig ?? '');
      writeFileSync(join(folder, 'pae'), preAuthEncoding(IN_TOTO, payload));
      // As `keys show` writes them: OpenSSL takes the first.
      writeFileSync(join(folder, 'pub'), Buffer.concat([publicPem(own), publicPem(mldsa)]));
      const said = execFileSync(
        'openssl',
        ['dgst', `-${hash}`, '-verify', 'pub', '-signature', 'sig', 'pae'],
        { cwd: folder },
      );
      assert.match(said.toString(), /Verified OK/);
    });
  }

  test('the envelope is exactly that of the specification', () => {
    const text = `DSSEv1 28 application/vnd.in-toto+json ${payload.length} ${payload}`;
    assert.equal(preAuthEncoding(IN_TOTO, payload).toString(), text);
    // Lengths are of bytes: https://github.com/secure-systems-lab/dsse, protocol.md.
    assert.equal(
      preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello ü')).toString(),
      'DSSEv1 29 http://example.com/HelloWorld 8 hello ü',
    );
  });

  test('another key, another statement, another signature', () => {
    refuses('signer', /not trusted/, signed(key), trusting(newKey()));
    const other = statementOn({ 'weights.bin': 'y' }).toString('base64');
    refuses(
      'signature',
      /was changed/,
      changed(signed(key), ['dsseEnvelope', 'payload'], () => other),
      trusting(key),
    );
    refuses(
      'signature',
      /was changed/,
      changed(signed(key), ['dsseEnvelope', 'signatures', 0, 'sig'], () => 'AAAA'),
      trusting(key),
    );
    refuses('signer', /nobody is trusted/, signed(key));
  });

  test('the hint: of another key, of none, in bundles of before 1.1', () => {
    const at = ['verificationMaterial', 'publicKey'];
    refuses(
      'signer',
      /not trusted/,
      changed(signed(key), [...at, 'hint'], () => 'ab'.repeat(32)),
      trusting(key),
    );
    const old = { rawBytes: publicPem(key).toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256' };
    for (const material of [{}, { hint: null }, { hint: '' }, old])
      assert.equal(
        verified(
          changed(signed(key), at, () => material as Json),
          trusting(newKey(), key),
        ).signer,
        'me',
      );
    // Whose key a bundle brings along is nothing: it is not trusted for that.
    refuses(
      'signature',
      /was changed/,
      changed(signed(key), at, () => old),
      trusting(newKey()),
    );
  });

  test('tlogEntries may be missing, and keyid be null, empty or absent', () => {
    const one = changed(signed(key), ['verificationMaterial', 'tlogEntries'], () => undefined);
    for (const keyid of [undefined, null, '', 'whatever'])
      assert.ok(
        verified(
          changed(one, ['dsseEnvelope', 'signatures', 0, 'keyid'], () => keyid),
          trusting(key),
        ),
      );
  });

  test('several signatures: any order, others’ among them, and a bound', () => {
    const own = signed(key);
    const foreign = {
      sig: signWith(newKey(), preAuthEncoding(IN_TOTO, payload)).toString('base64'),
      keyid: '',
    };
    const list = ['dsseEnvelope', 'signatures'];
    assert.ok(
      verified(
        changed(own, list, (old) => [foreign, ...(old as Json[])]),
        trusting(key),
      ),
    );
    assert.ok(
      verified(
        changed(own, list, (old) => [...(old as Json[]), foreign]),
        trusting(key),
      ),
    );
    refuses(
      'signature',
      /was changed/,
      changed(own, list, () => [foreign]),
      trusting(key),
    );
    refuses(
      'malformed',
      /no signature/,
      changed(own, list, () => []),
      trusting(key),
    );
    refuses(
      'malformed',
      /more than 8/,
      changed(own, list, () => Array(9).fill(foreign)),
      trusting(key),
    );
  });

  test('r ‖ s in place of DER is told', () => {
    const raw = sign('sha256', preAuthEncoding(IN_TOTO, payload), { key, dsaEncoding: 'ieee-p1363' });
    // A raw signature that begins like DER looks like one: it fails all the same.
    const value = changed(signed(key), ['dsseEnvelope', 'signatures', 0, 'sig'], () =>
      raw.toString('base64'),
    );
    refuses('signature', raw[0] === 0x30 ? /was changed/ : /r ‖ s/, value, trusting(key));
  });

  test('the hash goes with the curve: P-384 with SHA-256 does not hold', () => {
    const own = newKey('secp384r1');
    const wrong = sign('sha256', preAuthEncoding(IN_TOTO, payload), own).toString('base64');
    refuses(
      'signature',
      /was changed/,
      changed(signed(own), ['dsseEnvelope', 'signatures', 0, 'sig'], () => wrong),
      trusting(own),
    );
  });

  test('what model_signing 0.2 signed by mistake holds for its own statements only', () => {
    assert.equal(
      preAuthEncoding02(IN_TOTO, Buffer.from('a\'b"\\\n\t\r\0\x7fü')).toString(),
      `DSSEV1 28 application/vnd.in-toto+json 12 b'a\\'b"\\\\\\n\\t\\r\\x00\\x7f\\xc3\\xbc'`,
    );
    assert.match(preAuthEncoding02(IN_TOTO, Buffer.from("it's")).toString(), / b"it's"$/);
    const old = Buffer.from(
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'a', digest: { sha256: 'ab'.repeat(32) } }],
        predicateType: 'https://model_signing/Digests/v0.1',
        predicate: { unused: '' },
      }),
    );
    const with02 = (statement: Buffer, by = key): Json => {
      const sig = sign('sha256', preAuthEncoding02(IN_TOTO, statement), by).toString('base64');
      const one = changed(signed(key), ['dsseEnvelope', 'payload'], () => statement.toString('base64'));
      return changed(one, ['dsseEnvelope', 'signatures', 0, 'sig'], () => sig);
    };
    assert.ok(verified(with02(old), trusting(key)));
    // With SHA-256 whatever the curve.
    const large = newKey('secp384r1');
    assert.ok(
      verified(
        changed(with02(old, large), ['verificationMaterial', 'publicKey'], () => ({})),
        trusting(large),
      ),
    );
    refuses('signature', /was changed/, with02(payload), trusting(key));
  });
});

suite('with ML-DSA-65 as well', () => {
  const both = signed(key, mldsa);
  const list = ['dsseEnvelope', 'signatures'];

  test('both are there, the classical one first', () => {
    assert.equal(verified(both, trusting(key, mldsa)).postQuantum, true);
    const { signatures } = readBundle(bytes(both)).envelope;
    assert.deepEqual(
      signatures.map(({ sig, keyid }) => [sig.length > 3000, keyid.length]),
      [
        [false, 0],
        [true, 64],
      ],
    );
  });

  test('whoever trusts the classical key only takes no notice of it', () => {
    assert.equal(verified(both, trusting(key)).postQuantum, false);
  });

  test('stripped, forged, or of another statement: refused by whoever knows that key', () => {
    refuses('post_quantum', /missing/, signed(key), trusting(key, mldsa));
    refuses(
      'post_quantum',
      /missing/,
      changed(both, [...list, 1, 'sig'], () => 'AAAA'),
      trusting(key, mldsa),
    );
    refuses(
      'post_quantum',
      /missing/,
      signed(key, generateKeyPairSync('ml-dsa-65').privateKey),
      trusting(key, mldsa),
    );
    const other = signStatement(statementOn({ a: 'b' }), {
      key,
      postQuantum: mldsa,
      certificates: undefined,
    });
    const stolen = readBundle(Buffer.from(other)).envelope.signatures[1]?.sig.toString('base64') ?? '';
    refuses(
      'post_quantum',
      /missing/,
      changed(both, [...list, 1, 'sig'], () => stolen),
      trusting(key, mldsa),
    );
  });

  test('the classical signature has to hold too', () => {
    refuses(
      'signature',
      /was changed/,
      changed(both, [...list, 0, 'sig'], () => 'AAAA'),
      trusting(key, mldsa),
    );
  });

  test('keys in the wrong place are refused when signing', () => {
    const wrong = (about: { key: KeyObject; postQuantum: KeyObject | undefined }) => () =>
      signStatement(payload, { ...about, certificates: undefined });
    assert.throws(wrong({ key: mldsa, postQuantum: undefined }), /an ML-DSA key alone/);
    assert.throws(wrong({ key, postQuantum: newKey() }), /not one of ML-DSA-65/);
    assert.throws(
      wrong({ key: generateKeyPairSync('ed25519').privateKey, postQuantum: undefined }),
      /kind ed25519/,
    );
    assert.throws(wrong({ key: newKey('secp256k1'), postQuantum: undefined }), /kind ec/);
    assert.throws(() => trusting(mldsa), /no key of P-256/);
  });
});

suite('hostile bundles', () => {
  const whole = signed(key);
  const text = JSON.stringify(whole);
  const fails = (given: string | Buffer, pattern: RegExp, code: UnverifiedCode = 'malformed') =>
    assert.throws(
      () => verifyBundle(readBundle(Buffer.from(given)), [trusting(key)], 0),
      (error: unknown) => error instanceof Unverified && error.code === code && pattern.test(error.message),
      String(given).slice(0, 80),
    );

  test('no JSON, not UTF-8, a byte order mark, cut anywhere', () => {
    fails('', /not JSON/);
    fails('[]', /not an object/);
    fails(Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/);
    fails(`\ufeff${text}`, /not JSON/);
    for (let end = 0; end < text.length; end += 97) fails(text.slice(0, end), /not JSON/);
  });

  test('members twice, however they are written', () => {
    fails(text.replace('{"mediaType"', '{"mediaType":"x","mediaType"'), /member twice/);
    fails(text.replace('"payload":', '"p\\u0061yload":"AAAA","payload":'), /member twice/);
  });

  test('members of the prototype are no members', () => {
    const fake = `{"__proto__":${text}}`;
    fails(fake, /mediaType is missing/);
    fails('{"constructor":{"mediaType":"x"}}', /mediaType is missing/);
    assert.equal(({} as Record<string, unknown>).mediaType, undefined);
    const hinted = text.replace('"publicKey":{', '"publicKey":{"__proto__":{"hint":"x"},');
    assert.ok(verifyBundle(readBundle(Buffer.from(hinted)), [trusting(key)], 0));
  });

  test('nested, huge, or of wrong types', () => {
    fails(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /nested deeper/);
    fails(`{"a":"${' '.repeat(70 << 20)}"}`, /more than the/);
    for (const [path, value, pattern] of [
      [['mediaType'], 1, /not text/],
      [['verificationMaterial'], [], /not an object/],
      [['verificationMaterial', 'publicKey'], 'x', /not an object/],
      [['verificationMaterial', 'publicKey', 'hint'], 5, /not text/],
      [['verificationMaterial'], {}, /exactly one/],
      [['verificationMaterial', 'certificate'], { rawBytes: 'AAAA' }, /exactly one/],
      [['dsseEnvelope'], null, /not an object/],
      [['dsseEnvelope', 'payload'], {}, /not text/],
      [['dsseEnvelope', 'payload'], 'a b', /not base64/],
      [['dsseEnvelope', 'signatures'], {}, /not a list/],
      [['dsseEnvelope', 'signatures', 0], 'x', /not an object/],
      [['dsseEnvelope', 'signatures', 0, 'sig'], 'A===', /not base64/],
      [['dsseEnvelope', 'payload'], 'e30=', /is missing/],
    ] as const)
      fails(JSON.stringify(changed(whole, path, () => value as Json)), pattern);
  });

  test('media types and payloads of another kind', () => {
    for (const type of [
      'application/vnd.dev.sigstore.bundle+json;version=0.3',
      'application/vnd.dev.sigstore.bundle.v0.4+json',
      'APPLICATION/vnd.dev.sigstore.bundle.v0.3+json',
    ])
      fails(JSON.stringify(changed(whole, ['mediaType'], () => type)), /media type/, 'unsupported');
    fails(
      JSON.stringify(changed(whole, ['dsseEnvelope', 'payloadType'], () => 'text/plain')),
      /payload type/,
      'unsupported',
    );
    fails(JSON.stringify(changed(whole, ['messageSignature'], () => ({}))), /one blob/, 'unsupported');
  });

  test('base64 of either alphabet, with or without padding', () => {
    const payloadAt = ['dsseEnvelope', 'payload'];
    for (const write of [
      (old: string) => old.replace(/=+$/, ''),
      (old: string) => old.replaceAll('+', '-').replaceAll('/', '_'),
    ])
      assert.ok(
        verified(
          changed(whole, payloadAt, (old) => write(String(old))),
          trusting(key),
        ),
      );
    fails(JSON.stringify(changed(whole, payloadAt, () => '+_+_')), /not base64/);
    // Bits to spare that are not zero.
    fails(JSON.stringify(changed(whole, payloadAt, () => 'AB==')), /not base64/);
  });
});
