import type { Json } from '../base/json.ts';
import { type Envelope, type EnvelopeSignature, MOST_PAYLOAD, readEnvelope } from './envelope.ts';
import { Fields, readJson } from './fields.ts';
import { Unverified } from './unverified.ts';

/** The only media type that verifiers of models take; Python's compares it for equality. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Base64 makes a third more of the payload; the rest is certificates and proofs. */
export const MOST_BUNDLE = Math.ceil((MOST_PAYLOAD * 4) / 3) + (1 << 20);

/** With what a signature is to be checked: one of the three ways of OpenSSF Model Signing. */
export type Material =
  /** `hint` is absent in bundles of model_signing before 1.1. */
  | { readonly kind: 'key'; readonly hint: string | undefined }
  /** DER, the leaf first. */
  | { readonly kind: 'chain'; readonly certificates: readonly Buffer[] }
  /** Keyless: a certificate of Fulcio's. */
  | {
      readonly kind: 'keyless';
      readonly certificate: Buffer;
      readonly entries: readonly LogEntry[];
      /** RFC 3161 responses, DER. */
      readonly timestamps: readonly Buffer[];
    };

/** An entry of a transparency log, as the bundle says that it is. Nothing of it is true before it is verified. */
export interface LogEntry {
  readonly logIndex: number;
  readonly logId: Buffer;
  readonly kind: string;
  readonly version: string;
  /** Seconds since 1970; 0 where the log gives no times. */
  readonly integratedTime: number;
  readonly signedEntryTimestamp: Buffer | undefined;
  readonly proof: InclusionProof | undefined;
  readonly body: Buffer;
}

export interface InclusionProof {
  readonly logIndex: number;
  readonly treeSize: number;
  readonly rootHash: Buffer;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: string;
}

/** A Sigstore bundle, https://github.com/sigstore/protobuf-specs, as model signing uses it. */
export interface Bundle {
  readonly material: Material;
  readonly envelope: Envelope;
}

/** Throws {@link Unverified} `malformed` or `unsupported`. */
export function readBundle(bytes: Uint8Array): Bundle {
  const fields = readJson(bytes, 'the bundle', MOST_BUNDLE);
  if (fields.text('mediaType', 256) !== BUNDLE_TYPE)
    throw new Unverified('unsupported', `the bundle is not of media type ${BUNDLE_TYPE}`);
  if (fields.has('messageSignature'))
    throw new Unverified('unsupported', 'the bundle signs one blob, not a statement on a model');
  return {
    material: readMaterial(fields.object('verificationMaterial')),
    envelope: readEnvelope(fields.object('dsseEnvelope')),
  };
}

const KINDS = ['publicKey', 'x509CertificateChain', 'certificate'] as const;
const MOST_CERTIFICATES = 10;
const MOST_PROOFS = 8;

function readMaterial(fields: Fields): Material {
  const [kind, ...more] = KINDS.filter((name) => fields.has(name));
  // Which of two would be meant is for nobody to guess.
  if (kind === undefined || more.length > 0)
    throw new Unverified('malformed', `${fields.what} needs exactly one of ${KINDS.join(', ')}`);
  if (kind === 'publicKey') {
    return { kind: 'key', hint: fields.object(kind).optionalText('hint', 1024) || undefined };
  }
  if (kind === 'x509CertificateChain') {
    const listed = fields.object(kind).objects('certificates', MOST_CERTIFICATES);
    if (listed.length === 0) throw new Unverified('malformed', 'the certificate chain is empty');
    return { kind: 'chain', certificates: listed.map((one) => one.bytes('rawBytes')) };
  }
  return {
    kind: 'keyless',
    certificate: fields.object(kind).bytes('rawBytes'),
    entries: fields.objects('tlogEntries', MOST_PROOFS).map(readEntry),
    timestamps: (
      fields.optionalObject('timestampVerificationData')?.objects('rfc3161Timestamps', MOST_PROOFS) ?? []
    ).map((one) => one.bytes('signedTimestamp')),
  };
}

function readEntry(fields: Fields): LogEntry {
  const kind = fields.object('kindVersion');
  const proof = fields.optionalObject('inclusionProof');
  return {
    logIndex: fields.has('logIndex') ? fields.count('logIndex') : 0,
    logId: fields.object('logId').bytes('keyId', 64),
    kind: kind.text('kind', 64),
    version: kind.text('version', 64),
    integratedTime: fields.has('integratedTime') ? fields.count('integratedTime') : 0,
    signedEntryTimestamp: fields.optionalObject('inclusionPromise')?.bytes('signedEntryTimestamp', 1024),
    proof: proof && {
      logIndex: proof.has('logIndex') ? proof.count('logIndex') : 0,
      treeSize: proof.count('treeSize'),
      rootHash: proof.bytes('rootHash', 64),
      hashes: proof
        .list('hashes', 64)
        .map((_, i, all) => new Fields({ hash: all[i] as Json }, proof.what).bytes('hash', 64)),
      checkpoint: proof.object('checkpoint').text('envelope'),
    },
    body: fields.bytes('canonicalizedBody', 1 << 20),
  };
}

/** The text of a bundle that was signed with a key or a certificate. */
export function writeBundle({ material, envelope }: Bundle): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  if (material.kind === 'keyless') throw new TypeError('keyless bundles are made by Sigstore’s own clients');
  const verificationMaterial =
    material.kind === 'key'
      ? { publicKey: { hint: material.hint } }
      : {
          x509CertificateChain: {
            certificates: material.certificates.map((der) => ({ rawBytes: base64(der) })),
          },
        };
  return `${JSON.stringify({
    mediaType: BUNDLE_TYPE,
    // Python's reader wants the list, even where there is nothing in it.
    verificationMaterial: { ...verificationMaterial, tlogEntries: [] },
    dsseEnvelope: {
      payload: base64(envelope.payload),
      payloadType: envelope.payloadType,
      signatures: envelope.signatures.map(({ sig, keyid }: EnvelopeSignature) => ({
        sig: base64(sig),
        keyid,
      })),
    },
  })}\n`;
}
