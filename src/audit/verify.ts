import { ArchivedFront, type Base } from './archived.ts';
import { Chain } from './chain.ts';
import type { VerifySignature } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import { ENTRY_BYTES } from './entry.ts';
import type { Point } from './history.ts';
import { attempt, decodeText, HISTORY, historyPoints, NEWEST } from './history.ts';
import type { LedgerPublicKeys } from './keys.ts';
import { LineSplitter } from './lines.ts';
import type { TreeHash } from './merkle.ts';
import type { Report } from './report.ts';
import { Failures } from './report.ts';

/** A file of entries. */
export interface Segment {
  readonly file: string;
  /** Number of its first entry, by its name. */
  readonly first: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/** A ledger as it is read: `newest` first, then where `history` ends, then the segments, so that a writer may go on. */
export interface LedgerSource {
  /** The file `checkpoint`. */
  readonly newest: Uint8Array | undefined;
  /** The file `checkpoints`. */
  history(): AsyncIterable<Uint8Array>;
  /** In order of their first entries. */
  readonly segments: readonly Segment[];
  /** Where older segments were archived. */
  readonly base?: Base | undefined;
}

export interface VerifyOptions {
  readonly keys: LedgerPublicKeys;
  readonly hash: TreeHash;
  readonly verify: VerifySignature;
  /** A signed checkpoint that the auditor kept from earlier: the ledger must have grown out of it. */
  readonly kept?: { readonly file: string; readonly note: Uint8Array };
  /** Called now and then with the bytes of entries read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Checks a whole ledger in one pass, in constant memory: signatures of every checkpoint, the chain of entries, and
 * the root at every checkpoint. Throws only what reading throws.
 */
export async function verifyLedger(source: LedgerSource, options: VerifyOptions): Promise<Report> {
  const failures = new Failures();
  const chain = new Chain(options.hash, failures);
  const points = new Points(historyPoints(source.history(), options.keys, options.verify, failures));
  const newest = await single(NEWEST, source.newest, options, failures);
  const kept = options.kept && (await single(options.kept.file, options.kept.note, options, failures));
  points.add(newest);
  points.add(kept);

  const front = new ArchivedFront(source.base, options.hash, failures);
  if (source.base?.state !== undefined) chain.resume(source.base.state);
  const comparison = new Comparison(chain, failures, source.base);
  let due = await points.next();
  const compare = async (): Promise<void> => {
    for (; due !== undefined && due.checkpoint.size <= chain.next; due = await points.next())
      comparison.at(due);
  };

  let read = 0;
  let tornBytes = 0;
  await compare();
  for (const [index, segment] of source.segments.entries()) {
    if (segment.first > chain.next) chain.missing(chain.next, segment.first - 1, { file: segment.file });
    const splitter = new LineSplitter(ENTRY_BYTES);
    let line = 0;
    for await (const chunk of segment.chunks()) {
      for (const bytes of splitter.push(chunk)) {
        front.read(chain.line(bytes, segment.file, ++line));
        if (due !== undefined && due.checkpoint.size <= chain.next) await compare();
      }
      read += chunk.length;
      options.onProgress?.(read);
    }
    tornBytes = splitter.rest.length;
    if (tornBytes > 0 && index < source.segments.length - 1) {
      failures.add({ file: segment.file, line: line + 1, seq: chain.next }, 'this line is cut off');
    }
  }
  chain.end();

  const entries = chain.next;
  for (; due !== undefined; due = await points.next()) comparison.beyond(due);
  comparison.end();
  front.end(source.segments[0]?.file ?? NEWEST, points.newest?.checkpoint.size ?? 0);
  checkNewest(points, newest, kept, failures);

  const top = points.newest?.checkpoint;
  const failed = failures.list.length > 0;
  return {
    outcome: failed ? 'tampered' : top === undefined || comparison.uncompared > 0 ? 'undecided' : 'ok',
    origin: options.keys[0].name,
    entries,
    archived: front.size,
    signed: top?.size ?? 0,
    unsigned: Math.max(0, entries - (top?.size ?? 0)),
    tornBytes,
    checkpoints: points.count,
    uncompared: comparison.uncompared,
    newest: top && { size: top.size, root: top.root, time: new Date(top.time * 1000).toISOString() },
    failures: failures.list,
    more: failures.more,
  };
}

async function single(
  file: string,
  note: Uint8Array | undefined,
  { keys, verify }: VerifyOptions,
  failures: Failures,
): Promise<Point | undefined> {
  if (note === undefined) return undefined;
  const checkpoint = await attempt(failures, { file }, () => openCheckpoint(decodeText(note), keys, verify));
  return checkpoint && { checkpoint, place: { file } };
}

/** What is signed must agree: the history is written first, so it is never behind the other checkpoints. */
function checkNewest(
  points: Points,
  newest: Point | undefined,
  kept: Point | undefined,
  failures: Failures,
): void {
  const recorded = points.recorded?.checkpoint.size ?? -1;
  if (newest === undefined && recorded > 0 && !failures.list.some(({ place }) => place.file === NEWEST)) {
    failures.add({ file: NEWEST }, 'the newest checkpoint is missing');
  }
  for (const point of [newest, kept]) {
    if (point !== undefined && point.checkpoint.size > recorded) {
      failures.add({ file: HISTORY }, `the history ends before the checkpoint in ${point.place.file}`);
    }
  }
}

/** The history's checkpoints, with single ones merged in, in order of size. */
class Points {
  readonly #history: AsyncGenerator<Point>;
  readonly #singles: Point[] = [];
  #head: Point | undefined;
  #started = false;
  count = 0;
  newest: Point | undefined;
  /** The last one of the history. */
  recorded: Point | undefined;

