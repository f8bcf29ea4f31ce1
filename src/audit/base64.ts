import { Malformed } from './malformed.ts';

/** Standard base64 with padding (RFC 4648 section 4), without node:buffer so that it runs in a browser. */
export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * Strict: one text for each value. A decoder that skips spaces or ignores the spare bits of the last character
 * would let a signed file be changed without its signature noticing. Throws {@link Malformed}.
 */
export function fromBase64(text: string): Uint8Array {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw new Malformed('not base64');
  }
  if (btoa(bytes) !== text) throw new Malformed('not canonical base64');
  return Uint8Array.from(bytes, (char) => char.charCodeAt(0));
}
