import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checkpoint, openCheckpoint } from '../audit/checkpoint.ts';
import { ENTRY_BYTES } from '../audit/entry.ts';
import { decodeText, formatRecord, HISTORY, NEWEST } from '../audit/history.ts';
import { LineSplitter } from '../audit/lines.ts';
import { Malformed } from '../audit/malformed.ts';
import { NOTE_BYTES } from '../audit/note.ts';
import { Problem } from '../base/problem.ts';
import { copyFile } from './copy-file.ts';
import { nodeDisk, replaceFile } from './disk.ts';
import { PUBLIC_KEYS } from './init.ts';
import { verifySignature } from './keys.ts';
import { listSegments } from './read.ts';
import { readPublicKeys } from './verify-files.ts';

/** Of a running gateway only, or half written. */
export const NOT_COPIED = /^lock\.sqlite|\.tmp$/;

/** Copied up to the checkpoint; everything else in the folder is copied as it is. */
const UP_TO_CHECKPOINT = /^(checkpoint|checkpoints|\d{16}\.(jsonl|tree))$/;

/**
 * Copies a ledger into a new folder, exactly up to its newest checkpoint, so that the copy is whole and signed though a
 * gateway may be writing meanwhile. Throws Problem('environment') where files cannot be read, Problem('findings') where
 * they are not as they were signed; to know that of all entries, verify the copy.
 */
export async function copyLedger(from: string, to: string): Promise<Checkpoint> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  // First: what is there of other kinds speaks of this checkpoint or an older one.
  const entries = await readdir(from, { withFileTypes: true }).catch((error: unknown) => {
    throw new Problem('environment', `cannot read the ledger in ${from}`, 'Check the data folder.', error);
  });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  for (const name of names) {
    if (!NOT_COPIED.test(name) && !UP_TO_CHECKPOINT.test(name))
      await copyFile(join(from, name), join(to, name));
  }
  const { note, checkpoint } = await newestOf(from);
  await copyFile(join(from, HISTORY), join(to, HISTORY), await historyBytes(from, note));
  await copyEntries(from, to, checkpoint.size);
  for (const name of names) {
    if (/\.tree$/.test(name) && Number.parseInt(name, 10) < checkpoint.size)
      await copyFile(join(from, name), join(to, name));
  }
  await replaceFile(nodeDisk, join(to, NEWEST), Buffer.from(note));
  return checkpoint;
}

async function newestOf(from: string): Promise<{ note: string; checkpoint: Checkpoint }> {
  const keys = await readPublicKeys(join(from, PUBLIC_KEYS));
  try {
    const note = decodeText(await readFile(join(from, NEWEST)));
    const { origin, size, root } = await openCheckpoint(note, keys, verifySignature);
    return { note, checkpoint: { origin, size, root } };
  } catch (error) {
    const why = error instanceof Malformed ? error.message : 'it cannot be read';
    throw new Problem(
      'findings',
      `the newest checkpoint of ${from} cannot be used: ${why}`,
      'Run "gatehouse audit verify".',
      error,
    );
  }
}

/** Bytes of the history up to the record of this checkpoint; it was durable before the checkpoint was. */
async function historyBytes(from: string, note: string): Promise<number> {
  const record = Buffer.from(formatRecord(note).slice(0, -1));
  const splitter = new LineSplitter(2 * NOTE_BYTES);
  let bytes = 0;
  for await (const chunk of createReadStream(join(from, HISTORY)) as AsyncIterable<Uint8Array>) {
    for (const line of splitter.push(chunk)) {
      bytes += line.length + 1;
      if (record.equals(line)) return bytes;
    }
  }
  throw new Problem(
    'findings',
    `the history of checkpoints in ${from} ends before the newest one`,
    'Run "gatehouse audit verify".',
  );
}

/** Segments that are full are copied whole, the last one up to the line of the last entry. */
async function copyEntries(from: string, to: string, size: number): Promise<void> {
  const segments = (await listSegments(from)).filter(({ first }) => first < size);
  for (const [index, { file, first, chunks }] of segments.entries()) {
    const last = index === segments.length - 1;
    const bytes = last ? await bytesOf(chunks(), size - first) : undefined;
    await copyFile(join(from, file), join(to, file), bytes);
  }
}

/** Bytes of so many lines, or of all where there are fewer: verifying says what is missing. */
async function bytesOf(chunks: AsyncIterable<Uint8Array>, lines: number): Promise<number> {
  const splitter = new LineSplitter(ENTRY_BYTES);
  let bytes = 0;
  let left = lines;
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) {
      bytes += line.length + 1;
      left -= 1;
      if (left === 0) return bytes;
    }
  }
  return bytes;
}
