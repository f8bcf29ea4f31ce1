import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ScanResult } from '../../src/findings/result.ts';
import { gatehouse, stopped, tempFolder } from '../harness/cli.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `cos\nsystem\n(S'true'\ntR.`: what every scanner knows, and nobody runs here. */
const HOSTILE = "cos\nsystem\n(S'true'\ntR.";
const HONEST = Buffer.from('80027d710058010000006171014b01732e', 'hex');

const jsonOf = (out: string): ScanResult => JSON.parse(out) as ScanResult;

suite('gatehouse scan', () => {
  test('says what is wrong, where, and what to do; and the exit code says it too', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'weights.bin'), HOSTILE);
    const { code, out, err } = await gatehouse(folder, ['scan', 'weights.bin']);
    assert.equal(code, 1, err);
    assert.match(out, /^do not load {2}weights\.bin/);
    assert.match(out, /critical {2}pickle\.dangerous-call/);
    assert.match(out, /os\.system/);
    assert.match(out, /→ /);
    assert.match(out, /1 file: 1 do not load\n$/);
  });

  test('what is honest is clean, with every byte told', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'weights.pkl'), HONEST);
    writeFileSync(join(folder, 'config.json'), '{"model_type": "llama"}');
    const { code, out } = await gatehouse(folder, ['scan', '.', '--json']);
    const { verdict, files } = jsonOf(out);
    assert.equal(code, 0, out);
    assert.equal(verdict, 'clean');
    assert.deepEqual(
      files.map(({ path, sha256 }) => [path, sha256?.length]),
      [
        ['config.json', 64],
        ['weights.pkl', 64],
      ],
    );
    for (const { parts } of files)
      for (const { ranges } of parts) assert.ok(ranges.every(({ as }) => as !== 'unread'));
  });

  test('what nobody knows is not decided, unless the policy allows it for a while', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'x.bin'), Buffer.from('00ff13370000beef8001', 'hex'));
    assert.equal((await gatehouse(folder, ['scan', 'x.bin'])).code, 2);
    writeFileSync(
      join(folder, 'gatehouse-scan.yaml'),
      'version: 1\nunread:\n  - { path: "x.bin", reason: made by us, until: 2999-12-31 }\n',
    );
    assert.equal((await gatehouse(folder, ['scan', 'x.bin'])).code, 0);
    writeFileSync(join(folder, 'gatehouse-scan.yaml'), 'version: 1\nunread:\n  - { path: 5 }\n');
    const { code, err } = await gatehouse(folder, ['scan', 'x.bin']);
    assert.equal(code, 3);
    assert.match(err, /gatehouse-scan\.yaml:3/);
  });

  test('a policy may allow a call by its full name', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'm.pkl'), 'cmy_package.models\nNet\n(tR.');
    assert.equal((await gatehouse(folder, ['scan', 'm.pkl'])).code, 1);
    writeFileSync(
      join(folder, 'p.yaml'),
      'version: 1\ncalls:\n  - { call: my_package.models.Net, verdict: allowed, reason: ours }\n',
    );
    assert.equal((await gatehouse(folder, ['scan', 'm.pkl', '--policy', 'p.yaml'])).code, 0);
  });

  test('what is scanned does not say what of it counts', async (t) => {
    const folder = tempFolder(t);
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'model/m.pkl'), HOSTILE);
    const excuse = '{ rule: pickle.dangerous-call, reason: fine, until: 2999-01-01 }';
    const policy = `version: 1\nfail_on: critical\nsuppress: [${excuse}]\n`;
    writeFileSync(join(folder, 'model/gatehouse-scan.yaml'), policy);
    const inside = join(folder, 'model');
    for (const paths of [['../model'], ['m.pkl', 'gatehouse-scan.yaml']]) {
      const { code, out } = await gatehouse(inside, ['scan', ...paths]);
      assert.equal(code, 1, paths.join(' '));
      assert.match(out, /gatehouse-scan\.yaml lies in what is scanned, and is not used/);
    }
    assert.equal((await gatehouse(inside, ['scan', '.', '--policy', 'gatehouse-scan.yaml'])).code, 0);
    writeFileSync(join(folder, 'gatehouse-scan.yaml'), policy);
    assert.equal((await gatehouse(folder, ['scan', 'model'])).code, 0);
    // Standard input is no file beside it.
    const piped = spawnSync(process.execPath, [MAIN, 'scan', '-', '-q'], { cwd: folder, input: HOSTILE });
    assert.equal(piped.status, 0);
  });

  test('a baseline knows what was there, and nothing more', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'a.pkl'), HOSTILE);
    const until = ['--write-baseline', 'b.json', '--until', '2999-01-01'];
    const written = await gatehouse(folder, ['scan', 'a.pkl', '-q', ...until]);
    assert.deepEqual([written.code, written.err], [0, 'b.json: 1 finding known until 2999-01-01\n']);
    assert.equal((await gatehouse(folder, ['scan', 'a.pkl', '--baseline', 'b.json'])).code, 0);
    writeFileSync(join(folder, 'c.pkl'), HOSTILE);
    assert.equal((await gatehouse(folder, ['scan', 'a.pkl', 'c.pkl', '--baseline', 'b.json'])).code, 1);
    // What nobody read, no baseline knows.
    writeFileSync(join(folder, 'x.bin'), Buffer.from('00ff13370000beef8001', 'hex'));
    const unread = await gatehouse(folder, ['scan', 'a.pkl', 'x.bin', '-q', '--write-baseline', 'd.json']);
    assert.equal(unread.code, 2);
    assert.match(unread.err, /finding.* known until .*\n.*1 file not read whole/);
    assert.equal((await gatehouse(folder, ['scan', 'a.pkl', 'x.bin', '--baseline', 'd.json'])).code, 2);
    assert.equal((await gatehouse(folder, ['scan', 'a.pkl', '--until', '2999-01-01'])).code, 3);
    assert.equal((await gatehouse(folder, ['scan', 'nowhere', ...until.slice(0, 3), 'soon'])).code, 3);
  });

  test('reads standard input, and leaves nothing behind', async (t) => {
    const folder = tempFolder(t);
    const child = spawn(process.execPath, [MAIN, 'scan', '-', '--json'], {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder },
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stdin.end(HOSTILE);
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    assert.equal(code, 1);
    assert.equal(jsonOf(out).files[0]?.path, 'stdin');
    assert.deepEqual(readdirSync(folder), []);
  });

  test('stops at Ctrl-C while it waits for input; and however it ends, it leaves nothing behind', {
    skip: process.platform !== 'linux',
  }, async (t) => {
    const folder = tempFolder(t);
    const env = { TMPDIR: folder };
    const asked = await stopped(folder, ['scan', '-'], { file: 'incoming (deleted)', signal: 'SIGINT', env });
    assert.equal(asked.code, 2);
    assert.match(asked.err, /stopped before its end/);
    assert.deepEqual(readdirSync(folder), []);
    const killed = await stopped(folder, ['scan', '-'], {
      file: 'incoming (deleted)',
      signal: 'SIGKILL',
      env,
    });
    assert.equal(killed.code, null);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('writes every report, to a file as well', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'a.pkl'), HOSTILE);
    for (const format of ['json', 'sarif', 'html', 'cyclonedx', 'markdown', 'table']) {
      const { code, out } = await gatehouse(folder, [
        'scan',
        'a.pkl',
        '--format',
        format,
        '-o',
        `r.${format}`,
      ]);
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.match(readFileSync(join(folder, `r.${format}`), 'utf8'), /os\.system/, format);
    }
  });

  test('the same answer from anywhere', async (t) => {
    const [one, two] = [tempFolder(t), tempFolder(t)];
    for (const folder of [one, two]) writeFileSync(join(folder, 'a.pkl'), HOSTILE);
    const [first, second] = await Promise.all(
      [one, two].map((folder) => gatehouse(folder, ['scan', '.', '--json'])),
    );
    assert.equal(first?.out, second?.out);
  });

  test('links, pipes and what may not be read are told, and never waited for', async (t) => {
    const folder = tempFolder(t);
    mkdirSync(join(folder, 'm'));
    writeFileSync(join(folder, 'outside.pkl'), HOSTILE);
    symlinkSync('../outside.pkl', join(folder, 'm/link.pkl'));
    execFileSync('mkfifo', [join(folder, 'm/pipe')]);
    const { code, out } = await gatehouse(folder, ['scan', 'm', '--json']);
    assert.equal(code, 1);
    const { files } = jsonOf(out);
    assert.deepEqual(
      files.map(({ path, findings }) => [
        path,
        findings.map(({ rule }) => rule).includes('file.link-outside'),
      ]),
      [
        ['link.pkl', true],
        ['pipe', false],
      ],
    );
    assert.equal(files[1]?.verdict, 'undecided');
  });

  test('wrong usage and what is not there have codes of their own', async (t) => {
    const folder = tempFolder(t);
    const nowhere = await gatehouse(folder, ['scan', '-'], { TMPDIR: join(folder, 'nowhere') });
    assert.equal(nowhere.code, 4);
    assert.match(nowhere.err, /^gatehouse: what comes in cannot be kept in .*nowhere/);
    assert.equal((await gatehouse(folder, ['scan', ''])).code, 3);
    const code = async (...args: string[]) => (await gatehouse(folder, ['scan', ...args])).code;
    assert.equal(await code(), 3);
    assert.equal(await code('nothing.pt'), 4);
    assert.equal(await code('.', '--format', 'pdf'), 3);
    assert.equal(await code('.', '--jobs', '0'), 3);
    assert.equal(await code('.', '--changed'), 3);
    assert.equal(await code('--changed'), 4);
  });

  test('rules are listed, and told one by one', async (t) => {
    const folder = tempFolder(t);
    assert.match((await gatehouse(folder, ['scan', 'rules'])).out, /^pickle\.dangerous-call +critical/m);
    assert.match((await gatehouse(folder, ['scan', 'rules', 'pickle.dangerous-call'])).out, /What to do: /);
    const { code, err } = await gatehouse(folder, ['scan', 'rules', 'pickle.dangerous-cal']);
    assert.equal(code, 3);
    assert.match(err, /Did you mean pickle\.dangerous-call\?/);
    assert.ok(Array.isArray(JSON.parse((await gatehouse(folder, ['scan', 'rules', '--json'])).out)));
  });
});
