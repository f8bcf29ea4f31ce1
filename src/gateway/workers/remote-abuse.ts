import type { AbuseCheck, AbuseSettings } from '../../settings/abuse.ts';
import type { AbuseDesk, Block, Look, Sighting } from '../abuse/desk.ts';
import { asJson } from './protocol.ts';
import type { Line } from './rpc.ts';

/** Blocks remembered; the oldest is forgotten first. */
const REMEMBERED = 10_000;

/**
 * How callers behave, counted by the primary over all workers. Nobody waits for it: a worker tells what it sees, and
 * hears who has to wait, so that a block takes hold a moment after the request that brought it on.
 */
export class RemoteAbuse implements AbuseDesk {
  readonly #line: Line;
  readonly #now: () => number;
  /** Until when, by check and subject. */
  readonly #blocked = new Map<string, number>();

  /** @param now milliseconds that never go back */
  constructor(line: Line, now: () => number) {
    this.#line = line;
    this.#now = now;
  }

  see(settings: AbuseSettings, sighting: Sighting): Look {
    const { check, subject } = sighting;
    if (settings[check] === undefined) return {};
    this.#line.tell('sighted', asJson(sighting));
    const wait = this.#wait(check, subject);
    return wait > 0 ? { wait } : {};
  }

  waits(caller: string): number {
    return Math.max(this.#wait('repeats', caller), this.#wait('invalid_requests', caller));
  }

  /** The primary says who has to wait. */
  hear({ check, subject, wait }: Block): void {
    const name = `${check} ${subject}`;
    this.#blocked.delete(name);
    this.#blocked.set(name, this.#now() + wait);
    const [oldest] = this.#blocked.keys();
    if (this.#blocked.size > REMEMBERED && oldest !== undefined) this.#blocked.delete(oldest);
  }

  #wait(check: AbuseCheck, subject: string): number {
    const until = this.#blocked.get(`${check} ${subject}`);
    return until === undefined ? 0 : Math.max(0, until - this.#now());
  }
}
