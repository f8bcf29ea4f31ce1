import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { gzip } from '../codecs/gzip.ts';
import { Coverage } from '../findings/coverage.ts';
import { Shelf } from '../lifecycle/scan/unpacked.ts';
import { type Part, Spent } from './format.ts';
import { Bytes } from './source.ts';
import { unpackWith } from './unpacking.ts';

/** A part with a budget of bytes, and of pauses. */
function partOf(bytes: Uint8Array, most: number, pauses = Number.POSITIVE_INFINITY): Part {
  const shelf = new Shelf();
  let left = pauses;
  return {
    path: ['x'],
    source: new Bytes(bytes),
    coverage: new Coverage(bytes.length),
    calls: { lookUp: () => ({ verdict: 'unknown', why: '' }) },
    report: () => {},
    readText: () => {},
    inside: async () => {},
    unpack: (_, chunks) => shelf.keep(chunks, (size) => size <= most),
    pause: () => {
      if (left-- <= 0) throw new Spent('over');
      return undefined;
    },
    beside: () => {},
    note: () => {},
  };
}

const packed = gzipSync(Buffer.alloc(1_000_000, 'abc'));

describe('unpacking within budgets', () => {
  it('says where the stream ended', async () => {
    const bytes = Buffer.concat([Buffer.from('before'), packed, Buffer.from('behind')]);
    const part = partOf(bytes, 1e9);
    const { source, whole, end, fault } = await unpackWith(part, gzip, part.source, 6);
    assert.equal(source.size, 1_000_000);
    assert.deepEqual([whole, end, fault], [true, 6 + packed.length, undefined]);
  });

  it('keeps what came before a break, and says why', async () => {
    const part = partOf(packed.subarray(0, -9), 1e9);
    const { source, fault } = await unpackWith(part, gzip, part.source);
    assert.ok(source.size > 0);
    assert.match(fault?.message ?? '', /too early/);
  });

  it('stops where it may not grow', async () => {
    const part = partOf(packed, 500_000);
    const { source, whole } = await unpackWith(part, gzip, part.source);
    assert.equal(whole, false);
    assert.ok(source.size <= 500_000);
  });

  it('stops where the time is over', async () => {
    const part = partOf(packed, 1e9, 2);
    await assert.rejects(unpackWith(part, gzip, part.source), Spent);
  });
});
