import { restore } from './saved.ts';
import type { Piece } from './state.ts';

/** Links that are remembered. */
const LINKS = 64;
/** For so many queries of everyone. */
const RECENT = 256;
/** Links that make a group: less is chance. */
const LEAST = 3;
/** Evidence of its own without which a caller is not named. */
export const OWN_EVIDENCE = 10;
/** Callers that are named at once, and those of whom it is known that they were. */
const NAMED = 16;
const TOLD = 1024;

/** A query that is near to another. */
export interface Link {
  readonly caller: string;
  /** The tags of who asked, and of who had asked about what is near: the same where both were one. */
  readonly tag: number;
  readonly other: number;
  /** Which query of everyone it was. */
  readonly at: number;
  /** How many times likelier all queries of the caller are than by chance. */
  readonly evidence: number;
}

/**
 * Whose queries were near to whose, lately. When the queries of all together give an alarm, it names those whom their own queries
 * link to a group, and speak against; nobody who was near to somebody once. Query provenance analysis: QPA, arXiv 2405.20641.
 */
export class Trail {
  #links: readonly Link[] = [];
  #told: readonly string[] = [];

  note(link: Link): void {
    this.#links = [...this.#links.slice(1 - LINKS), link];
  }

  /** Those who are part of a group, up to the query `now`, and were not told of; the latest, where they are many. */
  fresh(now: number): string[] {
    const recent = this.#links.filter(({ at }) => at > now - RECENT);
    const leaders = new Map<number, number>();
    const leader = (tag: number): number => {
      const next = leaders.get(tag);
      return next === undefined || next === tag ? tag : leader(next);
    };
    for (const { tag, other } of recent) leaders.set(leader(tag), leader(other));
    const sizes = new Map<number, number>();
    for (const { tag } of recent) sizes.set(leader(tag), (sizes.get(leader(tag)) ?? 0) + 1);
    const grouped = recent.filter(
      ({ tag, evidence }) => evidence >= OWN_EVIDENCE && (sizes.get(leader(tag)) ?? 0) >= LEAST,
    );
    const names = new Set(grouped.map(({ caller }) => caller));
    return [...names].filter((caller) => !this.#told.includes(caller)).slice(-NAMED);
  }

  /** They were named: not again until all is over. */
  tell(callers: readonly string[]): void {
    this.#told = [...this.#told, ...callers].slice(-TOLD);
  }

  tellAnew(): void {
    this.#told = [];
  }

  /** After a person has looked. */
  forget(caller: string): void {
    this.#links = this.#links.filter((link) => link.caller !== caller);
    this.#told = this.#told.filter((told) => told !== caller);
  }

  saved(): Piece[] {
    return [
      ...this.#links.map(({ caller, tag, other, at, evidence }) => ({
        kind: 'link',
        name: caller,
        bytes: new Uint8Array(Float64Array.of(tag, other, at, evidence).buffer),
      })),
      ...this.#told.map((name) => ({ kind: 'told', name, bytes: new Uint8Array() })),
    ];
  }

  /** Takes back a piece that {@link saved} gave; others are left. Throws RangeError for one of another size. */
  load({ kind, name, bytes }: Piece): void {
    if (kind === 'told') this.tell([name]);
    if (kind !== 'link') return;
    const numbers = new Float64Array(4);
    restore([numbers], bytes);
    const [tag, other, at, evidence] = numbers as unknown as [number, number, number, number];
    this.note({ caller: name, tag, other, at, evidence });
  }
}
