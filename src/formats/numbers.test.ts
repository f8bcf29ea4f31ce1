import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { scanned } from './testing.ts';

const floats = (count: number) =>
  Buffer.from(Float32Array.from({ length: count }, (_, i) => Math.sin(i * i) / (1 + (i % 7))).buffer);
/** As good as enciphered. */
const noise = (blocks: number) =>
  Buffer.concat(Array.from({ length: blocks }, (_, i) => createHash('sha512').update(`${i}`).digest()));
const PICKLE = Buffer.from('\x80\x02cos\nsystem\nX\x04\0\0\0trueX\x01\0\0\0x\x86R.', 'latin1');
const PYTHON = Buffer.from('import os\nos.system("true")\n'.repeat(8));

describe('numbers without a header', () => {
  it('are numbers of any width, and those of several', async () => {
    const halves = Buffer.from(new Float16Array(Array.from({ length: 4096 }, (_, i) => Math.cos(i))).buffer);
    const longs = Buffer.from(BigInt64Array.from({ length: 1024 }, (_, i) => BigInt(i % 50)).buffer);
    for (const bytes of [floats(5000), halves, longs, Buffer.concat([floats(4096), longs, halves])])
      assert.equal((await scanned(bytes)).verdict, 'clean');
  });

  it('a pickle in front of them is a pickle', async () => {
    const { verdict, findings } = await scanned(Buffer.concat([PICKLE, floats(5000)]));
    assert.equal(verdict, 'findings');
    assert.ok(findings.some(({ rule }) => rule.startsWith('pickle.')));
  });

  it('anything else among them is not passed over', async () => {
    for (const [name, hidden] of Object.entries({
      PYTHON,
      noise: noise(4),
      base64: Buffer.from(noise(4).toString('base64')),
    })) {
      const bytes = Buffer.concat([floats(8192), hidden, floats(8192)]);
      assert.equal((await scanned(bytes)).verdict, 'undecided', name);
    }
  });

  it('texts, programs and what is packed or enciphered are none', async () => {
    for (const bytes of [
      noise(256),
      Buffer.from('\x7fXYZ0123456789ABCDEF'.repeat(400)),
      Buffer.from(noise(128).toString('hex').toUpperCase()),
    ])
      for (const { formats } of (await scanned(bytes)).parts) assert.ok(!formats.includes('numbers'));
  });
});
