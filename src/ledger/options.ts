import type { TreeState } from '../audit/merkle.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import type { LedgerKeys } from './keys.ts';

/** What a ledger is opened with. */
export interface LedgerOptions {
  /** The ledger's own folder, `<data>/ledger`, made by `initLedger`. */
  readonly folder: string;
  readonly keys: LedgerKeys;
  readonly clock: Clock;
  readonly disk?: Disk;
  /** A segment is closed once it is at least this long. */
  readonly segmentBytes?: number;
  /** Bounds on what waits to be written. */
  readonly queueEntries?: number;
  readonly queueBytes?: number;
  /** Milliseconds from a commit to its checkpoint, and between attempts to recover. */
  readonly checkpointAfter?: number;
  readonly recoverAfter?: number;
  /** Called with each signed checkpoint once it is durable, and the tree that it is of. */
  readonly onCheckpoint?: (note: string, tree: TreeState) => void;
  /** Called when writing failed: from now on every append is refused. */
  readonly onFail?: (error: unknown) => void;
  /** Called when writing works again. */
  readonly onRecover?: () => void;
}

export const withDefaults = (options: LedgerOptions): Required<LedgerOptions> => ({
  disk: nodeDisk,
  segmentBytes: 64 * 1024 * 1024,
  queueEntries: 65_536,
  queueBytes: 64 * 1024 * 1024,
  // Signing and syncing take a few milliseconds: the checkpoint is out within a second of the commit.
  checkpointAfter: 800,
  recoverAfter: 1000,
  onCheckpoint: () => {},
  onFail: () => {},
  onRecover: () => {},
  ...options,
});
