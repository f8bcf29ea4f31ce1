import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bytes, Slice, type Source } from '../../formats/source.ts';

/** Small things stay in memory. */
const IN_MEMORY = 4 << 20;
const WINDOW = 1 << 18;

/** A file on disk, read through one window. */
export class FileSource implements Source {
  readonly size: number;
  readonly #fd: number;
  #window: Uint8Array = new Uint8Array(0);
  #from = 0;

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.size = size;
  }

  read(at: number, length: number): Uint8Array {
    const from = Math.max(0, Math.min(at, this.size));
    const wanted = Math.max(0, Math.min(length, this.size - from));
    const i = from - this.#from;
    if (i >= 0 && i + wanted <= this.#window.length) return this.#window.subarray(i, i + wanted);
    // Far-off little reads (a table at the end, a header at the front) do not each fetch a whole window; what goes on does.
    const goesOn = i >= 0 && i <= this.#window.length && this.#window.length > 0;
    const fetch = Math.min(this.size - from, Math.max(wanted, goesOn ? WINDOW : 1 << 16));
    const window = Buffer.allocUnsafe(fetch);
    const got = this.fill(from, window);
    this.#window = window.subarray(0, got);
    this.#from = from;
    return this.#window.subarray(0, Math.min(wanted, got));
  }

  fill(at: number, into: Uint8Array): number {
    const length = Math.max(0, Math.min(into.length, this.size - at));
    let got = 0;
    while (got < length) {
      const n = readSync(this.#fd, into, got, length - got, at + got);
      if (n === 0) break;
      got += n;
    }
    return got;
  }
}

/**
 * Keeps what is unpacked, in memory or in one file that nobody else may read, one behind the other: an archive of
 * thousands of members needs no more descriptors than one. Forgets it all when the scan of a file ends.
 */
export class Shelf {
  #folder: string | undefined;
  #fd: number | undefined;
  #end = 0;

  async keep(
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    allow: (bytes: number) => boolean,
  ): Promise<{ source: Source; whole: boolean }> {
    let kept: Uint8Array[] = [];
    let size = 0;
    let start: number | undefined;
    let whole = true;
    for await (const chunk of chunks) {
      if (chunk.length === 0) continue;
      if (!allow(size + chunk.length)) {
        whole = false;
        break;
      }
      size += chunk.length;
      if (start === undefined && size > IN_MEMORY) {
        start = this.#end;
        for (const one of kept) this.#append(one);
        kept = [];
      }
      if (start === undefined) kept.push(new Uint8Array(chunk));
      else this.#append(chunk);
    }
    if (start === undefined || this.#fd === undefined)
      return { source: new Bytes(Buffer.concat(kept)), whole };
    const file = new FileSource(this.#fd, start + size);
    return { source: new Slice(file, start, start + size), whole };
  }

  clear(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#fd = undefined;
    this.#folder = undefined;
    this.#end = 0;
  }

  #append(bytes: Uint8Array): void {
    this.#fd ??= this.#file();
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#fd, bytes, at, bytes.length - at, this.#end + at);
    this.#end += bytes.length;
  }

  #file(): number {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-scan-'));
    const fd = openSync(join(folder, 'unpacked'), 'wx+', 0o600);
    // Where the system allows it the names go at once, so that nothing is left behind however the thread ends.
    if (process.platform === 'win32') this.#folder = folder;
    else rmSync(folder, { recursive: true });
    return fd;
  }
}
