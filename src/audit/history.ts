import type { SignedCheckpoint, VerifySignature } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import { LineSplitter } from './lines.ts';
import { Malformed } from './malformed.ts';
import type { NoteKey } from './note.ts';
import { NOTE_BYTES } from './note.ts';
import type { Failures, Place } from './report.ts';

/** The files beside the segments. */
export const HISTORY = 'checkpoints';
export const NEWEST = 'checkpoint';

/** A checkpoint that the entries are to be compared with. */
export interface Point {
  readonly checkpoint: SignedCheckpoint;
  readonly place: Place;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws {@link Malformed}. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Malformed('not UTF-8 text');
  }
}

/** A line of the history: a signed note as a JSON string, so that a line is a record. */
export const formatRecord = (note: string): string => `${JSON.stringify(note)}\n`;

/** The note of a line (without its newline). Throws {@link Malformed}. */
export function parseRecord(line: Uint8Array): string {
  const text = decodeText(line);
  let note: unknown;
  try {
    note = JSON.parse(text);
  } catch {
    throw new Malformed('the line is not JSON');
  }
  // One text for each note: another spelling of the same string is a change nobody signed.
  if (typeof note !== 'string' || JSON.stringify(note) !== text)
    throw new Malformed('the line is not a note');
  return note;
}

/** Runs a reading of outside bytes; what is malformed becomes a failure at `place`, and undefined. */
export async function attempt<T>(
  failures: Failures,
  place: Place,
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    failures.add(place, error.message);
    return undefined;
  }
}

/** The history's checkpoints with valid signatures, in order; each must be of a larger tree than the one before. */
export async function* historyPoints(
  chunks: AsyncIterable<Uint8Array>,
  keys: readonly NoteKey[],
  verify: VerifySignature,
  failures: Failures,
): AsyncGenerator<Point> {
  const splitter = new LineSplitter(2 * NOTE_BYTES);
  let number = 0;
  let size = -1;
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) {
      const place = { file: HISTORY, line: ++number };
      const checkpoint = await attempt(failures, place, () =>
        openCheckpoint(parseRecord(line), keys, verify),
      );
      if (checkpoint === undefined) continue;
      if (checkpoint.size <= size) failures.add(place, 'this checkpoint is repeated or out of order');
      else yield { checkpoint, place };
      size = Math.max(size, checkpoint.size);
    }
  }
}
