import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv, toJson } from './export.ts';

test('CSV is quoted where it must be, and no name is a formula', () => {
  assert.equal(
    toCsv(
      ['name', 'ms'],
      [
        ['a,"b"', 1.5],
        ['=HYPERLINK("x")', -2],
        ['@x\ny', null],
      ],
    ),
    'name,ms\r\n"a,""b""",1.5\r\n"\'=HYPERLINK(""x"")",-2\r\n"\'@x\ny",\r\n',
  );
});

test('JSON has a member for each column', () => {
  assert.deepEqual(
    JSON.parse(
      toJson(
        ['a', 'b'],
        [
          ['x', 1],
          ['y', null],
        ],
      ),
    ),
    [
      { a: 'x', b: 1 },
      { a: 'y', b: null },
    ],
  );
});
