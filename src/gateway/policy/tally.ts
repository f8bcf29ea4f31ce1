import type { JsonObject } from '../../base/json.ts';

/** What a policy would do about an exchange, beside what was done. */
export const FATES = [
  'same',
  'newly_refused',
  'newly_allowed',
  'newly_held',
  'masked_differently',
  'unknown',
] as const;
export type Fate = (typeof FATES)[number];

/** Why it cannot be known. */
export const WHYS = [
  /** The caller is gone, or may now what they might not then. */
  'caller',
  /** Where it stood at the quotas, or whether a guard would read it: it was refused before. */
  'not_read',
  /** A guard would have to read a text that is not kept, or not as it came. */
  'no_content',
  /** It is kept, and whoever asks may not unseal it, or it does not open any more. */
  'not_unsealed',
  /** There are more than one run reads. */
  'too_many',
  /** A condition on what was spent, on tools or on routes, which no entry says enough of. */
  'condition',
] as const;
export type Why = (typeof WHYS)[number];

export interface Prediction {
  readonly fate: Fate;
  readonly why?: Why;
  /** Code of the refusal that it would be, or guard that says so. */
  readonly by?: string;
}

export interface About {
  readonly id: string;
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  readonly caller: string;
  readonly model: string;
  /** What became of it: its outcome, or the code of its refusal. */
  readonly was: string;
}

/** Examples of each fate, and names that are counted apart in each table. */
const EXAMPLES = 20;
const NAMES = 100;
const REST = '(others)';

/** What a dry run came to, in bounded memory. */
export class Tally {
  readonly #counts = new Map<Fate, number>(FATES.map((fate) => [fate, 0]));
  readonly #whys = new Map<string, number>();
  readonly #by = {
    guard: new Map<string, Map<Fate, number>>(),
    caller: new Map<string, Map<Fate, number>>(),
    model: new Map<string, Map<Fate, number>>(),
  };
  readonly #examples = new Map<Fate, JsonObject[]>();

  add({ id, time, caller, model, was }: About, { fate, why, by }: Prediction): void {
    this.#counts.set(fate, (this.#counts.get(fate) ?? 0) + 1);
    if (why !== undefined) this.#whys.set(why, (this.#whys.get(why) ?? 0) + 1);
    if (fate === 'same') return;
    count(this.#by.caller, caller, fate);
    count(this.#by.model, model, fate);
    if (by !== undefined) count(this.#by.guard, by, fate);
    const list = this.#examples.get(fate) ?? [];
    if (list.length < EXAMPLES)
      list.push({
        id,
        time: new Date(time).toISOString(),
        caller,
        model,
        was,
        by: by ?? null,
        why: why ?? null,
      });
    this.#examples.set(fate, list);
  }

  toJson(): JsonObject {
    const table = (by: ReadonlyMap<string, ReadonlyMap<Fate, number>>) =>
      [...by].map(([name, fates]) => ({ name, ...Object.fromEntries(fates) }));
    return {
      counts: Object.fromEntries(this.#counts),
      unknown: Object.fromEntries(this.#whys),
      by_guard: table(this.#by.guard),
      by_caller: table(this.#by.caller),
      by_model: table(this.#by.model),
      examples: Object.fromEntries(this.#examples),
    };
  }
}

function count(table: Map<string, Map<Fate, number>>, name: string, fate: Fate): void {
  const key = table.has(name) || table.size < NAMES ? name : REST;
  const fates = table.get(key) ?? new Map<Fate, number>();
  fates.set(fate, (fates.get(fate) ?? 0) + 1);
  table.set(key, fates);
}
