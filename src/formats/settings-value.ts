import { shown } from '../findings/finding.ts';
import type { Part } from './format.ts';
import type { JsonPath, JsonScalar } from './json-walk.ts';

/** A value of settings, in JSON or YAML, and where it stands. */
export interface Value {
  readonly path: JsonPath;
  readonly value: JsonScalar;
  readonly start: number;
  readonly end: number;
}

/** What is looked for under a name. */
export type Look = (part: Part, value: Value) => void;

export function tell(
  part: Part,
  { start, end, value, path }: Value,
  rule: string,
  message: string,
  severity?: 'low' | 'medium' | 'high',
): void {
  part.report({
    rule,
    message,
    range: { start, end },
    evidence: { at: shown(path.join('.'), 200), value: shown(String(value), 200) },
    ...(severity !== undefined && { severity }),
  });
}

/** The last step of the path of the file itself. */
export const fileName = ({ path }: Pick<Part, 'path'>): string => path.at(-1) ?? '';
