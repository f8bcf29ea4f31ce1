import type { KeyObject } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { callerOfToken, type TrustedIssuer, verifyToken } from '../../callers/index.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Policy } from '../../policy/policy.ts';
import { roleNames } from '../../policy/role-names.ts';
import type { IdentitySettings, IssuerSettings } from '../../settings/identity.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Log } from '../log.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Key sets of issuers: they stay over reloads, so that a reload while an issuer is down locks nobody out. */
export class KeySets {
  readonly #clock: Clock;
  readonly #log: Log;
  #sets = new Map<string, IssuerKeys>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** One key set for each issuer; those of issuers that are there no more, or are asked elsewhere, are let go. */
  for(issuers: readonly IssuerSettings[]): ReadonlyMap<string, IssuerKeys> {
    const found = new Map<string, IssuerKeys>();
    const kept = new Map<string, IssuerKeys>();
    for (const settings of issuers) {
      const { issuer, jwks, insecure_http, reach, ca, refresh, keys_kept } = settings;
      const source = JSON.stringify([issuer, jwks, insecure_http, reach, ca, refresh, keys_kept]);
      const keys = this.#sets.get(source) ?? new IssuerKeys(settings, this.#clock, this.#log);
      kept.set(source, keys);
      found.set(issuer, keys);
    }
    this.#sets = kept;
    return found;
  }
}

/** Who is asking, by a bearer token: the issuers of one configuration, and what was verified under it. */
export class Identity {
  readonly #issuers = new Map<string, TrustedIssuer>();
  readonly #keys: ReadonlyMap<string, IssuerKeys>;
  readonly #tokens = new VerifiedTokens();

  constructor(settings: IdentitySettings, keySets: KeySets) {
    this.#keys = keySets.for(settings.issuers);
    for (const issuer of settings.issuers) {
      const keys = this.#keys.get(issuer.issuer) as IssuerKeys;
      this.#issuers.set(issuer.issuer, {
        settings: issuer,
        keys: () => keys.current(),
        newerKeys: (than) => keys.newer(than),
      });
    }
  }

  /**
   * Throws `credential_invalid`, or `identity_unavailable` where the issuer has never given its keys.
   * @param seen told whenever a token was verified anew
   */
  async callerOf(
    token: string,
    pepper: KeyObject,
    now: number,
    seen: (caller: Caller) => void,
  ): Promise<Caller> {
    const known = this.#tokens.get(token, now);
    if (known !== undefined) {
      // Asked for even here: a key that the issuer has taken back must not go on in tokens that are remembered.
      if ((await this.#keys.get(known.issuer)?.current()) === known.keys) return known.caller;
      this.#tokens.drop(token);
    }
    const verified = await verifyToken(token, (issuer) => this.#issuers.get(issuer), now);
    const { issuer } = verified.issuer;
    const caller = callerOfToken(verified, pepper);
    this.#tokens.add(token, { caller, issuer, ends: verified.ends, keys: verified.keys });
    seen(caller);
    return caller;
  }

  /** Whether callers of this issuer must have been registered. */
  registeredOnly({ credential }: Caller): boolean {
    for (const { settings } of this.#issuers.values())
      if (credential === `oidc:${settings.name}`) return settings.subjects === 'registered';
    return false;
  }
}

/** Throws a Problem where the settings give a role that the policy has not. */
export function checkIdentity(
  { identity: { issuers, certificates }, people }: Pick<Settings, 'identity' | 'people'>,
  policy: Policy,
): void {
  const known = roleNames(policy);
  const given = [
    ...people.oidc.flatMap(({ name, everyone, roles: table }) =>
      [...everyone, ...Object.values(table).flat()].map((role) => ({ role, place: `people.oidc.${name}` })),
    ),
    ...issuers.flatMap(({ name, everyone, roles: table }) =>
      [...everyone, ...Object.values(table).flat()].map((role) => ({
        role,
        place: `identity.issuers.${name}`,
      })),
    ),
    ...certificates.flatMap((rule, index) =>
      rule.roles.map((role) => ({ role, place: `identity.certificates[${index}]` })),
    ),
  ];
  const unknown = given.find(({ role }) => !known.includes(role));
  if (unknown === undefined) return;
  throw new Problem(
    'usage',
    `${unknown.place} gives a role that is not in the policy: ${unknown.role}`,
    `The policy has: ${known.join(', ')}.`,
  );
}

/** Throws a Problem that names the first issuer whose keys cannot be had from here. */
export async function askIssuers(issuers: readonly IssuerSettings[]): Promise<void> {
  for (const settings of issuers) {
    let why = '';
    const keys = new IssuerKeys(settings, systemClock, (_level, _message, { error = '' } = {}) => {
      why = error;
    });
    await keys.current().catch((cause) => {
      throw new Problem(
        'environment',
        `the keys of identity.issuers.${settings.name} cannot be had (${why})`,
        'Check its address, and that this machine may reach it.',
        cause,
      );
    });
  }
}
