import { argon2, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import type { PassphraseMeans } from '../../factors/passphrase.ts';
import { factorKey } from '../../factors/sealed.ts';
import { Challenges } from './challenges.ts';
import { Travellers } from './oidc/away.ts';
import { Providers } from './oidc/provider.ts';
import { Throttle } from './throttle.ts';
import { Waiting } from './waiting.ts';

/** A passphrase was right; a second factor is missing. */
export interface HalfSignedIn {
  readonly person: string;
  readonly factors: readonly string[];
  /** Id of the passphrase: another one in its place has not been shown. */
  readonly passphrase: string;
}

/** Somebody with a link is choosing their factors. */
export interface Enrolling {
  readonly link: string;
  readonly person: string;
  /** Secret of the app that is offered to them. */
  readonly totp: Uint8Array;
}

/** Minutes between two steps. */
const SECOND_STEP = 5 * 60_000;
const ENROLLING = 20 * 60_000;
/** A browser asks its person for a passkey meanwhile. */
const CHALLENGE = 5 * 60_000;

/** Passphrases that are hashed at the same time, and that wait for it: each takes 19 MiB and a core for a moment. */
const AT_ONCE = 2;
const IN_LINE = 32;

const nodeArgon2 = promisify(argon2);

/** What signing in needs beside the store; the process that holds the ledger has the one that counts. */
export class PeopleDesk {
  readonly throttle: Throttle;
  readonly signingIn: Waiting<HalfSignedIn>;
  readonly enrolling: Waiting<Enrolling>;
  readonly passphrases: PassphraseMeans;
  /** Challenges for passkeys. */
  readonly challenges: Challenges;
  /** People who are with their provider. */
  readonly travellers: Travellers;
  readonly providers: Providers;
  /** Seals the secrets of factors. */
  readonly key: KeyObject;
  readonly #line: (() => void)[] = [];
  #busy = 0;

  constructor(clock: Clock, pepper: KeyObject) {
    this.throttle = new Throttle(clock.tick);
    this.signingIn = new Waiting(clock, SECOND_STEP);
    this.enrolling = new Waiting(clock, ENROLLING);
    this.challenges = new Challenges(clock, CHALLENGE);
    this.travellers = new Travellers(clock);
    this.providers = new Providers(clock);
    this.key = factorKey(pepper);
    this.passphrases = {
      argon2id: (question) => this.#inTurn(() => nodeArgon2('argon2id', question)),
      random: randomBytes,
      secret: pepper.export(),
    };
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#busy >= AT_ONCE) {
      if (this.#line.length >= IN_LINE) throw new Refusal('overloaded', { retryAfter: 1 });
      await new Promise<void>((resolve) => this.#line.push(resolve));
    } else this.#busy += 1;
    try {
      return await act();
    } finally {
      // Whoever is next has the place of this one.
      const next = this.#line.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }
}
