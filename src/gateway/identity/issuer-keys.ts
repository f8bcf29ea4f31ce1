import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import { canonicalJson } from '../../base/canonical.ts';
import type { Clock } from '../../base/clock.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { type IssuerSettings, mayAsk } from '../../settings/identity.ts';
import { type Log, nameOf } from '../log.ts';
import { fetchJson, providerReach } from './fetch-json.ts';

/** Keys of one set that are kept. */
const MAX_KEYS = 100;
/** Milliseconds between two questions that tokens bring about: invented key ids must not make us hammer the issuer. */
const COOLDOWN = 30_000;
/** The same where there are no keys to go on with. */
const RETRY = 5000;

/** Members of public keys (RFC 7518, section 6; RFC 8037): everything else, private members above all, is left out. */
const MEMBERS = ['kty', 'kid', 'use', 'key_ops', 'alg', 'n', 'e', 'crv', 'x', 'y'] as const;
const KINDS: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

interface Known {
  readonly find: JWTVerifyGetKey;
  readonly digest: string;
  /** When the issuer last said so, in `tick` milliseconds. */
  readonly said: number;
}

/**
 * The key set of one issuer: asked for when first needed, again when it is old, and at once when a token names a key
 * that is not in it, but not more often than every {@link COOLDOWN}. While the issuer does not answer, its last keys
 * go on for `keys_kept`.
 */
export class IssuerKeys {
  readonly #settings: IssuerSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  #known: Known | undefined;
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(settings: IssuerSettings, clock: Clock, log: Log) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * The same function for as long as the keys are the same, so that whoever remembers what it verified can see when
   * to forget. Throws `identity_unavailable`.
   */
  async current(): Promise<JWTVerifyGetKey> {
    const { refresh, keys_kept } = this.#settings;
    const age = this.#age();
    if (age < refresh) return this.#have();
    if (age < keys_kept) {
      if (this.#waited(COOLDOWN)) this.#ask().catch(() => {});
      return this.#have();
    }
    if (this.#asking !== undefined || this.#waited(RETRY)) await this.#ask();
    if (this.#age() >= keys_kept) throw unavailable();
    return this.#have();
  }

  async newer(than: JWTVerifyGetKey): Promise<JWTVerifyGetKey | undefined> {
    if (this.#known?.find === than && (this.#asking !== undefined || this.#waited(COOLDOWN)))
      await this.#ask();
    return this.#known?.find === than ? undefined : this.#known?.find;
  }

  #have(): JWTVerifyGetKey {
    if (this.#known === undefined) throw unavailable();
    return this.#known.find;
  }

  #age(): number {
    return this.#known === undefined ? Number.POSITIVE_INFINITY : this.#clock.tick() - this.#known.said;
  }

  #waited(time: number): boolean {
    return this.#clock.tick() - this.#asked >= time;
  }

  /** Those who ask meanwhile wait for the same answer. Never throws: what is known stays. */
  #ask(): Promise<void> {
    this.#asking ??= this.#learn().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #learn(): Promise<void> {
    this.#asked = this.#clock.tick();
    const { name } = this.#settings;
    try {
      const keys = readKeys(await ask(await keySetAddress(this.#settings), this.#settings));
      const digest = createHash('sha256').update(canonicalJson(keys)).digest('base64url');
      const find =
        this.#known?.digest === digest
          ? this.#known.find
          : createLocalJWKSet({ keys: keys as unknown as JWK[] });
      if (find !== this.#known?.find)
        this.#log('info', 'keys of an issuer', { issuer: name, count: keys.length });
      this.#known = { find, digest, said: this.#clock.tick() };
    } catch (error) {
      this.#log('warn', 'the keys of an issuer cannot be had', { issuer: name, error: nameOf(error) });
    }
  }
}

const unavailable = () => new Refusal('identity_unavailable', { retryAfter: RETRY / 1000 });

const ask = (url: URL, { issuer, jwks, reach, ca }: IssuerSettings): Promise<JsonObject> =>
  fetchJson(url, { reach: providerReach(url, [issuer, jwks], reach), ca });

/** OpenID Connect Discovery 1.0, section 4: the document must speak of the very issuer that was asked for. */
async function keySetAddress(settings: IssuerSettings): Promise<URL> {
  const { issuer, jwks, insecure_http } = settings;
  if (jwks !== undefined) return new URL(jwks);
  const about = await ask(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`), settings);
  if (about.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  const url = typeof about.jwks_uri === 'string' ? URL.parse(about.jwks_uri) : null;
  if (url === null || !mayAsk(url, insecure_http))
    throw new Error('the address of the key set cannot be used');
  return url;
}

function readKeys({ keys }: JsonObject): JsonObject[] {
  if (!Array.isArray(keys)) throw new Error('there are no keys');
  return keys
    .filter((key): key is JsonObject => isObject(key) && KINDS.has(key.kty))
    .slice(0, MAX_KEYS)
    .map((key) =>
      Object.fromEntries(MEMBERS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]]))),
    );
}
