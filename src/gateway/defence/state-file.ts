import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { nodeDisk, writeAll } from '../../ledger/disk.ts';
import { NotAuthentic, StreamOpener, StreamSealer, TAG, textKey } from '../../sealing/stream.ts';

/** First in each file: of its form. */
const MAGIC = Buffer.from('gatehouse-state1');
const ID = 16;
const HEAD = MAGIC.length + ID;
/** Bytes that are sealed and written in one go: what monitors remember is tens of megabytes, and others want to be served. */
const PIECE = 1024 * 1024;

/** A file of state that cannot be used: it was changed or cut off, or is of another key. */
export class StateLost extends Error {
  override readonly name = 'StateLost';
}

/**
 * Replaces a sealed file: whoever reads it later finds what was there before, or all of this.
 * @param head and what follows it; neither changes meanwhile
 * @param about what it is; a file that is put in the place of another does not open
 */
export async function writeSealed(
  path: string,
  [head, body]: readonly [Uint8Array, Uint8Array],
  key: Uint8Array,
  about: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const id = randomBytes(ID);
  const sealer = new StreamSealer(keyOf(key, id), Buffer.from(about));
  const temporary = `${path}.tmp`;
  const file = await nodeDisk.open(temporary);
  try {
    await file.truncate(0);
    await writeAll(file, Buffer.concat([MAGIC, id]), 0);
    let at = HEAD;
    const total = head.length + body.length;
    for (let from = 0; from === 0 || from < total; from += PIECE) {
      const piece = sealer.seal(cut(head, body, from), from + PIECE >= total);
      await writeAll(file, piece, at);
      at += piece.length;
      await setImmediate();
    }
    await file.sync();
  } finally {
    sealer.close();
    await file.close();
  }
  await nodeDisk.rename(temporary, path);
  await nodeDisk.syncFolder(dirname(path));
}

/** What {@link writeSealed} wrote; undefined where there is no such file. Rejects with {@link StateLost}. */
export async function readSealed(path: string, key: Uint8Array, about: string): Promise<Buffer | undefined> {
  const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  if (file.length < HEAD || !file.subarray(0, MAGIC.length).equals(MAGIC)) throw new StateLost();
  const opener = new StreamOpener(keyOf(key, file.subarray(MAGIC.length, HEAD)), Buffer.from(about));
  const pieces: Buffer[] = [];
  try {
    for (let from = HEAD; from === HEAD || from < file.length; from += PIECE + TAG)
      pieces.push(opener.open(file.subarray(from, from + PIECE + TAG), from + PIECE + TAG >= file.length));
  } catch (error) {
    if (error instanceof NotAuthentic) throw new StateLost();
    throw error;
  }
  return Buffer.concat(pieces);
}

/** A piece of two runs of bytes, the first of which is shorter than a piece. */
const cut = (head: Uint8Array, body: Uint8Array, from: number): Uint8Array =>
  from === 0
    ? Buffer.concat([head, body.subarray(0, PIECE - head.length)])
    : body.subarray(from - head.length, from - head.length + PIECE);

const keyOf = (key: Uint8Array, id: Buffer): Buffer => textKey(key, 'gatehouse defence', id.toString('hex'));
