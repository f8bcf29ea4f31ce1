import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Certificate, readCertificate } from '../certificate.ts';
import { type Fields, readJson } from '../fields.ts';
import { Unverified } from '../unverified.ts';

/** A time, in milliseconds since 1970, from which and up to which something may be used. */
interface Valid {
  readonly from: number;
  readonly to: number;
}

/** A transparency log, or a log of certificates. */
export interface LogKey extends Valid {
  readonly id: Buffer;
  readonly host: string;
  readonly key: KeyObject;
}

/** Authorities for certificates or for timestamps: the issuing one first, the root last. */
export interface Authority extends Valid {
  readonly chain: readonly Certificate[];
}

/** Whom keyless signatures rest on: Sigstore's `trusted_root.json`, of the public instance or of one's own. */
export interface TrustedRoot {
  readonly logs: readonly LogKey[];
  readonly certificateLogs: readonly LogKey[];
  readonly authorities: readonly Authority[];
  readonly timestampAuthorities: readonly Authority[];
}

const MOST_ROOT = 1 << 20;
const MOST = 64;

/** Throws {@link Unverified} `malformed` or `unsupported`. */
export function readTrustedRoot(bytes: Uint8Array): TrustedRoot {
  const fields = readJson(bytes, 'the trusted root', MOST_ROOT);
  const type = fields.text('mediaType', 256);
  if (!/^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/.test(type))
    throw new Unverified('unsupported', 'the trusted root is of a version that is not known');
  return {
    logs: fields.objects('tlogs', MOST).map(readLog),
    certificateLogs: fields.objects('ctlogs', MOST).map(readLog),
    authorities: fields.objects('certificateAuthorities', MOST).map(readAuthority),
    timestampAuthorities: fields.objects('timestampAuthorities', MOST).map(readAuthority),
  };
}

function readLog(fields: Fields): LogKey {
  const about = fields.object('publicKey');
  let key: KeyObject;
  try {
    key = createPublicKey({ key: about.bytes('rawBytes'), format: 'der', type: 'spki' });
  } catch (error) {
    if (error instanceof Unverified) throw error;
    throw new Unverified('malformed', `${about.what} is no key`, error);
  }
  const host = URL.parse(fields.text('baseUrl', 2048))?.host;
  if (host === undefined) throw fields.wrong('baseUrl', 'is no URL');
  return {
    id: fields.object('logId').bytes('keyId', 64),
    host,
    key,
    ...readValid(about.optionalObject('validFor')),
  };
}

function readAuthority(fields: Fields): Authority {
  const chain = fields
    .object('certChain')
    .objects('certificates', MOST)
    .map((one) => readCertificate(one.bytes('rawBytes')));
  if (chain.length === 0) throw fields.wrong('certChain', 'is empty');
  return { chain, ...readValid(fields.optionalObject('validFor')) };
}

function readValid(fields: Fields | undefined): Valid {
  const time = (name: string, absent: number): number => {
    if (fields?.has(name) !== true) return absent;
    const value = Date.parse(fields.text(name, 64));
    if (Number.isNaN(value)) throw fields.wrong(name, 'is no time');
    return value;
  };
  return { from: time('start', Number.NEGATIVE_INFINITY), to: time('end', Number.POSITIVE_INFINITY) };
}

/** The log of an id, as long as it was in use at that time. */
export const logOf = (logs: readonly LogKey[], id: Uint8Array, at: number): LogKey | undefined =>
  logs.find((log) => log.id.equals(id) && wasValid(log, at));

export const wasValid = ({ from, to }: Valid, at: number): boolean => at >= from && at <= to;
