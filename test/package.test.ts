import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';

const root = path.dirname(import.meta.dirname);
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const work = mkdtempSync(path.join(tmpdir(), 'gatehouse-package-'));
const project = path.join(work, 'project');
after(() => rmSync(work, { recursive: true, force: true }));

/** As a shell outside of this repository has it: npm's words about the script now running would steer the inner npm. */
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => !/^npm_(?:package|lifecycle|config_(?:local_)?prefix)|^INIT_CWD$|^NODE_/.test(key),
    ),
  ),
  PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
};

const run = (cwd: string, command: string, ...words: string[]) =>
  execFileSync(command, words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

suite('the package, installed from its tarball', () => {
  before(() => {
    run(root, 'npm', 'pack', '--pack-destination', work);
    mkdirSync(project);
    writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }');
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    run(project, 'npm', 'install', ...quiet, path.join(work, `${name}-${version}.tgz`));
  });

  const command = (...words: string[]) =>
    run(project, path.join(project, 'node_modules', '.bin', 'gatehouse'), ...words);

  test('the command runs', () => {
    assert.equal(command('--version').trim(), version);
    assert.match(command('--help'), /\bserve\b.*\baudit\b/s);
  });

  test('gatehouse/verify and gatehouse/guards are there, with types that hold and all that they read', () => {
    const verify =
      "import { verifyFiles } from 'gatehouse/verify';\nexport const verify: (o: { ledger: string }) => Promise<unknown> = verifyFiles;\n";
    const guards =
      "import { createGuards, type Guards } from 'gatehouse/guards';\nconst guards: Guards = createGuards();\nconsole.log((await guards.inspect('hello')).flagged);\n";
    writeFileSync(path.join(project, 'verify.ts'), verify);
    writeFileSync(path.join(project, 'guards.ts'), guards);
    const bin = path.join(root, 'node_modules', '.bin', 'tsc');
    const settings = '--noEmit --strict --skipLibCheck false --target es2024 --module nodenext --types';
    run(project, bin, ...settings.split(' '), '', 'verify.ts', 'guards.ts');
    run(project, process.execPath, 'verify.ts');
    assert.equal(run(project, process.execPath, 'guards.ts').trim(), 'false');
  });

  test('it holds what is run and read, no sources and no tests', () => {
    const installed = path.join(project, 'node_modules', name);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    for (const file of [
      'LICENSE',
      'README.md',
      'bin/gatehouse.cjs',
      'dist/main.js',
      'dist/ledger/verify-files.d.ts',
      'gatehouse.schema.json',
      'openapi.json',
    ]) {
      assert.ok(files.includes(file), `${file} is missing`);
    }
    assert.deepEqual(
      files.filter((file) =>
        /(?<!\.d)\.ts$|\.test\.|\btesting\.|^(?:src|test|scripts|node_modules)\b/.test(file),
      ),
      [],
    );
  });
});

/** Runs a script on this Node, which says that it is another one. */
const onNode = (claimed: string, script: string, ...words: string[]) => {
  const disguise = path.join(work, `node-${claimed}.cjs`);
  const versions = `{ ...process.versions, node: '${claimed}' }`;
  writeFileSync(disguise, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  return spawnSync(process.execPath, ['--require', disguise, path.join(root, script), ...words], {
    encoding: 'utf8',
  });
};

test('an older Node is refused in words, by the installed command and in the clone', () => {
  for (const script of ['bin/gatehouse.cjs', 'scripts/ensure.mjs']) {
    const { status, stdout, stderr } = onNode('22.19.0', script, '--check');
    assert.deepEqual([status, stdout], [4, ''], script);
    assert.match(stderr, /^gatehouse: this needs Node 24\.7 or newer, and .* Node 22\.19\.0\./);
  }
});

test('the floor is 24.7, wherever it is written', () => {
  assert.equal(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).engines.node, '>=24.7');
  assert.equal(onNode('24.6.0', 'scripts/ensure.mjs', '--check').status, 4);
  for (const fine of ['24.7.0', '25.0.0'])
    assert.equal(onNode(fine, 'scripts/ensure.mjs', '--check').status, 0, fine);
});
