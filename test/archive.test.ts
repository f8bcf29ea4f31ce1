import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gatehouse, gatehouseJson, keysIn, serve, tempFolder } from './harness/cli.ts';

test('the command line: old segments go to the archive; the ledger and its proofs hold, alone and with it', async (t) => {
  const folder = tempFolder(t);
  const first = await serve(t, folder);
  const keys = keysIn(first.out());
  await first.stop();
  const file = join(folder, 'gatehouse.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/^ledger:$(\n {2}.*)*/m, 'ledger:\n  segment: 1KB\n  archive: { to: old }'),
  );

  const gateway = await serve(t, folder);
  const read = { headers: { authorization: `Bearer ${keys.admin}` } };
  for (let i = 0; i < 12; i++)
    await fetch(`${gateway.address}/v1/models`, { headers: { authorization: `Bearer ${keys.app}` } });
  assert.equal((await gatehouse(folder, ['audit', 'archive'])).code, 1, 'nothing says how old');
  const archive = ['audit', 'archive', '--keep', '1ms'];
  // Only what is signed may go; that comes a moment later.
  let planned = { segments: 0 };
  for (const late = Date.now() + 20_000; planned.segments === 0 && Date.now() < late; )
    planned = await gatehouseJson(folder, [...archive, '--dry-run']);
  assert.ok(planned.segments > 0);
  assert.ok(!readdirSync(folder).includes('old'));
  const done = await gatehouseJson<{ segments: number; next: number }>(folder, archive);
  assert.ok(done.segments >= planned.segments);

  const mirrored = await gatehouse(
    folder,
    ['audit', 'mirror', gateway.address, '--key', 'gatehouse-data/ledger/ledger.pub'],
    { GATEHOUSE_KEY: keys.admin },
  );
  assert.equal(mirrored.code, 4);
  assert.match(mirrored.err, /has archived entries that this mirror does not have/);
  const usage = await fetch(`${gateway.address}/admin/v1/usage`, read);
  assert.equal(((await usage.json()) as { first_entry: number }).first_entry, done.next);
  await gateway.stop();

  const run = (...args: string[]) => gatehouse(folder, args);
  const alone = await run('audit', 'verify');
  assert.equal(alone.code, 0, alone.err);
  assert.match(alone.out, new RegExp(`The first ${done.next} of them were archived`));
  const whole = await run('audit', 'verify', '--archive', 'old');
  assert.equal(whole.code, 0, whole.err);
  assert.doesNotMatch(whole.out, /were archived/);
  assert.equal((await run('audit', 'prove', 'inclusion', '0')).code, 3);
  assert.equal((await run('audit', 'prove', 'inclusion', '0', '--archive', 'old')).code, 0);
  const proof = await run('audit', 'prove', 'inclusion', String(done.next));
  assert.equal(proof.code, 0, proof.err);
  assert.equal(proof.out, (await run('audit', 'prove', 'inclusion', String(done.next), '-a', 'old')).out);
  assert.match((await run('audit', 'show', '-n', '1000', '-a', 'old')).out, /^0 {2}/);

  // Without a gateway too, and again where it was begun.
  assert.equal((await run(...archive)).code, 0);
  rmSync(join(folder, 'old'), { recursive: true });
  for (let i = 0; i < 3; i++) await run('callers', 'list');
  const again = await serve(t, folder);
  await again.stop();
  const lost = await run(...archive);
  assert.equal(lost.code, 1, lost.out);
  assert.match(lost.err, /There is no archive/);
});
