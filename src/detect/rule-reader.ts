import type { Path } from '../base/schema.ts';
import { didYouMean } from '../base/suggest.ts';
import { parseDuration } from '../base/units.ts';
import { FIELD_NAMES, type FieldName, isField } from './facts.ts';
import type { Report, Selection, Test } from './selection.ts';

/** What the readers of a rule's parts share. */
export interface RuleReader {
  readonly report: Report;
  /** Milliseconds; reported, and 1, where it is none. */
  duration(path: Path, value: string | number): number;
  field(path: Path, name: string): FieldName;
  /** The test of a selection that is named. */
  selection(path: Path, name: string): Test;
}

/** Ten years: more is a slip of the pen. */
const LONGEST = 10 * 366 * 86_400_000;

export function readerOf(report: Report, selections: ReadonlyMap<string, Selection>): RuleReader {
  return {
    report,
    duration(path, value) {
      const ms = parseDuration(value);
      if (ms !== undefined && ms > 0 && ms <= LONGEST) return ms;
      report(path, 'must be a duration above 0, such as 30s, 5m, 1h or 7d');
      return 1;
    },
    field(path, name) {
      if (isField(name)) return name;
      report(path, `is not a field of events.${didYouMean(name, FIELD_NAMES)}`);
      return 'kind';
    },
    selection(path, name) {
      const found = selections.get(name);
      if (found === undefined) report(path, `names no selection.${didYouMean(name, [...selections.keys()])}`);
      return found?.fits ?? (() => false);
    },
  };
}
