import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { confined } from './confine.ts';

/** What a process that is started so may do: each word, or the code of its error. */
const PROGRAM = `
const tries = {
  read: () => require('node:fs').readFileSync('/etc/hostname'),
  list: () => require('node:fs').readdirSync('/'),
  write: () => require('node:fs').writeFileSync(require('node:path').join(process.argv[1], 'x'), ''),
  spawn: () => require('node:child_process').spawnSync('true'),
  thread: () => new (require('node:worker_threads').Worker)('', { eval: true }),
  inspect: () => require('node:inspector').open(0),
};
const said = {};
for (const [name, act] of Object.entries(tries))
  try {
    act();
    said[name] = 'done';
  } catch (error) {
    said[name] = error.code;
  }
require('node:net').connect(1, '127.0.0.1').on('error', (error) => {
  console.log(JSON.stringify({ ...said, connect: error.code }));
});
`;

test('a process that runs a model may do nothing else', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...confined().execArgv, '--input-type=commonjs', '-e', PROGRAM, import.meta.dirname],
    { encoding: 'utf8', env: {} },
  );
  const said = JSON.parse(stdout || JSON.stringify({ stderr })) as Record<string, string>;
  // Older versions of Node leave the network to the system.
  const network = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['connect'] : [];
  for (const name of ['read', 'list', 'write', 'spawn', 'thread', 'inspect', ...network])
    assert.equal(said[name], 'ERR_ACCESS_DENIED', name);
});

test('nothing that leads out of its own code and that of the runtime is named', () => {
  const { execArgv } = confined();
  const folders = execArgv.flatMap((word) => word.match(/^--allow-fs-read=(.*)[\\/]\*$/)?.[1] ?? []);
  assert.ok(folders.length >= 1);
  for (const folder of folders) assert.match(folder, /(src|dist|onnxruntime-node|onnxruntime-common)$/);
});
