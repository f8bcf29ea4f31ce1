import type { ReachName } from '../base/reach.ts';
import type { Path } from '../base/schema.ts';
import type { Algorithm, CertificateEntry, IdentityEntry, IssuerEntry } from './identity-schema.ts';
import { isLoopback } from './loopback.ts';
import type { SettingsReader } from './reader.ts';

/** Who is believed about callers, besides the gateway's own keys. */
export interface IdentitySettings {
  readonly issuers: readonly IssuerSettings[];
  /** In order: the first that fits a certificate counts. */
  readonly certificates: readonly CertificateRule[];
}

/** An identity provider (OpenID Connect, or any issuer of JWTs with a key set). Durations are milliseconds. */
export interface IssuerSettings {
  readonly name: string;
  /** `iss`, exactly. */
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly Algorithm[];
  /** Address of the key set; undefined: as the issuer's discovery document says. */
  readonly jwks: string | undefined;
  readonly insecure_http: boolean;
  /** Which addresses its names may mean; undefined: as its own address says by itself. */
  readonly reach: ReachName | undefined;
  /** Authorities (PEM) instead of those that the system trusts. */
  readonly ca: string | undefined;
  readonly clock_skew: number;
  /** Since `iat`; undefined: as long as `exp` says. */
  readonly max_age: number | undefined;
  /** `typ` of the header. */
  readonly type: string | undefined;
  /** Clients (`azp`, else `client_id`) whose tokens are taken; undefined: all. */
  readonly clients: readonly string[] | undefined;
  /** Patterns of which one must fit the claim. */
  readonly require: Readonly<Record<string, readonly string[]>>;
  /** Whether a subject that no admin has registered is let in. */
  readonly subjects: 'any' | 'registered';
  readonly claims: {
    readonly name: string | undefined;
    readonly owner: string | undefined;
    readonly team: string | undefined;
    readonly roles: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** Roles in the policy by the values of the claim for roles. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Roles of everybody whom this issuer vouches for. */
  readonly everyone: readonly string[];
  /** Where the claim for the team says none. */
  readonly team: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Keys are asked for again after this time, and go on for `keys_kept` where the issuer does not answer. */
  readonly refresh: number;
  readonly keys_kept: number;
}

/** Whom a client certificate stands for. */
export interface CertificateRule {
  readonly by: 'spiffe' | 'dns' | 'fingerprint';
  /** SPIFFE ID (`/*` at its end for all below), DNS name in lower case, or SHA-256 in lower-case hex. */
  readonly value: string;
  readonly name: string | undefined;
  readonly owner: string | undefined;
  readonly team: string;
  readonly roles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The longest difference of clocks: beyond it, somebody's clock is wrong and should be set. */
const MAX_SKEW = 300_000;

export function readIdentity(read: SettingsReader, written: IdentityEntry): IdentitySettings {
  const issuers = Object.entries(written.issuers ?? {}).map(([name, entry]) => readIssuer(read, name, entry));
  for (const [index, { name, issuer }] of issuers.entries()) {
    if (issuers.findIndex((other) => other.issuer === issuer) < index)
      read.report(
        ['identity', 'issuers', name, 'issuer'],
        'is another issuer’s too: nobody could say whose rules hold',
      );
  }
  const certificates = (written.certificates ?? []).map((entry, index) =>
    readCertificate(read, index, entry),
  );
  return { issuers, certificates };
}

export const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;
export const lists = (record: Readonly<Record<string, string | readonly string[]>>) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, listOf(value)]));

function readIssuer(read: SettingsReader, name: string, entry: IssuerEntry): IssuerSettings {
  const at: Path = ['identity', 'issuers', name];
  const { insecure_http = false } = entry;
  checkUrl(read, [...at, 'issuer'], entry.issuer, insecure_http);
  if (entry.jwks !== undefined) checkUrl(read, [...at, 'jwks'], entry.jwks, insecure_http);
  // A difference of zero can be meant.
  const clock_skew =
    Number(entry.clock_skew) === 0 ? 0 : read.duration([...at, 'clock_skew'], entry.clock_skew, '60s');
  if (clock_skew > MAX_SKEW) read.report([...at, 'clock_skew'], 'must be at most 5m: set the clocks instead');
  if (entry.roles !== undefined && entry.claims?.roles === undefined)
    read.report([...at, 'roles'], 'has no meaning without claims.roles, which names the claim that it maps');
  return {
    name,
    issuer: entry.issuer,
    audience: listOf(entry.audience),
    algorithms: entry.algorithms ?? ['RS256', 'ES256'],
    jwks: entry.jwks,
    insecure_http,
    reach: entry.reach,
    ca: entry.ca === undefined ? undefined : read.file([...at, 'ca'], entry.ca),
    clock_skew,
    max_age: entry.max_age === undefined ? undefined : read.duration([...at, 'max_age'], entry.max_age, '1h'),
    type: entry.type,
    clients: entry.clients === undefined ? undefined : listOf(entry.clients),
    require: lists(entry.require ?? {}),
    subjects: entry.subjects ?? 'any',
    claims: {
      name: entry.claims?.name,
      owner: entry.claims?.owner,
      team: entry.claims?.team,
      roles: entry.claims?.roles,
      tags: entry.claims?.tags ?? {},
    },
    roles: lists(entry.roles ?? {}),
    everyone: listOf(entry.everyone ?? []),
    team: entry.team ?? 'default',
    tags: entry.tags ?? {},
    refresh: read.duration([...at, 'refresh'], entry.refresh, '10m'),
    keys_kept: read.duration([...at, 'keys_kept'], entry.keys_kept, '24h'),
  };
}

export function checkUrl(read: SettingsReader, at: Path, address: string, insecure: boolean): void {
  const url = URL.parse(address);
  if (url === null || !mayAsk(url, insecure))
    read.report(
      at,
      'must be an https:// address (http:// only to this machine, or with insecure_http: true)',
    );
  else if (url.username !== '' || url.password !== '' || url.hash !== '')
    read.report(at, 'must not hold a user, a password or a fragment');
}

/** Keys that came over the network in clear could be anybody's. */
export const mayAsk = (url: URL, insecure: boolean): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && (insecure || isLoopback(url.hostname)));

const FORMS = {
  spiffe: /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)*(\/\*)?$/,
  dns: /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/,
  fingerprint: /^[0-9a-f]{64}$/,
} as const;

function readCertificate(read: SettingsReader, index: number, entry: CertificateEntry): CertificateRule {
  const at: Path = ['identity', 'certificates', index];
  const given = (['spiffe', 'dns', 'fingerprint'] as const).filter((by) => entry[by] !== undefined);
  const [by = 'spiffe'] = given;
  if (given.length !== 1) read.report(at, 'must have one of spiffe, dns and fingerprint');
  const written = entry[by] ?? '';
  const value =
    by === 'spiffe'
      ? written
      : by === 'dns'
        ? written.toLowerCase()
        : written.replaceAll(':', '').toLowerCase();
  if (given.length === 1 && !FORMS[by].test(value))
    read.report(
      [...at, by],
      `is no ${by === 'spiffe' ? 'SPIFFE ID' : by === 'dns' ? 'DNS name' : 'SHA-256 in hex'}`,
    );
  const { name, owner, team = 'default', roles, tags = {} } = entry;
  return { by, value, name, owner, team, roles: listOf(roles), tags };
}
