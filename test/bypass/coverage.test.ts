import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TEXTS, TURNS, WAYS } from './cases.ts';
import { coverage } from './coverage.ts';
import { FAILURES, failuresOf } from './failures.ts';

const CASES = [...TEXTS, ...TURNS, ...WAYS];

test('docs/coverage.md lists what is covered', () => {
  const file = join(import.meta.dirname, '../../docs/coverage.md');
  const page = coverage(CASES);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, page);
  else assert.equal(readFileSync(file, 'utf8'), page, 'UPDATE_DOCS=1 writes it anew');
});

test('every case has a name of its own', () => {
  const ids = CASES.map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id, at) => ids.indexOf(id) < at),
    [],
  );
});

test('every failure that is listed has its cases', () => {
  const told = new Set(CASES.flatMap(failuresOf));
  assert.deepEqual(
    FAILURES.filter((one) => !told.has(one)).map(({ id }) => id),
    [],
  );
});
