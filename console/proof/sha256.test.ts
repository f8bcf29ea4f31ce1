import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from './sha256.ts';

const peer = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ours = (bytes: Uint8Array) => Buffer.from(sha256(bytes)).toString('hex');

test('as node:crypto has it, at every length around a block and for whatever comes in', () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = new Uint8Array(length).fill(length);
    assert.equal(ours(bytes), peer(bytes), `${length} bytes`);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => ours(bytes) === peer(bytes)));
});
