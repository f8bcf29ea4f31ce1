import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { NotAuthentic, StreamOpener, StreamSealer, textKey } from './stream.ts';

const key = randomBytes(32);
const about = Buffer.from('what it is');
const texts = fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 6 });

function seal(parts: readonly Uint8Array[], id = 'one'): Buffer[] {
  const sealer = new StreamSealer(textKey(key, 'test', id), about);
  return parts.map((part, i) => sealer.seal(part, i === parts.length - 1));
}

/** As whoever reads a file does: the last piece is the one that nothing follows. */
function open(pieces: readonly Uint8Array[], id = 'one', what = about): Buffer {
  const opener = new StreamOpener(textKey(key, 'test', id), what);
  return Buffer.concat(pieces.map((piece, i) => opener.open(piece, i === pieces.length - 1)));
}

const refused = (act: () => unknown) => assert.throws(act, NotAuthentic);

suite('a stream of sealed pieces', () => {
  test('opens as it was', () => {
    fc.assert(
      fc.property(texts, (parts) => {
        assert.deepEqual(open(seal(parts)), Buffer.concat(parts));
      }),
    );
  });

  test('any bit flipped is refused', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (parts, which, bit) => {
        const pieces = seal(parts);
        const piece = pieces[which % pieces.length] ?? Buffer.alloc(0);
        const at = bit % (8 * piece.length);
        piece[at >> 3] = (piece[at >> 3] ?? 0) ^ (1 << (at & 7));
        refused(() => open(pieces));
      }),
    );
  });

  test('cut off anywhere, between pieces or within one, is refused', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (parts, cut) => {
        const pieces = seal(parts);
        const whole = pieces.slice(0, cut % pieces.length);
        const torn = pieces[whole.length] ?? Buffer.alloc(0);
        if (whole.length > 0) refused(() => open(whole));
        refused(() => open([...whole, torn.subarray(0, cut % torn.length)]));
      }),
    );
  });

  test('in another order, twice, or with more behind is refused', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (parts, i, j) => {
        const pieces = seal([...parts, Buffer.from('end')]);
        const [a, b] = [i % pieces.length, j % pieces.length];
        const [one, two] = [pieces[a] ?? Buffer.alloc(0), pieces[b] ?? Buffer.alloc(0)];
        refused(() => open([...pieces, one]));
        refused(() => open(pieces.toSpliced(a, 0, one)));
        if (a !== b) refused(() => open(pieces.with(a, two).with(b, one)));
      }),
    );
  });

  test('a piece of another text, or said to be something else, is refused', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (parts, i) => {
        const [mine, others] = [seal(parts), seal(parts, 'two')];
        const at = i % mine.length;
        refused(() => open(mine.with(at, others[at] ?? Buffer.alloc(0))));
        refused(() => open(mine, 'two'));
        refused(() => open(mine, 'one', Buffer.from('something else')));
      }),
    );
  });
});
