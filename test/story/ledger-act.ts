import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ran } from '../harness/cli.ts';
import { EDITS, edited } from './edits.ts';
import type { House } from './house.ts';
import { type Narrator, short } from './narrator.ts';
import type { Tampering } from './report.ts';

/** What an auditor has who is careful: the public keys and a checkpoint, and a mirror of their own. */
export async function keptElsewhere(house: House, tell: Narrator): Promise<void> {
  tell.act('The ledger, before anybody touches it');
  copyFileSync(join(house.ledger, 'ledger.pub'), house.path('auditor.pub'));
  // A checkpoint is signed at most a second after an entry; a mirror takes what is signed.
  await pause(1100);
  const { out } = await house.must('audit', 'mirror', house.url, '--key', 'auditor.pub', '--to', 'mirror');
  tell.say(`gatehouse audit mirror: ${short(out, 100)}`);
}

/**
 * The gateway is down, and somebody edits its ledger by hand, in each way that there is. Verification must fail each time,
 * and say where; the mirror and the backup must still hold, and the gateway must not start on what was edited.
 */
export async function tamperedWith(
  house: House,
  tell: Narrator,
): Promise<{ readonly tampering: Tampering[]; readonly failures: string[] }> {
  const failures: string[] = [];
  copyFileSync(join(house.ledger, 'checkpoint'), house.path('auditor.checkpoint'));
  const before = await house.run('audit', 'verify', '--key', 'auditor.pub');
  if (before.code !== 0) failures.push(`the ledger does not verify before it is edited: ${before.out}`);
  tell.say(`gatehouse audit verify: ${tell.good(said(before))} (exit ${before.code})`);
  await house.must('backup', 'create', '--to', house.path('backup'));
  tell.say(
    'The auditor keeps its public keys, its newest checkpoint and the mirror; the operator keeps a backup.',
  );

  tell.act('Somebody edits it by hand');
  tell.say('From here on verification must fail, and say where; what is kept elsewhere must still hold.');
  tell.say();
  const tampering: Tampering[] = [];
  for (const { what, hand } of EDITS) {
    const copy = house.path('edited');
    cpSync(house.ledger, copy, { recursive: true });
    edited(copy, hand);
    const { code, ...ran } = await house.look(
      'audit',
      'verify',
      '--ledger',
      'edited',
      '--key',
      'auditor.pub',
      '--checkpoint',
      'auditor.checkpoint',
    );
    rmSync(copy, { recursive: true });
    const says = said({ code, ...ran });
    tampering.push({ what, exit: code, says });
    if (code !== 1) failures.push(`${what}: nobody noticed (exit ${code})`);
    tell.say(`${what.padEnd(52)} ${code === 1 ? tell.good('found') : tell.bad('not found')} (exit ${code})`);
    tell.say(tell.faint(`  ${short(says, 150)}`));
  }

  tell.say();
  const [first] = EDITS;
  if (first !== undefined) edited(house.ledger, first.hand);
  const serving = await house.run('serve', '--port', '0');
  if (serving.code === 0) failures.push('the gateway starts on a ledger that was edited');
  tell.say(
    `And where it lies: gatehouse serve ends with ${tell.good(String(serving.code))}. ${short(serving.err, 120)}`,
  );
  return { tampering, failures };
}

/** What is kept elsewhere still holds, and takes the place of what was edited. */
export async function putBack(house: House, tell: Narrator): Promise<string[]> {
  const failures: string[] = [];
  for (const [name, args] of [
    ['the mirror', ['audit', 'verify', '--ledger', 'mirror', '--key', 'auditor.pub']],
    ['the backup', ['backup', 'verify', 'backup']],
  ] as const) {
    const ran = await house.run(...args);
    if (ran.code !== 0) failures.push(`${name} does not verify: ${ran.err}`);
    tell.say(`gatehouse ${args.join(' ')}: ${tell.good(said(ran))} (exit ${ran.code})`);
  }
  rmSync(house.ledger, { recursive: true });
  // What the gateway wrote since, on the backup itself, is gone with the edited ledger; the auditor has seen none of it.
  cpSync(house.path('backup', 'data', 'ledger'), house.ledger, { recursive: true });
  const after = await house.run(
    'audit',
    'verify',
    '--key',
    'auditor.pub',
    '--checkpoint',
    'auditor.checkpoint',
  );
  if (after.code !== 0) failures.push(`the ledger of the backup does not verify: ${said(after)}`);
  tell.say(`Put back from the backup: ${tell.good(said(after))} (exit ${after.code})`);
  return failures;
}

/** What a command says first, on one line. */
function said({ out, err }: Ran): string {
  return short(`${out} ${err}`, 220);
}
