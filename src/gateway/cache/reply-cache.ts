import type { CacheSettings } from '../../settings/model-route.ts';

/** The place of one request's answer: what lies in it, and how to put something there. */
export interface Drawer {
  /** The cleared body of an answer to the very same request. */
  readonly kept: string | undefined;
  keep(text: string): void;
}

interface Kept {
  readonly text: string;
  readonly bytes: number;
  readonly until: number;
}

/** What an entry takes beside its text: key, map and times. */
const OVERHEAD = 200;

/**
 * Answers by key, for a while: no more than so many, and no more memory than so much; the one that was asked for the
 * longest ago goes first. It lives as long as its house: another configuration begins with nothing.
 */
export class ReplyCache {
  readonly #settings: CacheSettings;
  readonly #tick: () => number;
  /** In order of use. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(settings: CacheSettings, tick: () => number) {
    this.#settings = settings;
    this.#tick = tick;
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): string | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#drop(key, kept);
    if (kept.until <= this.#tick()) return undefined;
    this.#add(key, kept);
    return kept.text;
  }

  put(key: string, text: string): void {
    const { ttl, max_entries, max_bytes } = this.#settings;
    // UTF-16, as strings lie in memory at the most.
    const bytes = 2 * (key.length + text.length) + OVERHEAD;
    const before = this.#kept.get(key);
    if (before !== undefined) this.#drop(key, before);
    if (bytes > max_bytes) return;
    this.#add(key, { text, bytes, until: this.#tick() + ttl });
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= max_entries && this.#bytes <= max_bytes) return;
      this.#drop(oldest, kept);
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #add(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #drop(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
