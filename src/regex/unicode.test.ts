import assert from 'node:assert/strict';
import { test } from 'node:test';
import { has, union } from './char-set.ts';
import { anyProperty, property } from './unicode.ts';

test('properties agree with the runtime at every edge of a block and plane, and in between', () => {
  for (const name of ['L', 'Lu', 'Cn', 'Co', 'Cs', 'Emoji', 'Script=Han', 'Noncharacter_Code_Point', 'Any']) {
    const set = property(name);
    assert.ok(set !== undefined, name);
    const matcher = new RegExp(`^\\p{${name}}$`, 'u');
    for (let point = 0; point <= 0x10ffff; point += point % 0x1000 < 2 || point % 0x1000 >= 0xffd ? 1 : 251) {
      const wanted = matcher.test(String.fromCodePoint(point));
      assert.equal(has(set, point), wanted, `${name} U+${point.toString(16)}`);
      const next = Math.floor(point / 0x1000) * 0x1000 + 0xffd;
      if (point % 0x1000 > 2 && point < next && point + 251 > next) point = next - 251;
    }
  }
  assert.equal(property('No_Such_Property'), undefined);
});

test('any of several is their union', () => {
  const names = ['Greek', 'Lu', 'No_Such_Property', 'Noncharacter_Code_Point', 'Script=Han'];
  assert.deepEqual(anyProperty(names), union(names.flatMap((name) => property(name) ?? [])));
  assert.deepEqual(anyProperty(['No_Such_Property']), []);
});
