import { type KeyObject, sign } from 'node:crypto';
import { canonicalJson } from '../../base/canonical.ts';
import type { JsonObject } from '../../base/json.ts';
import { BUNDLE_TYPE } from '../bundle.ts';
import { context, inside, readDer, TAG, writeDer } from '../der.ts';
import { IN_TOTO, preAuthEncoding } from '../envelope.ts';
import {
  base64,
  CODE_SIGNING,
  ECDSA_SHA256,
  EXTENSION,
  type ExtensionMade,
  ISSUES,
  integer,
  makeCertificate,
  nameOf,
  newKey,
  octets,
  oid,
  pemOf,
  SIGNS,
  sequence,
  sha256,
  spkiOf,
  time,
} from '../testing.ts';

/** For tests: a Sigstore of one's own that needs no network. */

/** Where a tampered Sigstore differs from an honest one. */
export interface Twist {
  readonly identity?: string;
  readonly issuer?: string;
  /** Milliseconds after the certificate begins at which it is signed. */
  readonly late?: number;
  readonly noCertificateTimestamp?: boolean;
  /** Everything is made for a signature that is another key's. */
  readonly forged?: boolean;
  readonly noPromise?: boolean;
  readonly noTimestamp?: boolean;
  readonly entry?: (entry: JsonObject) => JsonObject;
  readonly body?: (body: JsonObject) => JsonObject;
  /** What the timestamp is of, in place of the signature. */
  readonly stamped?: Buffer;
  readonly bundle?: (bundle: JsonObject) => JsonObject;
}

const LIVES = 600_000;

