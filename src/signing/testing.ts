import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { BUNDLE_TYPE } from './bundle.ts';
import { context, inside, readDer, TAG, writeDer } from './der.ts';
import { IN_TOTO, preAuthEncoding } from './envelope.ts';
import { makeManifest, type Resource, writeManifest } from './manifest.ts';

/** For tests: certificates with anything in them, and a Sigstore of one's own that needs no network. */

export const newKey = (namedCurve = 'prime256v1'): KeyObject =>
  generateKeyPairSync('ec', { namedCurve }).privateKey;

export const publicPem = (key: KeyObject): Buffer =>
  Buffer.from(createPublicKey(key).export({ type: 'spki', format: 'pem' }));

const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** A statement on files, by name and content. */
export const statementOn = (files: Readonly<Record<string, string>>, name = 'model'): Buffer =>
  writeManifest(
    makeManifest({
      name,
      hash: 'sha256',
      shardSize: undefined,
      allowSymlinks: false,
      ignored: ['model.sig'],
      resources: Object.entries(files).map(
        ([file, text]): Resource => ({ name: file, digest: sha256(Buffer.from(text)).toString('hex') }),
      ),
    }),
  );

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return writeDer(TAG.oid, Buffer.from(bytes));
}

const integer = (bytes: Uint8Array): Buffer =>
  writeDer(TAG.integer, ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
const sequence = (...parts: readonly Uint8Array[]): Buffer => writeDer(TAG.sequence, ...parts);
const octets = (bytes: Uint8Array): Buffer => writeDer(TAG.octets, bytes);
const utf8 = (text: string): Buffer => writeDer(TAG.utf8, Buffer.from(text));

const time = (at: number): Buffer =>
  writeDer(TAG.generalizedTime, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]|\.\d+Z$/g, '')}Z`));

export const nameOf = (common: string): Buffer =>
  sequence(writeDer(TAG.set, sequence(oid('2.5.4.3'), utf8(common))));

export interface ExtensionMade {
  readonly id: string;
  readonly value: Buffer;
  readonly critical?: boolean;
}

export const EXTENSION = {
  authority: (between?: number): ExtensionMade => ({
    id: '2.5.29.19',
    critical: true,
    value: sequence(
      writeDer(TAG.boolean, Buffer.from([0xff])),
      ...(between === undefined ? [] : [integer(Buffer.from([between]))]),
    ),
  }),
  /** @param bits of KeyUsage, the first on the left: `0b10000000` is digitalSignature */
  usage: (bits: number): ExtensionMade => ({
    id: '2.5.29.15',
    critical: true,
    value: writeDer(TAG.bits, Buffer.from([0, bits])),
  }),
  purpose: (...ids: readonly string[]): ExtensionMade => ({
    id: '2.5.29.37',
    value: sequence(...ids.map(oid)),
  }),
  email: (...names: readonly string[]): ExtensionMade => ({
    id: '2.5.29.17',
    critical: true,
    value: sequence(...names.map((name) => writeDer(0x81, Buffer.from(name)))),
  }),
  issuer: (url: string): ExtensionMade => ({ id: '1.3.6.1.4.1.57264.1.8', value: utf8(url) }),
} as const;

export const SIGNS = 0b1000_0000;
export const ISSUES = 0b0000_0100;
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

export interface CertificateMade {
  readonly subject: string;
  readonly key: KeyObject;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly from: number;
  readonly to: number;
  readonly extensions: readonly ExtensionMade[];
  /** Has a look at what is signed, and adds extensions. */
  readonly seal?: (tbs: Buffer) => readonly ExtensionMade[];
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** DER. */
export function makeCertificate({
  subject,
  key,
  issuer,
  issuerKey,
  from,
  to,
  extensions,
  seal,
}: CertificateMade): Buffer {
  // No zero in front: DER has numbers in their shortest form.
  const serial = integer(Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const tbs = (all: readonly ExtensionMade[]): Buffer =>
    sequence(
      writeDer(context(0), integer(Buffer.from([2]))),
      serial,
      ECDSA_SHA256,
      nameOf(issuer),
      sequence(time(from), time(to)),
      nameOf(subject),
      spkiOf(key),
      writeDer(
        context(3),
        sequence(
          ...all.map(({ id, value, critical }) =>
            sequence(
              oid(id),
              ...(critical === true ? [writeDer(TAG.boolean, Buffer.from([0xff]))] : []),
              octets(value),
            ),
          ),
        ),
      ),
    );
  const whole = tbs([...extensions, ...(seal?.(tbs(extensions)) ?? [])]);
  return sequence(
    whole,
    ECDSA_SHA256,
    writeDer(TAG.bits, Buffer.from([0]), sign('sha256', whole, issuerKey)),
  );
}

export const pemOf = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${base64(der).replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;

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

/** JSON with a member in it changed, by its path. */
export function changed(
  value: Json,
  path: readonly (string | number)[],
  change: (old: Json | undefined) => Json | undefined,
): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(value) ?? null;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as JsonObject) }) as JsonObject;
  const key = String(step);
  const next = rest.length > 0 ? changed(copy[key] as Json, rest, change) : change(copy[key]);
  if (next === undefined) delete copy[key];
  else copy[key] = next;
  return copy as Json;
}
