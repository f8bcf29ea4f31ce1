import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { goalsOf } from '../../bench/scan/goals.ts';
import { gatehouse, picklescan, runOnce } from '../../bench/scan/runs.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('the benchmark of scanning', () => {
  it('says before anything is made that picklescan is not there', (t) => {
    const at = folder(t);
    assert.throws(() => picklescan(at), /no src\/picklescan\/__main__\.py in .*, nor picklescan/);
    const bench = join(import.meta.dirname, '..', '..', 'bench', 'main.ts');
    const { status, stderr } = spawnSync(process.execPath, [bench, 'scan', '--picklescan', at, '--dir', at], {
      encoding: 'utf8',
    });
    assert.equal(status, 4);
    assert.match(stderr, /^bench: there is no src\/picklescan\/__main__\.py in /);
    assert.deepEqual(readdirSync(at), []);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  for (const where of ['src', ''])
    it(`runs the module of the folder's ${where || 'own'}, with the path`, { skip: !python }, async (t) => {
      const at = folder(t);
      const here = join(at, where, 'picklescan');
      mkdirSync(here, { recursive: true });
      writeFileSync(join(here, '__init__.py'), '');
      const program = `import sys\nassert __name__ == '__main__'\nsys.exit(1 if sys.argv[1:] == ['--path', 'x'] else 2)\n`;
      writeFileSync(join(here, '__main__.py'), program);
      const { cpu, memory } = await runOnce(picklescan(at), 'x');
      assert.ok(cpu > 0 && memory > 0);
      await assert.rejects(runOnce(picklescan(at), 'y'), /picklescan ended with 2/);
    });

  it('measures ours, and takes a scan that gives up for none', async (t) => {
    const at = folder(t);
    writeFileSync(join(at, 'a.txt'), 'a text\n');
    const { cpu, memory } = await runOnce(gatehouse(1), at);
    assert.ok(cpu > 0 && memory > 0);
    await assert.rejects(runOnce(gatehouse(1), join(at, 'nothing')), /ended with 4/);
  });

  it('asks for a third of the CPU where there are many files, round by round', () => {
    const run = (cpu: number) => ({ wall: cpu, cpu, memory: 100 });
    const goals = goalsOf([
      {
        load: 'small files',
        scanners: [
          { name: 'gatehouse --jobs 1', runs: [run(1), run(2)] },
          { name: 'picklescan', runs: [run(3), run(5)] },
        ],
      },
    ]);
    assert.deepEqual(
      goals.map(({ measured, reached }) => [measured, reached]),
      [
        [2.75, false],
        [100, true],
      ],
    );
  });
});
