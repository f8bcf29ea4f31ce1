import { spawn } from 'node:child_process';
import { join } from 'node:path';

// npm test: runs all tests, or those that are named (npm test -- test/people/*.test.ts).

const ROOT = join(import.meta.dirname, '..');
const ALL = ['src/**/*.test.ts', 'console/**/*.test.ts', 'test/**/*.test.ts'];

const named = process.argv.slice(2);
const child = spawn(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-timeout=120000', ...(named.length > 0 ? named : ALL)],
  {
    cwd: ROOT,
    stdio: 'inherit',
    // Each file is a process of its own, and most read the same thousand modules: they are compiled once.
    env: { NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'compiled'), ...process.env },
  },
);
// Ctrl-C reaches the tests too; they end by themselves, and tell what was under way.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
