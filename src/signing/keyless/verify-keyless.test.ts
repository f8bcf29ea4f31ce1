import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { readBundle } from '../bundle.ts';
import { changed, statementOn } from '../testing.ts';
import { Unverified, type UnverifiedCode } from '../unverified.ts';
import { type TrustedSigner, verifyBundle } from '../verify.ts';
import { FakeSigstore, type Twist } from './testing.ts';
import { PUBLIC_TRUSTED_ROOT } from './trusted-root.data.ts';
import { readTrustedRoot } from './trusted-root.ts';

const sigstore = new FakeSigstore();
const payload = statementOn({ 'weights.bin': 'x' });
const NOW = Date.parse('2030-01-01T00:00:00Z');

const signerOf = (
  root: Buffer,
  identity = 'me@example.com',
  issuer = 'https://issuer.test',
): TrustedSigner => ({
  name: 'me',
  by: 'sigstore',
  root: readTrustedRoot(root),
  identity,
  issuer,
  postQuantum: [],
});

const verified = (twist: Twist = {}, signer = signerOf(sigstore.trustedRoot)) =>
  verifyBundle(readBundle(sigstore.sign(payload, twist)), [signer], NOW);

const refuses = (code: UnverifiedCode, pattern: RegExp, twist: Twist, signer?: TrustedSigner) =>
  assert.throws(
    () => verified(twist, signer),
    (error: unknown) => {
      assert.ok(error instanceof Unverified, String(error));
      assert.match(error.message, pattern);
      assert.equal(error.code, code);
      return true;
    },
  );

/** Changes the only entry of the log. */
const entry = (path: readonly (string | number)[], change: (old: unknown) => unknown): Twist => ({
  entry: (one) => changed(one, path, change as never) as JsonObject,
});

const flip = (old: unknown): string => {
  const bytes = Buffer.from(String(old), 'base64');
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return bytes.toString('base64');
};

