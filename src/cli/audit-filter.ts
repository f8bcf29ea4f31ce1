import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Entry } from '../audit/entry.ts';
import { isObject, type Json } from '../base/json.ts';
import { parseDuration } from '../base/units.ts';

/** Options that choose entries; times as ISO text, which compares as it sorts. */
export interface FilterOptions {
  readonly kind?: string;
  readonly caller?: string;
  readonly model?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
}

export const withTimes = (command: Command, now: () => number): Command =>
  command
    .option(
      '--since <WHEN>',
      'from then on: 2026-01-31, 2026-01-31T12:00:00Z, or 24h for the last 24 hours',
      (text) => instant(text, now),
    )
    .option('--until <WHEN>', 'before then', (text) => instant(text, now));

export const withFields = (command: Command): Command =>
  command
    .option(
      '--kind <KIND>',
      'request.begin, request.end, request.refused, admin.begin…; a trailing dot takes all below',
    )
    .option('--caller <CALLER>', 'id or name of a caller')
    .option('--model <MODEL>', 'model asked for')
    .addOption(new Option('--outcome <OUTCOME>', 'how it ended').choices(OUTCOMES));

const OUTCOMES = ['completed', 'refused', 'blocked', 'cut', 'failed'];

function instant(text: string, now: () => number): string {
  const ago = /^\d+(\.\d+)?[a-z]+$/.test(text) ? parseDuration(text) : undefined;
  if (ago !== undefined) return new Date(now() - ago).toISOString();
  const dated = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(dated))
    throw new InvalidArgumentError('Write 2026-01-31, 2026-01-31T12:00:00Z, 30m, 24h or 7d.');
  return new Date(dated).toISOString();
}

/**
 * Decides entry by entry, in order. A closing entry may not repeat the caller and the model of its opening one, so
 * the request ids of what matched are remembered: the newest {@link REMEMBERED}.
 */
export class EntryFilter {
  readonly #options: FilterOptions;
  readonly #ids = new Set<Json>();

  constructor(options: FilterOptions) {
    this.#options = options;
  }

  /** Entries depend on earlier ones. */
  get joins(): boolean {
    return this.#options.caller !== undefined || this.#options.model !== undefined;
  }

  matches(entry: Entry): boolean {
    const { kind, outcome, since, until } = this.#options;
    const concerned = this.#concerns(entry.fields);
    return (
      concerned &&
      (kind === undefined || (kind.endsWith('.') ? entry.kind.startsWith(kind) : entry.kind === kind)) &&
      (outcome === undefined || entry.fields.outcome === outcome) &&
      (since === undefined || entry.time >= since) &&
      (until === undefined || entry.time < until)
    );
  }

  #concerns(fields: Entry['fields']): boolean {
    const { caller, model } = this.#options;
    const id = fields.id;
    if (!this.joins || (id !== undefined && this.#ids.has(id))) return true;
    const matches =
      (caller === undefined || names(fields.caller, caller)) &&
      (model === undefined || fields.model === model);
    if (matches && typeof id === 'string') this.#remember(id);
    return matches;
  }

  #remember(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= REMEMBERED) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
  }
}

const REMEMBERED = 100_000;

const names = (caller: Json | undefined, wanted: string): boolean =>
  isObject(caller) ? caller.id === wanted || caller.name === wanted : caller === wanted;
