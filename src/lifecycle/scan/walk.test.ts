import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Problem } from '../../base/problem.ts';
import { changedFiles } from './changed.ts';
import { walk } from './walk.ts';

function folder(t: test.TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('files in folders come in order, links are followed once, histories are left out and named', async (t) => {
  const at = folder(t);
  mkdirSync(join(at, 'm/.git'), { recursive: true });
  mkdirSync(join(at, 'blobs'));
  writeFileSync(join(at, 'm/.git/HEAD'), 'x');
  writeFileSync(join(at, 'm/b.txt'), 'xx');
  writeFileSync(join(at, 'blobs/0'), 'xxx');
  symlinkSync('../blobs/0', join(at, 'm/a.bin'));
  symlinkSync('.', join(at, 'm/loop'));
  symlinkSync('nowhere', join(at, 'm/broken'));
  const { targets, left } = await walk(['m'], at);
  assert.deepEqual(
    targets.map(({ path, size, outside, broken }) => ({ path, size, outside, broken })),
    [
      { path: 'a.bin', size: 3, outside: '../blobs/0', broken: undefined },
      { path: 'b.txt', size: 2, outside: undefined, broken: undefined },
      { path: 'broken', size: 0, outside: undefined, broken: 'it is a link to nothing' },
    ],
  );
  assert.deepEqual(left.map(({ path }) => path).sort(), ['.git', 'loop']);
});

test('what lies behind a link to a folder elsewhere lies elsewhere', async (t) => {
  const at = folder(t);
  for (const name of ['m', 'm/own', 'home/deep']) mkdirSync(join(at, name), { recursive: true });
  writeFileSync(join(at, 'home/deep/key'), 'x');
  writeFileSync(join(at, 'm/own/w'), 'x');
  symlinkSync('../home', join(at, 'm/data'));
  symlinkSync('own', join(at, 'm/again'));
  const { targets } = await walk(['m'], at);
  assert.deepEqual(
    targets.map(({ path, outside }) => ({ path, outside })),
    [
      { path: 'again/w', outside: undefined },
      { path: 'data/deep/key', outside: '../home' },
    ],
  );
});

test('a pipe is named and not opened', { skip: process.platform === 'win32' }, async (t) => {
  const at = folder(t);
  execFileSync('mkfifo', [join(at, 'pipe')]);
  const { targets } = await walk([at], '/');
  assert.match(targets[0]?.broken ?? '', /pipe/);
});

test('several paths keep their names apart, one file keeps its own, and what is not there is told', async (t) => {
  const at = folder(t);
  mkdirSync(join(at, 'x'));
  mkdirSync(join(at, 'y'));
  writeFileSync(join(at, 'x/f'), '1');
  writeFileSync(join(at, 'y/f'), '2');
  const names = async (...paths: string[]) => (await walk(paths, at)).targets.map(({ path }) => path);
  assert.deepEqual(await names('x', './y/'), ['x/f', 'y/f']);
  assert.deepEqual(await names('x/f', 'x/f'), ['x/f']);
  assert.deepEqual(await names(join(at, 'x/f')), ['f']);
  await assert.rejects(
    walk(['z'], at),
    (error: unknown) => error instanceof Problem && error.kind === 'environment',
  );
});

test('git says what is changed: staged, in the tree, new, and never what is ignored or gone', async (t) => {
  const at = folder(t);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', at, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      stdio: 'pipe',
    });
  const changed = async (cwd: string) => (await changedFiles(cwd, undefined)).names;
  git('init', '-q');
  for (const name of ['same', 'tree', 'staged', 'gone']) writeFileSync(join(at, name), '1');
  writeFileSync(join(at, '.gitignore'), 'ignored\n');
  assert.deepEqual(await changed(at), ['.gitignore', 'gone', 'same', 'staged', 'tree']);
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  assert.deepEqual(await changed(at), []);
  writeFileSync(join(at, 'tree'), '2');
  writeFileSync(join(at, 'staged'), '2');
  git('add', 'staged');
  rmSync(join(at, 'gone'));
  writeFileSync(join(at, 'ignored'), '2');
  mkdirSync(join(at, 'sub'));
  writeFileSync(join(at, 'sub/new \n name'), '2');
  assert.deepEqual(await changed(at), ['staged', 'sub/new \n name', 'tree']);
  assert.deepEqual(await changed(join(at, 'sub')), ['staged', 'sub/new \n name', 'tree']);
  await assert.rejects(changedFiles(at, '--output=x'), Problem);
  await assert.rejects(changedFiles(at, 'no-such-commit'), Problem);
  await assert.rejects(changedFiles(tmpdir(), undefined), Problem);
});

test('of a history what git runs by itself is read, and nothing else', async (t) => {
  const at = folder(t);
  mkdirSync(join(at, '.git', 'hooks'), { recursive: true });
  mkdirSync(join(at, '.git', 'objects'));
  for (const name of ['config', 'HEAD', 'hooks/post-checkout', 'hooks/pre-push.sample', 'objects/ab'])
    writeFileSync(join(at, '.git', name), 'x');
  const { targets, left } = await walk([at], at);
  assert.deepEqual(
    targets.map(({ path }) => path),
    ['.git/config', '.git/hooks/post-checkout'],
  );
  assert.deepEqual(
    left.map(({ path }) => path),
    ['.git'],
  );
});