suite('keyless', () => {
  test('an honest bundle holds, years after its certificate has expired', () => {
    const { who, by, time } = verified();
    assert.deepEqual([who, by, time], ['me@example.com', 'sigstore', sigstore.start + 5_000]);
  });

  test('a promise of the log, or a timestamp, is time enough; neither is not', () => {
    assert.equal(verified({ noTimestamp: true }).time, sigstore.start + 5_000);
    assert.equal(verified({ noPromise: true }).time, sigstore.start + 5_000);
    refuses('timestamp', /nobody who is trusted says when/, { noPromise: true, noTimestamp: true });
  });

  test('signed by somebody else, or vouched for by another issuer', () => {
    refuses('signer', /not trusted/, { identity: 'you@example.com' });
    refuses('signer', /another issuer/, { issuer: 'https://evil.test' });
    // Not a pattern, and no prefix: sigstore-js takes the policy for an unanchored expression.
    refuses('signer', /not trusted/, { identity: 'me@example.com.evil.test' });
    refuses(
      'signer',
      /not trusted/,
      { identity: 'meXexample.com' },
      signerOf(sigstore.trustedRoot, 'me.example.com'),
    );
  });

  test('another Sigstore is not trusted', () => {
    refuses('log', /none that is trusted/, {}, signerOf(new FakeSigstore().trustedRoot));
    refuses('log', /none that is trusted/, {}, signerOf(Buffer.from(PUBLIC_TRUSTED_ROOT)));
  });

  test('each part of the trusted root is needed: another one’s in its place is not trusted', () => {
    const ours = JSON.parse(String(sigstore.trustedRoot)) as JsonObject;
    const theirs = JSON.parse(String(new FakeSigstore().trustedRoot)) as JsonObject;
    const rooted = (root: JsonObject) => signerOf(Buffer.from(JSON.stringify(root)));
    const onlyPromise: Twist = { noTimestamp: true };
    const parts = [
      ['tlogs', 'log', /none that is trusted/, onlyPromise],
      ['ctlogs', 'certificate', /no certificate log that is trusted/, onlyPromise],
      ['certificateAuthorities', 'certificate', /chain of the certificate does not hold/, onlyPromise],
      ['timestampAuthorities', 'timestamp', /forged|no authority that is trusted/, { noPromise: true }],
    ] as const;
    for (const [part, code, pattern, twist] of parts) {
      refuses(code, pattern, twist, rooted({ ...ours, [part]: theirs[part] ?? [] }));
      assert.throws(() => verified(twist, rooted({ ...ours, [part]: [] })), Unverified, part);
      // Theirs beside ours takes nothing away.
      const both = [...(theirs[part] as JsonObject[]), ...(ours[part] as JsonObject[])];
      assert.equal(verified(twist, rooted({ ...ours, [part]: both })).who, 'me@example.com');
      // Under our name, with a key of theirs; and ours, when it was no longer or not yet in use.
      if (part === 'tlogs' || part === 'ctlogs') {
        const key = (theirs[part] as [{ publicKey: JsonObject }])[0].publicKey;
        const forged = changed(ours, [part, 0, 'publicKey'], (() => key) as never) as JsonObject;
        refuses(code, /forged|not signed by the log/, twist, rooted(forged));
      }
      const place = part.endsWith('logs') ? [part, 0, 'publicKey', 'validFor'] : [part, 0, 'validFor'];
      for (const window of [
        { start: '2021-01-12T11:53:27Z', end: '2021-01-13T00:00:00Z' },
        { start: '2029-01-01T00:00:00Z' },
      ])
        assert.throws(
          () => verified(twist, rooted(changed(ours, place, (() => window) as never) as JsonObject)),
          (error: unknown) => error instanceof Unverified && error.code === code,
          `${part} ${JSON.stringify(window)}`,
        );
    }
  });

  test('the signature of the checkpoint, and its text', () => {
    const note = ['inclusionProof', 'checkpoint', 'envelope'];
    const noted = (change: (text: string) => string) => entry(note, (old) => change(String(old)));
    // One bit of the signature behind the four bytes of the key's id.
    refuses(
      'log',
      /not signed by the log/,
      noted((text) => {
        const [, line = '', name = '', base64 = ''] = /(— (\S+) (\S+))\n$/.exec(text) ?? [];
        return text.replace(line, `— ${name} ${flip(base64)}`);
      }),
    );
    refuses(
      'log',
      /not signed by the log/,
      noted((text) => text.replace(/— .*\n/, '')),
    );
    refuses(
      'log',
      /checkpoint is none|another state/,
      noted((text) => text.replace(/\n\d+\n/, '\n99999999999999999999\n')),
    );
    refuses(
      'log',
      /not signed by the log|another state/,
      noted((text) => text.replace(/\n(\d+)\n/, '\n0$1\n').replace('\n0', '\n1')),
    );
  });

  test('signed when the certificate was not valid', () => {
    refuses('certificate', /valid from/, { late: 700_000 });
    refuses('certificate', /valid from/, { late: -5_000 });
  });

  test('a certificate that no log has seen (CT)', () => {
    refuses('certificate', /no certificate log/, { noCertificateTimestamp: true });
  });

  test('no transparency log: an invalid bundle that parsers take all the same', () => {
    const without: Twist = {
      bundle: (bundle) => changed(bundle, ['verificationMaterial', 'tlogEntries'], () => []) as JsonObject,
    };
    refuses('log', /in no transparency log/, without);
    refuses(
      'log',
      /no proof/,
      entry(['inclusionProof'], () => undefined),
    );
  });

  test('each part of the proof is checked', () => {
    refuses('log', /promise of the log is forged/, entry(['inclusionPromise', 'signedEntryTimestamp'], flip));
    refuses(
      'log',
      /promise of the log is forged/,
      entry(['logIndex'], () => '4712'),
    );
    refuses(
      'log',
      /promise of the log is forged/,
      entry(['integratedTime'], (old) => String(Number(old) + 1)),
    );
    refuses('log', /another state/, entry(['inclusionProof', 'rootHash'], flip));
    refuses(
      'log',
      /another state/,
      entry(['inclusionProof', 'treeSize'], () => '4'),
    );
    refuses('log', /does not have the signature/, entry(['inclusionProof', 'hashes', 0], flip));
    refuses(
      'log',
      /does not have the signature|too/,
      entry(['inclusionProof', 'logIndex'], () => '0'),
    );
    refuses(
      'log',
      /too short/,
      entry(['inclusionProof', 'hashes'], () => []),
    );
    refuses(
      'log',
      /behind the end/,
      entry(['inclusionProof', 'logIndex'], () => '3'),
    );
    const note = ['inclusionProof', 'checkpoint', 'envelope'];
    refuses(
      'log',
      /not signed by the log/,
      entry(note, (old) => String(old).replace('— rekor.test', '— rekor.evil')),
    );
    refuses(
      'log',
      /not signed by the log/,
      entry(note, (old) => String(old).replace('rekor.test - 1', 'rekor.test - 2')),
    );
    refuses(
      'log',
      /checkpoint is none/,
      entry(note, () => 'hello'),
    );
    refuses('log', /none that is trusted/, entry(['logId', 'keyId'], flip));
  });

  test('the log must have this signature, this statement and this certificate', () => {
    const body = (path: readonly (string | number)[], change: (old: unknown) => unknown): Twist => ({
      body: (one) => changed(one, path, change as never) as JsonObject,
    });
    refuses(
      'log',
      /another statement/,
      body(['spec', 'payloadHash', 'value'], () => '00'.repeat(32)),
    );
    refuses('log', /another signature/, body(['spec', 'signatures', 0, 'signature'], flip));
    refuses(
      'log',
      /another signature/,
      body(['spec', 'signatures'], () => []),
    );
    refuses(
      'log',
      /another certificate/,
      body(['spec', 'signatures', 0, 'verifier'], () => 'AAAA'),
    );
    refuses(
      'log',
      /another kind/,
      body(['kind'], () => 'hashedrekord'),
    );
    refuses('unsupported', /kind of entry/, {
      ...entry(['kindVersion', 'kind'], () => 'hashedrekord'),
      ...body(['kind'], () => 'hashedrekord'),
    });
  });

  test('a timestamp of another signature', () => {
    refuses('timestamp', /another signature/, { stamped: Buffer.from('else') });
  });

  test('a signature of another key, which the log and the timestamp have', () => {
    refuses('signature', /not of this statement/, { forged: true });
  });

  test('entries of Rekor 2, which gives no times, and of kind intoto', () => {
    const der = (pem: string) => pem.replace(/-----[^-]*-----|\n/g, '');
    const parts = (said: JsonObject) => {
      const { signatures, payloadHash } = said.spec as {
        signatures: [{ signature: string; verifier: string }];
        payloadHash: { value: string };
      };
      const pem = Buffer.from(signatures[0].verifier, 'base64').toString();
      return { sig: signatures[0].signature, pem, hash: payloadHash.value };
    };
    const second: Twist = {
      noPromise: true,
      entry: (one) => ({ ...one, integratedTime: '0', kindVersion: { kind: 'dsse', version: '0.0.2' } }),
      body(said) {
        const { sig, pem, hash } = parts(said);
        const verifier = { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: der(pem) } };
        const payloadHash = { algorithm: 'SHA2_256', digest: Buffer.from(hash, 'hex').toString('base64') };
        return {
          apiVersion: '0.0.2',
          kind: 'dsse',
          spec: { dsseV002: { payloadHash, signatures: [{ content: sig, verifier }] } },
        };
      },
    };
    assert.equal(verified(second).time, sigstore.start + 5_000);
    refuses('timestamp', /nobody who is trusted says when/, { ...second, noTimestamp: true });
    const intoto: Twist = {
      noPromise: true,
      entry: (one) => ({ ...one, kindVersion: { kind: 'intoto', version: '0.0.2' } }),
      body(said) {
        const { sig, pem, hash } = parts(said);
        const one = {
          sig: Buffer.from(sig).toString('base64'),
          publicKey: Buffer.from(pem).toString('base64'),
        };
        const content = {
          envelope: { signatures: [one] },
          payloadHash: { algorithm: 'sha256', value: hash },
        };
        return { apiVersion: '0.0.2', kind: 'intoto', spec: { content } };
      },
    };
    assert.equal(verified(intoto).time, sigstore.start + 5_000);
  });

  test('a second signature, and a changed statement or signature', () => {
    const envelope = (path: readonly (string | number)[], change: (old: unknown) => unknown): Twist => ({
      bundle: (one) => changed(one, ['dsseEnvelope', ...path], change as never) as JsonObject,
    });
    refuses(
      'malformed',
      /one signature/,
      envelope(['signatures', 1], () => ({ sig: 'AAAA' })),
    );
    refuses('log', /another signature/, envelope(['signatures', 0, 'sig'], flip));
    const other = statementOn({ 'weights.bin': 'y' }).toString('base64');
    refuses(
      'log',
      /another statement/,
      envelope(['payload'], () => other),
    );
  });

  test('a key that is trusted does not vouch for keyless bundles', () => {
    refuses('signer', /without a key/, {}, { name: 'k', by: 'key', keys: [], postQuantum: [] });
  });
});

test('the trusted root that ships is the one of the public Sigstore', () => {
  const root = readTrustedRoot(Buffer.from(PUBLIC_TRUSTED_ROOT));
  assert.deepEqual(
    root.logs.map(({ host }) => host),
    ['rekor.sigstore.dev', 'log2025-1.rekor.sigstore.dev'],
  );
  assert.equal(root.authorities.length, 2);
  assert.ok(root.timestampAuthorities.length > 0 && root.certificateLogs.length > 0);
});
