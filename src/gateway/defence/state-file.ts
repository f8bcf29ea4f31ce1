import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeDisk, replaceFile } from '../../ledger/disk.ts';
import { NotAuthentic, StreamOpener, StreamSealer, textKey } from '../../sealing/stream.ts';

/** First in each file: of its form. */
const MAGIC = Buffer.from('gatehouse-state1');
const ID = 16;

/** A file of state that cannot be used: it was changed or cut off, or is of another key. */
export class StateLost extends Error {
  override readonly name = 'StateLost';
}

/**
 * Replaces a sealed file: whoever reads it later finds what was there before, or all of this.
 * @param about what it is; a file that is put in the place of another does not open
 */
export async function writeSealed(
  path: string,
  bytes: Uint8Array,
  key: Uint8Array,
  about: string,
): Promise<void> {
  const id = randomBytes(ID);
  const sealed = new StreamSealer(keyOf(key, id), Buffer.from(about)).seal(bytes, true);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(nodeDisk, path, Buffer.concat([MAGIC, id, sealed]));
}

/** What {@link writeSealed} wrote; undefined where there is no such file. Rejects with {@link StateLost}. */
export async function readSealed(path: string, key: Uint8Array, about: string): Promise<Buffer | undefined> {
  const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  const start = MAGIC.length + ID;
  if (file.length < start || !file.subarray(0, MAGIC.length).equals(MAGIC)) throw new StateLost();
  try {
    const opener = new StreamOpener(keyOf(key, file.subarray(MAGIC.length, start)), Buffer.from(about));
    return opener.open(file.subarray(start), true);
  } catch (error) {
    if (error instanceof NotAuthentic) throw new StateLost();
    throw error;
  }
}

const keyOf = (key: Uint8Array, id: Buffer): Buffer => textKey(key, 'gatehouse defence', id.toString('hex'));
