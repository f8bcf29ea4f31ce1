import assert from 'node:assert/strict';
import { createPublicKey, ECDH, generateKeyPairSync } from 'node:crypto';
import { suite, test } from 'node:test';
import { publicKeyOf, readPrivateKeys, readPublicKeys } from './keys.ts';
import { newKey, publicPem } from './testing.ts';
import { Unverified } from './unverified.ts';

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const key = newKey();
const mldsa = generateKeyPairSync('ml-dsa-65').privateKey;

suite('keys', () => {
  test('are read as PEM, as several PEM, as DER, and as compressed points', () => {
    for (const curve of CURVES) {
      const own = newKey(curve);
      const { hint } = publicKeyOf(own);
      const der = createPublicKey(own).export({ type: 'spki', format: 'der' });
      const bits = { prime256v1: 65, secp384r1: 97, secp521r1: 133 }[curve] ?? 0;
      const point = ECDH.convertKey(der.subarray(-bits), curve, undefined, undefined, 'compressed') as Buffer;
      for (const given of [
        publicPem(own),
        der,
        point,
        Buffer.concat([Buffer.from('# ours\n'), publicPem(own)]),
      ])
        assert.deepEqual(
          readPublicKeys(given, 'x').map((one) => one.hint),
          [hint],
        );
    }
    assert.equal(readPublicKeys(Buffer.concat([publicPem(key), publicPem(mldsa)]), 'x').length, 2);
  });

  test('private ones are not taken for public ones, and sealed ones need their passphrase', () => {
    const pem = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' });
    const clear = key.export({ type: 'pkcs8', format: 'pem' });
    assert.throws(() => readPublicKeys(Buffer.from(clear), 'x'), /holds a private key/);
    assert.throws(() => readPrivateKeys(Buffer.from(pem), 'x', 'q'), /does not open/);
    assert.throws(() => readPrivateKeys(Buffer.from(pem), 'x'), /no passphrase for it/);
    assert.equal(readPrivateKeys(Buffer.from(pem), 'x', 'p').length, 1);
    assert.throws(() => readPrivateKeys(publicPem(key), 'x'), /no private key/);
    for (const given of ['', 'hello', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])
      assert.throws(() => readPublicKeys(Buffer.from(given), 'x'), Unverified);
  });
});
