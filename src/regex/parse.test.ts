import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complement, has, union } from './char-set.ts';
import { PatternError, parse, parseClass } from './parse.ts';
import { ignoreCase, property } from './unicode.ts';

test('refuses what it does not support, at its place', () => {
  const refused: [string, number, RegExp][] = [
    ['(a)\\1', 3, /backreferences/],
    ['\\k<a>', 0, /backreferences/],
    ['a(?=b)', 1, /lookahead/],
    ['a(?!b)', 1, /lookahead/],
    ['(?<=b)', 0, /lookbehind/],
    ['(?<!b)', 0, /lookbehind/],
    ['(?<n>b)', 0, /named groups/],
    ['(?i)b', 0, /flags inside/],
    ['(?>b)', 0, /atomic/],
    ['a+?', 2, /lazy/],
    ['a{2}?', 4, /lazy/],
    ['a++', 2, /possessive/],
    ['a**', 2, /nothing here to repeat/],
    ['*a', 0, /nothing here to repeat/],
    ['a|?', 2, /nothing here to repeat/],
    ['^*', 0, /nothing here to repeat/],
    ['a{2', 1, /quantifier is/],
    ['a{,2}', 1, /quantifier is/],
    ['a{3,2}', 6, /wrong way round/],
    ['a{99999}', 8, /more than 10000/],
    ['(a', 0, /not closed/],
    ['a)', 1, /closes nothing/],
    ['a]', 1, /closes nothing/],
    ['a}', 1, /closes nothing/],
    ['[a', 0, /not closed/],
    ['[]', 1, /empty class/],
    ['[z-a]', 1, /wrong way round/],
    ['[\\d-z]', 1, /one character on each side/],
    ['[[:alpha:]]', 1, /POSIX/],
    ['\\q', 0, /not an escape/],
    ['\\', 0, /at the end/],
    ['\\x4', 0, /\\xHH/],
    ['\\u{110000}', 0, /no such code point/],
    ['\\p{Klingon}', 0, /no Unicode property/],
    ['\\pL', 0, /written/],
    ['('.repeat(101), 100, /nested/],
    ['a'.repeat(1_000_001), 0, /longer than/],
  ];
  for (const [source, position, message] of refused) {
    assert.throws(
      () => parse(source),
      (error: unknown) => {
        assert.ok(error instanceof PatternError, source);
        assert.match(error.message, message);
        assert.equal(error.position, position, source);
        return true;
      },
    );
  }
  assert.throws(() => parse('a', 'g'), PatternError);
  assert.throws(() => parse('a', 'ii'), PatternError);
});

test('reads escapes and classes as ECMAScript does under the flag u', () => {
  const atoms = [
    '\\n',
    '\\x41',
    '\\u0042',
    '\\u{1F600}',
    '\\ud83d\\ude00',
    '\\.',
    '\\/',
    '\\0',
    '\\-',
    '\\"',
  ];
  const classes = [
    '[a-c]',
    '[^a-c]',
    '[\\]a]',
    '[a-]',
    '[-a]',
    '[\\b]',
    '[\\d_]',
    '[^\\W]',
    '[a\\-z]',
    '[.^$]',
  ];
  const properties = ['\\p{Lu}', '\\P{L}', '[\\p{N}x]', '\\p{Script=Greek}', '\\s', '\\S', '\\W', '.'];
  const samples = [...'\0\b\n\r\u2028 -./"AB_abcz059]^$xλΩ😀é\u00a0', '\ud83d', '\ude00'];
  for (const source of [...atoms, ...classes, ...properties]) {
    const node = parse(source);
    assert.ok(node.kind === 'set', source);
    for (const sample of samples) {
      const own = source === '\\-' || source === '\\"' ? source.slice(1) : source;
      const expected = new RegExp(`^(?:${own})$`, 'u').test(sample);
      assert.equal(
        has(node.set, sample.codePointAt(0) ?? -1),
        expected,
        `${source} on ${JSON.stringify(sample)}`,
      );
    }
  }
});

test('ignores case by simple folding', () => {
  for (const [pattern, chars] of [
    ['k', 'kK\u212a'],
    ['ſ', 'sSſ'],
    ['σ', 'σςΣ'],
    ['ß', 'ßẞ'],
    ['ǆ', 'ǆǅǄ'],
    ['i', 'iI'],
    ['𐐨', '𐐨𐐀'],
  ] as const) {
    const point = pattern.codePointAt(0) ?? 0;
    const folded = ignoreCase([[point, point]]);
    const expected = union([...chars].map((char) => [char.codePointAt(0) ?? 0, char.codePointAt(0) ?? 0]));
    assert.deepEqual(folded, expected, pattern);
  }
});

test('asks the runtime for Unicode properties', () => {
  for (const name of ['L', 'Lu', 'Nd', 'Greek', 'Script=Han', 'Emoji', 'Cs', 'Zs']) {
    const set = property(name) ?? [];
    const matcher = new RegExp(`^\\p{${name === 'Greek' ? 'Script=Greek' : name}}$`, 'u');
    for (let point = 0; point <= 0x10ffff; point += 97) {
      assert.equal(
        has(set, point),
        matcher.test(String.fromCodePoint(point)),
        `${name} ${point.toString(16)}`,
      );
    }
  }
  assert.equal(property('Nonsense'), undefined);
  assert.equal(property('L}|.{'), undefined);
});

test('reads the inside of a class on its own', () => {
  assert.deepEqual(parseClass('a-cx'), [
    [0x61, 0x63],
    [0x78, 0x78],
  ]);
  assert.throws(() => parseClass('a]|[b'), PatternError);
  assert.deepEqual(complement(complement([[1, 5]])), [[1, 5]]);
});
