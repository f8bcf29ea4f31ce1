import type { Finding } from '../../findings/finding.ts';
import type { FileRead, JudgedFile, ScanResult } from '../../findings/result.ts';
import { Neighbours } from './beside.ts';
import type { Bounds } from './bounds.ts';
import { Bench } from './judge.ts';
import { Shelves } from './kept.ts';
import type { Pardon, ScanPolicy } from './policy.ts';
import { ALONE, ReaderThread, SHARED, TOO_MUCH } from './readers.ts';
import { FILE_RULES } from './rules.ts';
import type { Done, Task } from './thread.ts';
import type { Target, Walked } from './walk.ts';

/** Files that a thread is given at once, while they are small: to hand each over by itself would cost more than to read it. */
const AHEAD = 64;
/** Bytes of them, all together, from which on no more are given. */
const SMALL = 1 << 20;
/** Bytes for which another thread is worth its start and its memory. */
const WORTH = 32 << 20;
/** The same for small files: their number. */
const WORTH_FILES = 10_000;

export interface ScanOptions {
  /** Of Gatehouse, as the report names it. */
  readonly version: string;
  readonly policy: ScanPolicy;
  readonly baseline: readonly Pardon[];
  /** Entries that no longer hold, for the report. */
  readonly over: readonly string[];
  readonly bounds: Bounds;
  /** Files that are read at once at the most, each in a thread of its own. */
  readonly jobs: number;
  /** Called as files are done: bytes of them, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Whoever waits has given up: there is no result, and the reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Reads all files and says what they come to. Never throws for what is in them.
 * @param walking the files; where they are still looked for, the first reader gets ready meanwhile
 */
export async function scan(walking: Walked | Promise<Walked>, options: ScanOptions): Promise<ScanResult> {
  const readers = [readerOf(options)];
  try {
    readers[0]?.start();
    return await scanWith(readers, await walking, options);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

/** Several share what one alone may have. */
const readerOf = ({ policy, bounds, jobs }: ScanOptions, memory = jobs > 1 ? SHARED : ALONE): ReaderThread =>
  new ReaderThread({ calls: policy.calls, bounds }, memory);

async function scanWith(
  readers: ReaderThread[],
  { targets, left }: Walked,
  options: ScanOptions,
): Promise<ScanResult> {
  const { version, policy, baseline, over, jobs, onProgress, signal } = options;
  const bench = new Bench(policy, baseline);
  const total = targets.reduce((sum, { size }) => sum + size, 0);
  const files: JudgedFile[] = [];
  const shelves = new Shelves();
  let done = 0;
  const neighbours = new Neighbours(targets);
  const unknown: { readonly target: Target; readonly read: Done }[] = [];
  const judge = (target: Target, read: Done): void => {
    const { beside, ...file } = readOf(target, read);
    if (beside !== undefined) neighbours.add(target.path, beside);
    files.push(shelves.keep(bench.judge(file), target.path));
    done += target.size;
    onProgress?.(done, total);
  };
  const starved: Target[] = [];
  /** What needs more memory than a reader has who shares it is read once more, by one alone. */
  const isStarved = (target: Target, read: Done): boolean => {
    const so = jobs > 1 && 'failed' in read && read.failed === TOO_MUCH;
    if (so) starved.push(target);
    return so;
  };
  /** What no reader knows may be numbers of a graph that is read later. */
  const take = (target: Target, read: Done): void => {
    if (isStarved(target, read)) return;
    if (isUnknown(read)) unknown.push({ target, read });
    else judge(target, read);
  };
  const readable: Target[] = [];
  for (const target of targets) {
    if (target.broken === undefined) readable.push(target);
    else judge(target, { failed: target.broken });
  }
  const worth = Math.ceil(Math.max(total / WORTH, readable.length / WORTH_FILES));
  const threads = Math.max(1, Math.min(jobs, readable.length, worth));
  while (readers.length < threads) readers.push(readerOf(options));
  const most = Math.max(1, Math.min(AHEAD, Math.ceil(readable.length / threads / 4)));
  const work = async <T extends Target>(
    reader: ReaderThread,
    waiting: Iterator<T>,
    give: (target: T, read: Done) => void,
  ): Promise<void> => {
    const stop = () => void reader.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for (let some = next(waiting, most); some.length > 0; some = next(waiting, most)) {
        signal?.throwIfAborted();
        await reader.read(some, give);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  };
  const waiting = readable.values();
  await Promise.all(readers.map((reader) => work(reader, waiting, take)));
  // What was being read then has failed for no fault of its own.
  signal?.throwIfAborted();
  const named: (Target & Task)[] = [];
  for (const { target, read } of unknown) {
    const numbers = neighbours.rangesOf(target.path);
    if (numbers === undefined) judge(target, read);
    else named.push({ ...target, numbers });
  }
  const again = named.values();
  await Promise.all(
    readers.map((reader) =>
      work(reader, again, (target, read) => isStarved(target, read) || judge(target, read)),
    ),
  );
  signal?.throwIfAborted();
  if (starved.length > 0) {
    await Promise.all(readers.map((reader) => reader.close()));
    const alone = readerOf(options, ALONE);
    readers.push(alone);
    await work(alone, starved.values(), judge);
    signal?.throwIfAborted();
  }
  return bench.result(version, files, left, over);
}

/** The files that a thread is given at once: so many small ones, or one that is not small. */
function next<T extends Target>(waiting: Iterator<T>, most: number): T[] {
  const some: T[] = [];
  for (let size = 0; some.length < most && size < SMALL; ) {
    const { value, done } = waiting.next();
    if (done === true) break;
    some.push(value);
    size += value.size;
  }
  return some;
}

/** Nobody knew what it is, and that is all that was said of it. */
const isUnknown = (done: Done): boolean =>
  'read' in done &&
  done.read.parts.length === 1 &&
  done.read.parts[0]?.formats.length === 0 &&
  done.read.findings.every(({ rule }) => rule === FILE_RULES.unknown.id);

function readOf(target: Target, done: Done): FileRead {
  const { path, outside } = target;
  if ('failed' in done) return unread(target, done.failed);
  if (outside === undefined) return done.read;
  return { ...done.read, findings: [...done.read.findings, linked(path, outside)] };
}

const linked = (path: string, outside: string): Finding => ({
  rule: FILE_RULES.outside.id,
  severity: FILE_RULES.outside.severity,
  place: { path: [path] },
  message: `it is a link to ${outside}, which is not in the folder`,
});

/** A file of which nothing is known counts as not decided, and says why. */
function unread({ path, size }: Target, why: string): FileRead {
  const ranges = size > 0 ? [{ as: 'unread' as const, start: 0, end: size, why }] : [];
  return {
    path,
    size,
    verdict: 'undecided',
    findings: [
      {
        rule: FILE_RULES.unreadable.id,
        severity: FILE_RULES.unreadable.severity,
        place: { path: [path] },
        message: why,
      },
    ],
    // Without a format it counts as not read, whatever its size.
    parts: [{ path: [path], formats: [], size: Math.max(size, 1), ranges }],
    more: 0,
  };
}
