import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codeOnly } from './code.ts';

const squeeze = (text: string) => codeOnly(text).replace(/ +/g, ' ').trim();

test('comments and the insides of strings are blanked', () => {
  assert.equal(squeeze('a; // eval(x)\nb'), 'a; \nb');
  assert.equal(squeeze('a /* any\n any */ b'), 'a \n b');
  assert.equal(squeeze(`x('it\\'s any', "a // b") + y`), `x(' ', " ") + y`);
});

test('code inside template literals stays, however deep', () => {
  assert.equal(squeeze('`any ${f({ a: `any ${g(1)} any` })} any` + b'), '` ${f({ a: ` ${g(1)} ` })} ` + b');
});

test('a slash is a pattern after an operator and a division after a value', () => {
  assert.equal(squeeze('x = /[\'"any/]\\/any/g; y'), 'x = / /g; y');
  assert.equal(squeeze("a / b / c('any')"), "a / b / c(' ')");
  assert.equal(squeeze('return /any/.test(x)'), 'return / /.test(x)');
});

test('length and lines stay, whatever comes in', () => {
  const pieces = fc.constantFrom('a', "'", '"', '`', '/', '*', '\\', '\n', '$', '{', '}', '[', ']', '(', ' ');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (chars) => {
      const text = chars.join('');
      const code = codeOnly(text);
      assert.equal(code.length, text.length);
      assert.deepEqual(
        [...code.matchAll(/\n/g)].map((at) => at.index),
        [...text.matchAll(/\n/g)].map((at) => at.index),
      );
    }),
  );
});
