import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions, WrongUsage } from './options.ts';
import { soak } from './soak.ts';

/** The whole soak in short: everything that it does is done at least once. */
test('some seconds of everything at once: nothing is found', {
  skip: process.platform === 'linux' ? false : 'reads processes from /proc',
}, async () => {
  const options = readOptions(['--quick', '--clients', '6']);
  const report = await soak(options, new AbortController().signal, () => {});
  assert.deepEqual(report.findings, [], `seed ${options.seed}`);
  for (const kind of ['completed', 'prompt_blocked', 'reply_blocked', 'credential_invalid'])
    assert.ok((report.outcomes[kind] ?? 0) > 0, kind);
  for (const [deed, times] of Object.entries(report.trouble)) assert.ok(times > 0, deed);
});

test('wrong usage is told', () => {
  for (const args of [['--minutes', '0'], ['--workers', 'two'], ['--nonsense'], ['--clients', '1.5']])
    assert.throws(() => readOptions(args), WrongUsage, args.join(' '));
  assert.equal(readOptions(['--minutes', '2', '--seed', '7']).seed, 7);
});
