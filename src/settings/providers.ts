import type { ReachName } from '../base/reach.ts';
import type { Path } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import { checkUrl, listOf, lists } from './identity.ts';
import type { ProviderEntry } from './provider-schema.ts';
import type { SettingsReader } from './reader.ts';

/** An OpenID provider with which people sign in. */
export interface ProviderSettings {
  readonly name: string;
  /** What people read. */
  readonly label: string;
  /** `iss`, exactly. */
  readonly issuer: string;
  readonly client_id: string;
  /** Undefined: a public client, which PKCE alone protects. */
  readonly client_secret: Secret | undefined;
  readonly client_auth: 'basic' | 'post';
  readonly scopes: readonly string[];
  readonly claims: {
    readonly login: string;
    readonly name: string;
    readonly team: string | undefined;
    readonly roles: string | undefined;
  };
  /** Claims that the ID token does not have are asked for. */
  readonly userinfo: boolean;
  /** Patterns of which one must fit the claim. */
  readonly require: Readonly<Record<string, readonly string[]>>;
  /** Roles in the policy by the values of the claim for roles. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly everyone: readonly string[];
  /** Where the claim for the team says none. */
  readonly team: string;
  /** Whether people are made at their first sign-in. */
  readonly new_people: boolean;
  /** Who signs out is led to sign out there, too. */
  readonly sign_out: boolean;
  readonly insecure_http: boolean;
  /** Which addresses its names may mean; undefined: as its own address says by itself. */
  readonly reach: ReachName | undefined;
  /** Authorities (PEM) instead of those that the system trusts. */
  readonly ca: string | undefined;
}

export function readProviders(
  read: SettingsReader,
  written: Readonly<Record<string, ProviderEntry>>,
): readonly ProviderSettings[] {
  const providers = Object.entries(written).map(([name, entry]) => readProvider(read, name, entry));
  for (const [index, { name, issuer }] of providers.entries()) {
    if (providers.findIndex((other) => other.issuer === issuer) < index)
      read.report(
        ['people', 'oidc', name, 'issuer'],
        'is another provider’s too: its people would be the same',
      );
  }
  return providers;
}

function readProvider(read: SettingsReader, name: string, entry: ProviderEntry): ProviderSettings {
  const at: Path = ['people', 'oidc', name];
  const { insecure_http = false, claims = {} } = entry;
  checkUrl(read, [...at, 'issuer'], entry.issuer, insecure_http);
  const scopes = listOf(entry.scopes ?? ['openid', 'profile']);
  if (!scopes.includes('openid'))
    read.report([...at, 'scopes'], 'must have openid: without it there is no ID token');
  // RFC 6749, section 3.3.
  if (scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)))
    read.report([...at, 'scopes'], 'has one with spaces, quotes or backslashes: write a list');
  if (entry.roles !== undefined && claims.roles === undefined)
    read.report([...at, 'roles'], 'has no meaning without claims.roles, which names the claim that it maps');
  const roles = lists(entry.roles ?? {});
  const everyone = listOf(entry.everyone ?? []);
  if (everyone.length === 0 && Object.keys(roles).length === 0)
    read.report(at, 'gives nobody a role, so nobody can sign in: set roles, or everyone');
  return {
    name,
    label: entry.label ?? name,
    issuer: entry.issuer,
    client_id: entry.client_id,
    client_secret:
      entry.client_secret === undefined
        ? undefined
        : read.secret([...at, 'client_secret'], entry.client_secret),
    client_auth: entry.client_auth ?? 'basic',
    scopes,
    claims: {
      login: claims.login ?? 'preferred_username',
      name: claims.name ?? 'name',
      team: claims.team,
      roles: claims.roles,
    },
    userinfo: entry.userinfo ?? false,
    require: lists(entry.require ?? {}),
    roles,
    everyone,
    team: entry.team ?? 'default',
    new_people: entry.new_people ?? true,
    sign_out: entry.sign_out ?? false,
    insecure_http,
    reach: entry.reach,
    ca: entry.ca === undefined ? undefined : read.file([...at, 'ca'], entry.ca),
  };
}
