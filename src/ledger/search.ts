import { ENTRY_BYTES, type Entry, parseEntry } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import { listSegments } from './read.ts';

/**
 * Entries whose line holds a text, from an entry on, oldest first. Only those lines are parsed, so a long ledger is read
 * about as fast as the disk gives it. Throws Problem('environment') where it cannot be read.
 */
export async function* entriesHolding(folder: string, text: string, from = 0): AsyncGenerator<Entry> {
  const wanted = Buffer.from(text);
  const segments = await listSegments(folder);
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (next <= from) continue;
    const splitter = new LineSplitter(ENTRY_BYTES);
    for await (const chunk of segment.chunks()) {
      for (const line of splitter.push(chunk)) {
        if (!Buffer.from(line.buffer, line.byteOffset, line.length).includes(wanted)) continue;
        const entry = parseEntry(line);
        if (entry.seq >= from) yield entry;
      }
    }
  }
}
