import assert from 'node:assert/strict';
import { argon2, createSecretKey, randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { HOTP, Secret, TOTP, URI } from 'otpauth';
import { base32 } from './base32.ts';
import { type Argon2id, COST, checkPassphrase, hashPassphrase } from './passphrase.ts';
import { looksLikeRecovery, makeRecoveryCodes, recoveryCodesLeft, useRecoveryCode } from './recovery.ts';
import { factorKey, openSecret, sealSecret } from './sealed.ts';
import { checkCode, codeOf, otpauthUri, stepAt } from './totp.ts';
import { weaknessOf } from './weak.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const run = promisify(argon2);
const argon2id: Argon2id = (question) => run('argon2id', question);
const means = { argon2id, random: randomBytes, secret: Buffer.alloc(32, 1) };
const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

suite('passphrases', () => {
  test('the Argon2id in use is that of RFC 9106, section 5.3', async () => {
    const tag = await run('argon2id', {
      message: Buffer.alloc(32, 1),
      nonce: Buffer.alloc(16, 2),
      secret: Buffer.alloc(8, 3),
      associatedData: Buffer.alloc(12, 4),
      memory: 32,
      passes: 3,
      parallelism: 4,
      tagLength: 32,
    });
    assert.equal(tag.toString('hex'), '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });

  test('one fits its own hash, and nothing else does', async () => {
    const kept = await hashPassphrase('four words to keep', means);
    assert.match(kept, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.deepEqual(await checkPassphrase('four words to keep', kept, means), { right: true, stale: false });
    for (const wrong of ['four words to keeP', 'four words to keep ', ''])
      assert.equal((await checkPassphrase(wrong, kept, means)).right, false);
    const otherKey = { ...means, secret: Buffer.alloc(32, 2) };
    assert.equal((await checkPassphrase('four words to keep', kept, otherKey)).right, false);
    assert.notEqual(await hashPassphrase('four words to keep', means), kept);
  });

  test('letters that were typed another way are the same letters', async () => {
    const kept = await hashPassphrase('Äpfel und Birnen', means, CHEAP);
    assert.equal((await checkPassphrase('A\u0308pfel und Birnen', kept, means)).right, true);
  });

  test('a hash of another cost is right and stale; a damaged one, or one that asks for too much, throws', async () => {
    const kept = await hashPassphrase('four words to keep', means, CHEAP);
    assert.deepEqual(await checkPassphrase('four words to keep', kept, means), { right: true, stale: true });
    await assert.rejects(checkPassphrase('x', '$argon2i$v=19$m=1,t=1,p=1$a$b', means), TypeError);
    await assert.rejects(checkPassphrase('x', kept.replace('m=64', 'm=9999999'), means), TypeError);
  });

  test('nobody’s costs as much as somebody’s', async () => {
    const asked: unknown[] = [];
    const counting: Argon2id = (question) => {
      const { message: _, nonce: __, secret: ___, ...cost } = question;
      asked.push(cost);
      return argon2id(question);
    };
    const kept = await hashPassphrase('four words to keep', means);
    for (const hash of [kept, undefined])
      assert.equal(
        (await checkPassphrase('wrong words to keep', hash, { ...means, argon2id: counting })).right,
        false,
      );
    assert.deepEqual(asked[0], asked[1]);
    assert.deepEqual(asked[0], { ...COST, tagLength: 32 });
  });

  test('what attackers try first is refused, whatever else is not', () => {
    const about = ['ann.miller', 'Ann Miller'];
    for (const weak of [
      'elevenchars',
      'aaaaaaaaaaaa',
      'abababababab',
      'abcabcabcabcabc',
      'abcdefghijklmn',
      '123456789012',
      '987654321098',
      'Password1234',
      'p@$$w0rdp@$$w0rd',
      'Correct Horse Battery Staple',
      'annmiller2026',
      'Ann Miller 99!',
      'x'.repeat(257),
    ])
      assert.notEqual(weaknessOf(weak, about), undefined, weak);
    for (const good of [
      'four words to keep',
      'tr0ubador&3-horses',
      'ann likes purple tea',
      'ñandú ñandú azul',
    ])
      assert.equal(weaknessOf(good, about), undefined, good);
  });
});

suite('codes of an app', () => {
  const secret = Buffer.from('12345678901234567890');

  test('HOTP is that of RFC 4226, appendix D', () => {
    const wanted = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
    assert.deepEqual(
      wanted.map((_, counter) => codeOf(secret, counter)),
      wanted,
    );
  });

  test('TOTP is that of RFC 6238, appendix B', () => {
    for (const [seconds, wanted] of [
      [59, '94287082'],
      [1111111109, '07081804'],
      [1111111111, '14050471'],
      [1234567890, '89005924'],
      [2000000000, '69279037'],
      [20000000000, '65353130'],
    ] as const)
      assert.equal(codeOf(secret, stepAt(seconds * 1000), 8), wanted);
  });

  test('an app that somebody else wrote says the same', () => {
    const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 0, max: 4e12 }), (some, now) => {
        const peer = new TOTP({ secret: new Secret({ buffer: new Uint8Array(some).buffer }) });
        assert.equal(codeOf(some, stepAt(now)), peer.generate({ timestamp: now }));
        const read = URI.parse(otpauthUri({ account: 'ann@example.com', secret: some }));
        assert.ok(!(read instanceof HOTP));
        assert.equal(read.generate({ timestamp: now }), codeOf(some, stepAt(now)));
        assert.equal(read.issuer, 'Gatehouse');
        assert.equal(read.label, 'ann@example.com');
      }),
    );
  });

  test('one step before and after is taken, none beyond, and each once', () => {
    const now = 1_700_000_000_000;
    const step = stepAt(now);
    for (const away of [-2, -1, 0, 1, 2]) {
      const found = checkCode(secret, codeOf(secret, step + away), now, 0);
      assert.equal(found, Math.abs(away) <= 1 ? step + away : undefined);
    }
    const code = codeOf(secret, step);
    assert.equal(checkCode(secret, code, now, step - 1), step);
    assert.equal(checkCode(secret, code, now, step), undefined);
    assert.equal(checkCode(secret, codeOf(secret, step - 1), now, step), undefined);
    for (const text of ['', '12345', `${code} `, `${code}0`, '٣٣٣٣٣٣', '1e1111', '\0\0\0\0\0\0'])
      assert.equal(checkCode(secret, text, now, 0), undefined);
  });

  test('base 32 is that of RFC 4648, section 10, without its padding', () => {
    const wanted = ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'];
    assert.deepEqual(
      wanted.map((_, length) => base32(Buffer.from('foobar'.slice(0, length)))),
      wanted,
    );
  });
});

suite('recovery codes', () => {
  test('there are ten, each good once, and only their keyed hashes are kept', () => {
    const { codes, held } = makeRecoveryCodes(randomBytes, key);
    assert.equal(new Set(codes).size, 10);
    let left = held;
    for (const code of codes) {
      assert.match(code, /^[0-9a-z]{5}-[0-9a-z]{5}$/);
      assert.ok(looksLikeRecovery(code));
      assert.ok(!held.includes(code) && !held.includes(code.replace('-', '')));
      const next = useRecoveryCode(left, code.toUpperCase().replace('-', ' '), key);
      assert.ok(next !== undefined);
      left = next;
      assert.equal(useRecoveryCode(left, code, key), undefined);
    }
    assert.equal(recoveryCodesLeft(left), 0);
    assert.equal(useRecoveryCode(held, codes[0] ?? '', createSecretKey(Buffer.alloc(32, 8))), undefined);
    assert.ok(!looksLikeRecovery('123456'));
  });

  test('the letters that look like digits are read as those', () => {
    const { codes, held } = makeRecoveryCodes((bytes) => new Uint8Array(bytes).map((_, at) => at % 2), key);
    assert.equal(codes[0], '01010-10101');
    assert.notEqual(useRecoveryCode(held, 'oLoIo-1O1o1', key), undefined);
  });
});

test('a sealed secret opens for its own factor, whole, under its own key', () => {
  const at = factorKey(key);
  const sealed = sealSecret(Buffer.from('secret'), 'fac_1', at, randomBytes);
  assert.equal(openSecret(sealed, 'fac_1', at).toString(), 'secret');
  assert.throws(() => openSecret(sealed, 'fac_2', at));
  assert.throws(() => openSecret(sealed, 'fac_1', factorKey(createSecretKey(Buffer.alloc(32, 8)))));
  assert.throws(() => openSecret('', 'fac_1', at));
  const bytes = Buffer.from(sealed, 'base64url');
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
      const bad = Buffer.from(bytes);
      bad[place] = (bad[place] ?? 0) ^ flip;
      assert.throws(() => openSecret(bad.toString('base64url'), 'fac_1', at));
    }),
  );
});
