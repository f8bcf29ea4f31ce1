import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base } from '../audit/archived.ts';
import type { Entry } from '../audit/entry.ts';
import { ENTRY_BYTES, parseEntry } from '../audit/entry.ts';
import { HISTORY, NEWEST } from '../audit/history.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import type { LedgerSource, Segment } from '../audit/verify.ts';
import { Problem } from '../base/problem.ts';
import { PUBLIC_KEYS } from './init.ts';
import { parseState, pointsName, segmentFirsts, segmentName, stateName } from './segments.ts';

/** Reading a ledger takes no lock and changes nothing, so it may be done while a gateway writes to it. */

const CHUNK_BYTES = 256 * 1024;

/** A file's bytes in chunks that share one buffer: use each before asking for the next. */
async function* fileChunks(
  path: string,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (let at = start; at < end; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK_BYTES, end - at), at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** A segment on disk. */
export interface SegmentFile extends Segment {
  /** The ledger's, or that of its archive. */
  readonly folder: string;
}

export interface LedgerFiles extends LedgerSource {
  readonly segments: readonly SegmentFile[];
  /** Bytes of all segments, for progress. */
  readonly bytes: number;
}

/**
 * A ledger's files as they are now; those of its archive are put in front where one is named. Throws
 * Problem('environment') where a folder cannot be read, Problem('usage') where the archive is another ledger's.
 *
 * The order matters while a gateway writes: what is signed is read before the entries, which are durable by then.
 */
export async function readLedger(folder: string, archive?: string | undefined): Promise<LedgerFiles> {
  const newest = await readIfThere(join(folder, NEWEST));
  const historyPath = join(folder, HISTORY);
  const historyBytes = await sizeIfThere(historyPath);
  const segments = await listSegments(folder, archive);
  const sizes = await Promise.all(segments.map((one) => sizeIfThere(join(one.folder, one.file))));
  return {
    newest,
    async *history() {
      for (const one of segments)
        if (one.folder !== folder) yield* fileChunks(join(one.folder, pointsName(one.first)));
      if (historyBytes > 0) yield* fileChunks(historyPath, 0, historyBytes);
    },
    segments,
    base: await baseOf(segments[0]),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/**
 * Segments in order; those of an archive in front, as far as they are not in the ledger's folder any more. Throws
 * Problem('environment'), or Problem('usage') where the archive is another ledger's.
 */
export async function listSegments(folder: string, archive?: string | undefined): Promise<SegmentFile[]> {
  const here = segmentsIn(folder, await namesIn(folder));
  const from = here[0]?.first ?? 0;
  if (archive === undefined || from === 0) return here;
  const names = await namesIn(archive);
  const [own, other] = await Promise.all(
    [folder, archive].map((each) => readIfThere(join(each, PUBLIC_KEYS))),
  );
  if (own === undefined || other === undefined || Buffer.compare(own, other) !== 0)
    throw new Problem('usage', `the archive in ${archive} is not of this ledger`, 'Name its own archive.');
  const archived = segmentsIn(archive, names).filter(({ first }) => first < from);
  const lost = archived.find(({ first }) => !names.includes(pointsName(first)));
  if (lost !== undefined)
    throw new Problem(
      'findings',
      `the archive in ${archive} has lost ${pointsName(lost.first)}`,
      'Restore it from a copy.',
    );
  return [...archived, ...here];
}

const segmentsIn = (folder: string, names: readonly string[]): SegmentFile[] =>
  segmentFirsts(names).map((first) => {
    const file = segmentName(first);
    return { file, first, folder, chunks: () => fileChunks(join(folder, file)) };
  });

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new Problem(
      'environment',
      `cannot read the ledger in ${folder}`,
      'Name its folder with --ledger, or the data folder with --data; --archive names its archive.',
      error,
    );
  }
}

/** The tree before the first segment, from its file. */
async function baseOf(segment: SegmentFile | undefined): Promise<Base | undefined> {
  if (segment === undefined || segment.first === 0) return undefined;
  const file = stateName(segment.first);
  const text = await readIfThere(join(segment.folder, file));
  const state = text && parseState(Buffer.from(text).toString('utf8'));
  return { file, state: state?.size === segment.first ? state : undefined };
}

/** A line of a segment as it stands there, and what it says. */
export interface ReadEntry {
  readonly entry: Entry;
  readonly text: string;
  /** Bytes of the segment up to the end of this line. */
  readonly end: number;
}

/** Whole lines of a segment from a byte offset on. Throws Problem('findings') at a line that is not an entry. */
export async function* segmentEntries(folder: string, file: string, start = 0): AsyncGenerator<ReadEntry> {
  const splitter = new LineSplitter(ENTRY_BYTES);
  let end = start;
  for await (const chunk of fileChunks(join(folder, file), start)) {
    for (const line of splitter.push(chunk)) {
      const entry = readEntry(line, file, end);
      end += line.length + 1;
      yield { entry, text: Buffer.from(line).toString('utf8'), end };
    }
  }
}

function readEntry(line: Uint8Array, file: string, at: number): Entry {
  try {
    return parseEntry(line);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Problem(
      'findings',
      `${file} is damaged at byte ${at}: ${error.message}`,
      'Run "gatehouse audit verify".',
    );
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return ifThere(() => readFile(path), undefined);
}

async function sizeIfThere(path: string): Promise<number> {
  return ifThere(async () => (await stat(path)).size, 0);
}

async function ifThere<T>(read: () => Promise<T>, missing: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw new Problem(
      'environment',
      'cannot read the ledger',
      'Check that this user may read its files.',
      error,
    );
  }
}
