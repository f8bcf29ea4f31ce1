import assert from 'node:assert/strict';
import { readBundle } from '../../../src/signing/bundle.ts';
import { readCertificate } from '../../../src/signing/certificate.ts';
import { verifyTimestamp } from '../../../src/signing/keyless/timestamp.ts';
import { readTrustedRoot } from '../../../src/signing/keyless/trusted-root.ts';
import { readPublicKeys } from '../../../src/signing/keys.ts';
import { makeManifest, readManifest, writeManifest } from '../../../src/signing/manifest.ts';
import { ITSELF, isCanonicalName } from '../../../src/signing/names.ts';
import { trustKeys } from '../../../src/signing/trust-policy.ts';
import { Unverified } from '../../../src/signing/unverified.ts';
import { type TrustedSigner, verifyBundle } from '../../../src/signing/verify.ts';
import { refusedBy } from '../expect.ts';
import { corpus, pure, type Target } from '../target.ts';

const [BY_KEY = Buffer.alloc(0), KEYLESS = Buffer.alloc(0)] = corpus('signing.bundle');
const [PUBLIC = Buffer.alloc(0)] = corpus('signing.keys');
const [ROOT = Buffer.alloc(0)] = corpus('signing.trusted-root');

const PAYLOAD = readBundle(BY_KEY).envelope.payload;
const STAMPED = readBundle(KEYLESS).envelope.signatures[0]?.sig ?? Buffer.alloc(0);
/** When the seeds were signed. */
const START = Date.parse('2026-01-01T00:00:00Z');
const TRUSTED = readTrustedRoot(ROOT);
const SIGNERS: readonly TrustedSigner[] = [
  trustKeys('both', readPublicKeys(PUBLIC, 'seeds')),
  {
    name: 'me',
    by: 'sigstore',
    root: TRUSTED,
    identity: 'me@example.com',
    issuer: 'https://issuer.test',
    postQuantum: [],
  },
];

const WORDS = [
  '"signatures":[',
  '"sig":',
  '"keyid":null',
  '"hint":',
  '"payload":',
  '"tlogEntries":[]',
  '"__proto__":',
  'AAAA',
];
const DER = [
  '\x30\x80',
  '\x30\x82\x01\x00',
  '\x02\x01\x00',
  '\xa0\x03',
  '\x05\x00',
  '\x06\x03\x55\x1d\x11',
  '\x04\x00',
];
const NAMES = [
  '"name":"../',
  '"name":"."',
  ':0:8',
  ':8:16',
  '"method":"shards"',
  '"shard_size":8',
  '"blake2b"',
  '"resources":[]',
];

/** What holds says what was signed, whatever else is around it. */
const bundles = pure({
  name: 'signing.bundle',
  words: WORDS,
  quick: 150,
  longest: 32_768,
  check(input) {
    const held = refusedBy(() => verifyBundle(readBundle(input), SIGNERS, START), Unverified);
    if (!(held instanceof Unverified))
      assert.ok(held.payload.equals(PAYLOAD), 'a statement that nobody signed');
  },
});

/** What is read is written back to the same, and names no file outside. */
const manifests = pure({
  name: 'signing.manifest',
  words: NAMES,
  quick: 1000,
  check(input) {
    const manifest = refusedBy(() => readManifest(input), Unverified);
    if (manifest instanceof Unverified) return;
    for (const { name } of manifest.resources)
      assert.ok(name === ITSELF || isCanonicalName(name), 'a name that leads elsewhere');
    const again = readManifest(writeManifest(makeManifest(manifest)));
    assert.equal(again.resources.length, manifest.resources.length);
  },
});

const certificates = pure({
  name: 'signing.certificate',
  words: DER,
  quick: 500,
  check: (input) => void refusedBy(() => readCertificate(input), Unverified),
});

/** A time is the one that the authority said. */
const timestamps = pure({
  name: 'signing.timestamp',
  words: DER,
  quick: 500,
  check(input) {
    const time = refusedBy(() => verifyTimestamp(input, STAMPED, TRUSTED.timestampAuthorities), Unverified);
    if (!(time instanceof Unverified)) assert.equal(time, START + 5_000, 'a time that nobody said');
  },
});

const roots = pure({
  name: 'signing.trusted-root',
  words: WORDS,
  quick: 200,
  check: (input) => void refusedBy(() => readTrustedRoot(input), Unverified),
});

const keys = pure({
  name: 'signing.keys',
  words: ['-----BEGIN PUBLIC KEY-----', '-----END PUBLIC KEY-----', '\n', '\x02', '\x03'],
  quick: 300,
  check: (input) => void refusedBy(() => readPublicKeys(input, 'a file'), Unverified),
});

export const signingTargets: readonly Target[] = [bundles, manifests, certificates, timestamps, roots, keys];
