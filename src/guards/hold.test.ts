import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { Found, Reader } from './guard.ts';
import { type Check, whole, windowed, withHorizon } from './hold.ts';
import { patterns } from './patterns.ts';
import { ABOUT, MEANS, masked, read } from './testing.ts';

const checkFor =
  (matcher: RegExp): Check =>
  (text) =>
    [...text.matchAll(matcher)].map(({ index, 0: match }): Found => {
      return { start: index, end: index + match.length, reason: 'test.word' };
    });

const word = checkFor(/\bsecret\b/g);
const later: Check = async (text) => {
  await setImmediate();
  return word(text);
};

const texts = fc
  .array(fc.constantFrom('secret', 'secrets', ' ', 'a', ' secret ', '\n', 'sec', 'ret', '.'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));
const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });

function pieces(text: string, by: readonly number[]): string[] {
  const out: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = by[turn % by.length] as number;
    out.push(text.slice(at, at + length));
    at += length;
  }
  return out;
}

test('a windowed check finds what the check finds in the whole, however the text is cut', async () => {
  await fc.assert(
    fc.asyncProperty(texts, lengths, fc.integer({ min: 8, max: 40 }), async (text, by, chars) => {
      const expected = await word(text);
      assert.deepEqual(await read(windowed(word, chars), pieces(text, by)), expected);
      assert.deepEqual(await read(windowed(word, chars), [text]), expected);
    }),
  );
});

test('an asynchronous check gives the same', async () => {
  await fc.assert(
    fc.asyncProperty(texts, lengths, async (text, by) => {
      assert.deepEqual(await read(windowed(later, 8), pieces(text, by)), await word(text));
      assert.deepEqual(await read(whole(later), pieces(text, by)), await word(text));
    }),
    { numRuns: 30 },
  );
});

test('a window holds back at most one and a half of its length', async () => {
  const reader = windowed(word, 100);
  let given = 0;
  for (let turn = 0; turn < 300; turn++) {
    given += 7;
    const { clear } = await reader.push('abcdef ');
    assert.ok(given - clear <= 150);
  }
});

test('the number of checks does not depend on how the text is cut', async () => {
  const text = 'abc '.repeat(1_000);
  const count = async (by: number): Promise<number> => {
    let checks = 0;
    const counting: Check = (stretch) => {
      checks++;
      assert.ok(stretch.length <= 512 || by === text.length);
      return [];
    };
    await read(windowed(counting, 256), pieces(text, [by]));
    return checks;
  };
  assert.equal(await count(1), await count(text.length));
});

test('a finding that grows without end is cut, and all of it is found', async () => {
  const run = checkFor(/x{4,}/g);
  const text = `ab ${'x'.repeat(1_000)} cd`;
  for (const by of [1, 7, text.length]) {
    const reader = windowed(run, 32);
    const found = await read(reader, pieces(text, [by]));
    assert.equal(masked(text, found).replaceAll('[test.word]', ''), 'ab  cd');
    assert.ok(found.every(({ start, end }) => end - start <= 96));
  }
});

const open = (): Reader =>
  patterns
    .build(
      'patterns',
      {
        patterns: [
          { id: 'word', match: '\\bsecret\\b' },
          { id: 'long', match: 'a{3,20}' },
        ],
      },
      MEANS,
    )
    .open(ABOUT);

test('a longer horizon changes when findings come, not which', async () => {
  const horizons = [
    { kind: 'exact' },
    { kind: 'whole' },
    { kind: 'window', chars: 1 },
    { kind: 'window', chars: 16 },
  ] as const;
  await fc.assert(
    fc.asyncProperty(texts, lengths, async (text, by) => {
      const expected = await read(open(), [text]);
      for (const horizon of horizons) {
        assert.deepEqual(await read(withHorizon(open(), horizon), pieces(text, by)), expected);
      }
    }),
  );
});

test('whole holds everything to the end, a window its length', async () => {
  const held = withHorizon(open(), { kind: 'whole' });
  assert.deepEqual(await held.push('a secret and more'), { clear: 0, found: [] });
  assert.equal((await held.end()).clear, 17);

  const window = withHorizon(open(), { kind: 'window', chars: 10 });
  assert.equal((await window.push('no more than this')).clear, 7);
});
