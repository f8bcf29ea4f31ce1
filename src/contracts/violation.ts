/** In how a question may break a contract, with the words for it. */
export const REASONS = {
  input_missing: 'is missing',
  input_unknown: 'is not of this model',
  type: 'has another datatype',
  shape: 'has another shape',
  rows: 'has no rows, or too many',
  not_finite: 'is no finite number',
  below: 'is below its range',
  above: 'is above its range',
  not_whole: 'is no whole number',
  not_flag: 'is neither true nor false',
  category: 'is none of its categories',
  missing: 'is missing',
  kind: 'is of another kind',
  feature_unknown: 'is not of this model',
} as const;

export type Reason = keyof typeof REASONS;

/** Where a question breaks the contract and how; never what stood there. Names are those of the contract. */
export interface Violation {
  readonly input?: string | undefined;
  readonly feature?: string | undefined;
  /** From 0. */
  readonly row?: number | undefined;
  readonly reason: Reason;
}

/** Violations that are looked for; who breaks more has enough to go by. */
const MOST = 16;

/** What has been found wrong so far. */
export class Violations {
  readonly list: Violation[] = [];

  /** No more are looked for. */
  get full(): boolean {
    return this.list.length >= MOST;
  }

  add(violation: Violation): void {
    if (!this.full) this.list.push(violation);
  }
}

const SAID = 4;

/** Violations in a sentence: `Row 3, “age” is above its range.` */
export function sayViolations(violations: readonly Violation[]): string {
  const said = violations.slice(0, SAID).map(say).join(' ');
  const more = violations.length - SAID;
  return more > 0 ? `${said} And ${more} more.` : said;
}

function say({ input, feature, row, reason }: Violation): string {
  const unnamed = reason === 'feature_unknown' ? 'a feature' : 'an input';
  const what = feature ?? input;
  const subject = what === undefined ? unnamed : `“${what}”`;
  const text = `${row === undefined ? '' : `row ${row}, `}${subject} ${REASONS[reason]}.`;
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
