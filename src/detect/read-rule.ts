import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import { SourceDocument } from '../base/document.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { type Condition, ConditionError, holds, kindsFor, parseCondition } from './condition.ts';
import { readMeasure } from './read-measure.ts';
import { readTests } from './read-tests.ts';
import type { Level, MeasureSpec, Rule } from './rule.ts';
import { readerOf } from './rule-reader.ts';
import { type RuleFile, ruleSchema } from './rule-schema.ts';
import { type Report, readSelection, type Selection, type Test } from './selection.ts';

/** What an owner changes of a rule that somebody else wrote. */
export interface RuleChange {
  readonly level?: Level | undefined;
  /** Milliseconds. */
  readonly suppress?: number | undefined;
  readonly timespan?: number | undefined;
  /** The number of its condition. */
  readonly gte?: number | undefined;
  readonly z?: number | undefined;
  readonly least?: number | undefined;
}

/**
 * Reads a rule: YAML after Sigma's rules and correlations (specification v2), in one file. Throws `Problem('usage')` with every error
 * and its line and column.
 * @see docs/detections.md for what is as in Sigma and what is not
 */
export function readRule(text: string, file: string, change: RuleChange = {}): Rule {
  const document = SourceDocument.read(text, file);
  const written = document.require(ruleSchema);
  const report: Report = (path, message, at) => document.report(path, message, at);
  const { condition: _, ...named } = written.detection as JsonObject;
  const selections = new Map(
    Object.entries(named).map(([name, value]) => [name, readSelection(value, ['detection', name], report)]),
  );
  const read = readerOf(report, selections);
  const condition = readCondition(written, selections, report);
  const measure = changed(readMeasure(read, written), change);
  const groups = written.correlation?.['group-by'] ?? written.statistic?.['group-by'] ?? [];
  const from = written.statistic === undefined ? 'correlation' : 'statistic';
  const groupBy = groups.map((name, index) => read.field([from, 'group-by', index], name));
  const suppress =
    written.suppress === undefined ? suppressOf(measure) : read.duration(['suppress'], written.suppress);
  const tests = readTests(read, written.tests);
  const tags = (list: string): string[] =>
    (written.tags ?? []).filter((tag) => tag.startsWith(list)).map((tag) => tag.slice(list.length));
  document.finish();
  return {
    id: written.id,
    title: written.title,
    description: written.description.trim(),
    level: change.level ?? (written.level as Level),
    atlas: tags('atlas.'),
    owasp: tags('owasp.'),
    falsePositives: written.falsepositives,
    response: written.response.trim(),
    file,
    groupBy,
    suppress: change.suppress ?? suppress,
    fits: testOf(condition, selections, measure),
    kinds: kindsOf(condition, selections, measure, written),
    measure,
    digest: digestOf(written, change),
    tests,
  };
}

function readCondition(
  { detection }: RuleFile,
  selections: ReadonlyMap<string, Selection>,
  report: Report,
): Condition {
  const path = ['detection', 'condition'];
  const written = (detection as Record<string, Json>).condition;
  const none: Condition = { op: 'selection', name: '' };
  if (typeof written !== 'string') {
    report(path, 'must be there: what has to hold, such as “selection and not filter”');
    return none;
  }
  try {
    return parseCondition(written, [...selections.keys()]);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    report(path, error.message);
    return none;
  }
}

function testOf(
  condition: Condition,
  selections: ReadonlyMap<string, Selection>,
  measure: MeasureSpec,
): Test {
  const fits: Test = (facts) => holds(condition, (name) => selections.get(name)?.fits(facts) === true);
  // Of a sequence each step concerns it, whatever else the condition says.
  if (measure.type !== 'temporal' && measure.type !== 'temporal_ordered') return fits;
  return (facts) => fits(facts) && measure.parts.some((part) => part(facts));
}

function kindsOf(
  condition: Condition,
  selections: ReadonlyMap<string, Selection>,
  { type }: MeasureSpec,
  { statistic }: RuleFile,
): ReadonlySet<string> | undefined {
  const kinds = kindsFor(condition, (name) => selections.get(name)?.kinds);
  if (statistic?.of === undefined || (type !== 'share' && type !== 'silence')) return kinds;
  const of = selections.get(statistic.of)?.kinds;
  return of && kinds?.union(of);
}

/** As long as what it looks at, but for what looks at single events and for what remembers long. */
const suppressOf = (measure: MeasureSpec): number =>
  measure.type === 'new' || (measure.type === 'event_count' && measure.least === 1)
    ? 3_600_000
    : measure.timespan;

function changed(measure: MeasureSpec, { timespan, gte, z, least }: RuleChange): MeasureSpec {
  const has = (name: string): boolean => Object.hasOwn(measure, name);
  const isShare = measure.type === 'share';
  return {
    ...measure,
    ...(timespan !== undefined && { timespan }),
    ...(gte !== undefined && (isShare ? { share: gte } : has('least') && { least: gte })),
    ...(z !== undefined && has('z') && { z }),
    ...(least !== undefined && has('least') && { least }),
  } as MeasureSpec;
}

function digestOf({ detection, correlation, statistic }: RuleFile, change: RuleChange): string {
  const { level: _, suppress: __, ...counted } = change;
  const parts = [detection, correlation, statistic, counted].map((part) =>
    isObject(part) ? (JSON.parse(JSON.stringify(part)) as Json) : null,
  );
  return createHash('sha256').update(canonicalJson(parts)).digest('base64url').slice(0, 22);
}
