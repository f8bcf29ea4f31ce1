import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { dayOf, segmentsIn } from './content-log.ts';
import { decodePiece, FRAME_BYTES } from './frame.ts';
import type { Piece, RecordHead } from './record.ts';

/** A record as it lies on disk: whole, or as far as it got. */
export interface StoredRecord {
  readonly head: RecordHead;
  readonly pieces: readonly Piece[];
}

/** A stream may run over midnight, not over days. */
const DAYS = 2;

/**
 * The sealed records of requests, by when each came (milliseconds since 1970). Reads the segments of those days and the next
 * from end to end: reading content is a rare act, and an index would be one more thing that tells who spoke.
 */
export async function readRecords(
  folder: string,
  requests: ReadonlyMap<string, number>,
): Promise<StoredRecord[]> {
  const days = new Set(
    [...requests.values()].flatMap((time) =>
      Array.from({ length: DAYS }, (_, i) => dayOf(time + i * 86_400_000)),
    ),
  );
  const found = new Map<string, { readonly head: RecordHead; readonly pieces: Piece[] }>();
  for (const { name, day } of await segmentsIn(folder)) {
    if (!days.has(day)) continue;
    for await (const piece of piecesOf(join(folder, name))) {
      const { head, id } = piece;
      if (head !== undefined && requests.has(head.request) && head.id === id)
        found.set(id, { head, pieces: [] });
      const record = found.get(id);
      // Out of order is as good as missing: it will not open.
      if (record !== undefined && piece.index === record.pieces.length) record.pieces.push(piece);
    }
  }
  return [...found.values()];
}

/** Frames of a segment. What a crash left of the last one ends it. */
async function* piecesOf(path: string): AsyncGenerator<Piece> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (let at = 0; at + 4 <= size; ) {
      const length = (await readAt(file, 4, at)).readUInt32BE(0);
      if (length > FRAME_BYTES || at + 4 + length > size) return;
      const piece = decodePiece(await readAt(file, length, at + 4));
      if (piece !== undefined) yield piece;
      at += 4 + length;
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
