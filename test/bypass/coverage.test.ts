import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TEXTS, TURNS, WAYS } from './cases.ts';
import { coverage } from './coverage.ts';
import { compared, evasionLines } from './evasion-page.ts';
import { measure } from './evasions.ts';
import { FAILURES, failuresOf } from './failures.ts';

const CASES = [...TEXTS, ...TURNS, ...WAYS];

const FILES = {
  page: join(import.meta.dirname, '../../docs/coverage.md'),
  evasions: join(import.meta.dirname, 'evasions.txt'),
};
const UPDATE = process.env.UPDATE_DOCS === '1';
const evasions = await measure();

test('what gets round the guards that weigh is what is published', () => {
  const lines = evasionLines(evasions);
  if (UPDATE) writeFileSync(FILES.evasions, `${lines.join('\n')}\n`);
  const published = readFileSync(FILES.evasions, 'utf8').trimEnd().split('\n');
  const { worse, other } = compared(published, lines);
  assert.deepEqual(worse.slice(0, 40), [], 'these were right before');
  assert.deepEqual(other.slice(0, 40), [], 'not worse, but not as published: UPDATE_DOCS=1 writes it anew');
});

test('docs/coverage.md lists what is covered', () => {
  const page = coverage(CASES, evasions);
  if (UPDATE) writeFileSync(FILES.page, page);
  else assert.equal(readFileSync(FILES.page, 'utf8'), page, 'UPDATE_DOCS=1 writes it anew');
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
