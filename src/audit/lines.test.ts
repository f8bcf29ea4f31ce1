import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from './lines.ts';

/** Feeds the text in pieces of the given lengths; the last length repeats. */
function cut(text: string, lengths: readonly number[], max: number): { lines: string[]; rest: string } {
  const splitter = new LineSplitter(max);
  const lines: string[] = [];
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    // A copy that is overwritten afterwards: the splitter must not lean on a chunk that is gone.
    const chunk = Buffer.from(bytes.subarray(at, at + length));
    for (const line of splitter.push(chunk)) lines.push(Buffer.from(line).toString());
    chunk.fill(0x2e);
    at += length;
  }
  return { lines, rest: Buffer.from(splitter.rest).toString() };
}

test('lines are the same however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'bc', '\n', 'é', '\n\n'), { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      (pieces, lengths) => {
        const text = pieces.join('');
        const expected = text.split('\n');
        const rest = expected.pop();
        assert.deepEqual(cut(text, lengths, 100), { lines: expected, rest });
      },
    ),
  );
});

test('of a line that is too long one byte more than allowed is kept', () => {
  for (const lengths of [[1], [3], [1000]]) {
    const { lines, rest } = cut(`${'x'.repeat(50)}\nok\n${'y'.repeat(50)}`, lengths, 9);
    assert.deepEqual(lines, ['x'.repeat(10), 'ok']);
    assert.equal(rest, 'y'.repeat(10));
  }
});
