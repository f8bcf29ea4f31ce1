import assert from 'node:assert/strict';
import { processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';

/** The command line in this process, for tests in which only the gateway has to be one of its own. */
export async function gatehouse(folder: string, args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    ...processIo(),
    cwd: folder,
    out: (text: string) => void out.push(`${text}\n`),
    err: (text: string) => void err.push(`${text}\n`),
    json: (value: unknown) => void out.push(JSON.stringify(value)),
  };
  const code = await run(args, io, '1');
  return { code, out: out.join(''), err: err.join('') };
}

/** The same, and what it printed as JSON. Fails where it did not end well. */
export async function gatehouseJson<T>(folder: string, args: readonly string[]): Promise<T> {
  const { code, out, err } = await gatehouse(folder, [...args, '--json']);
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
}
