import type { Configuration, CustomFetch } from 'openid-client';
import type { Clock } from '../../../base/clock.ts';
import { Problem } from '../../../base/problem.ts';
import { Refusal } from '../../../base/refusal.ts';
import { mayAsk } from '../../../settings/identity.ts';
import type { ProviderSettings } from '../../../settings/providers.ts';
import { askProvider, providerReach } from '../../identity/fetch-json.ts';
import { type Log, nameOf } from '../../log.ts';

/** How long what a provider says of itself is believed, and when it is asked again where it does not answer. */
const BELIEVED = 10 * 60_000;
const RETRY = 5_000;
/** Seconds for a request to a provider. */
const PATIENCE = 5;

interface Known {
  readonly said: Promise<Configuration>;
  until: number;
}

/** What providers say of themselves (OpenID Connect Discovery 1.0), by the settings of one configuration. */
export class Providers {
  readonly #clock: Clock;
  readonly #known = new WeakMap<ProviderSettings, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those who ask at the same time wait for the same answer. Throws `identity_unavailable`. */
  async configuration(settings: ProviderSettings, log: Log): Promise<Configuration> {
    const now = this.#clock.tick();
    let known = this.#known.get(settings);
    if (known === undefined || known.until <= now) {
      known = { said: discover(settings), until: now + BELIEVED };
      this.#known.set(settings, known);
    }
    try {
      return await known.said;
    } catch (error) {
      known.until = Math.min(known.until, now + RETRY);
      log('warn', 'an OpenID provider cannot be asked', {
        issuer: settings.name,
        error: nameOf(error),
      });
      throw new Refusal('identity_unavailable', { retryAfter: RETRY / 1000 });
    }
  }
}

/** Throws a Problem that names the first provider that cannot be asked from here. */
export async function askProviders(providers: readonly ProviderSettings[]): Promise<void> {
  for (const settings of providers)
    await discover(settings).catch((cause) => {
      throw new Problem(
        'environment',
        `the OpenID provider people.oidc.${settings.name} cannot be asked (${nameOf(cause)})`,
        'Check its address, and that this machine may reach it.',
        cause,
      );
    });
}

async function discover(settings: ProviderSettings): Promise<Configuration> {
  const oidc = await import('openid-client');
  const { issuer, client_id, client_secret, client_auth } = settings;
  const secret = client_secret?.reveal();
  const auth =
    secret === undefined
      ? oidc.None()
      : client_auth === 'post'
        ? oidc.ClientSecretPost(secret)
        : oidc.ClientSecretBasic(secret);
  const configuration = await oidc.discovery(new URL(issuer), client_id, undefined, auth, {
    [oidc.customFetch]: guardedFetch(settings),
    timeout: PATIENCE,
    // Not only by the connection that it came over is the ID token the provider's: its signature is checked too.
    execute: [
      oidc.enableNonRepudiationChecks,
      // Which addresses may be asked in clear is said where they are asked.
      ...(URL.parse(issuer)?.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
    ],
  });
  const about = configuration.serverMetadata();
  if (about.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  // The browser is sent there with what only the provider may read.
  const entrance = URL.parse(about.authorization_endpoint ?? '');
  if (entrance === null || !mayAsk(entrance, settings.insecure_http))
    throw new Error('the address where people sign in cannot be used');
  return configuration;
}

/** `fetch` for the library: only to addresses that the settings allow, bounded, and without redirects. */
const guardedFetch =
  (settings: ProviderSettings): CustomFetch =>
  async (address, { method, headers, body }) => {
    const { issuer, insecure_http, reach, ca } = settings;
    const url = new URL(address);
    if (!mayAsk(url, insecure_http)) throw new Error('the address cannot be asked in clear');
    if (body !== null && body !== undefined && typeof body !== 'string' && !(body instanceof URLSearchParams))
      throw new TypeError('only forms and texts are sent to a provider');
    const question = { method, headers, body: body?.toString() };
    const answer = await askProvider(url, question, { reach: providerReach(url, [issuer], reach), ca });
    const bytes = answer.bytes.length === 0 ? null : answer.bytes;
    return new Response(bytes, { status: answer.status, headers: { 'content-type': answer.type } });
  };
