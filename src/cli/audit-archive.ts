import type { Command } from 'commander';
import { plain } from '../base/plain.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';

interface ArchiveOptions {
  readonly config?: string;
  readonly keep?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addArchive(audit: Command, io: CliIo): void {
  audit
    .command('archive')
    .description('move old segments of the ledger to its archive; the ledger says so, and proofs still hold')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('--keep <TIME>', 'only segments that are older, such as 90d (default: ledger.archive.keep)')
    .option('--dry-run', 'only say what would be moved')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
The archive is the folder ledger.archive.to of the settings. Whole segments are copied there and read back, an entry of
the ledger names each file with its SHA-256, and only then the originals go. With witnesses the gateway must be
running: only what a quorum has cosigned is moved.

Examples:
  gatehouse audit archive --keep 90d --dry-run
  gatehouse audit archive --keep 90d
  gatehouse audit verify --archive /mnt/archive`,
    )
    .action((options: ArchiveOptions) => archive(io, options));
}

async function archive(io: CliIo, { config, keep, dryRun, json }: ArchiveOptions): Promise<void> {
  const body = { ...(keep && { keep }), ...(dryRun === true && { dry_run: true }) };
  let segments = 0;
  for (;;) {
    const run = await askAdmin(io, config, 'POST', '/admin/v1/ledger/archive', body);
    segments += Number(run.segments);
    if (run.more === true) continue;
    if (json === true) return io.json({ ...run, segments });
    const verb = dryRun === true ? 'would be moved' : 'moved';
    if (segments === 0) return io.out('No segment is old enough, closed and signed.');
    return io.out(
      `${segments} segment${segments === 1 ? '' : 's'} ${verb} to ${plain(String(run.to))}: the entries below ${run.next}.`,
    );
  }
}
