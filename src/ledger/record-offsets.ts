import { sizeOfNote } from '../audit/checkpoint.ts';
import { parseRecord } from '../audit/history.ts';
import { LineSplitter } from '../audit/lines.ts';
import { NOTE_BYTES } from '../audit/note.ts';
import type { Disk } from './disk.ts';
import { readChunks } from './disk.ts';

/**
 * For each size, in rising order, where in a history the first record of a tree of at least so many entries begins;
 * `end` where there is none before it. Throws Malformed at a record that is none.
 */
export async function recordOffsets(
  disk: Disk,
  path: string,
  sizes: readonly number[],
  end: number,
): Promise<number[]> {
  const offsets: number[] = [];
  const file = await disk.open(path);
  try {
    const splitter = new LineSplitter(2 * NOTE_BYTES);
    let at = 0;
    for await (const chunk of readChunks(file, 0, end)) {
      for (const line of splitter.push(chunk)) {
        const size = sizeOfNote(parseRecord(line));
        while (offsets.length < sizes.length && size >= (sizes[offsets.length] ?? 0)) offsets.push(at);
        if (offsets.length === sizes.length) return offsets;
        at += line.length + 1;
      }
    }
    while (offsets.length < sizes.length) offsets.push(end);
    return offsets;
  } finally {
    await file.close();
  }
}
