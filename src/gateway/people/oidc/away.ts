import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import { isObject } from '../../../base/json.ts';
import { openSecret, sealSecret } from '../../../factors/sealed.ts';
import { Challenges } from '../challenges.ts';
import { awayCookie, awayIn, type WithCookies } from '../cookie.ts';

/** What must come back with a person from their provider. */
export interface Away {
  /** PKCE (RFC 7636) and the nonce of the ID token. */
  readonly verifier: string;
  readonly nonce: string;
  /** Exactly as the provider was told. */
  readonly redirectUri: string;
  /** Milliseconds since 1970. */
  readonly begun: number;
  /** The session whose person shows that they are still there; undefined: somebody signs in. */
  readonly session: string | undefined;
  /** The session that the browser had, whoever's: it is over when they are in. */
  readonly before: string | undefined;
  /** Path of the console where they go on. */
  readonly to: string;
}

/** The browser of somebody who leaves or is back: its cookies, and those that it is to keep. */
type Browser = WithCookies & { readonly cookies: string[] };

/** How long somebody may be with their provider. */
const LIFE = 10 * 60_000;
/** Windows of one browser from which somebody is away at the same time. */
const WINDOWS = 4;
const MARK = 8;

/**
 * People who are away at a provider. All that is needed when they come back is sealed in a cookie of the browser that they
 * left with, so somebody else's way back ends in no other browser (login CSRF; RFC 9700, section 4.7), and those who never come
 * back cost no memory. The key is this process's own: a restart ends all ways.
 */
export class Travellers {
  readonly #states: Challenges;
  readonly #clock: Clock;
  readonly #key: KeyObject = createSecretKey(randomBytes(32));

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#states = new Challenges(clock, LIFE);
  }

  /** Somebody leaves for a provider. @returns `state` of the request to it */
  leave(call: Browser, provider: string, away: Omit<Away, 'begun'>): string {
    const { cookies } = call;
    const state = this.#states.make(purposeOf(provider));
    const sealed = sealSecret(
      Buffer.from(JSON.stringify({ ...away, begun: this.#clock.now() })),
      bindingOf(provider, state),
      this.#key,
      randomBytes,
    );
    const others = [...awayIn(call).keys()];
    if (others.length >= WINDOWS) for (const mark of others) cookies.push(awayCookie(call, mark, '', 0));
    cookies.push(awayCookie(call, state.slice(0, MARK), sealed, LIFE / 1000));
    return state;
  }

  /** What they left with; undefined where this is not the browser, the provider or the time. Its cookie is over. */
  back(call: Browser, provider: string, state: string): Away | undefined {
    const mark = state.slice(0, MARK);
    const sealed = awayIn(call).get(mark);
    if (sealed === undefined || !this.#states.holds(state, purposeOf(provider))) return undefined;
    call.cookies.push(awayCookie(call, mark, '', 0));
    try {
      const text = openSecret(sealed, bindingOf(provider, state), this.#key).toString();
      const away: unknown = JSON.parse(text);
      return isObject(away) ? (away as unknown as Away) : undefined;
    } catch {
      // It was changed, or is of another state.
      return undefined;
    }
  }

  /** They are in; of two who come with the same state, one gets true. */
  arrive(provider: string, state: string): boolean {
    return this.#states.use(state, purposeOf(provider));
  }
}

const purposeOf = (provider: string): string => `oidc ${provider}`;
const bindingOf = (provider: string, state: string): string => `${provider} ${state}`;
