import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scanned } from './testing.ts';

const seven = Buffer.concat([Buffer.from('7z\xbc\xaf\x27\x1c\0\x04', 'latin1'), Buffer.alloc(60, 1)]);

describe('archives that are not read', () => {
  it('under their own name nobody knows', async () => {
    const { verdict, findings } = await scanned(seven, 'model.7z');
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['archive.unread'],
    );
    assert.equal(verdict, 'findings');
  });

  it('under the name of a model they are there to deceive', async () => {
    const { verdict, findings } = await scanned(seven, 'pytorch_model.bin');
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['archive.disguised'],
    );
    assert.equal(verdict, 'findings');
  });

  it('a disc image is known by what stands far inside', async () => {
    const iso = Buffer.alloc(0x9000);
    iso.write('CD001', 0x8001);
    assert.equal((await scanned(iso, 'x.iso')).findings[0]?.rule, 'archive.unread');
  });
});
