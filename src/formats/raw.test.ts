import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { raw } from './raw.ts';
import { Bytes } from './source.ts';
import { MARK, marksIn, scanned } from './testing.ts';
import { assemble } from './zip/assemble.ts';

/** A storage, in an archive that says that it is one. */
const storage = (data: Uint8Array) =>
  scanned(
    assemble([
      { name: 'a/data.pkl', data: Uint8Array.of(0x80, 2, 0x7d, 0x2e) },
      { name: 'a/data/0', data },
    ]),
  );

describe('raw numbers', () => {
  it('are nothing that one can tell by looking', () => {
    assert.equal(raw.looks(new Bytes(new Uint8Array(100)), 'data/0'), false);
  });

  it('are data, to the last byte', async () => {
    const { parts, verdict } = await storage(new Uint8Array(999).fill(0xb7));
    assert.equal(verdict, 'clean');
    assert.deepEqual(parts.at(-1)?.ranges, [{ as: 'data', start: 0, end: 999, why: undefined }]);
  });

  it('are read as what they are besides', async () => {
    assert.deepEqual(marksIn(await storage(MARK)), ['a/data/0']);
  });

  it('that only begin like something are data', async () => {
    const { findings, verdict } = await storage(
      Buffer.concat([Uint8Array.of(0x80, 4, 0x5d, 0x94), Buffer.alloc(300, 0xfe)]),
    );
    assert.deepEqual(findings, []);
    assert.equal(verdict, 'clean');
  });
});

describe('numbers of every kind', () => {
  it('in an archive of thousands are no pickles', async () => {
    const members = Array.from({ length: 2000 }, (_, i) => ({
      name: `a/data/${i}`,
      data: Uint8Array.from({ length: 40 }, (_, k) => (i * 7 + k * 31) & 255),
    }));
    const { findings, verdict } = await scanned(
      assemble([{ name: 'a/data.pkl', data: Uint8Array.of(0x80, 2, 0x7d, 0x2e) }, ...members]),
    );
    assert.deepEqual(findings, []);
    assert.equal(verdict, 'clean');
  });
});
