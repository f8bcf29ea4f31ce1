import { CONTENT_KINDS, type Piece, type RecordHead } from './record.ts';

/**
 * A piece on disk: bytes that follow (u32), number (u32), last (u8), length of the head (u16), id (16 bytes), head as
 * JSON (with the first piece only), ciphertext and tag. Nothing here is trusted: what was changed does not open.
 */
const FIXED = 4 + 1 + 2 + 16;

/** Longest frame, in bytes. */
export const FRAME_BYTES = 1024 * 1024;

export function encodePiece({ id, index, last, head, sealed }: Piece): Buffer {
  const about = head === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(head));
  const frame = Buffer.alloc(4 + FIXED + about.length + sealed.length);
  frame.writeUInt32BE(frame.length - 4, 0);
  frame.writeUInt32BE(index, 4);
  frame.writeUInt8(last ? 1 : 0, 8);
  frame.writeUInt16BE(about.length, 9);
  frame.write(id.slice(4), 11, 'hex');
  about.copy(frame, 27);
  sealed.copy(frame, 27 + about.length);
  return frame;
}

/** The piece in a frame without its first four bytes; undefined where it is none. */
export function decodePiece(frame: Buffer): Piece | undefined {
  if (frame.length < FIXED) return undefined;
  const headBytes = frame.readUInt16BE(5);
  const last = frame.readUInt8(4);
  const body = FIXED + headBytes;
  if (body > frame.length || last > 1) return undefined;
  const head = headBytes === 0 ? undefined : readHead(frame.subarray(FIXED, body));
  if (headBytes > 0 && head === undefined) return undefined;
  const id = `cnt_${frame.toString('hex', 7, 23)}`;
  return { id, index: frame.readUInt32BE(0), last: last === 1, head, sealed: frame.subarray(body) };
}

const isText = (value: unknown): value is string => typeof value === 'string';

function readHead(bytes: Buffer): RecordHead | undefined {
  try {
    const { v, id, request, kind, tenant, month, subject, key, time } = JSON.parse(
      bytes.toString(),
    ) as Partial<RecordHead>;
    if (v !== 1 || kind === undefined || !CONTENT_KINDS.includes(kind) || typeof time !== 'number') {
      return undefined;
    }
    if (!isText(id) || !isText(request) || !isText(tenant) || !isText(month) || !isText(key))
      return undefined;
    if (subject !== null && !isText(subject)) return undefined;
    return { v, id, request, kind, tenant, month, subject, key, time };
  } catch {
    return undefined;
  }
}
