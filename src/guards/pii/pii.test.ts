import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ABOUT, MEANS, masked, read, readWhole } from '../testing.ts';
import { ENTITIES, pii } from './index.ts';

const guard = pii.build('pii', {}, MEANS);
const values = async (text: string, by = guard): Promise<string[]> =>
  (await readWhole(by, text)).map(({ start, end, reason }) => `${reason.slice(4)}=${text.slice(start, end)}`);

test('spans end where the entity ends', async () => {
  assert.deepEqual(await values('Write to jane.doe@example.com.'), ['email_address=jane.doe@example.com']);
  assert.deepEqual(await values('Call (212) 555-2368, please!'), ['phone_number=(212) 555-2368']);
  assert.deepEqual(await values('IBAN: GB82 WEST 1234 5698 7654 32.'), [
    'iban_code=GB82 WEST 1234 5698 7654 32',
  ]);
});

test('initials, hyphens, extensions and the ends of postal codes belong to what they follow', async () => {
  assert.deepEqual(await values('Emergency contact: Maria K. Lopez - (212) 555-2368x704'), [
    'person=Maria K. Lopez',
    'phone_number=(212) 555-2368x704',
  ]);
  assert.deepEqual(await values('Anna Berg-Larsen called.'), ['person=Anna Berg-Larsen']);
  assert.deepEqual(await values('Interview with Maria Lopez, Lisbon'), ['person=Maria Lopez']);
  assert.deepEqual(await values('Téléphone : 01.43.00.80.92'), ['phone_number=01.43.00.80.92']);
  assert.deepEqual(await values('I live at 12 Oak Street, Denver, CO 80202-1927.'), [
    'street_address=12 Oak Street, Denver, CO 80202-1927',
  ]);
});

test('words around digits raise and lower their score', async () => {
  assert.deepEqual(await values('part no. 659-73-9617'), []);
  assert.deepEqual(await values('SSN 659-73-9617'), ['us_ssn=659-73-9617']);
  assert.deepEqual(await values('943 476 5919'), []);
  assert.deepEqual(await values('NHS number 943 476 5919'), ['uk_nhs=943 476 5919']);
  assert.deepEqual(await values('the meeting on 14 March 1987'), []);
  assert.deepEqual(await values('geboren am 14.03.1987, ledig'), ['date_of_birth=14.03.1987']);
});

test('a wrong check digit is no card, no account, no identifier', async () => {
  assert.deepEqual(await values('card 4111 1111 1111 1112'), []);
  assert.deepEqual(await values('IBAN DE88370400440532013000'), []);
  assert.deepEqual(await values('DNI 12345678A'), []);
});

test('settings choose entities, countries, scores and known values', async () => {
  const text = 'CPF 111.444.777-35, DNI 12345678Z, mail help@example.com';
  const only = pii.build('pii', { only: ['email_address'] }, MEANS);
  assert.deepEqual(await values(text, only), ['email_address=help@example.com']);
  const brazil = pii.build('pii', { countries: ['br'], known: ['HELP@example.com'] }, MEANS);
  assert.deepEqual(await values(text, brazil), ['br_cpf=111.444.777-35']);
  const strict = pii.build('pii', { thresholds: { email_address: 1 }, except: ['es_nif', 'br_cpf'] }, MEANS);
  assert.deepEqual(await values(text, strict), []);
  assert.throws(() => pii.build('pii', { except: ['nothing'] }, MEANS), /There is no entity "nothing"/);
});

test('entities of the owner have patterns, words, checksums, context and actions', async () => {
  const own = pii.build(
    'pii',
    {
      entities: [
        { id: 'member', match: '\\bM\\d{8}\\b', checksum: 'luhn', score: 0.3, context: ['member'] },
        { id: 'house', words: ['nightjar cottage'] },
      ],
      actions: { house: 'block' },
    },
    MEANS,
  );
  assert.deepEqual(await values('we met in nightjar cottage', own), ['house=nightjar cottage']);
  assert.equal((await readWhole(own, 'in Nightjar Cottage'))[0]?.action, 'block');
  assert.throws(() => pii.build('pii', { entities: [{ id: 'x' }] }, MEANS), /either “match” or “words”/);
  assert.throws(() => pii.build('pii', { entities: [{ id: 'x', match: 'a+' }] }, MEANS), /longer than 256/);
});

test('a mask leaves the sentence as it is', async () => {
  const text = 'Please call Maria Lopez on +44 20 7946 0958, thank you.';
  assert.equal(
    masked(text, await readWhole(guard, text)),
    'Please call [pii.person] on [pii.phone_number], thank you.',
  );
});

test('plain words leave at once', async () => {
  const reader = guard.open(ABOUT);
  const text =
    'it depends on what you want to do with the results of that, so the answer is that both are fine. ';
  let given = 0;
  for (const char of text) {
    given++;
    const { clear } = await reader.push(char);
    assert.ok(given - clear <= 10, `${text.slice(0, given)} is held back`);
  }
});

test('any text gives the same however it is cut, and findings never overlap', async () => {
  const pieces = fc.constantFrom(
    'Maria ',
    'van der Berg',
    '\n',
    '12 ',
    'Oak Street',
    ', ',
    '4111 1111 ',
    '+49 ',
    'a@b.com',
    '::',
    '1-',
    '王小明',
    '我叫',
    ' the ',
    'born ',
    '(',
    '\ud83d',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), fc.nat(60), async (parts, at) => {
      const text = parts.join('');
      const whole = await readWhole(guard, text);
      assert.deepEqual(await read(guard.open(ABOUT), [text.slice(0, at), text.slice(at)]), whole);
      for (const [index, one] of whole.entries()) assert.ok(one.start >= (whole[index - 1]?.end ?? 0));
    }),
    { numRuns: 150 },
  );
});

test('long and hostile texts are read to their end in bounded pieces', async () => {
  for (const piece of ['7', 'a@', 'A', '1-', '+1 ', 'Ab ', ':a', '(', '王']) {
    const text = piece.repeat(20_000 / piece.length);
    const reader = guard.open(ABOUT);
    const { clear } = await reader.push(text);
    assert.ok(text.length - clear <= 4_200, piece);
    await reader.end();
  }
});

test('Presidio’s names are among the entities', () => {
  const names = [
    'CREDIT_CARD',
    'CRYPTO',
    'EMAIL_ADDRESS',
    'IBAN_CODE',
    'IP_ADDRESS',
    'PERSON',
    'LOCATION',
    'US_SSN',
    'US_ITIN',
    'UK_NHS',
    'ES_NIF',
    'IT_FISCAL_CODE',
    'PL_PESEL',
    'SG_NRIC_FIN',
    'AU_ABN',
    'IN_PAN',
    'IN_AADHAAR',
    'MEDICAL_LICENSE',
  ];
  for (const name of names) assert.ok(ENTITIES.includes(name.toLowerCase()), name);
});
