import { Command, InvalidArgumentError, Option } from 'commander';
import { csvCell } from '../base/csv.ts';
import { dollarsOf } from '../base/money.ts';
import { plain } from '../base/plain.ts';
import {
  readUsageBy,
  reportJson,
  reportUsage,
  USAGE_BY,
  type UsageBy,
  type UsageReport,
  type UsageSums,
} from '../ledger/usage.ts';
import { withTimes } from './audit-filter.ts';
import {
  type ArchiveOption,
  archiveFolder,
  ledgerFolder,
  type PlaceOptions,
  withArchive,
  withPlace,
} from './audit-place.ts';
import type { CliIo } from './io.ts';

interface UsageOptions extends PlaceOptions, ArchiveOption {
  readonly by: readonly UsageBy[];
  readonly since?: string;
  readonly until?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

const COUNTS = ['requests', 'input', 'cached', 'cache_write', 'output', 'reasoning'] as const;
const DOUBTS = ['unpriced', 'estimated'] as const;

/** `usage`: what was used and what it cost, added up from the ledger. Works offline, and while a gateway writes. */
export function usageCommand(io: CliIo): Command {
  const usage = new Command('usage').description('what was used and what it cost, from the ledger');
  return withTimes(withArchive(withPlace(usage)), Date.now)
    .addOption(
      new Option('--by <WHAT>', `what to sort by, one or several: ${USAGE_BY.join(', ')}`)
        .argParser(readBy)
        .default(['model'], 'model'),
    )
    .addOption(new Option('--csv', 'as CSV').conflicts('json'))
    .option('--json', 'as JSON, with sums')
    .addHelpText(
      'after',
      `
Costs are exact, in US dollars, by the price table of the time: see docs/budgets.md. A request belongs to the moment in
which it began, in UTC. "estimated": nobody reported what these requests used, so what was set aside is counted.

Examples:
  gatehouse usage
  gatehouse usage --by team,month
  gatehouse usage --by caller --since 2026-01-01 --until 2026-02-01 --csv
  gatehouse usage --by day --since 7d --json`,
    )
    .action(async (options: UsageOptions) => {
      const progress = io.progress('reading');
      const folder = ledgerFolder(io, options);
      const report = await reportUsage(
        folder,
        options,
        (bytes) => progress.update(bytes),
        archiveFolder(io, options),
      );
      progress.end();
      if (options.json === true) return io.json(reportJson(report));
      if (options.csv === true) return writeCsv(io, report, options.by);
      writeTable(io, report, options.by);
    });
}

function readBy(text: string): UsageBy[] {
  const by = readUsageBy(text);
  if (by === undefined)
    throw new InvalidArgumentError(`Write one or several of ${USAGE_BY.join(', ')}, with commas between.`);
  return by;
}

function writeCsv(io: CliIo, report: UsageReport, by: readonly UsageBy[]): void {
  io.out([...by, ...COUNTS, ...DOUBTS, 'dollars'].join(','));
  for (const { of, sums } of report.rows()) {
    const names = by.map((name) => csvCell(of[name]));
    io.out([...names, ...[...COUNTS, ...DOUBTS].map((name) => sums[name]), dollarsOf(sums.cost)].join(','));
  }
}

function writeTable(io: CliIo, report: UsageReport, by: readonly UsageBy[]): void {
  const line = (names: readonly string[], sums: UsageSums): string[] => [
    ...names,
    ...COUNTS.map((name) => sums[name].toLocaleString('en')),
    `$${dollarsOf(sums.cost)}`,
  ];
  const rows = report.rows();
  const lines = [
    [...by, ...COUNTS.map((name) => name.replace('_', ' ')), 'cost'],
    ...rows.map(({ of, sums }) =>
      line(
        by.map((name) => plain(of[name] || '–')),
        sums,
      ),
    ),
    line(['total', ...by.slice(1).map(() => '')], report.total),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of lines) {
    const padded = cells.map((cell, column) => {
      const width = widths?.[column] ?? 0;
      return column < by.length ? cell.padEnd(width) : cell.padStart(width);
    });
    io.out(padded.join('  ').trimEnd());
  }
  const { unpriced, estimated } = report.total;
  if (unpriced > 0) io.out(`${unpriced} without a price: their cost is not in these sums.`);
  if (estimated > 0) io.out(`${estimated} as estimated: nobody reported what they used.`);
  if (report.first > 0)
    io.out(`Counted from entry ${report.first} on: older ones were archived, and --archive counts them too.`);
  if (report.open > 0) io.out(`${report.open} not ended yet.`);
}
