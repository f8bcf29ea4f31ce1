import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { isSeverity, type Severity } from './severity.ts';

/** An alert of the detections, as its entry (`detect.alert`) tells of it. */
export interface Alerted {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
  /** What its events have in common, by field. */
  readonly group: Readonly<Record<string, string>>;
  /** Of the first event; milliseconds since 1970. */
  readonly since?: number | undefined;
}

export const ALERT = 'detect.alert';

/** Undefined where the entry is no alert. */
export function alertIn(entry: {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly fields: JsonObject;
}): Alerted | undefined {
  const { rule, title, level, atlas, owasp, group, since } = entry.fields;
  if (entry.kind !== ALERT || typeof rule !== 'string' || !isSeverity(level)) return undefined;
  const from = typeof since === 'string' ? Date.parse(since) : Number.NaN;
  return {
    seq: entry.seq,
    time: Date.parse(entry.time),
    rule,
    title: typeof title === 'string' ? title : rule,
    severity: level,
    atlas: textsIn(atlas),
    owasp: textsIn(owasp),
    group: Object.fromEntries(
      Object.entries(isObject(group) ? group : {}).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as const] : [],
      ),
    ),
    ...(!Number.isNaN(from) && { since: from }),
  };
}

const textsIn = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : []).filter((one) => typeof one === 'string');
