import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRY_BYTES, seqAt } from '../audit/entry.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import { Problem } from '../base/problem.ts';
import { listSegments, type SegmentFile } from './read.ts';

const CHUNK_BYTES = 64 * 1024;
const LF = 0x0a;

/**
 * Lines of the entries `from` to `to - 1`, without their newlines, as they stand; each is good until the next is asked for. Where they
 * begin is found by halves, so that it takes as many reads in a long ledger as in a short one, but for a few. Throws
 * Problem('environment') where they were archived, Problem('findings') where they are damaged or gone.
 */
export async function* linesOf(
  folder: string,
  from: number,
  to: number,
  archive?: string | undefined,
): AsyncGenerator<Uint8Array> {
  const here = await listSegments(folder);
  const segments = from < (here[0]?.first ?? 0) ? await listSegments(folder, archive) : here;
  let next = from;
  while (next < to) {
    const segment = segments.findLast(({ first }) => first <= next);
    if (segment === undefined)
      throw new Problem(
        'environment',
        `entry ${next} of the ledger is needed, and was archived`,
        'Name the archive in the settings: ledger.archive.to.',
      );
    const begun = next;
    for await (const line of linesIn(segment, next)) {
      yield line;
      next += 1;
      if (next === to) return;
    }
    if (next === begun) throw damaged(segment, next);
  }
}

/** Of one segment, from an entry on. */
async function* linesIn(segment: SegmentFile, from: number): AsyncGenerator<Uint8Array> {
  const handle = await open(join(segment.folder, segment.file), 'r');
  try {
    const splitter = new LineSplitter(ENTRY_BYTES);
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let wanted = from;
    for (let at = await near(handle, from); ; ) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      for (const line of splitter.push(buffer.subarray(0, bytesRead))) {
        const seq = seqAt(line);
        if (seq < from) continue;
        if (seq !== wanted) throw damaged(segment, wanted);
        wanted += 1;
        yield line;
      }
    }
  } catch (error) {
    throw error instanceof Malformed ? damaged(segment, from) : error;
  } finally {
    await handle.close();
  }
}

/** Where a line begins, at or before that of an entry and not far from it: bytes. */
async function near(handle: FileHandle, seq: number): Promise<number> {
  let low = 0;
  for (let high = (await handle.stat()).size; high - low > CHUNK_BYTES; ) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineAfter(handle, middle);
    if (line === undefined || line.at >= high || line.seq > seq) high = middle;
    else low = line.at;
  }
  return low;
}

/** The first line that begins after a place; undefined where none is whole as far as its number. */
async function lineAfter(
  handle: FileHandle,
  place: number,
): Promise<{ readonly at: number; readonly seq: number } | undefined> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  // A line is no longer than an entry may be.
  for (let at = place; at <= place + ENTRY_BYTES; at += CHUNK_BYTES) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
    const end = buffer.subarray(0, bytesRead).indexOf(LF);
    if (end < 0) continue;
    const start = Buffer.alloc(64);
    const read = await handle.read(start, 0, start.length, at + end + 1);
    return read.bytesRead < start.length ? undefined : { at: at + end + 1, seq: seqAt(start) };
  }
  return undefined;
}

const damaged = ({ file }: SegmentFile, seq: number): Problem =>
  new Problem('findings', `${file} is damaged at entry ${seq}`, 'Run "gatehouse audit verify".');