  constructor(history: AsyncGenerator<Point>) {
    this.#history = history;
  }

  add(point: Point | undefined): void {
    if (point !== undefined) this.#singles.push(point);
    this.#singles.sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  }

  async next(): Promise<Point | undefined> {
    if (!this.#started) await this.#advance();
    this.#started = true;
    const single = this.#singles[0];
    const head = this.#head;
    if (single !== undefined && (head === undefined || single.checkpoint.size < head.checkpoint.size)) {
      this.#singles.shift();
      return this.#seen(single);
    }
    if (head === undefined) return undefined;
    this.recorded = head;
    this.count += 1;
    await this.#advance();
    return this.#seen(head);
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#history.next();
    this.#head = done ? undefined : value;
  }

  #seen(point: Point): Point {
    if (this.newest === undefined || point.checkpoint.size >= this.newest.checkpoint.size)
      this.newest = point;
    return point;
  }
}

/** Compares signed roots with the tree as it grows. */
class Comparison {
  readonly #chain: Chain;
  readonly #failures: Failures;
  readonly #base: Base | undefined;
  /** Size of the last tree that was as signed. */
  #good: number;
  #differs = false;
  #beyond: Point | undefined;
  uncompared = 0;

  constructor(chain: Chain, failures: Failures, base: Base | undefined) {
    this.#chain = chain;
    this.#failures = failures;
    this.#base = base;
    this.#good = chain.next;
  }

  /** The tree has (at least) the size of this checkpoint. */
  at({ checkpoint, place }: Point): void {
    if (!this.#chain.intact || checkpoint.size !== this.#chain.next) {
      this.uncompared += 1;
    } else if (this.#chain.root() === checkpoint.root) {
      this.#good = checkpoint.size;
      this.#differs = false;
    } else if (this.#differs) {
      this.uncompared += 1;
    } else {
      this.#differs = true;
      const { file } = this.#chain.last ?? place;
      const base = this.#good === this.#base?.state?.size ? this.#base.file : undefined;
      this.#failures.add(
        { file, seq: this.#good, toSeq: Math.max(this.#good, checkpoint.size - 1) },
        `these entries are not what ${place.file}${place.line === undefined ? '' : ` line ${place.line}`} signed: ` +
          `one or more of them were changed and linked anew, ${base === undefined ? '' : `${base} was changed, `}` +
          'or the log was forked',
      );
    }
  }

  /** The ledger ends before this checkpoint. */
  beyond(point: Point): void {
    this.uncompared += 1;
    this.#beyond = point;
  }

  end(): void {
    if (this.#beyond === undefined) return;
    const { checkpoint, place } = this.#beyond;
    const file = this.#chain.last?.file ?? place.file;
    this.#failures.add(
      { file, seq: this.#chain.next, toSeq: checkpoint.size - 1 },
      `these entries are missing at the end: ${place.file} signed ${checkpoint.size}`,
    );
  }
}
