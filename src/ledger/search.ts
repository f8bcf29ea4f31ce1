import { ENTRY_BYTES, type Entry, parseEntry } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Problem } from '../base/problem.ts';
import { listSegments } from './read.ts';

export interface Where {
  /** Number of the first entry that is wanted; undefined: of the first that is there. */
  readonly from?: number | undefined;
  /** Folder of what was archived; read where it is needed. */
  readonly archive?: string | undefined;
}

/**
 * Entries whose line holds a text, oldest first. Only those lines are parsed, so a long ledger is read about as fast as
 * the disk gives it. Throws Problem('environment') where entries that are wanted cannot be read.
 */
export async function* entriesHolding(
  folder: string,
  text: string,
  { from, archive }: Where = {},
): AsyncGenerator<Entry> {
  const wanted = Buffer.from(text);
  const start = from ?? 0;
  const here = await listSegments(folder);
  const segments = start < (here[0]?.first ?? 0) ? await listSegments(folder, archive) : here;
  const first = segments[0]?.first ?? 0;
  if (from !== undefined && from < first)
    throw new Problem(
      'environment',
      `entry ${from} and those after it are needed, but they were archived up to entry ${first - 1}`,
      'Name the archive in the settings: ledger.archive.to.',
    );
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (next <= start) continue;
    const splitter = new LineSplitter(ENTRY_BYTES);
    for await (const chunk of segment.chunks()) {
      for (const line of splitter.push(chunk)) {
        if (!Buffer.from(line.buffer, line.byteOffset, line.length).includes(wanted)) continue;
        const entry = parseEntry(line);
        if (entry.seq >= start) yield entry;
      }
    }
  }
}
