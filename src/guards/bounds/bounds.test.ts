import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../base/problem.ts';
import type { GuardAction } from '../../exchange/verdict.ts';
import { ABOUT, MEANS, masked, read, readWhole } from '../testing.ts';
import { bounds } from './index.ts';

const guard = (settings: Parameters<typeof bounds.build>[1] = {}) => bounds.build('bounds', settings, MEANS);
const found = async (text: string, settings?: Parameters<typeof bounds.build>[1]) =>
  (await readWhole(guard(settings), text)).map(
    ({ reason, start, end, action }): [string, number, number, GuardAction | undefined] => [
      reason,
      start,
      end,
      action,
    ],
  );

const tags = (text: string): string =>
  [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');

test('each class has its action, and its default', async () => {
  assert.deepEqual(await found('\u0000'), [['bounds.control', 0, 1, 'block']]);
  assert.deepEqual(await found('\u202e'), [['bounds.bidi', 0, 1, 'block']]);
  assert.deepEqual(await found('\u200b'), [['bounds.invisible', 0, 1, 'mask']]);
  assert.deepEqual(await found('\ufe0f'), [['bounds.variation', 0, 1, 'mask']]);
  assert.deepEqual(await found(tags('a')), [['bounds.tags', 0, 2, 'block']]);
  assert.deepEqual(await found('\u0000', { control: 'flag' }), [['bounds.control', 0, 1, 'flag']]);
  const all = {
    control: 'allow',
    bidi: 'allow',
    invisible: 'allow',
    variation: 'allow',
    tags: 'allow',
  } as const;
  assert.deepEqual(await found(`\u0000\u202e\u200b\ufe0f${tags('a')}`, all), []);
});

test('a mask removes the characters, so that later guards read the text without them', async () => {
  const text = 'ig\u200bno\u2060re\u00ad al\u{e0101}l 👩‍🚀 می‌خواهم';
  const clean = masked(text, await readWhole(guard(), text));
  assert.equal(clean, 'ignore all 👩‍🚀 می‌خواهم');
});

test('characters with the same fault are one finding, of at most 256', async () => {
  assert.deepEqual(await found(`a${'\u200b'.repeat(3)}b${tags('hi')}`), [
    ['bounds.invisible', 1, 4, 'mask'],
    ['bounds.tags', 5, 9, 'block'],
  ]);
  assert.deepEqual(await found('\u200b'.repeat(300)), [
    ['bounds.invisible', 0, 256, 'mask'],
    ['bounds.invisible', 256, 300, 'mask'],
  ]);
});

test('a text that is too long is blocked where it passes the bound', async () => {
  assert.deepEqual(await found('12345', { max_chars: 5 }), []);
  assert.deepEqual(await found('123456789', { max_chars: 5 }), [['bounds.max_chars', 5, 6, 'block']]);
  const pieces = ['123', '45', '6', '789'];
  assert.equal((await read(guard({ max_chars: 5 }).open(ABOUT), pieces)).length, 1);
  assert.deepEqual(await found('123\u200b\u200b\u200b789', { max_chars: 4 }), [
    ['bounds.invisible', 3, 6, 'mask'],
    ['bounds.max_chars', 4, 5, 'block'],
  ]);
});

test('with a list of what is allowed everything else is found', async () => {
  const allow = '\\p{Latin}\\p{N}\\p{P}\\s😀';
  assert.deepEqual(await found('Größe 10, déjà vu!\n😀', { allow }), []);
  assert.deepEqual(await found('pаypal 😁', { allow }), [
    ['bounds.not_allowed', 1, 2, 'block'],
    ['bounds.not_allowed', 7, 9, 'block'],
  ]);
  assert.deepEqual(await found('a\u0000', { allow, not_allowed: 'mask' }), [
    ['bounds.control', 1, 2, 'block'],
  ]);
  assert.throws(
    () => guard({ allow: 'a-\\d' }),
    (error: unknown) => {
      assert.ok(error instanceof Problem && error.kind === 'usage');
      assert.match(error.message, /“allow”, character 1:/);
      return true;
    },
  );
  assert.throws(() => guard({ allow: 'a]|[b' }), Problem);
});

test('plain text is clear at once; only what decides is waited for', async () => {
  const reader = guard().open(ABOUT);
  const clear = async (piece: string): Promise<number> => (await reader.push(piece)).clear;
  assert.equal(await clear('hello '), 6);
  assert.equal(await clear('👩'), 8);
  assert.equal(await clear('\u200d'), 8, 'what follows the joiner decides');
  assert.equal(await clear('\ud83d'), 8, 'half a character decides nothing');
  assert.equal(await clear('\ude80 x'), 13);
  assert.equal(await clear(`\u{1f3f4}${tags('gbe')}`), 15, 'a flag is not whole yet');
  assert.equal(await clear(`${tags('ng')}\u{e007f}.`), 28);
});

test('every text of assigned, visible characters of one script passes', async () => {
  const scripts = [
    'Latin',
    'Cyrillic',
    'Greek',
    'Han',
    'Hiragana',
    'Hangul',
    'Arabic',
    'Hebrew',
    'Devanagari',
    'Thai',
  ];
  const samples = scripts.map((script) => {
    const letter = new RegExp(
      `[[\\p{Script=${script}}&&[\\p{L}\\p{N}\\p{M}]]--\\p{Default_Ignorable_Code_Point}]`,
      'v',
    );
    const points = Array.from({ length: 0x10000 }, (_, point) => point).filter(
      (point) => point < 0xd800 || point > 0xf8ff,
    );
    return points.map((point) => String.fromCodePoint(point)).filter((char) => letter.test(char));
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(fc.nat(), { maxLength: 30 }),
      async (chars, picks) => {
        const text = picks.map((pick) => chars[pick % chars.length]).join('');
        assert.deepEqual(await found(text), []);
      },
    ),
  );
});
