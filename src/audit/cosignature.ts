import { fromBase64 } from './base64.ts';
import { Malformed } from './malformed.ts';
import type { Hash } from './merkle.ts';

/**
 * ML-DSA-44 cosignatures as https://c2sp.org/tlog-cosignature has them ("subtree/v1"). Integers are big-endian,
 * vectors carry their length in one byte (RFC 8446 section 3).
 */
const LABEL = 'subtree/v1\n\0';

/** Of a bare signature, by algorithm. */
const SIGNATURE_BYTES = { 'ml-dsa-44': 2420, 'ed25519-cosignature': 64 } as const;

/**
 * The `cosigned_message` for the tree of `size` entries of the log `origin`.
 * @param time POSIX seconds; 0 makes no statement about when, or whether it was the largest tree then.
 */
export function cosignedMessage(
  cosigner: string,
  time: number,
  origin: string,
  size: number,
  root: Hash,
): Uint8Array {
  const name = new TextEncoder().encode(cosigner);
  const log = new TextEncoder().encode(origin);
  for (const text of [name, log]) {
    if (text.length < 1 || text.length > 255) throw new Malformed('a name must have 1 to 255 bytes');
  }
  const bytes = new Uint8Array(LABEL.length + 1 + name.length + 8 + 1 + log.length + 8 + 8 + 32);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  const putUint64 = (value: number): void => {
    view.setBigUint64(at, BigInt(value));
    at += 8;
  };
  put(new TextEncoder().encode(LABEL));
  put(Uint8Array.of(name.length));
  put(name);
  putUint64(time);
  put(Uint8Array.of(log.length));
  put(log);
  putUint64(0); // start: a checkpoint is the subtree from the first entry on
  putUint64(size);
  put(fromBase64(root));
  return bytes;
}

/** `timestamped_signature`: the time, then the bare signature. */
export function joinTime(time: number, signature: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + signature.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  bytes.set(signature, 8);
  return bytes;
}

/** Takes a `timestamped_signature` apart. Throws {@link Malformed}. */
export function splitTime(
  bytes: Uint8Array,
  algorithm: keyof typeof SIGNATURE_BYTES = 'ml-dsa-44',
): { readonly time: number; readonly signature: Uint8Array } {
  if (bytes.length !== 8 + SIGNATURE_BYTES[algorithm])
    throw new Malformed(`the ${algorithm} cosignature has the wrong length`);
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  if (!Number.isSafeInteger(time)) throw new Malformed('the time of the cosignature is out of range');
  return { time, signature: bytes.subarray(8) };
}
