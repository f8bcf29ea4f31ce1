import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLiteral } from './python-literal.ts';
import { Malformed } from './source.ts';

describe('literals of Python', () => {
  it('are read as Python reads them', () => {
    assert.deepEqual(readLiteral("{'a': (1, -2L), \"b\": [True, None], 'c': ('x'), 'd': (1,), 'e': ()}", 0), {
      dict: new Map<string, unknown>([
        ['a', { tuple: [1, -2] }],
        ['b', { list: [true, undefined] }],
        ['c', 'x'],
        ['d', { tuple: [1] }],
        ['e', { tuple: [] }],
      ]),
    });
    assert.equal(readLiteral("'a\\'\\\\\\n\\x41\\u00e4'", 0), "a'\\\nAä");
  });

  for (const text of [
    '',
    '(',
    "'a",
    "'a' 'b'",
    '1 + 1',
    'b"x"',
    '{1: 2}',
    '(1,,)',
    '[1 2]',
    'x',
    '1.5',
    '1 # c',
    "'\\q'",
  ])
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => readLiteral(text, 0), Malformed);
    });

  it('anything else is refused, too, in linear time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          readLiteral(text, 0);
        } catch (error) {
          assert.ok(error instanceof Malformed);
        }
      }),
    );
    for (const text of [
      '('.repeat(100_000),
      "'\\".repeat(50_000),
      `{${"'a':".repeat(20_000)}`,
      ' '.repeat(500_000),
    ])
      assert.throws(() => readLiteral(text, 0), Malformed);
  });
});
