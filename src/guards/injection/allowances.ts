import { Problem } from '../../base/problem.ts';
import { bySpan, type Span } from '../../base/spans.ts';
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
    const spans: Span[] = [];
    for (const { text: passage, tenant: whose, ends } of this.#held) {
      if ((whose !== undefined && whose !== tenant) || this.#now() >= ends) continue;
      // All are looked for in the text as it was given, for they may overlap.
      for (let at = text.indexOf(passage); at >= 0; at = text.indexOf(passage, at + passage.length))
        spans.push({ start: at, end: at + passage.length });
    }
    let out = '';
    for (const { start, end } of spans.sort(bySpan)) {
      if (end <= out.length) continue;
      out += text.slice(out.length, Math.max(start, out.length));
      out += ' '.repeat(end - out.length);
    }
    return out + text.slice(out.length);
  }
}
