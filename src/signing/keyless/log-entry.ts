import { createHash, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../base/canonical.ts';
import type { InclusionProof, LogEntry } from '../bundle.ts';
import type { Certificate } from '../certificate.ts';
import { readJson } from '../fields.ts';
import { isSignature } from '../keys.ts';
import { hexOf } from '../statement.ts';
import { Unverified } from '../unverified.ts';
import { type LogKey, logOf } from './trusted-root.ts';

/** What a log must have recorded. */
export interface Recorded {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly certificate: Certificate;
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * Makes sure that a log which is trusted has this signature: by a proof that it is in the log, under a signed checkpoint.
 * Returns the time at which the log took it, where the log has signed one, in milliseconds since 1970.
 *
 * Throws {@link Unverified} `log`.
 */
export function verifyLogEntry(
  entry: LogEntry,
  logs: readonly LogKey[],
  recorded: Recorded,
): number | undefined {
  const time = entry.integratedTime * 1000;
  const log =
    entry.integratedTime === 0
      ? logs.find(({ id }) => id.equals(entry.logId))
      : logOf(logs, entry.logId, time);
  if (log === undefined) throw failed('the log is none that is trusted');
  if (entry.proof === undefined) throw failed('there is no proof that the log has the signature');
  verifyInclusion(entry.proof, entry.body, log);
  verifyBody(entry, recorded);
  if (entry.signedEntryTimestamp === undefined) return undefined;
  verifyPromise(entry, entry.signedEntryTimestamp, log);
  return time;
}

const failed = (how: string) => new Unverified('log', how);

/** The promise of Rekor to take an entry in, which has the time in it. */
function verifyPromise(
  { body, integratedTime, logId, logIndex }: LogEntry,
  signature: Buffer,
  log: LogKey,
): void {
  const promised = canonicalJson({
    body: body.toString('base64'),
    integratedTime,
    logID: logId.toString('hex'),
    logIndex,
  });
  if (!isSigned(log.key, Buffer.from(promised), signature)) throw failed('the promise of the log is forged');
}

const isSigned = (key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean =>
  isSignature(key.asymmetricKeyType === 'ed25519' ? undefined : 'sha256', message, key, signature);

function verifyInclusion(proof: InclusionProof, body: Buffer, log: LogKey): void {
  const { treeSize, rootHash } = readCheckpoint(proof.checkpoint, log);
  if (treeSize !== proof.treeSize || !rootHash.equals(proof.rootHash))
    throw failed('the proof is of another state of the log than its checkpoint');
  const leaf = sha256(Buffer.from([0]), body);
  if (!rootFrom(leaf, proof).equals(rootHash)) throw failed('the log does not have the signature');
}

/** RFC 9162, section 2.1.3.2. */
function rootFrom(leaf: Buffer, { logIndex, treeSize, hashes }: InclusionProof): Buffer {
  if (logIndex >= treeSize) throw failed('the proof is of an entry behind the end of the log');
  let node = logIndex;
  let last = treeSize - 1;
  let root = leaf;
  for (const hash of hashes) {
    if (hash.length !== 32 || last === 0) throw failed('the proof is too long');
    if (node % 2 === 1 || node === last) {
      root = sha256(Buffer.from([1]), hash, root);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      root = sha256(Buffer.from([1]), root, hash);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw failed('the proof is too short');
  return root;
}

/** A signed note (C2SP signed-note): text, an empty line, and signatures, one of which must be the log's. */
function readCheckpoint(note: string, log: LogKey): { treeSize: number; rootHash: Buffer } {
  const split = note.indexOf('\n\n');
  const text = note.slice(0, split + 1);
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (split < 0 || origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size))
    throw failed('the checkpoint is none');
  const lines = note
    .slice(split + 2)
    .split('\n')
    .slice(0, 32);
  const signed = lines.some((line) => {
    const [, name, base64 = ''] = /^— (\S{1,255}) ([A-Za-z0-9+/]{8,4096}={0,2})$/.exec(line) ?? [];
    const bytes = Buffer.from(base64, 'base64');
    // Behind the name: four bytes of the key's id, which for logs of either version begin the id in the trusted root.
    const isTheirs = name === log.host && bytes.subarray(0, 4).equals(log.id.subarray(0, 4));
    return isTheirs && isSigned(log.key, Buffer.from(text), bytes.subarray(4));
  });
  if (!signed) throw failed('the checkpoint is not signed by the log');
  return { treeSize: Number(size), rootHash: Buffer.from(root, 'base64') };
}

/** Entries of two kinds stand for an envelope: `dsse`, and `intoto` before it. What they say must be this signature. */
function verifyBody({ body, kind, version }: LogEntry, { payload, signature, certificate }: Recorded): void {
  const fields = readJson(body, 'the entry of the log', 1 << 20);
  if (fields.text('kind', 64) !== kind || fields.text('apiVersion', 64) !== version)
    throw failed('the entry is of another kind than the bundle says');
  const spec = fields.object('spec');
  const known = `${kind} ${version}`;
  let hash: Buffer;
  let signatures: { sig: Buffer; verifier: Buffer }[];
  if (known === 'dsse 0.0.1') {
    hash = hexBytes(spec.object('payloadHash').text('value', 128));
    signatures = spec
      .objects('signatures', 8)
      .map((one) => ({ sig: one.bytes('signature'), verifier: pemBytes(one.bytes('verifier')) }));
  } else if (known === 'dsse 0.0.2') {
    const inner = spec.object('dsseV002');
    hash = inner.object('payloadHash').bytes('digest', 64);
    signatures = inner.objects('signatures', 8).map((one) => ({
      sig: one.bytes('content'),
      verifier: one.object('verifier').object('x509Certificate').bytes('rawBytes'),
    }));
  } else if (known === 'intoto 0.0.2') {
    const content = spec.object('content');
    hash = hexBytes(content.object('payloadHash').text('value', 128));
    signatures = content
      .object('envelope')
      .objects('signatures', 8)
      .map((one) => ({
        // Base64 of base64, by a mistake that became the format.
        sig: Buffer.from(one.bytes('sig').toString('latin1'), 'base64'),
        verifier: pemBytes(one.bytes('publicKey')),
      }));
  } else {
    throw new Unverified('unsupported', 'the log has the signature in a kind of entry that is not known');
  }
  if (!hash.equals(sha256(payload))) throw failed('the log has another statement');
  const [one, ...more] = signatures;
  if (one === undefined || more.length > 0 || !one.sig.equals(signature))
    throw failed('the log has another signature');
  if (!one.verifier.equals(certificate.raw)) throw failed('the log has another certificate');
}

const hexBytes = (text: string): Buffer => Buffer.from(hexOf(text, 'the entry of the log'), 'hex');

const pemBytes = (pem: Buffer): Buffer =>
  Buffer.from(pem.toString('latin1').replace(/-----[A-Z ]{1,40}-----/g, ''), 'base64');
