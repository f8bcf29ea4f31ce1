import { join } from 'node:path';
import type { EntryBody } from '../audit/entry.ts';
import { ENTRY_BYTES, encodeBody, entryHead, HEAD_BYTES } from '../audit/entry.ts';
import type { Hash, TreeState } from '../audit/merkle.ts';
import { Frontier } from '../audit/merkle.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import type { LedgerDesk, LedgerState } from './desk.ts';
import { replaceFile } from './disk.ts';
import { DurableFile } from './durable-file.ts';
import { leafIn, nodeTreeHash } from './hashing.ts';
import type { FolderLock } from './lock.ts';
import type { LedgerOptions } from './options.ts';
import { withDefaults } from './options.ts';
import type { Waiting } from './queue.ts';
import { lineBound, Queue } from './queue.ts';
import { Receipt } from './receipt.ts';
import type { Opened, Resumed } from './recovery.ts';
import { resume } from './recovery.ts';
import { formatState, segmentName, stateName } from './segments.ts';
import { type Shortened, SignedFiles } from './signed.ts';

interface Asked {
  /** The checkpoint asked for covers at least this many entries. */
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (refusal: Refusal) => void;
}

/** A shorter history that waits to be put in place. */
interface Shortening {
  readonly shorter: Shortened;
  readonly resolve: () => void;
  readonly reject: (refusal: Refusal) => void;
}

/** One write is at most this long. The longest entry fits, whatever its characters need in UTF-8. */
const BATCH_BYTES = 1024 * 1024;

/** Counts bytes only where the number of characters leaves it open. */
const tooLong = (text: string): boolean =>
  lineBound(text) > ENTRY_BYTES && HEAD_BYTES + Buffer.byteLength(text) > ENTRY_BYTES;

/**
 * The audit tree on disk. One loop owns the files: it takes what waits, writes it at once, makes it durable, then
 * resolves the receipts; in between it signs. So a checkpoint never covers an entry that is not durable, and an entry
 * without a receipt is never relied on.
 */
export class Ledger implements LedgerDesk {
  readonly #options: Required<LedgerOptions>;
  readonly #lock: FolderLock;
  readonly #signed: SignedFiles;
  readonly #tree = new Frontier(nodeTreeHash);
  /** Entry text goes here on its way to disk; byte 0 lends the first leaf its prefix. */
  readonly #batch = Buffer.alloc(1 + BATCH_BYTES);
  #segment: DurableFile;
  /** Last durable state; the tree runs ahead of it while a batch is written. */
  #durable: { readonly tree: TreeState; readonly prev: Hash };
  #prev: Hash;
  readonly #queue: Queue;
  #asked: Asked[] = [];
  #shortening: Shortening | undefined;
  #state: LedgerState = 'open';
  /** The loop is at work, or about to be. */
  #running = false;
  #recovering: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = false;
  #closing: Promise<void> | undefined;
  #iso = { ms: Number.NaN, text: '' };
  /** What the start found. */
  readonly opened: Opened;

  private constructor(
    options: LedgerOptions,
    lock: FolderLock,
    signed: SignedFiles,
    segment: DurableFile,
    at: Resumed,
  ) {
    this.#options = withDefaults(options);
    this.#queue = new Queue(this.#options.queueEntries, this.#options.queueBytes);
    this.#lock = lock;
    this.#signed = signed;
    this.#segment = segment;
    this.#tree.restore(at.tree);
    this.#durable = { tree: at.tree, prev: at.prev };
    this.#prev = at.prev;
    this.opened = at.opened;
  }

