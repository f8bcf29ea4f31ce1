import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import type { Sight } from './measure.ts';
import { LEVELS, type Level, type Rule } from './rule.ts';

/** A rule fired. Nothing of any text is in it: fields of entries only. */
export interface Alert {
  /** The same for the same rule, group and window, however often it is read. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
  /** What the events have in common, by field. */
  readonly group: Readonly<Record<string, string>>;
  readonly count: number;
  /** What it takes, or what would still have been usual. */
  readonly limit: number;
  /** Milliseconds since 1970: of the first event and the last. */
  readonly since: number;
  readonly until: number;
  /** Their entries. */
  readonly first: number;
  readonly last: number;
  /** How often it was told already, without a pause. */
  readonly repeat: number;
  /** When it was noticed. */
  readonly time: number;
}

/** What goes on for so long is taken a level more seriously. */
const ESCALATES = 2;

/** @param values of the fields of the group, in the rule's order */
export function alertOf(
  rule: Rule,
  values: readonly string[],
  sight: Sight,
  repeat: number,
  time: number,
): Alert {
  const { id, title, level, atlas, owasp, groupBy } = rule;
  const { count, limit, since, until, first, last } = sight;
  return {
    id: alertId(id, values, `${last} ${since} ${repeat}`),
    rule: id,
    title,
    level: repeat >= ESCALATES ? raised(level) : level,
    atlas,
    owasp,
    group: Object.fromEntries(groupBy.map((name, index) => [name, values[index] ?? ''])),
    count: rounded(count),
    limit: rounded(limit),
    since,
    until,
    first,
    last,
    repeat,
    time,
  };
}

/** As the ledger has it. */
export function alertEntry(alert: Alert): { readonly kind: 'detect.alert' } & JsonObject {
  const { time: _, id, since, until, atlas, owasp, ...rest } = alert;
  const { caller, model } = alert.group;
  return {
    kind: 'detect.alert',
    detection: id,
    ...rest,
    atlas: [...atlas],
    owasp: [...owasp],
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    // Where other entries have them.
    ...(caller !== undefined && { caller }),
    ...(model !== undefined && { model }),
  };
}

const raised = (level: Level): Level => LEVELS[LEVELS.indexOf(level) + 1] ?? level;

/** Dollars have nine places; a JSON number of more would only look exact. */
const rounded = (value: number): number => Math.round(value * 1e9) / 1e9;

const alertId = (...parts: readonly (string | readonly string[])[]): string =>
  `det_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 26)}`;
