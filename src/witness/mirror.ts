import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint, type SignedCheckpoint } from '../audit/checkpoint.ts';
import { ENTRY_BYTES, parseEntry } from '../audit/entry.ts';
import { formatRecord, HISTORY, NEWEST } from '../audit/history.ts';
import { formatPublicKeys, type LedgerPublicKeys } from '../audit/keys.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import { Frontier, type Hash } from '../audit/merkle.ts';
import { Problem } from '../base/problem.ts';
import { nodeDisk, replaceFile } from '../ledger/disk.ts';
import { DurableFile } from '../ledger/durable-file.ts';
import { nodeTreeHash } from '../ledger/hashing.ts';
import { PUBLIC_KEYS } from '../ledger/init.ts';
import { verifySignature } from '../ledger/keys.ts';
import { listSegments } from '../ledger/read.ts';
import { formatState, segmentName, stateName } from '../ledger/segments.ts';

/** Where a mirror gets a ledger from. */
export interface LedgerFeed {
  /** The newest signed note, with whatever cosignatures it has. */
  checkpoint(): Promise<string>;
  /** Whole lines from an entry on; at least one where there is one. */
  entries(from: number): Promise<string>;
}

export interface MirrorOptions {
  readonly folder: string;
  readonly keys: LedgerPublicKeys;
  readonly feed: LedgerFeed;
  /** Asks more of a checkpoint than the ledger's own signature; throws a Problem where it has not got it. */
  readonly check?: (note: string) => Promise<void>;
  readonly segmentBytes?: number;
}

export interface Mirrored {
  readonly entries: number;
  readonly added: number;
  readonly time: number;
}

/**
 * A copy of a ledger that believes nothing: every entry is chained and hashed again, and what the ledger has signed
 * must be what was copied. It lies in a folder as the ledger's own does, so every `audit` command reads it. What
 * contradicts it is kept as evidence and is a Problem('findings').
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #tree = new Frontier(nodeTreeHash);
  #prev: Hash = nodeTreeHash.leaf(new Uint8Array(0));
  #first = 0;
  #bytes = 0;
  #signed: SignedCheckpoint | undefined;

  private constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Opens a mirror, or begins one; what is there is read and checked again. */
  static async open(options: MirrorOptions): Promise<Mirror> {
    const { folder, keys } = options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const mirror = new Mirror(options);
    const path = join(folder, PUBLIC_KEYS);
    const text = formatPublicKeys(keys);
    const known = await readFile(path, 'utf8').catch(() => undefined);
    if (known !== undefined && known !== text)
      throw new Problem('usage', `${folder} mirrors another ledger`, 'Choose another folder with --to.');
    if (known === undefined) await replaceFile(nodeDisk, path, Buffer.from(text));
    await mirror.#resume();
    return mirror;
  }

  async #resume(): Promise<void> {
    const { folder, keys } = this.#options;
    const note = await readFile(join(folder, NEWEST), 'utf8').catch(() => undefined);
    if (note !== undefined) this.#signed = await openCheckpoint(note, keys, verifySignature);
    const size = this.#signed?.size ?? 0;
    for (const { file, first, chunks } of await listSegments(folder)) {
      const splitter = new LineSplitter(ENTRY_BYTES);
      this.#first = first;
      this.#bytes = 0;
      for await (const chunk of chunks()) {
        for (const line of splitter.push(chunk)) {
          // Beyond the checkpoint is what a mirror that was killed had begun to copy: it is copied anew.
          if (this.#tree.size === size) break;
          this.#push(line, file);
          this.#bytes += line.length + 1;
        }
      }
    }
    const { root } = this.#signed ?? { root: nodeTreeHash.empty };
    if (this.#tree.size !== size || this.#tree.root() !== root)
      throw new Problem(
        'findings',
        `the mirror in ${folder} is not what it was`,
        'Keep it as evidence, and begin a new one.',
      );
  }

  #push(line: Uint8Array, where: string): void {
    try {
      const entry = parseEntry(line);
      if (entry.seq !== this.#tree.size || entry.prev !== this.#prev)
        throw new Malformed('it does not follow the entry before it');
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Problem('findings', `entry ${this.#tree.size} of ${where}: ${error.message}`);
    }
    this.#prev = nodeTreeHash.leaf(line);
    this.#tree.push(this.#prev);
  }

  /** Copies what is new up to the newest checkpoint. */
  async follow(): Promise<Mirrored> {
    const { feed, keys, check } = this.#options;
    const note = await feed.checkpoint();
    let checkpoint: SignedCheckpoint;
    try {
      checkpoint = await openCheckpoint(note, keys, verifySignature);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw await this.#evidence('forged', note, `the checkpoint is not the ledger's: ${error.message}`);
    }
    await check?.(note);
    const { size, root, time } = checkpoint;
    const before = this.#tree.size;
    if (size < before)
      throw await this.#evidence(
        'rollback',
        note,
        `the ledger has ${size} entries, and had ${before} before`,
      );
    if (size > before) await this.#copy(size, note);
    if (this.#tree.root() !== root)
      throw await this.#evidence('fork', note, `the ledger signed another history of ${size} entries`);
    if (size > (this.#signed?.size ?? -1)) await this.#keep(note, checkpoint);
    return { entries: size, added: size - before, time };
  }

  async #copy(size: number, note: string): Promise<void> {
    const { folder, feed, segmentBytes = 64 * 1024 * 1024 } = this.#options;
    if (this.#bytes >= segmentBytes) {
      this.#first = this.#tree.size;
      this.#bytes = 0;
      await replaceFile(
        nodeDisk,
        join(folder, stateName(this.#first)),
        Buffer.from(formatState(this.#tree.state())),
      );
    }
    const file = await DurableFile.open(nodeDisk, join(folder, segmentName(this.#first)), this.#bytes);
    const kept = { tree: this.#tree.state(), prev: this.#prev, bytes: this.#bytes };
    try {
      while (this.#tree.size < size) {
        const text = await feed.entries(this.#tree.size);
        const lines = text.split('\n');
        if (lines.pop() !== '' || lines.length === 0)
          throw await this.#evidence('missing', note, `entry ${this.#tree.size} is signed and is not shown`);
        const wanted = lines.slice(0, size - this.#tree.size);
        for (const line of wanted) this.#push(Buffer.from(line), 'the ledger');
        const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(''));
        await file.append(bytes);
        this.#bytes += bytes.length;
      }
    } catch (error) {
      this.#tree.restore(kept.tree);
      this.#prev = kept.prev;
      this.#bytes = kept.bytes;
      throw error;
    } finally {
      await file.close();
    }
  }

  async #keep(note: string, checkpoint: SignedCheckpoint): Promise<void> {
    const { folder } = this.#options;
    await writeFile(join(folder, HISTORY), formatRecord(note), { flag: 'a', mode: 0o600, flush: true });
    await replaceFile(nodeDisk, join(folder, NEWEST), Buffer.from(note));
    this.#signed = checkpoint;
  }

  /** What contradicts the mirror is worth more than the mirror: it is signed by the ledger itself. */
  async #evidence(kind: string, note: string, message: string): Promise<Problem> {
    const file = join(this.#options.folder, `evidence-${kind}-${this.#tree.size}`);
    await writeFile(file, note, { mode: 0o600, flush: true });
    return new Problem('findings', message, `Its checkpoint is kept in ${file}.`);
  }
}
