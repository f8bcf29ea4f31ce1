import type { JsonObject } from '../../base/json.ts';
import type { AbuseCheck, AbuseSettings } from '../../settings/abuse.ts';

/** Something that was seen of a caller or a network. Plain data, so that another process can count it. */
export interface Sighting {
  readonly check: AbuseCheck;
  /** Whose count: a caller's id, a credential's id, a network. */
  readonly subject: string;
  /** What is told apart in it: a digest, a network. */
  readonly item?: string;
  /** Request in which it was seen. */
  readonly id: string;
  /** What the ledger says of whose doing it is. */
  readonly about: JsonObject;
}

/** Something that should not be, told once per episode. Plain data, for the ledger. */
export interface Finding {
  readonly check: AbuseCheck;
  readonly action: 'flag' | 'block';
  readonly count: number;
  /** Milliseconds. */
  readonly window: number;
}

/** What one look says. Plain data, so that it can be asked of another process. */
export interface Look {
  readonly finding?: Finding;
  /** Milliseconds to wait; undefined: go on. */
  readonly wait?: number;
}

/** Somebody has to wait. */
export interface Block {
  readonly check: AbuseCheck;
  readonly subject: string;
  /** Milliseconds. */
  readonly wait: number;
}

/** Where sightings are counted: in this process, or by the one process that counts for all workers. */
export interface AbuseDesk {
  see(settings: AbuseSettings, sighting: Sighting): Look;
  /** Milliseconds for which a caller has to wait for what they did before; 0: none. */
  waits(caller: string): number;
}
