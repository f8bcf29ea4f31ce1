import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { inflate, inflate64 } from './inflate.ts';
import { unpackAll } from './testing.ts';

describe('deflate', () => {
  it('unpacks what zlib packs, at every level and by every strategy', async () => {
    const texts = fc.array(fc.constantFrom('tensor', 'weight', ' ', '\n', 'é', 'x'.repeat(300)), {
      maxLength: 400,
    });
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 4 }),
        async (words, bytes, level, strategy) => {
          const data = Buffer.concat([Buffer.from(words.join('')), bytes]);
          const packed = deflateRawSync(data, { level, strategy, memLevel: 1 });
          const { bytes: made, at, fault } = await unpackAll(inflate, packed);
          assert.equal(fault, undefined);
          assert.ok(made.equals(data));
          assert.equal(at, packed.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('unpacks what is longer than any buffer, and stands behind its end', async () => {
    const data = Buffer.concat([Buffer.alloc(700_000, 'abc'), randomBytes(500_000), Buffer.alloc(300_000)]);
    const packed = deflateRawSync(data, { level: 9 });
    const { bytes, at, fault } = await unpackAll(inflate, Buffer.concat([packed, Buffer.from('behind')]));
    assert.equal(fault, undefined);
    assert.ok(bytes.equals(data));
    assert.equal(at, packed.length);
  });

  it('keeps what came before a break', async () => {
    const packed = deflateRawSync('what came before '.repeat(200));
    const { bytes, fault } = await unpackAll(inflate, packed.subarray(0, packed.length - 2));
    assert.match(fault?.message ?? '', /too early/);
    assert.match(bytes.toString(), /^what came before /);
  });

  it('tells a flush in the middle from an end', async () => {
    const packed = deflateRawSync('some', { finishFlush: constants.Z_SYNC_FLUSH });
    const { bytes, fault } = await unpackAll(inflate, packed);
    assert.equal(bytes.toString(), 'some');
    assert.match(fault?.message ?? '', /too early/);
  });

  for (const [what, bytes] of [
    ['a block of no known kind', [0x07]],
    ['a stored block of two lengths', [0x01, 4, 0, 0, 0]],
    ['a distance before the beginning', [0x4b, 0x04, 0xa2, 0x00]],
    ['codes that do not fit', [0x05, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ] as const)
    it(`refuses ${what}`, async () => {
      assert.ok((await unpackAll(inflate, Uint8Array.from(bytes))).fault !== undefined);
    });

  it('yields now and then where blocks make nothing', () => {
    const empty = Buffer.concat(Array.from({ length: 2000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff])));
    const feed = {
      size: empty.length,
      read: (at: number, length: number) => empty.subarray(at, at + length),
    };
    return import('./feed.ts').then(({ Feed }) => {
      let yields = 0;
      assert.throws(() => {
        for (const _ of inflate(new Feed(feed))) yields++;
      }, /too early/);
      assert.ok(yields > 5);
    });
  });
});

describe('deflate64', () => {
  it('has one length of 16 more bits, and distances up to 64 KiB', async () => {
    // Fixed codes: the literal `a`, then length code 285 with 997 more (so 1000), distance 1, and the end.
    const bits = `1${'01'.split('').reverse().join('')}`;
    const fixed = (code: string) => code;
    const stream = [
      bits,
      fixed('10010001'),
      '11000101',
      (997).toString(2).padStart(16, '0').split('').reverse().join(''),
      '00000',
      '0000000',
    ].join('');
    const bytes = Uint8Array.from({ length: Math.ceil(stream.length / 8) }, (_, i) =>
      Number.parseInt(
        stream
          .slice(8 * i, 8 * i + 8)
          .padEnd(8, '0')
          .split('')
          .reverse()
          .join(''),
        2,
      ),
    );
    const { bytes: made, fault } = await unpackAll(inflate64, bytes);
    assert.equal(fault, undefined);
    assert.equal(made.toString(), 'a'.repeat(1001));
  });
});
