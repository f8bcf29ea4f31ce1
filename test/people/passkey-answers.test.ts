import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  challengeOf,
  checkAssertion,
  credentialId,
  readPasskey,
  readRegistration,
  userHandle,
  writePasskey,
} from '../../src/factors/passkey.ts';
import { Authenticator } from './authenticator.ts';

const PARTY = { origin: 'https://gatehouse.example.com', rpId: 'gatehouse.example.com' };
const CHALLENGE = randomBytes(39).toString('base64url');
const CREATION = {
  rp: { id: PARTY.rpId },
  user: { id: Buffer.from('per_1').toString('base64url') },
  challenge: CHALLENGE,
  excludeCredentials: [],
  authenticatorSelection: {},
  attestation: 'none',
};
const REQUEST = {
  rpId: PARTY.rpId,
  challenge: CHALLENGE,
  allowCredentials: [],
  userVerification: 'required',
};

async function made(algorithm: 'ES256' | 'EdDSA', synced = false) {
  const authenticator = new Authenticator(PARTY.origin, algorithm, synced);
  const read = await readRegistration(authenticator.create(CREATION), CHALLENGE, PARTY);
  assert.ok(read !== undefined);
  return { authenticator, ...read };
}

for (const algorithm of ['ES256', 'EdDSA'] as const)
  test(`${algorithm}: what is kept is enough, and says what it is`, async () => {
    const { authenticator, passkey, counter } = await made(algorithm);
    const kept = readPasskey(writePasskey(passkey));
    assert.deepEqual(kept, passkey);
    assert.deepEqual([kept.transports, kept.synced, counter], [['internal'], false, 1]);
    const answer = authenticator.get(REQUEST);
    assert.equal(credentialId(answer), passkey.id);
    assert.equal(challengeOf(answer), CHALLENGE);
    assert.equal(userHandle(answer), 'per_1');
    assert.deepEqual(await checkAssertion(answer, CHALLENGE, PARTY, kept, counter), {
      counter: 2,
      userVerified: true,
      cloned: false,
    });
  });

test('a counter counts only where there is one', async () => {
  const { authenticator, passkey } = await made('ES256', true);
  const shown = await checkAssertion(authenticator.get(REQUEST), CHALLENGE, PARTY, passkey, 0);
  assert.deepEqual([shown?.counter, shown?.cloned], [0, false]);
  const fell = await checkAssertion(authenticator.get(REQUEST), CHALLENGE, PARTY, passkey, 7);
  assert.equal(fell?.cloned, true, 'it had one before');
});

test('any change of an answer is refused, and nothing is thrown', async () => {
  const { authenticator, passkey } = await made('EdDSA');
  const answer = authenticator.get(REQUEST);
  const parts = ['clientDataJSON', 'authenticatorData', 'signature'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...parts),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (part, at, mask) => {
        const bytes = Buffer.from(answer.response[part], 'base64url');
        const place = at % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(place) ^ mask, place);
        const response = { ...answer.response, [part]: bytes.toString('base64url') };
        assert.equal(await checkAssertion({ ...answer, response }, CHALLENGE, PARTY, passkey, 0), undefined);
      },
    ),
    { numRuns: 200 },
  );
});

test('whatever else is sent is no passkey, and nothing is thrown', async () => {
  const { authenticator, passkey } = await made('ES256');
  const good = authenticator.create(CREATION);
  const any = fc.jsonValue() as fc.Arbitrary<never>;
  await fc.assert(
    fc.asyncProperty(any, fc.uint8Array({ maxLength: 300 }), async (value, bytes) => {
      const text = Buffer.from(bytes).toString('base64url');
      for (const answer of [
        value,
        { ...good, response: value },
        { ...good, response: { ...good.response, attestationObject: text } },
        { ...good, response: { ...good.response, clientDataJSON: text } },
      ] as never[]) {
        assert.equal(await readRegistration(answer, CHALLENGE, PARTY), undefined);
        assert.equal(await checkAssertion(answer, CHALLENGE, PARTY, passkey, 0), undefined);
      }
    }),
    { numRuns: 100 },
  );
});
