import type { AbuseCheck, AbuseRule, AbuseSettings } from '../../settings/abuse.ts';
import type { AbuseDesk, Block, Look, Sighting } from './desk.ts';
import { Frequent } from './frequent.ts';

/** Callers or networks that a check watches at the same time; who was quiet longest is forgotten first. */
const MAX_WATCHED = 10_000;
/** Networks of one credential that are told apart. */
const MAX_NETWORKS = 64;

const FINE: Look = {};

/** What is counted of one subject by one check, in one window. */
interface Episode {
  start: number;
  count: number;
  readonly items: Frequent | Set<string> | undefined;
  /** Told already; stays through windows that follow each other. */
  told: boolean;
  blocked: number;
}

/** How callers and strangers behave, in memory that is bounded and lost with the process. */
export class Abuse implements AbuseDesk {
  /** A map for each check, so that strangers with many networks make it forget strangers only. */
  readonly #episodes: Readonly<Record<AbuseCheck, Map<string, Episode>>> = {
    repeats: new Map(),
    invalid_requests: new Map(),
    networks: new Map(),
    strangers: new Map(),
  };
  readonly #now: () => number;
  /** Told of whoever has to wait. */
  onBlock: (block: Block) => void = () => {};

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  see(settings: AbuseSettings, { check, subject, item = '' }: Sighting): Look {
    switch (check) {
      case 'repeats':
        return this.prompt(settings, subject, item);
      case 'invalid_requests':
        return this.refused(settings, subject);
      case 'networks':
        return this.used(settings, subject, item);
      case 'strangers':
        return this.stranger(settings, subject);
    }
  }

  /** One more request of this digest. */
  prompt({ repeats }: AbuseSettings, caller: string, digest: string): Look {
    return this.#count('repeats', repeats, caller, ({ items }) => (items as Frequent).see(digest));
  }

  /** One more request that was refused for what is in it. */
  refused({ invalid_requests }: AbuseSettings, caller: string): Look {
    return this.#count('invalid_requests', invalid_requests, caller, ({ count }) => count + 1);
  }

  /** A credential is used from a network. */
  used({ networks }: AbuseSettings, credential: string, network: string): Look {
    return this.#count('networks', networks, credential, ({ items }) => {
      const seen = items as Set<string>;
      if (seen.size < MAX_NETWORKS) seen.add(network);
      return seen.size;
    });
  }

  /** One more credential that is nobody's. */
  stranger({ strangers }: AbuseSettings, network: string): Look {
    return this.#count('strangers', strangers, network, ({ count }) => count + 1);
  }

  /** Milliseconds for which a caller has to wait for what they did before; 0: none. */
  waits(caller: string): number {
    const now = this.#now();
    let longest = 0;
    for (const check of ['repeats', 'invalid_requests'] as const) {
      const episode = this.#episodes[check].get(caller);
      if (episode !== undefined) longest = Math.max(longest, episode.blocked - now);
    }
    return longest;
  }

  #count(
    check: AbuseCheck,
    rule: AbuseRule | undefined,
    subject: string,
    see: (episode: Episode) => number,
  ): Look {
    if (rule === undefined) return FINE;
    const now = this.#now();
    const episode = this.#episode(check, rule, subject, now);
    const count = see(episode);
    episode.count = count;
    if (episode.blocked > now) return { wait: episode.blocked - now };
    if (count <= rule.count) return FINE;
    if (rule.action === 'block') {
      episode.blocked = now + rule.cooldown;
      this.onBlock({ check, subject, wait: rule.cooldown });
    }
    const wait = rule.action === 'block' ? { wait: rule.cooldown } : {};
    if (episode.told && rule.action === 'flag') return FINE;
    episode.told = true;
    return { ...wait, finding: { check, action: rule.action, count, window: rule.window } };
  }

  #episode(check: AbuseCheck, { window, count }: AbuseRule, subject: string, now: number): Episode {
    const episodes = this.#episodes[check];
    const known = episodes.get(subject);
    const running = known !== undefined && now - known.start < window;
    // Who goes on without a pause is still in the same episode, and was told of.
    const told = known?.told === true && known.count > count && now - known.start < 2 * window;
    const episode = running
      ? known
      : { start: now, count: 0, items: itemsOf(check), told, blocked: known?.blocked ?? 0 };
    episodes.delete(subject);
    episodes.set(subject, episode);
    if (episodes.size > MAX_WATCHED) {
      const [oldest] = episodes.keys();
      if (oldest !== undefined) episodes.delete(oldest);
    }
    return episode;
  }
}

function itemsOf(check: AbuseCheck): Episode['items'] {
  if (check === 'repeats') return new Frequent();
  return check === 'networks' ? new Set() : undefined;
}
