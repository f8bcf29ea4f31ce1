import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { CertificateRule } from '../settings/identity.ts';
import { identityId, label } from './identity.ts';

/** What of a certificate is looked at. The handshake has shown that its chain, purpose and key are good. */
export type ClientCertificate = Pick<
  X509Certificate,
  'subjectAltName' | 'ca' | 'raw' | 'validFromDate' | 'validToDate'
>;

/**
 * The caller that a client certificate stands for, by the first rule that fits; undefined where none does, since a
 * certificate that nobody mapped gives nothing. The common name is never looked at (RFC 9525, section 2).
 * @param now milliseconds since 1970: a connection may live longer than its certificate
 * Throws `credential_invalid` where the certificate is over, is a CA's, or says two things at once.
 */
export function callerOfCertificate(
  certificate: ClientCertificate,
  rules: readonly CertificateRule[],
  pepper: KeyObject,
  now: number,
): Caller | undefined {
  if (now < certificate.validFromDate.getTime() || now > certificate.validToDate.getTime() || certificate.ca)
    throw new Refusal('credential_invalid');
  const names = alternativeNames(certificate.subjectAltName ?? '');
  const spiffe = spiffeId(names);
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
  const dns = names.filter(({ kind }) => kind === 'DNS').map(({ value }) => value.toLowerCase());
  for (const { by, value, name, team, owner, roles, tags } of rules) {
    const found =
      by === 'spiffe'
        ? spiffe !== undefined && fits(value, spiffe) && spiffe
        : by === 'dns'
          ? dns.includes(value) && value
          : fingerprint === value && value;
    if (found === false) continue;
    const id = identityId('cert', [by, found], pepper);
    return {
      id,
      name: `mtls/${name ?? label(found) ?? id}`,
      owner: owner ?? label(found) ?? id,
      team,
      roles,
      tags,
      credential: `cert:${fingerprint.slice(0, 16)}`,
    };
  }
  return undefined;
}

/** `/*` at the end stands for everything below; nothing else is a pattern. */
const fits = (pattern: string, id: string): boolean =>
  pattern.endsWith('/*')
    ? id.startsWith(pattern.slice(0, -1)) && id.length >= pattern.length
    : id === pattern;

/** Trust domain and path (SPIFFE-ID, sections 2.1 and 2.2): no port, user, query, fragment, empty or dotted segment. */
const SPIFFE = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/;

export const isSpiffeId = (text: string): boolean => text.length <= 2048 && SPIFFE.test(text);

/**
 * X509-SVID, section 5.2: exactly one URI name, and it is the SPIFFE ID. Two URIs are refused even where no rule asks
 * for them: another reader might have taken the other one.
 */
function spiffeId(names: readonly AlternativeName[]): string | undefined {
  const uris = names.filter(({ kind }) => kind === 'URI').map(({ value }) => value);
  if (!uris.some((uri) => /^spiffe:/i.test(uri))) return undefined;
  const [id, ...more] = uris;
  if (id === undefined || more.length > 0 || !isSpiffeId(id)) throw new Refusal('credential_invalid');
  return id;
}

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/** `URI:spiffe://a/b, DNS:"a, b"`: what could be taken for a separator stands in quotes, as JSON (CVE-2021-44532). */
const NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/gy;

function alternativeNames(text: string): AlternativeName[] {
  const names: AlternativeName[] = [];
  let read = 0;
  for (const [all, kind = '', value = ''] of text.matchAll(NAME)) {
    read += all.length;
    names.push({ kind, value: value.startsWith('"') ? unquoted(value) : value });
  }
  if (read !== text.length) throw new Refusal('credential_invalid');
  return names;
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    // No cause: the message would quote the name.
    throw new Refusal('credential_invalid');
  }
}
