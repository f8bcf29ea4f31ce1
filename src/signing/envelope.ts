import type { Fields } from './fields.ts';
import { Unverified } from './unverified.ts';

/** Dead Simple Signing Envelope, https://github.com/secure-systems-lab/dsse */
export interface Envelope {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  readonly sig: Buffer;
  /** A hint at the key; empty where there is none. Never a reason to trust. */
  readonly keyid: string;
}

export const IN_TOTO = 'application/vnd.in-toto+json';

/** A payload of a model with very many files. */
export const MOST_PAYLOAD = 32 << 20;
/** Classical, post-quantum, and those of somebody else; each costs a verification. */
const MOST_SIGNATURES = 8;

/** What is signed: the pre-authentication encoding, with lengths in bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * What model_signing 0.2 signed in its place by mistake: `DSSEV1`, and Python's way of writing the bytes as a literal.
 * Only statements of that version are verified with it.
 */
export function preAuthEncoding02(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEV1 ${payloadType.length} ${payloadType} ${payload.length} `;
  return Buffer.from(head + pythonLiteral(payload));
}

/** `repr(bytes)` of Python 3. */
function pythonLiteral(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const parts = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (char === '\\' || char === quote) return `\\${char}`;
    const named = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }[char];
    if (named !== undefined) return named;
    return byte >= 0x20 && byte < 0x7f ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `b${quote}${parts.join('')}${quote}`;
}

/** Throws {@link Unverified} `malformed` or `unsupported`. */
export function readEnvelope(fields: Fields): Envelope {
  const payloadType = fields.text('payloadType', 256);
  if (payloadType !== IN_TOTO) throw new Unverified('unsupported', `the payload type is not ${IN_TOTO}`);
  const payload = fields.bytes('payload', MOST_PAYLOAD);
  const signatures = fields.objects('signatures', MOST_SIGNATURES).map((one) => ({
    sig: one.bytes('sig', 16_384),
    keyid: one.optionalText('keyid', 1024) ?? '',
  }));
  if (signatures.length === 0) throw new Unverified('malformed', 'the envelope has no signature');
  return { payload, payloadType, signatures };
}
