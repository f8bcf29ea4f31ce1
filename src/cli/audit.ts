import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { describePlace, type Report } from '../audit/report.ts';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import { verifyFiles } from '../ledger/verify-files.ts';
import { addArchive } from './audit-archive.ts';
import { addExport } from './audit-export.ts';
import { addMirror } from './audit-mirror.ts';
import {
  type ArchiveOption,
  archiveFolder,
  keyFile,
  ledgerFolder,
  type PlaceOptions,
  withArchive,
  withPlace,
} from './audit-place.ts';
import { addProve } from './audit-prove.ts';
import { cosignedFile, type QuorumOptions, readQuorum, requireQuorum, withQuorum } from './audit-quorum.ts';
import { addShow } from './audit-show.ts';
import { addWitness } from './audit-witness.ts';
import type { CliIo } from './io.ts';

interface VerifyOptions extends PlaceOptions, ArchiveOption, QuorumOptions {
  readonly key?: string;
  readonly checkpoint?: string;
  readonly json?: boolean;
}

/** `audit verify|show|prove|export|witness|mirror|archive`. All of it works while a gateway writes to the ledger. */
export function auditCommand(io: CliIo): Command {
  const audit = new Command('audit').description('check, read and prove what the ledger says');
  withQuorum(
    withArchive(
      withPlace(
        audit
          .command('verify')
          .description('check that nothing was edited, dropped or reordered since it was signed'),
      ),
    ),
  )
    .option('-k, --key <FILE>', 'public keys of the ledger, kept apart from it (default: its ledger.pub)')
    .option(
      '--checkpoint <FILE>',
      'a checkpoint kept from earlier: finds a ledger that was put back to an older state',
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Works offline, with the files and the public keys only.
Exit codes: 0 as it was signed, 1 it was tampered with, 2 could not decide, 3 wrong usage, 4 files cannot be read.

Examples:
  gatehouse audit verify
  gatehouse audit verify --data /var/lib/gatehouse --key ~/ledger.pub
  gatehouse audit verify --ledger ./copy --key ledger.pub --checkpoint checkpoint-2026-01-31
  gatehouse audit verify --archive /mnt/archive
  gatehouse audit verify --witness w1.pub --witness w2.pub --witness w3.pub --quorum 2`,
    )
    .action((options: VerifyOptions) => verify(io, options));
  addShow(audit, io);
  addProve(audit, io);
  addExport(audit, io);
  addWitness(audit, io);
  addMirror(audit, io);
  addArchive(audit, io);
  return audit;
}

async function verify(io: CliIo, options: VerifyOptions): Promise<void> {
  const ledger = ledgerFolder(io, options);
  const quorum = await readQuorum(io, options);
  const kept = options.checkpoint ?? (quorum && cosignedFile(ledger));
  const archive = archiveFolder(io, options);
  const progress = io.progress('verifying');
  let report: Report;
  try {
    report = await verifyFiles({
      ledger,
      key: keyFile(io, ledger, options.key),
      ...(archive !== undefined && { archive }),
      ...(kept !== undefined && { checkpoint: resolve(io.cwd, kept) }),
      onProgress: progress.update,
    });
  } finally {
    progress.end();
  }
  if (options.json === true) io.json(report);
  else for (const line of describe(report)) io.out(line);

  if (report.outcome === 'tampered') {
    throw new Problem(
      'findings',
      'the ledger is not as it was signed',
      'Keep a copy as evidence before you change anything.',
    );
  }
  if (report.outcome === 'undecided' && report.newest !== undefined) {
    throw new Problem(
      'undecided',
      'a checkpoint is older than the entries that are here',
      'Name the archive of the older ones with --archive.',
    );
  }
  if (report.outcome === 'undecided') {
    throw new Problem(
      'undecided',
      'nothing in the ledger was ever signed',
      'Every ledger has a checkpoint from the start: look for the files "checkpoint" and "checkpoints".',
    );
  }
  if (quorum !== undefined && kept !== undefined) {
    const names = await requireQuorum(await readFile(resolve(io.cwd, kept), 'utf8'), quorum);
    if (options.json !== true) io.out(`Cosigned by ${plain(names.join(', '))}.`);
  }
}

const number = (value: number): string => value.toLocaleString('en');

function describe(report: Report): string[] {
  const { newest, failures, more, unsigned, uncompared, tornBytes } = report;
  const lines = failures.map(({ place, reason }) => plain(`${describePlace(place)}: ${reason}`));
  if (more > 0) lines.push(`… and ${number(more)} more`);
  if (report.outcome === 'ok' && newest !== undefined) {
    lines.push(
      `${plain(report.origin)}: ${number(report.entries)} entries, ${number(report.checkpoints)} checkpoints`,
      `The first ${number(newest.size)} entries are as they were signed at ${newest.time}.`,
    );
    if (report.archived > 0)
      lines.push(
        `The first ${number(report.archived)} of them were archived, and the ledger says so; --archive reads them too.`,
      );
    lines.push(
      unsigned === 0 ? 'Nothing is unsigned.' : `${number(unsigned)} entries after them are not signed yet.`,
    );
  } else if (uncompared > 0) {
    lines.push(
      `${number(uncompared)} checkpoints could not be compared, because of what is damaged before them.`,
    );
  }
  if (tornBytes > 0)
    lines.push(`An unfinished line of ${number(tornBytes)} bytes at the end is not an entry.`);
  return lines;
}
