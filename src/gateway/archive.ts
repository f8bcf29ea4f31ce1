import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { type ArchivableLedger, archivable, archive } from '../ledger/archive.ts';
import { nodeDisk } from '../ledger/disk.ts';
import { ledgerPaths, PUBLIC_KEYS } from '../ledger/init.ts';
import { readPublicKeys } from '../ledger/verify-files.ts';
import type { Settings } from '../settings/settings.ts';
import { type Log, nameOf } from './log.ts';

/** How often segments that are old enough are looked for, in milliseconds. */
const SWEEP = 3_600_000;

/** Segments in one run: their files are named in one entry, and whoever asked waits for it. */
const MOST = 8;

export interface ArchiveParts {
  readonly settings: Settings;
  readonly ledger: ArchivableLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** Entries that a quorum of witnesses has cosigned; undefined where there are none. */
  readonly cosigned: (() => number) | undefined;
}

/** Moves old segments of the ledger to its archive: now and then by itself, and when asked. One run at a time. */
export class LedgerArchiver {
  readonly #parts: ArchiveParts;
  readonly #timer: NodeJS.Timeout | undefined;
  #running: Promise<JsonObject> | undefined;
  #closed = false;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
    if (this.#keep === undefined) return;
    this.#timer = setInterval(() => this.#sweep(), SWEEP).unref();
  }

  get #keep(): number | undefined {
    return this.#parts.settings.ledger.archive?.keep;
  }

  #sweep(): void {
    const all = async (): Promise<void> => {
      while ((await this.run(undefined, false)).more === true && !this.#closed);
    };
    all().catch((error) =>
      this.#parts.log('error', 'old segments of the ledger could not be archived', { error: nameOf(error) }),
    );
  }

  /**
   * Archives some of the segments whose last entry is older than `keep` milliseconds, by default as the settings say;
   * `more` where others are left.
   * Rejects with a Problem where that is not possible; then no entry is lost.
   * @param dry only says what would be archived
   */
  async run(keep: number | undefined, dry: boolean): Promise<JsonObject> {
    if (this.#running !== undefined)
      throw new Problem('environment', 'segments are being archived already', 'Try again in a minute.');
    this.#running = this.#run(keep ?? this.#keep, dry).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(keep: number | undefined, dry: boolean): Promise<JsonObject> {
    const { settings, ledger, clock, cosigned, log } = this.#parts;
    const to = settings.ledger.archive?.to;
    if (to === undefined)
      throw new Problem('usage', 'the settings name no archive', 'Set ledger.archive.to to a folder.');
    if (keep === undefined)
      throw new Problem('usage', 'nothing says how old segments must be', 'Give --keep, such as 90d.');
    const { folder } = ledgerPaths(settings.data);
    const before = clock.now() - keep;
    const covered = Math.min(ledger.signedSize, cosigned?.() ?? ledger.signedSize);
    const found = await archivable(nodeDisk, folder, { before, covered });
    const spans = dry ? found : found.slice(0, MOST);
    const { first } = spans[0] ?? {};
    const { next } = spans.at(-1) ?? {};
    const done = { to, dry, segments: spans.length, first: first ?? null, next: next ?? null };
    if (dry || first === undefined) return { ...done, more: false };

    // Only the first time: later an archive that is not there must be mounted, not made.
    if (first === 0) mkdirSync(to, { recursive: true, mode: 0o700 });
    const keys = await readPublicKeys(join(folder, PUBLIC_KEYS));
    await archive({ ledger, disk: nodeDisk, folder, to, keys }, spans);
    log('info', 'old segments of the ledger were archived', { count: spans.length });
    return { ...done, more: found.length > spans.length };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#running?.catch(() => {});
  }
}
