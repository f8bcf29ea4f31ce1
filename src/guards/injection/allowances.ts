import { Problem } from '../../base/problem.ts';
import type { Allowance } from './settings.ts';

const DAY_MS = 86_400_000;

interface Held {
  readonly text: string;
  readonly tenant: string | undefined;
  /** Milliseconds since 1970; it holds before. */
  readonly ends: number;
}

/** Passages that are let through: what they cover is not read, what stands around them is. */
export class Allowances {
  readonly #held: readonly Held[];
  readonly #now: () => number;

  /** Throws `Problem('usage')` for a day that is none. */
  constructor(allow: readonly Allowance[], now: () => number) {
    this.#now = now;
    this.#held = allow.map(({ text, tenant, until }) => {
      const day = Date.parse(`${until}T00:00:00Z`);
      if (Number.isNaN(day)) throw new Problem('usage', `“${until}” is no day`, 'Write it as 2027-01-31.');
      return { text, tenant, ends: day + DAY_MS };
    });
  }

  /** The text with spaces for what is let through, so that all offsets stay. */
  without(text: string, tenant: string | undefined): string {
    let out = text;
    for (const { text: passage, tenant: whose, ends } of this.#held) {
      if ((whose !== undefined && whose !== tenant) || this.#now() >= ends || !out.includes(passage))
        continue;
      out = out.replaceAll(passage, ' '.repeat(passage.length));
    }
    return out;
  }
}
