import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { csvCell } from '../base/csv.ts';
import { isObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { listSegments, type ReadEntry, type SegmentFile, segmentEntries } from '../ledger/read.ts';
import { EntryFilter, type FilterOptions, withFields, withTimes } from './audit-filter.ts';
import {
  type ArchiveOption,
  archiveFolder,
  ledgerFolder,
  type PlaceOptions,
  withArchive,
  withPlace,
} from './audit-place.ts';
import type { CliIo } from './io.ts';

interface ExportOptions extends PlaceOptions, ArchiveOption, FilterOptions {
  readonly format: 'jsonl' | 'csv';
  readonly output?: string;
}

export function addExport(audit: Command, io: CliIo): void {
  const command = audit.command('export').description('write entries to a file, for other tools');
  withTimes(withFields(withArchive(withPlace(command))), Date.now)
    .addOption(
      new Option('--format <FORMAT>', 'jsonl: lines as they stand in the ledger; csv: a table')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .option('-o, --output <FILE>', 'a new file, which only this user can read (default: standard output)')
    .addHelpText(
      'after',
      `
An export proves nothing by itself. To hand out evidence, copy the ledger folder, or use "gatehouse audit prove".

Examples:
  gatehouse audit export --since 2026-01-01 --until 2026-02-01 -o january.jsonl
  gatehouse audit export --format csv --outcome blocked --since 7d -o blocked.csv`,
    )
    .action(async (options: ExportOptions) => {
      const folder = ledgerFolder(io, options);
      const rows = matching(await listSegments(folder, archiveFolder(io, options)), new EntryFilter(options));
      const lines = options.format === 'csv' ? csv(rows) : jsonl(rows);
      if (options.output !== undefined) return toFile(resolve(io.cwd, options.output), lines);
      for await (const line of lines) io.out(line);
    });
}

async function* matching(segments: readonly SegmentFile[], filter: EntryFilter): AsyncGenerator<ReadEntry> {
  for (const { folder, file } of segments) {
    for await (const read of segmentEntries(folder, file)) if (filter.matches(read.entry)) yield read;
  }
}

async function* jsonl(rows: AsyncIterable<ReadEntry>): AsyncGenerator<string> {
  for await (const { text } of rows) yield text;
}

const COLUMNS = ['seq', 'time', 'kind', 'id', 'caller', 'model', 'outcome', 'entry'] as const;

async function* csv(rows: AsyncIterable<ReadEntry>): AsyncGenerator<string> {
  yield COLUMNS.join(',');
  for await (const { entry, text } of rows) {
    const { id, caller, model, outcome } = entry.fields;
    const who = isObject(caller) ? caller.name : caller;
    yield [entry.seq, entry.time, entry.kind, id, who, model, outcome, text].map(csvCell).join(',');
  }
}

async function toFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new Problem('usage', `${path} is there already`, 'Name a new file.');
    throw new Problem('environment', `cannot write ${path}`, 'Check the folder.', error);
  });
  try {
    let block = '';
    for await (const line of lines) {
      block += `${line}\n`;
      if (block.length < 256 * 1024) continue;
      await handle.write(block);
      block = '';
    }
    await handle.write(block);
  } finally {
    await handle.close();
  }
}
