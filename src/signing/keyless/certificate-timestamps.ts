import { createHash } from 'node:crypto';
import { type Certificate, OID } from '../certificate.ts';
import { context, expect, inside, oidOf, readDer, TAG, writeDer } from '../der.ts';
import { isSignature } from '../keys.ts';
import { Unverified } from '../unverified.ts';
import { type LogKey, logOf } from './trusted-root.ts';

/** Signed certificate timestamp (RFC 6962, section 3.2): a log's promise to show a certificate to everybody. */
interface CertificateTimestamp {
  readonly log: Buffer;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly extensions: Buffer;
  readonly signature: Buffer;
}

/**
 * Makes sure that at least one log which is trusted has promised to show this certificate, and that every promise in it
 * of a trusted log is genuine. Throws {@link Unverified} `certificate`.
 */
export function verifyCertificateTimestamps(
  leaf: Certificate,
  issuer: Certificate,
  logs: readonly LogKey[],
): void {
  const extension = leaf.extensions.get(OID.certificateTimestamps);
  if (extension === undefined)
    throw new Unverified('certificate', 'no certificate log has seen the certificate');
  const tbs = withoutTimestamps(leaf);
  const issuerKey = createHash('sha256').update(issuer.spki).digest();
  let good = 0;
  for (const one of readList(expect(readDer(extension.value), TAG.octets).content)) {
    const log = logOf(logs, one.log, one.time);
    if (log === undefined) continue;
    const signed = Buffer.concat([
      Buffer.from([0, 0]),
      number(one.time, 8),
      // precert_entry
      number(1, 2),
      issuerKey,
      number(tbs.length, 3),
      tbs,
      number(one.extensions.length, 2),
      one.extensions,
    ]);
    if (!isSignature('sha256', signed, log.key, one.signature))
      throw new Unverified('certificate', 'the promise of a certificate log is forged');
    good++;
  }
  if (good === 0)
    throw new Unverified('certificate', 'no certificate log that is trusted has seen the certificate');
}

/** What the log signed: the certificate before the promises were put into it. */
function withoutTimestamps({ tbs }: Certificate): Buffer {
  const parts = inside(tbs);
  const last = expect(parts.at(-1), context(3));
  const [list] = inside(last);
  const kept = inside(expect(list, TAG.sequence)).filter(
    (one) => oidOf(inside(one)[0]) !== OID.certificateTimestamps,
  );
  const extensions = writeDer(context(3), writeDer(TAG.sequence, ...kept.map(({ whole }) => whole)));
  return writeDer(TAG.sequence, ...parts.slice(0, -1).map(({ whole }) => whole), extensions);
}

function readList(bytes: Uint8Array): CertificateTimestamp[] {
  const outer = new Cutter(Buffer.from(bytes));
  const list = new Cutter(outer.vector());
  outer.end();
  const found: CertificateTimestamp[] = [];
  while (list.left > 0) {
    const one = new Cutter(list.vector());
    if (one.number(1) !== 0) continue;
    const log = one.take(32);
    const time = one.number(4) * 2 ** 32 + one.number(4);
    const extensions = one.vector();
    // SHA-256 with ECDSA; what others may be said is not trusted to be.
    if (one.number(2) !== 0x0403) continue;
    found.push({ log, time, extensions, signature: one.vector() });
    one.end();
    if (found.length > 16) throw new Unverified('malformed', 'a certificate with very many timestamps');
  }
  return found;
}

/** The presentation language of TLS (RFC 8446, section 3): numbers, and vectors behind their length. */
class Cutter {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Buffer {
    if (length > this.left) throw new Unverified('malformed', 'a list of certificate timestamps breaks off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  number(bytes: number): number {
    return this.take(bytes).readUIntBE(0, bytes);
  }

  vector(): Buffer {
    return this.take(this.number(2));
  }

  end(): void {
    if (this.left > 0) throw new Unverified('malformed', 'bytes after a list of certificate timestamps');
  }
}

function number(value: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  if (bytes > 6) out.writeBigUInt64BE(BigInt(value));
  else out.writeUIntBE(value, 0, bytes);
  return out;
}
