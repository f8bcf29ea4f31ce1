import { Command } from 'commander';
import { plain } from '../base/plain.ts';
import { type Alert, alertEntry } from '../detect/alert.ts';
import { Detector } from '../detect/detector.ts';
import { listSegments, segmentEntries } from '../ledger/read.ts';
import { withTimes } from './audit-filter.ts';
import {
  type ArchiveOption,
  archiveFolder,
  ledgerFolder,
  type PlaceOptions,
  withArchive,
  withPlace,
} from './audit-place.ts';
import { rulesIn, rulesOf } from './detect-rules.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface ReplayOptions extends PlaceOptions, ArchiveOption {
  readonly config?: string;
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** Read before the time that is asked for, so that what is usual is known. */
const LEARN = 8 * 86_400_000;

/** `detect replay`: what rules would have told of what is in the ledger. Works offline, and while a gateway writes. */
export const detectReplayCommand = (io: CliIo): Command =>
  withTimes(
    withArchive(
      withPlace(new Command('replay').description('run rules over the past, and say what they would tell')),
    ),
    Date.now,
  )
    .argument('[FILES...]', 'files with a rule each; without any, all rules that are on')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml, where there is one)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Nothing is written. Eight days before --since are read too, for what is unusual is measured by what was.

Exit codes: 0 nothing would be told, 1 something would, 3 a rule cannot be used, 4 the ledger cannot be read.

Examples:
  gatehouse detect replay --since 7d
  gatehouse detect replay my-rule.yaml --since 2026-01-01 --until 2026-02-01
  gatehouse detect replay --since 24h --json`,
    )
    .action(async (files: string[], options: ReplayOptions) => {
      const { rules, zone } = await rulesOf(io, options.config);
      const detector = new Detector(files.length > 0 ? rulesIn(io, files) : rules, zone);
      const alerts = await replay(io, detector, options);
      if (alerts.length > 0) process.exitCode = 1;
      if (options.json === true) {
        return io.json(
          alerts.map((alert) => ({ time: new Date(alert.time).toISOString(), ...alertEntry(alert) })),
        );
      }
      if (alerts.length === 0) return io.out('Nothing would be told.');
      const rows = alerts.map(({ time, rule, level, group, count, first, last }) => [
        new Date(time).toISOString(),
        level,
        rule,
        plain(Object.values(group).join(' ')) || '–',
        String(count),
        first === last ? String(last) : `${first}–${last}`,
      ]);
      io.out(table([['time', 'level', 'rule', 'of', 'count', 'entries'], ...rows]));
    });

async function replay(io: CliIo, detector: Detector, options: ReplayOptions): Promise<Alert[]> {
  const since = options.since === undefined ? 0 : Date.parse(options.since);
  const from = new Date(Math.max(0, since - LEARN)).toISOString();
  const alerts: Alert[] = [];
  const progress = io.progress('reading');
  let read = 0;
  for (const { folder, file } of await listSegments(ledgerFolder(io, options), archiveFolder(io, options))) {
    let last = 0;
    for await (const { entry, end } of segmentEntries(folder, file)) {
      last = end;
      progress.update(read + end);
      if (entry.time < from || (options.until !== undefined && entry.time >= options.until)) continue;
      alerts.push(...detector.take([entry]).filter(({ time }) => time >= since));
    }
    read += last;
  }
  progress.end();
  return alerts;
}
