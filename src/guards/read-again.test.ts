import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { About, Guard } from './guard.ts';
import { pii } from './pii/index.ts';
import { secrets } from './secrets/index.ts';
import { ABOUT, MEANS, read } from './testing.ts';

const WHOLE: About = { ...ABOUT, streamed: false };
const KEY = ['AKIA', 'Q3EGRZ7XPLTM5VNW'].join('');
const CARD = '4111 1111 1111 1111';
const MAIL = 'martha.kowalski@posteo.net';
const GUARDS = { secrets: secrets.build('secrets', {}, MEANS), pii: pii.build('pii', {}, MEANS) };

const find = (guard: Guard, text: string, about = WHOLE) => read(guard.open(about), [text]);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const each = (text: string, write: (point: number) => string) =>
  [...text].map((char) => write(char.codePointAt(0) ?? 0)).join('');

/** Ways of writing a value so that it is still the same to a model. */
const WRITINGS: Readonly<Record<string, (text: string) => string>> = {
  'zero-width': (text) => [...text].join('\u200b'),
  'full width': (text) => each(text, (at) => (at === 32 ? ' ' : String.fromCodePoint(at + 0xfee0))),
  base64,
  'base64 twice': (text) => base64(base64(text)),
  hex: (text) => Buffer.from(text).toString('hex'),
  'hex in groups': (text) => Buffer.from(text).toString('hex').replace(/../g, '$& ').trimEnd(),
  url: (text) => each(text, (at) => `%${at.toString(16)}`),
  entities: (text) => each(text, (at) => `&#${at};`),
  escapes: (text) => each(text, (at) => `\\x${at.toString(16)}`),
};

suite('texts read again', () => {
  for (const [name, write] of Object.entries(WRITINGS)) {
    test(`${name}: what is hidden is found, where it stands`, async () => {
      for (const [guard, value, reason] of [
        [GUARDS.secrets, KEY, 'secrets.aws_access_key'],
        [GUARDS.pii, CARD, 'pii.credit_card'],
        [GUARDS.pii, MAIL, 'pii.email_address'],
      ] as const) {
        const before = 'Please look at this: ';
        const written = write(value);
        const found = await find(guard, `${before}${written} , thank you.`);
        const one = found.find((candidate) => candidate.reason === reason);
        assert.ok(one, `${reason}: ${JSON.stringify(found)}`);
        assert.equal(one.start, before.length);
        // Padding says nothing, and may stay.
        assert.ok(one.end <= before.length + written.length && one.end >= before.length + written.length - 8);
      }
    });
  }

  test('a stream is read as it stands', async () => {
    assert.deepEqual(await find(GUARDS.secrets, base64(KEY), ABOUT), []);
  });

  test('what is found as it stands is found once', async () => {
    const texts = [`Write to ${MAIL}, or pay with ${CARD}`, `100%25 sure: ${MAIL}`];
    for (const text of texts) {
      assert.deepEqual(await find(GUARDS.pii, text), await find(GUARDS.pii, text, ABOUT));
    }
  });

  test('all reasons for a stretch count', async () => {
    const found = await find(
      GUARDS.pii,
      base64(`Write to ${MAIL}, or pay with ${CARD}, whichever suits you.`),
    );
    const reasons = new Set(found.map(({ reason }) => reason));
    assert.ok(reasons.has('pii.email_address') && reasons.has('pii.credit_card'), [...reasons].join());
  });

  test('ciphers and repairs are left alone: they make values of what is none', async () => {
    assert.deepEqual(await find(GUARDS.secrets, [...KEY].reverse().join('')), []);
  });

  test('commas of Chinese texts make no names of what stands beside them', async () => {
    const text = '下面是一篇文章，请对其中的错别字进行修改： 我们的星球上有亿万的生灵';
    assert.deepEqual(await find(GUARDS.pii, text), await find(GUARDS.pii, text, ABOUT));
  });

  test('it makes no difference how a text is cut', async () => {
    const pieces = fc.constantFrom(
      ...[KEY, CARD, MAIL].flatMap((value) => Object.values(WRITINGS).map((write) => write(value))),
      ...['Please look at this: ', ' ', '\n', 'für dich ', '，', '\ud83d'],
    );
    for (const guard of Object.values(GUARDS)) {
      await fc.assert(
        fc.asyncProperty(fc.array(pieces, { maxLength: 5 }), fc.nat(40), async (texts, at) => {
          const text = texts.join('');
          const cut = await read(guard.open(WHOLE), [text.slice(0, at), text.slice(at)]);
          assert.deepEqual(cut, await find(guard, text));
          const asItStands = await find(guard, text, ABOUT);
          for (const one of asItStands) assert.ok(cut.some((other) => other.reason === one.reason));
        }),
        { numRuns: 60 },
      );
    }
  });
});
