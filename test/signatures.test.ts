import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../src/base/clock.ts';
import { verifyModel } from '../src/lifecycle/sign/verify-model.ts';
import { KeyFolder, publicKeysOf } from '../src/lifecycle/signing-keys/key-folder.ts';
import { readBundle } from '../src/signing/bundle.ts';
import { readTrustedRoot } from '../src/signing/keyless/trusted-root.ts';
import { publicKeyOf } from '../src/signing/keys.ts';
import { trustKeys } from '../src/signing/trust-policy.ts';
import { verifyBundle } from '../src/signing/verify.ts';
import { corpus } from './fuzz/target.ts';

/** Keys and signatures that an earlier version made: what was signed once verifies for ever. */
const VECTORS = join(import.meta.dirname, 'vectors/signing');

test('a key of earlier opens, and what it signed verifies, with its scan and with ML-DSA-65', async () => {
  const folder = new KeyFolder(VECTORS);
  const [keys = []] = publicKeysOf(await folder.find('release'));
  const opened = await folder.open('release', { passphrase: 'a passphrase of a test' });
  assert.equal(publicKeyOf(opened.key).hint, keys[0]?.hint);
  const report = await verifyModel({
    model: join(VECTORS, 'model'),
    trust: {
      signers: [trustKeys('release', keys)],
      require: { postQuantum: true, scan: true },
      allow: { unsignedFiles: false, symlinks: false },
    },
    jobs: 1,
    clock: systemClock,
  });
  assert.deepEqual([report.outcome, report.objections, report.scan?.verdict], ['verified', [], 'clean']);
});

test('a keyless bundle of earlier verifies', () => {
  const [, keyless = Buffer.alloc(0)] = corpus('signing.bundle');
  const [root = Buffer.alloc(0)] = corpus('signing.trusted-root');
  const trust = { identity: 'me@example.com', issuer: 'https://issuer.test', root: readTrustedRoot(root) };
  const { who } = verifyBundle(
    readBundle(keyless),
    [{ name: 'me', by: 'sigstore', postQuantum: [], ...trust }],
    0,
  );
  assert.equal(who, 'me@example.com');
});
