import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Shelf } from './unpacked.ts';

const chunks = function* (letter: string, count: number) {
  for (let i = 0; i < count; i++) yield Buffer.alloc(1 << 20, letter);
};
const open = () => readdirSync('/proc/self/fd').length;

describe('what is unpacked', () => {
  it('is kept one behind the other, large and small, and read from anywhere', async () => {
    const shelf = new Shelf();
    const a = await shelf.keep(chunks('a', 6), () => true);
    const b = await shelf.keep(chunks('b', 1), () => true);
    const c = await shelf.keep(chunks('c', 9), () => true);
    for (const [letter, { source }, size] of [
      ['a', a, 6],
      ['b', b, 1],
      ['c', c, 9],
    ] as const) {
      assert.equal(source.size, size << 20);
      for (const at of [0, source.size - 5])
        assert.equal(Buffer.from(source.read(at, 5)).toString(), letter.repeat(5));
      assert.equal(source.read(source.size, 5).length, 0);
    }
    shelf.clear();
  });

  it('stops where it may not grow, and says so', async () => {
    const shelf = new Shelf();
    const { source, whole } = await shelf.keep(chunks('a', 20), (bytes) => bytes <= 7 << 20);
    assert.equal(whole, false);
    assert.equal(source.size, 7 << 20);
    shelf.clear();
  });

  it('takes one descriptor, however much there is', { skip: process.platform !== 'linux' }, async () => {
    const shelf = new Shelf();
    const before = open();
    for (let i = 0; i < 20; i++) await shelf.keep(chunks('x', 5), () => true);
    assert.ok(open() <= before + 1);
    shelf.clear();
    assert.ok(open() <= before);
  });
});
