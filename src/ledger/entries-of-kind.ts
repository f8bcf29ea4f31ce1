import { ENTRY_BYTES, type Entry, HEAD_BYTES, parseEntry } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import { listSegments } from './read.ts';

/**
 * Entries of one kind, from an entry on, oldest first. Only their lines are parsed: the kind stands at the start of a
 * line, so a long ledger is read about as fast as the disk. Throws Problem('environment') where it cannot be read.
 */
export async function* entriesOfKind(folder: string, kind: string, from: number): AsyncGenerator<Entry> {
  const wanted = Buffer.from(`"kind":${JSON.stringify(kind)}`);
  const segments = await listSegments(folder);
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (next <= from) continue;
    const splitter = new LineSplitter(ENTRY_BYTES);
    for await (const chunk of segment.chunks()) {
      for (const line of splitter.push(chunk)) {
        if (
          Buffer.from(
            line.buffer,
            line.byteOffset,
            Math.min(line.length, HEAD_BYTES + wanted.length),
          ).indexOf(wanted) < 0
        )
          continue;
        const entry = parseEntry(line);
        if (entry.kind === kind && entry.seq >= from) yield entry;
      }
    }
  }
}
