import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Adler32, BzipCrc, Crc64, XxHash32 } from './checksums.ts';

const CHECK = Buffer.from('123456789');

/** The value is the same however the bytes come. */
function inPieces<Sum extends { update(bytes: Uint8Array): void }>(
  make: () => Sum,
  value: (sum: Sum) => unknown,
  data = CHECK,
) {
  const whole = make();
  whole.update(data);
  for (let size = 1; size <= data.length; size += 3) {
    const sum = make();
    for (let at = 0; at < data.length; at += size) sum.update(data.subarray(at, at + size));
    assert.deepEqual(value(sum), value(whole));
  }
  return value(whole);
}

describe('checksums', () => {
  it('CRC-64/XZ of the check string', () => {
    const [low, high] = inPieces(
      () => new Crc64(),
      ({ value }) => value,
    ) as [number, number];
    assert.equal(high.toString(16) + low.toString(16), '995dc9bbdf1939fa');
  });

  it('Adler-32 of the check string, and of much', () => {
    assert.equal(
      inPieces(
        () => new Adler32(),
        ({ value }) => value,
      ),
      0x091e01de,
    );
    const sum = new Adler32();
    sum.update(new Uint8Array(100_000).fill(255));
    let a = 1;
    let b = 0;
    for (let i = 0; i < 100_000; i++) {
      a = (a + 255) % 65521;
      b = (b + a) % 65521;
    }
    assert.equal(sum.value, ((b << 16) | a) >>> 0);
  });

  it('CRC-32/BZIP2 of the check string', () => {
    assert.equal(
      inPieces(
        () => new BzipCrc(),
        ({ value }) => value,
      ),
      0xfc891918,
    );
  });

  it('xxHash32 with seed 0, of short and long texts', () => {
    const of = (text: string) =>
      inPieces(
        () => new XxHash32(),
        ({ value }) => value,
        Buffer.from(text),
      );
    const empty = new XxHash32();
    assert.equal(empty.value, 0x02cc5d05);
    assert.equal(of('a'), 0x550d7456);
    assert.equal(of('abc'), 0x32d153ff);
    assert.equal(of('123456789'), 0x937bad67);
    assert.equal(of('Nobody inspects the spammish repetition'), 0xe2293b2f);
  });
});
