import type { Finding } from '../../findings/finding.ts';
import type { FileRead, JudgedFile, ScanResult } from '../../findings/result.ts';
import type { Bounds } from './bounds.ts';
import { Bench } from './judge.ts';
import type { Pardon, ScanPolicy } from './policy.ts';
import { ReaderThread } from './readers.ts';
import { FILE_RULES } from './rules.ts';
import type { Done } from './thread.ts';
import type { Target, Walked } from './walk.ts';

/** Files that a thread is given at once, while they are small: to hand each over by itself would cost more than to read it. */
const AHEAD = 64;
/** Bytes of them, all together, from which on no more are given. */
const SMALL = 1 << 20;
/** Bytes for which another thread is worth its start and its memory. */
const WORTH = 32 << 20;
/** The same for small files: their number. */
const WORTH_FILES = 2_500;

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
  const { policy, bounds } = options;
  const readers = [new ReaderThread({ calls: policy.calls, bounds })];
  try {
    readers[0]?.start();
    return await scanWith(readers, await walking, options);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

async function scanWith(
  readers: ReaderThread[],
  { targets, left }: Walked,
  options: ScanOptions,
): Promise<ScanResult> {
  const { version, policy, baseline, over, bounds, jobs, onProgress, signal } = options;
  const bench = new Bench(policy, baseline);
  const total = targets.reduce((sum, { size }) => sum + size, 0);
  const files: JudgedFile[] = [];
  let done = 0;
  const judge = (target: Target, read: Done): void => {
    files.push(bench.judge(readOf(target, read)));
    done += target.size;
    onProgress?.(done, total);
  };
  const readable: Target[] = [];
  for (const target of targets) {
    if (target.broken === undefined) readable.push(target);
    else judge(target, { failed: target.broken });
  }
  const worth = Math.ceil(total / WORTH + readable.length / WORTH_FILES);
  const threads = Math.max(1, Math.min(jobs, readable.length, worth));
  while (readers.length < threads) readers.push(new ReaderThread({ calls: policy.calls, bounds }));
  const waiting = readable.values();
  const most = Math.max(1, Math.min(AHEAD, Math.ceil(readable.length / threads / 4)));
  const work = async (reader: ReaderThread): Promise<void> => {
    const stop = () => void reader.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for (let some = next(waiting, most); some.length > 0; some = next(waiting, most)) {
        signal?.throwIfAborted();
        await reader.read(some, judge);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  };
  await Promise.all(readers.map(work));
  // What was being read then has failed for no fault of its own.
  signal?.throwIfAborted();
  return bench.result(version, files, left, over);
}

/** The files that a thread is given at once: so many small ones, or one that is not small. */
function next(waiting: Iterator<Target>, most: number): Target[] {
  const some: Target[] = [];
  for (let size = 0; some.length < most && size < SMALL; ) {
    const { value, done } = waiting.next();
    if (done === true) break;
    some.push(value);
    size += value.size;
  }
  return some;
}

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
