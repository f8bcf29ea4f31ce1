import type { Disk, DiskFile } from './disk.ts';
import { rewrite, writeAll } from './disk.ts';

/**
 * A file that only grows, and knows how far it is durable. What was written after that point may or may not be on
 * disk; {@link recover} cuts it off.
 */
export class DurableFile {
  readonly path: string;
  readonly #disk: Disk;
  #file: DiskFile | undefined;
  #end: number;

  private constructor(disk: Disk, path: string, end: number) {
    this.#disk = disk;
    this.path = path;
    this.#end = end;
  }

  /**
   * Opens a file to go on at `end`, and cuts off the rest. Its bytes are made durable anew from `from` on; those before
   * are known to be. The file's name is not made durable.
   */
  static async open(disk: Disk, path: string, end: number, from = end): Promise<DurableFile> {
    const opened = new DurableFile(disk, path, end);
    try {
      await opened.recover();
      if (opened.#file !== undefined) await rewrite(opened.#file, from, end);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Durable length, in bytes. */
  get end(): number {
    return this.#end;
  }

  /** Resolves when the bytes are durable. After a failure call {@link recover} before anything else. */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined) throw new Error('the file is not open');
    await writeAll(this.#file, bytes, this.#end);
    await this.#file.sync();
    this.#end += bytes.length;
  }

  /**
   * Opens the file again and takes it back to what is durable. A failed sync leaves pages that look clean but are not
   * on disk ("fsyncgate", https://wiki.postgresql.org/wiki/Fsync_Errors): nothing written since is trusted or kept.
   */
  async recover(): Promise<void> {
    await this.close();
    const file = await this.#disk.open(this.path);
    this.#file = file;
    const size = await file.size();
    if (size < this.#end) throw new Error(`${this.path} has lost bytes that were durable`);
    await file.truncate(this.#end);
    await file.sync();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
