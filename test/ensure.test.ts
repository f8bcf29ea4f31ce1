import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const script = path.join(path.dirname(import.meta.dirname), 'scripts', 'ensure.mjs');
const work = mkdtempSync(path.join(tmpdir(), 'gatehouse-ensure-'));
after(() => rmSync(work, { recursive: true, force: true }));

type Packages = Record<string, { version: string; integrity?: string; optional?: boolean }>;

const lock = (packages: Packages) =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } });
const yaml = { 'node_modules/yaml': { version: '2.0.0', integrity: 'sha512-a' } };

/** A clone with this lock file and, where given, these packages installed. */
function clone(wanted: Packages, installed?: Packages): string {
  const folder = mkdtempSync(path.join(work, 'clone-'));
  mkdirSync(path.join(folder, 'scripts'));
  copyFileSync(script, path.join(folder, 'scripts', 'ensure.mjs'));
  writeFileSync(path.join(folder, 'package-lock.json'), lock(wanted));
  if (installed !== undefined) {
    mkdirSync(path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'node_modules', '.package-lock.json'), lock(installed));
  }
  return folder;
}

/** Runs the script with an npm that notes its words, prints, and does as told. */
function ensure(folder: string, words: string[] = [], npm = 'process.exit(0)') {
  const fake = path.join(folder, 'npm.cjs');
  const note =
    "require('fs').writeFileSync(__dirname + '/asked', process.argv.slice(2).join(' ')); console.log('npm talks');";
  writeFileSync(fake, `${note}\n${npm}`);
  const result = spawnSync(process.execPath, [path.join(folder, 'scripts', 'ensure.mjs'), ...words], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: fake },
  });
  assert.equal(result.stdout, '', 'stdout belongs to the command that follows');
  return { status: result.status, says: result.stderr, asked: existsSync(path.join(folder, 'asked')) };
}

/** What npm does when all goes well: the second lock file comes last. */
const installs = `const fs = require('fs'); fs.mkdirSync('node_modules', { recursive: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');`;

test('nothing is done or said when everything is there', () => {
  const elsewhere = { 'node_modules/for-another-platform': { version: '1.0.0', optional: true } };
  const folder = clone({ ...yaml, ...elsewhere }, yaml);
  assert.deepEqual(ensure(folder), { status: 0, says: '', asked: false });
  assert.deepEqual(ensure(folder, ['--check']), { status: 0, says: '', asked: false });
});

test('nothing is installed through a link', () => {
  const other = clone(yaml, yaml);
  const folder = clone({ ...yaml, 'node_modules/more': { version: '1.0.0' } });
  symlinkSync(path.join(other, 'node_modules'), path.join(folder, 'node_modules'));
  const { status, says, asked } = ensure(folder, [], installs);
  assert.deepEqual([status, asked], [4, false]);
  assert.match(says, /node_modules is a link/);
});

test('what is missing, older or of other bytes is installed', () => {
  const other = (change: object) => ({ 'node_modules/yaml': { ...yaml['node_modules/yaml'], ...change } });
  for (const installed of [undefined, {}, other({ version: '1.0.0' }), other({ integrity: 'sha512-b' })]) {
    const { status, says, asked } = ensure(clone(yaml, installed), [], installs);
    assert.deepEqual([status, asked], [0, true]);
    assert.match(says, /^gatehouse: installing what is missing .*\n$/);
  }
});

test('--check installs nothing and says what to do', () => {
  const { status, says, asked } = ensure(clone(yaml), ['--check']);
  assert.deepEqual([status, asked], [4, false]);
  assert.match(says, /not installed\.\n +Run: npm ci/);
});

test('an install that fails, leaves something out or is stopped', () => {
  const failed = ensure(clone(yaml), [], 'process.exit(1)');
  assert.equal(failed.status, 4);
  assert.match(failed.says, /npm ci failed \(exit 1\).*npm ping/s);
  const partial = ensure(clone(yaml), [], 'process.exit(0)');
  assert.equal(partial.status, 4);
  assert.match(partial.says, /npm ci left out node_modules\/yaml/);
  assert.equal(ensure(clone(yaml), [], "process.kill(process.pid, 'SIGTERM')").status, 130);
});

test('a clone without its lock file', () => {
  const folder = clone(yaml);
  rmSync(path.join(folder, 'package-lock.json'));
  const { status, says } = ensure(folder);
  assert.equal(status, 4);
  assert.match(says, /package-lock\.json is missing/);
});
