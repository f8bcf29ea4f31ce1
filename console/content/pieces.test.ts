import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { partsOf } from './parts.ts';
import { type Mark, marksIn, piecesOf } from './pieces.ts';

const mark = (start: number, end: number): Mark => ({ path: '/a', start, end, reason: 'r' });
const shown = (text: string, marks: readonly Mark[] = [], length = 1000) =>
  piecesOf(text, marks, length).pieces.map(
    ({ text: said, hidden, mark: of }) => `${of === undefined ? '' : '*'}${hidden ? `<${said}>` : said}`,
  );

test('what nobody sees, or what turns text around, is named', () => {
  assert.deepEqual(shown('a\u202Eb'), ['a', '<U+202E>', 'b']);
  assert.deepEqual(shown('\u200B\u200B\u200Bx'), ['<U+200B ×3>', 'x']);
  assert.deepEqual(shown('\u0000'), ['<U+0000>']);
  assert.deepEqual(shown('\ud800x'), ['<U+D800>', 'x']);
  assert.deepEqual(shown('\u{E0041}'), ['<U+E0041>']);
  assert.deepEqual(shown('a\n\tb'), ['a\n\tb']);
  assert.deepEqual(shown('äöü 漢字 עברית'), ['äöü 漢字 עברית']);
});

test('what was found is marked, and marks that overlap are drawn once', () => {
  assert.deepEqual(shown('abcdef', [mark(2, 4)]), ['ab', '*cd', 'ef']);
  assert.deepEqual(shown('abcdef', [mark(3, 5), mark(1, 4)]), ['a', '*bcd', '*e', 'f']);
  assert.deepEqual(shown('ab\u202Ecd', [mark(1, 4)]), ['a', '*b', '*<U+202E>', '*c', 'd']);
  assert.deepEqual(shown('abcdef', [mark(2, 99)], 4), ['ab', '*cd']);
});

test('whatever stands in a text and wherever it is marked: all that is seen of it is shown, in order, within bounds', () => {
  const marks = fc.array(
    fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]) => mark(Math.min(a, b), Math.max(a, b))),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii', maxLength: 50 }),
      marks,
      fc.nat(60),
      (text, all, length) => {
        const { pieces, left } = piecesOf(text, all, length);
        assert.equal(pieces.map((piece) => piece.text).join(''), text.slice(0, length));
        assert.equal(left, Math.max(0, text.length - length));
      },
    ),
  );
  const wild = piecesOf('a\u200B'.repeat(50_000), [], 1_000_000);
  assert.ok(wild.full && wild.pieces.length <= 4_000 && wild.left > 0);
});

test('what a guard has changed is not marked: nobody knows where it stands now', () => {
  const found = (action: string, path = '/a') => ({ ...mark(0, 2), path, action });
  assert.equal(marksIn('abc', '/a', [found('flag')]).length, 1);
  assert.equal(marksIn('abc', '/a', [found('flag'), found('mask')]).length, 0);
  assert.equal(marksIn('abc', '/a', [found('flag'), found('mask', '/b')]).length, 1);
  assert.equal(marksIn('{"x":"\\n"}', '/a', [found('flag')]).length, 0);
});

test('a body is taken apart by its texts, a stream by what its events come to', () => {
  assert.deepEqual(partsOf('{"model":"m","messages":[{"role":"user","content":"hi"}],"n":1}'), [
    { path: '/model', text: 'm' },
    { path: '/messages/0/role', text: 'user' },
    { path: '/messages/0/content', text: 'hi' },
  ]);
  const chunk = (content: string, index = 0) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chunk', choices: [{ index, delta: { content } }] })}\n\n`;
  assert.deepEqual(partsOf(`${chunk('Hel')}${chunk('lo')}${chunk('other', 1)}data: [DONE]\n\n`), [
    { path: '/choices/0/delta/content', text: 'Hello' },
    { path: '/choices/1/delta/content', text: 'other' },
  ]);
  assert.deepEqual(partsOf('no JSON'), [{ path: '', text: 'no JSON' }]);
});
