import { basename } from 'node:path';
import { type Disk, type DiskFile, nodeDisk } from '../../src/ledger/disk.ts';

export interface DiskFault {
  /** Of which file. */
  readonly file: RegExp;
  readonly operation: 'write' | 'sync';
  /**
   * When it fails: before its effect; half-way; after the whole of it, so that what was reported lost is there; or
   * not at all, with half of the bytes taken.
   */
  readonly how: 'before' | 'half' | 'after' | 'short';
  readonly code: 'EIO' | 'ENOSPC';
  /** Sleeps until a file of this name is synced. */
  readonly until?: RegExp;
  /** Goes on until it is mended; else it strikes once. */
  readonly lasting?: boolean;
}

/** The real disk, until a fault is set. */
export class FaultyDisk implements Disk {
  fault: DiskFault | undefined;
  readonly list = nodeDisk.list;
  readonly rename = nodeDisk.rename;
  readonly remove = nodeDisk.remove;
  readonly syncFolder = nodeDisk.syncFolder;
  readonly lock = nodeDisk.lock;

  async open(path: string): Promise<DiskFile> {
    const file = await nodeDisk.open(path);
    const strike = (operation: DiskFault['operation']) => this.#strike(basename(path), operation);
    return {
      size: () => file.size(),
      read: (into, position) => file.read(into, position),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
      async write(bytes, position) {
        const fault = strike('write');
        if (fault?.how === 'before') throw failure(fault);
        const half = fault?.how === 'half' || fault?.how === 'short';
        const written = await file.write(half ? bytes.subarray(0, bytes.length >> 1) : bytes, position);
        if (fault !== undefined && fault.how !== 'short') throw failure(fault);
        return written;
      },
      async sync() {
        const fault = strike('sync');
        if (fault?.how === 'before') throw failure(fault);
        await file.sync();
        if (fault !== undefined) throw failure(fault);
      },
    };
  }

  #strike(file: string, operation: DiskFault['operation']): DiskFault | undefined {
    const { fault } = this;
    if (fault?.until !== undefined) {
      const { until, ...awake } = fault;
      if (operation === 'sync' && until.test(file)) this.fault = awake;
      return undefined;
    }
    if (fault?.operation !== operation || !fault.file.test(file)) return undefined;
    if (fault.lasting !== true) this.fault = undefined;
    return fault;
  }
}

const failure = ({ code, operation }: DiskFault): Error =>
  Object.assign(new Error(`${code}: injected, ${operation}`), { code });
