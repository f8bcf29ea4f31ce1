import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import type { Json, JsonObject } from '../base/json.ts';
import { context, TAG, writeDer } from './der.ts';
import { makeManifest, type Resource, writeManifest } from './manifest.ts';

/** For tests: keys, statements, and certificates with anything in them. */

export const newKey = (namedCurve = 'prime256v1'): KeyObject =>
  generateKeyPairSync('ec', { namedCurve }).privateKey;

export const publicPem = (key: KeyObject): Buffer =>
  Buffer.from(createPublicKey(key).export({ type: 'spki', format: 'pem' }));

export const spkiOf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' });
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

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

export const integer = (bytes: Uint8Array): Buffer =>
  writeDer(TAG.integer, ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
export const sequence = (...parts: readonly Uint8Array[]): Buffer => writeDer(TAG.sequence, ...parts);
export const octets = (bytes: Uint8Array): Buffer => writeDer(TAG.octets, bytes);
const utf8 = (text: string): Buffer => writeDer(TAG.utf8, Buffer.from(text));

export const time = (at: number): Buffer =>
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

export const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

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
