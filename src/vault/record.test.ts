import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { nonceOf } from '../sealing/stream.ts';
import { decodePiece, encodePiece } from './frame.ts';
import { newRecordId, openRecord, type Piece, type RecordHead, RecordSealer } from './record.ts';
import { Unsealable } from './unsealable.ts';

const headOf = (more: Partial<RecordHead> = {}): RecordHead => ({
  v: 1,
  id: newRecordId(),
  request: 'req_1',
  kind: 'prompt',
  tenant: 'web',
  month: '2026-10',
  subject: null,
  key: 'mk_1',
  time: 1,
  ...more,
});

function sealed(head: RecordHead, key: Uint8Array, texts: readonly string[]): Piece[] {
  const sealer = new RecordSealer(head, key);
  return texts.map((text, i) => sealer.seal(Buffer.from(text), i === texts.length - 1));
}

const tampered = (error: unknown) => error instanceof Unsealable && error.code === 'tampered';
const texts = fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 5 });
const key = randomBytes(32);

/** Frames to records, as the reader of a segment does it. */
function reopen(frames: readonly Buffer[], with_: Uint8Array): string {
  const pieces = frames.map((frame) => decodePiece(frame.subarray(4)));
  const head = pieces[0]?.head;
  if (head === undefined || pieces.some((piece) => piece === undefined || piece.id !== head.id)) {
    throw new Unsealable('tampered');
  }
  return openRecord(head, pieces as Piece[], with_).toString();
}

test('what was sealed opens as it was, in however many pieces', () => {
  fc.assert(
    fc.property(texts, (parts) => {
      const frames = sealed(headOf(), key, parts).map(encodePiece);
      assert.equal(reopen(frames, key), parts.join('').toWellFormed());
    }),
    { numRuns: 50 },
  );
});

test('any byte changed: authentication fails', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 255 }), (parts, place, flip) => {
      const frames = sealed(headOf(), key, parts).map(encodePiece);
      const frame = frames[place % frames.length] as Buffer;
      // The four bytes of the length are the segment's: they only say where the next frame begins.
      const at = 4 + (place % (frame.length - 4));
      frame[at] = (frame[at] as number) ^ flip;
      // The number of a piece is implied by its order when it is opened; the reader of segments checks it.
      if (at < 8) return;
      assert.throws(() => reopen(frames, key), tampered);
    }),
    { numRuns: 300 },
  );
});

test('pieces swapped, left out, cut off or doubled do not open', () => {
  const head = headOf();
  const [a, b, c] = sealed(head, key, ['one', 'two', 'three']) as [Piece, Piece, Piece];
  for (const pieces of [[b, a, c], [a, c], [a, b], [a, b, b, c], [a, b, c, c], [c], []]) {
    assert.throws(() => openRecord(head, pieces, key), tampered);
  }
  assert.equal(openRecord(head, [a, b, c], key).toString(), 'onetwothree');
});

test('a record given to another request, tenant, subject, month, key or version does not open', () => {
  const head = headOf({ subject: 'digest' });
  const pieces = sealed(head, key, ['text']);
  const changes: Partial<Record<keyof RecordHead, unknown>>[] = [
    { id: newRecordId() },
    { request: 'req_2' },
    { kind: 'reply' },
    { tenant: 'ops' },
    { subject: null },
    { subject: 'other' },
    { month: '2026-11' },
    { key: 'mk_2' },
    { time: 2 },
    { v: 2 },
  ];
  for (const change of changes) {
    assert.throws(() => openRecord({ ...head, ...change } as RecordHead, pieces, key), tampered);
  }
  assert.throws(() => openRecord(head, pieces, randomBytes(32)), tampered);
  const other = headOf({ subject: 'digest' });
  assert.throws(() => openRecord(other, sealed(head, key, ['text']), key), tampered);
});

test('no two pieces under one key have the same nonce', () => {
  const nonces = new Set<string>();
  for (let index = 0; index < 300; index++) {
    for (const last of [false, true]) nonces.add(nonceOf(index, last).toString('hex'));
  }
  nonces.add(nonceOf(0xffff_ffff, true).toString('hex'));
  assert.equal(nonces.size, 601);
  const ids = new Set(Array.from({ length: 1000 }, newRecordId));
  assert.equal(ids.size, 1000, 'and every record has a key of its own');
  const [one, two] = [sealed(headOf(), key, ['same']), sealed(headOf(), key, ['same'])];
  assert.notDeepEqual(one[0]?.sealed, two[0]?.sealed);
});

test('bytes that are no frame are none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const piece = decodePiece(Buffer.from(bytes));
      assert.ok(piece === undefined || piece.id.length === 36);
    }),
  );
});
