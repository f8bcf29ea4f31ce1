import { createHash } from 'node:crypto';
import { type Disk, writeAll } from '../../ledger/disk.ts';
import { NotAuthentic, type StreamOpener, type StreamSealer, TAG } from '../../sealing/stream.ts';

/** Bytes of text in each piece but the last: what is in memory at once, whatever the size of the file. */
export const PIECE = 1 << 20;

/** What is sealed, or what is sealed already. */
export interface Source {
  readonly size: number;
  /** Bytes read, 0 where it has become shorter. */
  read(into: Uint8Array, position: number): Promise<number>;
}

export interface SealedFile {
  readonly size: number;
  /** Of the text, hex. */
  readonly sha256: string;
}

/** A source has become shorter while it was sealed. */
export class Shorter extends Error {
  override readonly name = 'Shorter';
}

/**
 * Seals a file under a key of its own, and makes it durable. Throws {@link Shorter}, and what the disk throws.
 * @param onText each piece of the text, as it is sealed
 */
export async function sealFile(
  disk: Disk,
  path: string,
  source: Source,
  sealer: StreamSealer,
  onText: (text: Uint8Array) => void = () => {},
): Promise<SealedFile> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, source.size));
  const file = await disk.open(path);
  try {
    let written = 0;
    for (let at = 0; ; ) {
      const text = buffer.subarray(0, Math.min(PIECE, source.size - at));
      for (let got = 0; got < text.length; ) {
        const more = await source.read(text.subarray(got), at + got);
        if (more === 0) throw new Shorter('it is shorter than it was');
        got += more;
      }
      at += text.length;
      hash.update(text);
      onText(text);
      const sealed = sealer.seal(text, at === source.size);
      await writeAll(file, sealed, written);
      written += sealed.length;
      if (at === source.size) break;
    }
    await file.sync();
    return { size: source.size, sha256: hash.digest('hex') };
  } finally {
    sealer.close();
    await file.close();
  }
}

/** Bytes of the text in a sealed file. */
export const textSize = (sealedSize: number): number =>
  sealedSize - Math.ceil(sealedSize / (PIECE + TAG)) * TAG;

/** The text of a sealed file, piece by piece; each is authentic as it comes. Throws {@link NotAuthentic}. */
export async function* openFile(file: Source, opener: StreamOpener): AsyncGenerator<Buffer> {
  try {
    const { size } = file;
    const buffer = Buffer.allocUnsafe(Math.min(PIECE + TAG, size));
    for (let at = 0; at < size || at === 0; ) {
      const sealed = buffer.subarray(0, Math.min(PIECE + TAG, size - at));
      for (let got = 0; got < sealed.length; ) {
        const more = await file.read(sealed.subarray(got), at + got);
        if (more === 0) throw new NotAuthentic('a file is shorter than it was');
        got += more;
      }
      at += sealed.length;
      yield opener.open(sealed, at === size);
    }
  } finally {
    opener.close();
  }
}
