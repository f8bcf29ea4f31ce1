import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setApart } from './set-apart.ts';

test('a sign between any two characters is taken out, and every digit and sign stays', () => {
  const said = 'card 4539 5787 6362 1486 of Ann';
  for (const sign of ['.', '-', ' ', '\u00b7', '_', '\n', '--', '. ']) {
    const written = `Here: ${[...said].join(sign)}\n\nEnd.`;
    const [one] = setApart(written);
    assert.ok(one?.text.includes('4539 5787 6362 1486 of A'), sign);
    assert.ok(written.slice(one?.start, one?.end).endsWith('n'));
  }
});

test('abbreviations, versions, tables of digits and rows of one sign are left alone', () => {
  for (const text of [
    'e.g. the U.S.A. and N.A.T.O., version 1.2.3.4.5.6.7',
    '1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8',
    '-'.repeat(200),
    ' '.repeat(200),
    'a plain sentence about a cat, and I am here to tell it',
  ])
    assert.deepEqual(setApart(text), [], text);
});

test('whatever is set apart comes back', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{10}[a-z0-9@ -]{8,80}$/),
      fc.constantFrom('.', '*', '|'),
      (said, sign) => {
        assert.equal(setApart([...said].join(sign))[0]?.text, said);
      },
    ),
  );
});

test('time is linear in the text', () => {
  for (const unit of ['a.', 'a.b-', '.', 'a--', '\n', 'a\n', '. - ', `${'a.'.repeat(14)}b-`])
    setApart(unit.repeat(400_000 / unit.length));
});