/** Fulcio, Rekor, a log of certificates and a timestamp authority, of one's own. */
export class FakeSigstore {
  readonly start: number;
  readonly #fulcio = newKey('secp384r1');
  readonly #root = newKey('secp384r1');
  readonly #rekor = newKey();
  readonly #certificates = newKey();
  readonly #tsa = newKey();
  readonly #chain: readonly Buffer[];
  readonly #tsaChain: readonly Buffer[];

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.start = start;
    const years = { from: start - 1e10, to: start + 1e12 };
    const root = (subject: string, key: KeyObject): Buffer =>
      makeCertificate({
        ...years,
        subject,
        key,
        issuer: subject,
        issuerKey: key,
        extensions: [EXTENSION.authority(), EXTENSION.usage(ISSUES)],
      });
    this.#chain = [
      makeCertificate({
        ...years,
        subject: 'fulcio',
        key: this.#fulcio,
        issuer: 'fulcio root',
        issuerKey: this.#root,
        extensions: [EXTENSION.authority(0), EXTENSION.usage(ISSUES), EXTENSION.purpose(CODE_SIGNING)],
      }),
      root('fulcio root', this.#root),
    ];
    const tsaRoot = newKey();
    this.#tsaChain = [
      makeCertificate({
        ...years,
        subject: 'tsa',
        key: this.#tsa,
        issuer: 'tsa root',
        issuerKey: tsaRoot,
        extensions: [EXTENSION.usage(SIGNS), { ...EXTENSION.purpose('1.3.6.1.5.5.7.3.8'), critical: true }],
      }),
      root('tsa root', tsaRoot),
    ];
  }

  /** `trusted_root.json`. */
  get trustedRoot(): Buffer {
    const log = (baseUrl: string, key: KeyObject) => ({
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: base64(spkiOf(key)),
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        validFor: { start: '2021-01-12T11:53:27Z' },
      },
      logId: { keyId: base64(sha256(spkiOf(key))) },
    });
    const authority = (chain: readonly Buffer[]) => ({
      certChain: { certificates: chain.map((der) => ({ rawBytes: base64(der) })) },
      validFor: { start: '2021-01-12T11:53:27Z' },
    });
    return Buffer.from(
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        tlogs: [log('https://rekor.test', this.#rekor)],
        ctlogs: [log('https://ct.test', this.#certificates)],
        certificateAuthorities: [authority(this.#chain)],
        timestampAuthorities: [authority(this.#tsaChain)],
      }),
    );
  }

  /** A keyless bundle on a statement. */
  sign(payload: Buffer, twist: Twist = {}): Buffer {
    const key = newKey();
    const { identity = 'me@example.com', issuer = 'https://issuer.test', late = 5_000 } = twist;
    const leaf = makeCertificate({
      subject: '',
      key,
      issuer: 'fulcio',
      issuerKey: this.#fulcio,
      from: this.start,
      to: this.start + LIVES,
      extensions: [
        EXTENSION.usage(SIGNS),
        EXTENSION.purpose(CODE_SIGNING),
        EXTENSION.email(identity),
        EXTENSION.issuer(issuer),
      ],
      seal: (tbs) => (twist.noCertificateTimestamp === true ? [] : [this.#certificateTimestamp(tbs)]),
    });
    const by = twist.forged === true ? newKey() : key;
    const signature = sign('sha256', preAuthEncoding(IN_TOTO, payload), by);
    const at = this.start + late;
    const bundle: JsonObject = {
      mediaType: BUNDLE_TYPE,
      verificationMaterial: {
        certificate: { rawBytes: base64(leaf) },
        tlogEntries: [this.#entry(payload, signature, leaf, at, twist)],
        ...(twist.noTimestamp !== true && {
          timestampVerificationData: {
            rfc3161Timestamps: [{ signedTimestamp: base64(this.#timestamp(twist.stamped ?? signature, at)) }],
          },
        }),
      },
      dsseEnvelope: {
        payload: base64(payload),
        payloadType: IN_TOTO,
        signatures: [{ sig: base64(signature) }],
      },
    };
    return Buffer.from(JSON.stringify(twist.bundle?.(bundle) ?? bundle));
  }

  #certificateTimestamp(tbs: Buffer): ExtensionMade {
    const when = Buffer.alloc(8);
    when.writeBigUInt64BE(BigInt(this.start));
    const length = (bytes: number, size: number) => {
      const out = Buffer.alloc(size);
      out.writeUIntBE(bytes, 0, size);
      return out;
    };
    const signed = Buffer.concat([
      Buffer.from([0, 0]),
      when,
      Buffer.from([0, 1]),
      sha256(spkiOf(this.#fulcio)),
      length(tbs.length, 3),
      tbs,
      Buffer.from([0, 0]),
    ]);
    const signature = sign('sha256', signed, this.#certificates);
    const one = Buffer.concat([
      Buffer.from([0]),
      sha256(spkiOf(this.#certificates)),
      when,
      Buffer.from([0, 0, 4, 3]),
      length(signature.length, 2),
      signature,
    ]);
    const list = Buffer.concat([length(one.length, 2), one]);
    return { id: '1.3.6.1.4.1.11129.2.4.2', value: octets(Buffer.concat([length(list.length, 2), list])) };
  }

  #entry(payload: Buffer, signature: Buffer, leaf: Buffer, at: number, twist: Twist): JsonObject {
    const said: JsonObject = {
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
        signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(pemOf(leaf))) }],
      },
    };
    const body = Buffer.from(canonicalJson(twist.body?.(said) ?? said));
    const logId = sha256(spkiOf(this.#rekor));
    const integratedTime = Math.floor(at / 1000);
    const promised = { body: base64(body), integratedTime, logID: logId.toString('hex'), logIndex: 4711 };
    // Three entries, ours the second.
    const [before, after] = [sha256(Buffer.from('0a')), sha256(Buffer.from('0b'))];
    const ours = sha256(Buffer.from([0]), body);
    const root = sha256(Buffer.from([1]), sha256(Buffer.from([1]), before, ours), after);
    const note = `rekor.test - 1\n3\n${base64(root)}\n`;
    const noted = base64(
      Buffer.concat([logId.subarray(0, 4), sign('sha256', Buffer.from(note), this.#rekor)]),
    );
    const entry: JsonObject = {
      logIndex: '4711',
      logId: { keyId: base64(logId) },
      kindVersion: { kind: 'dsse', version: '0.0.1' },
      integratedTime: String(integratedTime),
      ...(twist.noPromise !== true && {
        inclusionPromise: {
          signedEntryTimestamp: base64(sign('sha256', Buffer.from(canonicalJson(promised)), this.#rekor)),
        },
      }),
      inclusionProof: {
        logIndex: '1',
        treeSize: '3',
        rootHash: base64(root),
        hashes: [base64(before), base64(after)],
        checkpoint: { envelope: `${note}\n— rekor.test ${noted}\n` },
      },
      canonicalizedBody: base64(body),
    };
    return twist.entry?.(entry) ?? entry;
  }

  /** RFC 3161. */
  #timestamp(stamped: Buffer, at: number): Buffer {
    const hash = sequence(oid('2.16.840.1.101.3.4.2.1'));
    const info = sequence(
      integer(Buffer.from([1])),
      oid('1.2.3.4'),
      sequence(hash, octets(sha256(stamped))),
      integer(Buffer.from([7])),
      time(at),
    );
    const attribute = (id: string, value: Buffer) => sequence(oid(id), writeDer(TAG.set, value));
    const attributes = [
      attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.9.16.1.4')),
      attribute('1.2.840.113549.1.9.4', octets(sha256(info))),
    ];
    const [leaf = Buffer.alloc(0)] = this.#tsaChain;
    const parts = inside(inside(readDer(leaf))[0] as ReturnType<typeof readDer>);
    const signer = sequence(
      integer(Buffer.from([1])),
      sequence(nameOf('tsa root'), parts[1]?.whole ?? Buffer.alloc(0)),
      hash,
      writeDer(context(0), ...attributes),
      ECDSA_SHA256,
      octets(sign('sha256', writeDer(TAG.set, ...attributes), this.#tsa)),
    );
    const signedData = sequence(
      integer(Buffer.from([3])),
      writeDer(TAG.set, hash),
      sequence(oid('1.2.840.113549.1.9.16.1.4'), writeDer(context(0), octets(info))),
      writeDer(TAG.set, signer),
    );
    return sequence(
      sequence(integer(Buffer.from([0]))),
      sequence(oid('1.2.840.113549.1.7.2'), writeDer(context(0), signedData)),
    );
  }
}
