import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { parse } from 'yaml';
import { newKey, publicPem } from '../src/signing/testing.ts';
import { tempFolder } from './harness/cli.ts';

const root = path.dirname(import.meta.dirname);

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly { readonly name: string; readonly run: string }[] };
}
const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;
const script = action.runs.steps.find(({ name }) => name === 'Scan')?.run ?? '';

/** Runs the step as a runner does: the inputs as variables, a file for the summary and one for outputs. */
function runStep(folder: string, inputs: Readonly<Record<string, string>>) {
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value }]) => [
      name.toUpperCase(),
      inputs[name] ?? value,
    ]),
  );
  const summary = path.join(folder, '.summary');
  const output = path.join(folder, '.output');
  for (const file of [summary, output]) writeFileSync(file, '');
  const { status, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd: folder,
    env: {
      ...process.env,
      ...given,
      GITHUB_ACTION_PATH: root,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
    },
    encoding: 'utf8',
  });
  return { status, stderr, summary: readFileSync(summary, 'utf8'), output: readFileSync(output, 'utf8') };
}

suite('the action', () => {
  test('fails for what must not be loaded, and leaves SARIF and a summary', (t) => {
    const folder = tempFolder(t);
    writeFileSync(path.join(folder, 'a b.pkl'), "cos\nsystem\n(S'true'\ntR.");
    writeFileSync(path.join(folder, 'c.json'), '{}');
    const { status, summary, output, stderr } = runStep(folder, { paths: 'a b.pkl\n\nc.json\n' });
    assert.equal(status, 1, stderr);
    assert.match(summary, /do not load: <code>a b\.pkl/);
    assert.equal(output, 'sarif=gatehouse.sarif\n');
    assert.match(readFileSync(path.join(folder, 'gatehouse.sarif'), 'utf8'), /pickle\.dangerous-call/);
  });

  test('with a trust policy it is the gate: signed, as signed, and clean', (t) => {
    const folder = tempFolder(t);
    const key = newKey();
    mkdirSync(path.join(folder, 'model'));
    writeFileSync(path.join(folder, 'model/c.json'), '{}');
    writeFileSync(path.join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(path.join(folder, 'key.pub'), publicPem(key));
    writeFileSync(
      path.join(folder, 'trust.yaml'),
      'version: 1\nsigners:\n  - { name: release, keys: [key.pub] }\n',
    );
    const inputs = { paths: 'model', gate: 'trust.yaml' };
    const unsigned = runStep(folder, inputs);
    assert.equal(unsigned.status, 1, unsigned.stderr);
    assert.match(readFileSync(path.join(folder, 'gatehouse.sarif'), 'utf8'), /gate\.unsigned/);
    const sign = [path.join(root, 'src/main.ts'), 'sign', 'model', '--key-file', 'key.pem'];
    assert.equal(spawnSync(process.execPath, sign, { cwd: folder }).status, 0);
    const { status, summary, stderr } = runStep(folder, inputs);
    assert.equal(status, 0, stderr);
    assert.match(summary, /^ {4}model: passed$/m);
    assert.equal(runStep(folder, { ...inputs, paths: 'model\nkey.pub' }).status, 3);
    assert.equal(runStep(folder, { ...inputs, baseline: 'b.json' }).status, 3);
  });

  test('passes what is clean, and takes nothing in its inputs for a command or an option', (t) => {
    const folder = tempFolder(t);
    writeFileSync(path.join(folder, '--json'), '{}');
    writeFileSync(path.join(folder, '$(touch owned)'), '{}');
    const { status, stderr } = runStep(folder, { paths: '--json\n$(touch owned)' });
    assert.equal(status, 0, stderr);
    assert.throws(() => readFileSync(path.join(folder, 'owned')));
  });
});
