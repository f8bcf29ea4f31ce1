import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvCell } from './csv.ts';

test('a cell ends where it ends, and is no formula', () => {
  assert.equal(csvCell('plain'), 'plain');
  assert.equal(csvCell('a,"b"\n'), '"a,""b""\n"');
  assert.equal(csvCell('=cmd()'), "'=cmd()");
  assert.equal(csvCell('@sum,1'), '"\'@sum,1"');
  assert.equal(csvCell(-5), '-5');
  assert.equal(csvCell(null), '');
  assert.equal(csvCell({ a: 1 }), '"{""a"":1}"');
});
