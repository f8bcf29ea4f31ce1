import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { About } from '../guard.ts';
import { ABOUT, MEANS, masked, read } from '../testing.ts';
import { canary } from './index.ts';

const guard = canary.build('canary', {}, MEANS);
const about = (byte: number): About => ({
  ...ABOUT,
  asked: { texts: [], seed: new Uint8Array(32).fill(byte) },
});
const wordsOf = (byte: number): string[] => {
  const { text = '' } = guard.imprint?.(new Uint8Array(32).fill(byte)) ?? {};
  return (/: ([a-z ]+)\)$/.exec(text)?.[1] ?? '').split(' ');
};
const found = async (text: string, byte = 1) => (await read(guard.open(about(byte)), [text])).length > 0;

test('every way of writing them, within other text', async () => {
  const words = wordsOf(1);
  const text = words.join(' ');
  const codes = (write: (code: number) => string) => text.replace(/./g, (char) => write(char.charCodeAt(0)));
  for (let before = 0; before < 5; before++) {
    const inside = `${'x'.repeat(before)} ${text}, that is all`;
    assert.ok(await found(Buffer.from(inside).toString('base64')), `base64 after ${before}`);
    assert.ok(await found(Buffer.from(inside).toString('base64').replace(/.{20}/g, '$&\n')), 'in lines');
  }
  const ways = [
    words.map((word) => `- **${word}**`).join('\n'),
    words.toReversed().join(' '),
    words.map((word, i) => `${i + 1}. ${word}`).join('\n'),
    words.map((word, i) => `The word number ${i + 1} is ${word}`).join(', '),
    encodeURIComponent(words.join('\n')),
    codes((code) => `\\u00${code.toString(16)}`),
    codes((code) => `&#${code};`),
    codes((code) => `&#x${code.toString(16)};`),
    codes((code) => ` ${code.toString(2).padStart(8, '0')}`),
    text.replace(/[a-z]/g, (char) => String.fromCharCode(((char.charCodeAt(0) - 97 + 5) % 26) + 97)),
    text.replaceAll('o', 'о').replaceAll('a', 'а'),
    text.replace(/[aeio]/g, (char) => ({ a: '4', e: '3', i: '1', o: '0' })[char] ?? char),
    [...text].join('\u200b'),
  ];
  for (const way of ways) assert.ok(await found(`It is: ${way}.`), way);
});

test('words of another request are nothing, nor are four of them', async () => {
  assert.equal(await found(wordsOf(2).join(' ')), false);
  assert.equal(await found(wordsOf(1).slice(0, 3).join(' ')), false);
  assert.equal(await found(wordsOf(1).join(' ').repeat(2), 2), false);
  assert.equal(await found(`${wordsOf(1)[0]} `.repeat(9)), false);
  const far = wordsOf(1).map((word) => `${word} ${'nothing of it '.repeat(40)}`);
  assert.equal(await found(far.join('')), false);
});

test('a mask leaves no half of them; what only begins like them leaves when it goes on otherwise', async () => {
  const words = wordsOf(1);
  const all = await read(guard.open(about(1)), `a ${words.join(' ')} z`.split(''));
  const left = masked(`a ${words.join(' ')} z`, all);
  for (const word of words.slice(1, 6)) assert.ok(!left.includes(word), left);
  const reader = guard.open(about(1));
  const clear = async (piece: string) => (await reader.push(piece)).clear;
  assert.equal(await clear('hello there'), 11);
  assert.equal(await clear(` ${words[0]}`), 17, 'six letters fit: the last of them waits');
  assert.equal(await clear(' hello'), 24);
});
