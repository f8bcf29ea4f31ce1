import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeJson, JsonText, type Run } from './json-text.ts';

function decode(...pieces: string[]): Run[] {
  const json = new JsonText();
  return [...pieces.flatMap((piece) => json.push(piece)), ...json.end()];
}
const textOf = (runs: readonly Run[]) => runs.map(({ text }) => text).join('');
const rawOf = (runs: readonly Run[]) => runs.map(({ raw }) => raw).join('');

test('runs: structure is fixed, verbatim stretches are whole, an escape stands alone', () => {
  assert.deepEqual(decode('{"a\\n":"x\\u0041","n":1}'), [
    { text: '{', raw: '{', fixed: true },
    { text: '"', raw: '"', fixed: true },
    { text: 'a', raw: 'a', fixed: false },
    { text: '\n', raw: '\\n', fixed: false },
    { text: '"', raw: '"', fixed: true },
    { text: ':', raw: ':', fixed: true },
    { text: '"', raw: '"', fixed: true },
    { text: 'x', raw: 'x', fixed: false },
    { text: 'A', raw: '\\u0041', fixed: false },
    { text: '"', raw: '"', fixed: true },
    { text: ',', raw: ',', fixed: true },
    { text: '"', raw: '"', fixed: true },
    { text: 'n', raw: 'n', fixed: false },
    { text: '"', raw: '"', fixed: true },
    { text: ':1}', raw: ':1}', fixed: true },
  ]);
});

test('a surrogate pair of escapes is one run, half of one is kept', () => {
  assert.deepEqual(decode('"\\ud83d\\ude00"')[1], { text: '😀', raw: '\\ud83d\\ude00', fixed: false });
  assert.equal(textOf(decode('"\\ud83d\\u0041"')), '"\ud83dA"');
  assert.equal(textOf(decode('"\\ud83d')), '"\ud83d');
  assert.equal(textOf(decode('"\\ud83d\\u00')), '"\ud83d\\u00');
});

test('broken source: nothing is lost and nothing is thrown', () => {
  for (const source of [
    '"\\x"',
    '"\\u12G4"',
    '"\\',
    '\\',
    '"\\u',
    'not json',
    '{"a',
    "{'a\\u0041'}",
    '"\\"',
  ]) {
    assert.equal(rawOf(decode(source)), source);
  }
  assert.equal(textOf(decode('{k\\u0065y:1}')), '{key:1}');
});

test('any split gives the same text and the same source', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '\\\\',
      '\\n',
      '\\u0041',
      '\\ud83d',
      '\\ude00',
      '\\u12',
      '\\q',
      '{',
      '😀',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const source = pieces.join('');
      const whole = decode(source);
      assert.equal(rawOf(whole), source);
      for (const split of [pieces, source.split('')]) {
        const runs = decode(...split);
        assert.equal(rawOf(runs), source);
        assert.equal(textOf(runs), textOf(whole));
      }
    }),
  );
});

test('on JSON the text is what the parser reads', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (value, ascii) => {
      const plain = JSON.stringify(value);
      const source = ascii
        ? plain.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : plain;
      assert.equal(textOf(decode(source)), `"${value}"`);
      assert.equal(rawOf(decode(`"${escapeJson(value)}"`)), plain);
    }),
  );
});
