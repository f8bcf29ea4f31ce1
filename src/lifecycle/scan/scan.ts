import type { Finding } from '../../findings/finding.ts';
import type { FileRead, JudgedFile, ScanResult } from '../../findings/result.ts';
import { Bench } from './judge.ts';
import type { Pardon, ScanPolicy } from './policy.ts';
import { ReaderThread } from './readers.ts';
import { FILE_RULES } from './rules.ts';
import type { Bounds } from './scanner.ts';
import type { Target, Walked } from './walk.ts';

export interface ScanOptions {
  /** Of Gatehouse, as the report names it. */
  readonly version: string;
  readonly policy: ScanPolicy;
  readonly baseline: readonly Pardon[];
  /** Entries that no longer hold, for the report. */
  readonly over: readonly string[];
  readonly bounds: Bounds;
  /** Files that are read at once, each in a thread of its own. */
  readonly jobs: number;
  /** Called as files are done: bytes of them, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Whoever waits has given up. What was not read by then is not in the result. */
  readonly signal?: AbortSignal;
}

/** Reads all files and says what they come to. Never throws for what is in them. */
export async function scan({ targets, left }: Walked, options: ScanOptions): Promise<ScanResult> {
  const { version, policy, baseline, over, bounds, jobs, onProgress, signal } = options;
  const bench = new Bench(policy, baseline);
  const total = targets.reduce((sum, { size }) => sum + size, 0);
  const files: JudgedFile[] = [];
  let done = 0;
  const waiting = targets.values();
  const work = async (): Promise<void> => {
    const reader = new ReaderThread({ calls: policy.calls, bounds });
    const stop = () => void reader.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for (const target of waiting) {
        signal?.throwIfAborted();
        files.push(bench.judge(await readTarget(target, reader)));
        done += target.size;
        onProgress?.(done, total);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      await reader.close();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, targets.length)) }, work));
  return bench.result(version, files, left, over);
}

async function readTarget(target: Target, reader: ReaderThread): Promise<FileRead> {
  const { path, file, outside, broken } = target;
  if (broken !== undefined) return unread(target, broken);
  const done = await reader.read({ path, file });
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
