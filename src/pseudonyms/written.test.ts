import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { seeded } from './testing.ts';
import { Written } from './written.ts';

suite('what is written in a long text', () => {
  const random = seeded(7);
  const text = Array.from({ length: 40_000 }, () => 'ab12 é'.charAt(random(6))).join('');
  const written = new Written(text);

  test('all that is in it is found', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 40), fc.integer({ min: 1, max: 40 }), (from, length) => {
        assert.ok(written.has(text.slice(from, from + length)));
      }),
    );
  });

  test('what is not in it is not', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', '1', '2', ' ', 'é'), maxLength: 20 });
    fc.assert(fc.property(words, (some) => assert.equal(written.has(some), text.includes(some))));
    assert.equal(written.has('9123456789012345'), false);
  });

  test('the whole text is seldom gone through', () => {
    let walks = 0;
    const watched = new Written(
      new Proxy(Object('4'.repeat(100_000)), {
        get(target, name) {
          if (name === 'includes') walks++;
          const value = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    );
    for (let i = 0; i < 1000; i++) assert.equal(watched.has(`912345678901${i}`), false);
    assert.ok(walks < 10);
  });
});
