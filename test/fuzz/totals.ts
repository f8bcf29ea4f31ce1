import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was done with one target so far, in all campaigns together. */
export interface Total {
  readonly runs: number;
  /** Inputs that failed, each time one did. */
  readonly failed: number;
  /** Of the step that begins with run 0; that which begins with run n has this and n. */
  readonly seed: number;
  /** Day of the last step. */
  readonly last: string;
}

export type Totals = Readonly<Record<string, Total>>;

const FILE = join(import.meta.dirname, 'totals.json');

export const readTotals = (): Totals =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Totals) : {};

/** Whole or not at all. */
export function writeTotals(totals: Totals): void {
  writeFileSync(`${FILE}.new`, `${JSON.stringify(totals, undefined, 2)}\n`);
  renameSync(`${FILE}.new`, FILE);
}

/** As the manual shows it. */
export const table = (totals: Totals): string =>
  [
    '| target | executions | failed | seed | last |',
    '|---|---:|---:|---:|---|',
    ...Object.entries(totals).map(
      ([name, { runs, failed, seed, last }]) =>
        `| \`${name}\` | ${runs.toLocaleString('en')} | ${failed} | ${seed} | ${last} |`,
    ),
  ].join('\n');
