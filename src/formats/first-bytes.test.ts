import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FORMATS } from './index.ts';
import { Bytes } from './source.ts';

describe('first bytes', () => {
  for (const { name, firstBytes, looks, proof } of FORMATS) {
    if (firstBytes === undefined) continue;
    it(`nothing that begins otherwise is ${name}`, () => {
      const samples = [...proof.catches, ...proof.passes].map((sample) => sample.bytes());
      const own = samples.filter((bytes) => looks(new Bytes(bytes), 'sample') !== false);
      assert.ok(own.length > 0);
      for (const bytes of own) {
        for (let first = 0; first < 256; first++) {
          const other = Uint8Array.from(bytes);
          other[0] = first;
          if (looks(new Bytes(other), `sample.${name}`) === false) continue;
          assert.ok(firstBytes.includes(String.fromCharCode(first)), `it looks like one with ${first}`);
        }
      }
    });
  }
});