  /**
   * Opens a ledger, repairs what a crash may leave, and locks its folder. Throws Problem('environment') where the
   * folder is missing, in use, or not as it was signed.
   */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { disk, folder, keys } = withDefaults(options);
    if ((await disk.list(folder)).length === 0) {
      throw new Problem(
        'environment',
        `there is no ledger in ${folder}`,
        'Restore it from a backup, or run "gatehouse init" for a new data folder.',
      );
    }
    const lock = disk.lock(folder);
    let signed: SignedFiles | undefined;
    try {
      const { files, newest } = await SignedFiles.open(disk, folder, keys);
      signed = files;
      const at = await resume(disk, folder, newest);
      const segment = await DurableFile.open(disk, join(folder, segmentName(at.first)), at.end);
      await disk.syncFolder(folder);
      const ledger = new Ledger(options, lock, files, segment, at);
      if (at.opened.unsigned > 0) ledger.#arm();
      return ledger;
    } catch (error) {
      await signed?.close();
      lock.release();
      throw error;
    }
  }

  get state(): LedgerState {
    return this.#state;
  }

  /** Durable entries. */
  get size(): number {
    return this.#durable.tree.size;
  }

  /** Entries that the newest checkpoint covers. */
  get signedSize(): number {
    return this.#signed.size;
  }

  /** Root of the durable tree. */
  root(): Hash {
    const tree = new Frontier(nodeTreeHash);
    tree.restore(this.#durable.tree);
    return tree.root();
  }

  /**
   * Records what happened. The receipt comes when the entry is durable. Rejects with Refusal('ledger_unavailable')
   * where it cannot be written, and with TypeError for a body that cannot be an entry.
   */
  append(body: EntryBody): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const text = encodeBody(body);
      const refuse = (cause?: string): void =>
        reject(new Refusal('ledger_unavailable', { cause: cause && new Error(cause) }));
      if (this.#state !== 'open' || this.#closing !== undefined) refuse();
      else if (tooLong(text)) refuse('the entry is too long');
      else if (this.#queue.add({ text, time: this.#now(), resolve, reject })) this.#wake();
      else refuse('too many entries are waiting');
    });
  }

  /** Resolves when everything appended so far is durable and signed. Rejects with Refusal('ledger_unavailable'). */
  checkpoint(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#state !== 'open') return reject(new Refusal('ledger_unavailable'));
      this.#asked.push({ size: this.#tree.size + this.#queue.length, resolve, reject });
      this.#wake();
    });
  }

  /**
   * Drops checkpoints of fewer than `size` entries from the history; the newest always stays. One at a time. Rejects with
   * Refusal('ledger_unavailable'), or with what is wrong with the history.
   */
  async dropHistory(size: number): Promise<void> {
    const shorter = await this.#signed.shorten(size);
    if (shorter === undefined) return;
    await new Promise<void>((resolve, reject) => {
      if (this.#state !== 'open' || this.#closing !== undefined || this.#shortening !== undefined)
        return reject(new Refusal('ledger_unavailable'));
      this.#shortening = { shorter, resolve, reject };
      this.#wake();
    });
  }

  /** Writes what waits, signs it, and lets go of the folder. Rejects where the last checkpoint could not be written. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      if (this.#state === 'failed') await this.#recover();
      await this.checkpoint();
    } finally {
      this.#state = 'closed';
      clearTimeout(this.#timer);
      await this.#segment.close();
      await this.#signed.close();
      this.#lock.release();
    }
  }

  /** Starts the loop after the present round of events, so that what arrived together is written together. */
  #wake(): void {
    if (this.#running || this.#state !== 'open') return;
    this.#running = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const asked = this.#asked[0];
        if (this.#shortening !== undefined) await this.#shorten(this.#shortening);
        else if (this.#due || (asked !== undefined && asked.size <= this.#tree.size)) await this.#sign();
        else if (this.#queue.length > 0) await this.#commit();
        else break;
      }
    } catch (error) {
      this.#fail(error);
    }
    // In the same breath as the last look at the queue: nobody can append in between and find the loop still running.
    this.#running = false;
  }

  async #commit(): Promise<void> {
    if (this.#segment.end >= this.#options.segmentBytes) await this.#rotate();
    const batch = this.#queue.take(BATCH_BYTES);
    try {
      const receipts = await this.#write(batch);
      batch.forEach(({ resolve }, index) => {
        const receipt = receipts[index];
        if (receipt !== undefined) resolve(receipt);
      });
      this.#arm();
    } catch (error) {
      for (const { reject } of batch) reject(new Refusal('ledger_unavailable', { cause: error }));
      throw error;
    }
  }

  /** One write, one sync. */
  async #write(batch: readonly Waiting[]): Promise<Receipt[]> {
    const receipts: Receipt[] = [];
    let at = 1;
    for (const { text, time } of batch) {
      const seq = this.#tree.size;
      const from = at;
      at += this.#batch.write(entryHead(seq, time, this.#prev) + text, at);
      this.#prev = leafIn(this.#batch, from, at);
      this.#batch[at++] = 0x0a;
      this.#tree.push(this.#prev);
      receipts.push(Receipt.mint(seq, this.#prev));
    }
    await this.#segment.append(this.#batch.subarray(1, at));
    this.#durable = { tree: this.#tree.state(), prev: this.#prev };
    return receipts;
  }

  /** Starts a new segment. The tree's state goes first, then the file, then its name is made durable. */
  async #rotate(): Promise<void> {
    const { disk, folder } = this.#options;
    const { tree } = this.#durable;
    await replaceFile(disk, join(folder, stateName(tree.size)), Buffer.from(formatState(tree)));
    const next = await DurableFile.open(disk, join(folder, segmentName(tree.size)), 0);
    try {
      await disk.syncFolder(folder);
    } catch (error) {
      await next.close();
      throw error;
    }
    const full = this.#segment;
    this.#segment = next;
    await full.close();
  }

  /** Signs the tree. Between two batches the tree is the durable one. */
  async #sign(): Promise<void> {
    this.#due = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { size } = this.#tree;
    if (size > this.#signed.size) {
      const { tree } = this.#durable;
      const note = await this.#signed.sign(
        tree,
        this.#tree.root(),
        Math.floor(this.#options.clock.now() / 1000),
      );
      this.#options.onCheckpoint(note, tree);
    }
    const done = this.#asked.filter((asked) => asked.size <= size);
    this.#asked = this.#asked.filter((asked) => asked.size > size);
    for (const { resolve } of done) resolve();
  }

  async #shorten({ shorter, resolve }: Shortening): Promise<void> {
    await this.#signed.replace(shorter);
    this.#shortening = undefined;
    resolve();
  }

  /** One timer, armed by the first commit after a checkpoint; none while nothing is written. */
  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#due = true;
      this.#wake();
    }, this.#options.checkpointAfter);
  }

  /** Nothing written since the last success is relied on: all that wait are refused, and the tree goes back. */
  #fail(error: unknown): void {
    this.#state = 'failed';
    const waiting: { reject(refusal: Refusal): void }[] = [...this.#queue.takeAll(), ...this.#asked];
    if (this.#shortening !== undefined) waiting.push(this.#shortening);
    this.#asked = [];
    this.#shortening = undefined;
    this.#due = false;
    this.#tree.restore(this.#durable.tree);
    this.#prev = this.#durable.prev;
    for (const { reject } of waiting) reject(new Refusal('ledger_unavailable', { cause: error }));
    this.#options.onFail(error);
    this.#retry();
  }

  #retry(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#recover().catch(() => this.#retry());
    }, this.#options.recoverAfter);
    this.#timer.unref();
  }

  #recover(): Promise<void> {
    this.#recovering ??= this.#takeBack().finally(() => {
      this.#recovering = undefined;
    });
    return this.#recovering;
  }

  async #takeBack(): Promise<void> {
    await this.#segment.recover();
    await this.#signed.recover();
    this.#state = 'open';
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.size > this.#signed.size) this.#arm();
    this.#options.onRecover();
  }

  /** Text of the present time, made once a millisecond. */
  #now(): string {
    const ms = this.#options.clock.now();
    if (ms !== this.#iso.ms) this.#iso = { ms, text: new Date(ms).toISOString() };
    return this.#iso.text;
  }
}
