import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Entry } from '../audit/entry.ts';
import { isObject, type Json } from '../base/json.ts';
import { plain } from '../base/plain.ts';
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

interface ShowOptions extends PlaceOptions, ArchiveOption, FilterOptions {
  readonly limit: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Milliseconds between looks at a ledger that is followed. */
const POLL = 300;

export function addShow(audit: Command, io: CliIo): void {
  const show = audit.command('show').description('show entries, newest last');
  withTimes(withFields(withArchive(withPlace(show))), Date.now)
    .addOption(new Option('-n, --limit <N>', 'at most so many, the newest').argParser(count).default(50))
    .option('-f, --follow', 'go on with entries as they are written, until Ctrl-C')
    .option('--json', 'entries as they stand in the ledger, one JSON document a line')
    .addHelpText(
      'after',
      `
Shows what is written, signed or not: "gatehouse audit verify" says whether it is as it was signed.
An entry that is followed may be withdrawn while the disk fails: it was refused, and nothing was done because of it.

Examples:
  gatehouse audit show
  gatehouse audit show --follow
  gatehouse audit show --outcome blocked --since 24h
  gatehouse audit show --caller shop-bot --kind request. --limit 500 --json`,
    )
    .action(async (options: ShowOptions) => {
      const folder = ledgerFolder(io, options);
      const print = ({ entry, text }: ReadEntry): void => io.out(options.json === true ? text : line(entry));
      const segments = await listSegments(folder, archiveFolder(io, options));
      const filter = new EntryFilter(options);
      const { found, end } = await newest(segments, filter, options.limit);
      for (const read of found) print(read);
      if (options.follow === true) await follow(io, folder, filter, end, print);
    });
}

function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Write a number.');
  return Number(text);
}

/** A place in the entries: a segment by its first entry, and the bytes of it read so far. */
interface Position {
  readonly first: number;
  readonly at: number;
}

/**
 * The newest entries that match, oldest first, and where reading ended. Reads segments from the newest back, as far as
 * needed; all of them in order where entries depend on earlier ones.
 */
async function newest(
  segments: readonly SegmentFile[],
  filter: EntryFilter,
  limit: number,
): Promise<{ readonly found: readonly ReadEntry[]; readonly end: Position }> {
  const last = segments.at(-1);
  let at = 0;
  let found: ReadEntry[] = [];
  const groups = filter.joins ? [segments] : segments.map((segment) => [segment]).reverse();
  for (const group of groups) {
    const wanted = limit - found.length;
    if (wanted <= 0 && !group.some(({ file }) => file === last?.file)) break;
    let latest: ReadEntry[] = [];
    for (const { folder, file } of group) {
      for await (const read of segmentEntries(folder, file)) {
        if (file === last?.file) at = read.end;
        if (wanted > 0 && filter.matches(read.entry)) latest.push(read);
        if (latest.length >= 2 * wanted) latest = tail(latest, wanted);
      }
    }
    found = [...tail(latest, wanted), ...found];
  }
  return { found, end: { first: last?.first ?? 0, at } };
}

/** The last `count` of a list. */
const tail = <T>(list: readonly T[], count: number): T[] => list.slice(Math.max(0, list.length - count));

/** Prints what is written from a position on, segment after segment, until asked to stop. */
async function follow(
  io: CliIo,
  folder: string,
  filter: EntryFilter,
  from: Position,
  print: (read: ReadEntry) => void,
): Promise<void> {
  let stopped = false;
  let wake = (): void => {};
  const off = io.onStop(() => {
    stopped = true;
    wake();
  });
  let { first, at } = from;
  while (!stopped) {
    for (const segment of (await listSegments(folder)).filter((candidate) => candidate.first >= first)) {
      if (segment.first > first) [first, at] = [segment.first, 0];
      // Entries of a write that failed are taken back, and others come in their place.
      at = Math.min(at, (await stat(join(folder, segment.file))).size);
      for await (const read of segmentEntries(folder, segment.file, at)) {
        at = read.end;
        if (filter.matches(read.entry)) print(read);
      }
    }
    if (stopped) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  off();
}

/** Fields that have a place of their own in a line. */
const PLACED = new Set(['v', 'seq', 'time', 'prev', 'kind', 'caller', 'model', 'outcome', 'id']);

function line({ seq, time, kind, fields }: Entry): string {
  const { caller, model, outcome, id } = fields;
  const told = [isObject(caller) ? (caller.name ?? caller.id) : caller, model, outcome, id].flatMap(
    (value) => (value === undefined ? [] : [word(value)]),
  );
  const rest = Object.entries(fields).flatMap(([name, value]) =>
    PLACED.has(name) || typeof value === 'object' ? [] : [`${name}=${word(value)}`],
  );
  return plain([seq, time, kind.padEnd(15), ...told, ...rest].join('  '));
}

const word = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
