import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { BOUNDS } from './bounds.ts';
import { ALONE, ReaderThread } from './readers.ts';
import type { Done } from './thread.ts';

function folder(t: test.TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const outcome = (done: Done): string => ('failed' in done ? done.failed : done.read.verdict);

test('files that are handed over together are read one by one, whatever is between them', async (t) => {
  const at = folder(t);
  writeFileSync(join(at, 'a'), 'a text\n');
  writeFileSync(join(at, 'b'), "cos\nsystem\n(S'true'\ntR.");
  const reader = new ReaderThread({ calls: [], bounds: BOUNDS });
  t.after(() => reader.close());
  const told: string[] = [];
  const read = (...names: string[]) =>
    reader.read(
      names.map((path) => ({ path, file: join(at, path) })),
      ({ path }, done) => void told.push(`${path}: ${outcome(done)}`),
    );
  await read('a', 'missing', 'b', 'a');
  await read('b');
  assert.deepEqual(told, [
    'a: clean',
    'missing: it cannot be opened',
    'b: findings',
    'a: clean',
    'b: findings',
  ]);
});

test('who gives a file all the time there is gets an answer', async (t) => {
  const at = folder(t);
  writeFileSync(join(at, 'a'), 'a text\n');
  const reader = new ReaderThread({ calls: [], bounds: { ...BOUNDS, time: Number.MAX_SAFE_INTEGER } });
  t.after(() => reader.close());
  const told: string[] = [];
  await reader.read([{ path: 'a', file: join(at, 'a') }], (_, done) => void told.push(outcome(done)));
  assert.deepEqual(told, ['clean']);
});

test('a pipe that took the place of a file is not waited for', {
  skip: process.platform === 'win32',
}, async (t) => {
  const at = folder(t);
  const pipe = join(at, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = new ReaderThread({ calls: [], bounds: BOUNDS });
  t.after(() => reader.close());
  const told: string[] = [];
  await reader.read([{ path: 'pipe', file: pipe }], (_, done) => void told.push(outcome(done)));
  assert.deepEqual(told, ['it is no file']);
});

test('a reader that hangs is stopped, and its file alone is blamed', async (t) => {
  const at = folder(t);
  for (const name of ['a', 'b', 'huge', 'c', 'd']) writeFileSync(join(at, name), 'a text\n');
  // All of it is a hole: it takes no room, and more time than there is.
  truncateSync(join(at, 'huge'), 2 ** 40);
  const reader = new ReaderThread({ calls: [], bounds: BOUNDS }, ALONE, 5_000);
  t.after(() => reader.close());
  const told: string[] = [];
  const tasks = ['a', 'b', 'huge', 'c', 'd'].map((path) => ({ path, file: join(at, path) }));
  await reader.read(tasks, ({ path }, done) => void told.push(`${path}: ${outcome(done)}`));
  // Those before it may be read again, and so come later.
  assert.deepEqual(told.sort(), [
    'a: clean',
    'b: clean',
    'c: clean',
    'd: clean',
    'huge: its reader did not come back, and was stopped',
  ]);
});

test('a large file has the time that it takes to digest it', async (t) => {
  const file = join(folder(t), 'large');
  const size = 2 ** 29;
  writeFileSync(file, '');
  truncateSync(file, size);
  const reader = new ReaderThread({ calls: [], bounds: BOUNDS }, ALONE, 1);
  t.after(() => reader.close());
  const told: string[] = [];
  await reader.read([{ path: 'large', file, size }], (_, done) => void told.push(outcome(done)));
  assert.deepEqual(told, ['undecided']);
});

test('who closes a reader is not waited for by those who wait', async (t) => {
  const at = folder(t);
  writeFileSync(join(at, 'a'), 'a text\n');
  const reader = new ReaderThread({ calls: [], bounds: BOUNDS });
  const told: string[] = [];
  const tasks = ['a', 'a'].map((path) => ({ path, file: join(at, path) }));
  const reading = reader.read(tasks, (_, done) => void told.push(outcome(done)));
  await reader.close();
  await reading;
  assert.deepEqual(told, ['the scan was stopped', 'the scan was stopped']);
});
