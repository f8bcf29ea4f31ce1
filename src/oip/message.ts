import type { JsonObject } from '../base/json.ts';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { parseJson } from '../wire/json.ts';

/** The header that says how much of a body is JSON; binary data follow it. */
export const LENGTH_HEADER = 'inference-header-content-length';

const LIMITS = { maxDepth: 24 };

/** A body: JSON, and what is behind it. */
export interface Message {
  readonly json: JsonObject;
  readonly tail: Uint8Array;
}

/**
 * Reads a body. Throws `code` where the header does not fit, and what `parseJson` throws.
 *
 * @param length the value of {@link LENGTH_HEADER}, or undefined
 */
export function readMessage(body: Uint8Array, length: string | undefined, code: RefusalCode): Message {
  const size = length === undefined ? body.length : sizeOf(length);
  if (size === undefined || size > body.length)
    throw new Refusal(code, { hint: 'Inference-Header-Content-Length does not fit the body.' });
  return { json: parseJson(body.subarray(0, size), LIMITS), tail: body.subarray(size) };
}

const sizeOf = (length: string): number | undefined =>
  /^\d{1,12}$/.test(length) ? Number(length) : undefined;

/** A body as it is sent; `length` where there are binary data. */
export function writeMessage(
  json: JsonObject,
  tail: readonly Uint8Array[],
): { body: Buffer; length: number | undefined } {
  const head = Buffer.from(JSON.stringify(json), 'utf8');
  return { body: Buffer.concat([head, ...tail]), length: tail.length > 0 ? head.length : undefined };
}
