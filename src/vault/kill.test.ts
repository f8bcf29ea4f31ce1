import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { systemClock as clock } from '../base/clock.ts';
import { localMaster } from './master.ts';
import { Masters } from './masters.ts';
import { Vault } from './vault.ts';

const TEAMS = 200;

const first = () => localMaster('first', Buffer.alloc(32, 1));
const second = () => localMaster('second', Buffer.alloc(32, 2));
const both = () => {
  const keys = [first(), second()] as const;
  return new Masters(keys, keys[1]);
};

const [, , role, data = ''] = process.argv;
if (role === 'rotate') await rotate();
else test('rotation: no request fails meanwhile, and killed at any moment it goes on', killed);

async function keep(vault: Vault, request: string, tenant: string): Promise<void> {
  const sealing = await vault.seal({ request, kind: 'prompt', tenant, subject: 'ann' });
  await sealing.push(`text of ${request}`);
  await sealing.end();
}

/** The process that is killed: rotates, and seals for whoever comes, which must not fail. */
async function rotate(): Promise<void> {
  const vault = await Vault.open({ data, masters: both(), clock });
  const serve = async () => {
    for (let i = 0; ; i++) {
      await keep(vault, `req_during_${process.pid}_${i}`, `team-${i % TEAMS}`);
      process.stdout.write(`req_during_${process.pid}_${i}\n`);
    }
  };
  process.stdout.write('open\n');
  await Promise.all([vault.rotate(false, '', 60_000), serve()]);
}

async function killed(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  try {
    const old = await Vault.open({ data: folder, masters: new Masters([first()], first()), clock });
    const requests: string[] = [];
    for (let i = 0; i < TEAMS; i++) {
      await keep(old, `req_${i}`, `team-${i}`);
      requests.push(`req_${i}`);
    }
    await old.close();
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [import.meta.filename, 'rotate', folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout });
      lines.on('line', (line) => {
        if (line === 'open') setTimeout(() => child.kill('SIGKILL'), 5 + round * 15);
        else requests.push(line);
      });
      await Promise.all([once(lines, 'close'), once(child, 'close')]);
      assert.equal(child.signalCode, 'SIGKILL', 'nothing else ended it');
    }
    const vault = await Vault.open({ data: folder, masters: both(), clock });
    assert.equal((await vault.rotate(false, '', 60_000)).next, undefined);
    await vault.close();

    const alone = second();
    const last = await Vault.open({ data: folder, masters: new Masters([alone], alone), clock });
    assert.equal((await last.status()).months, TEAMS);
    for (const request of [...requests.slice(0, 20), ...requests.slice(-20)]) {
      const [record] = await last.read(request, clock.now());
      assert.equal(record?.text, `text of ${request}`);
    }
    await last.close();
  } finally {
    await rm(folder, { recursive: true });
  }
}
