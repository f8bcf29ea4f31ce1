import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Found } from '../../src/guards/guard.ts';
import { secretSpan, secrets, secretType } from '../../src/guards/secrets/index.ts';
import { ABOUT, MEANS } from '../../src/guards/testing.ts';
import { generate, type Row } from './generate.ts';
import { second } from './second/make.ts';

/** Counts over one set. Recall: secrets that a finding touches. Exact: the span is the same. */
export interface Score {
  readonly set: string;
  readonly secrets: number;
  readonly recall: number;
  readonly exact: number;
  readonly negatives: number;
  readonly falseAlarms: number;
  readonly precision: number;
  readonly byKind: Readonly<Record<string, { texts: number; found: number; exact: number; typed: number }>>;
  readonly wrong: readonly { readonly kind: string; readonly text: string }[];
}

const guard = secrets.build('secrets', {}, MEANS);

async function findings(text: string): Promise<readonly Found[]> {
  const reader = guard.open(ABOUT);
  const first = await reader.push(text);
  return [...first.found, ...(await reader.end()).found];
}

async function score(set: string, rows: readonly Row[]): Promise<Score> {
  const byKind: Record<string, { texts: number; found: number; exact: number; typed: number }> = {};
  const wrong: { kind: string; text: string }[] = [];
  const sum = { placed: 0, secrets: 0, found: 0, exact: 0, negatives: 0, alarms: 0, findings: 0, right: 0 };
  for (const { text, kind, spans, loose } of rows) {
    const found = (await findings(text)).map((one) => ({ ...one, ...secretSpan(text, one) }));
    const touched = spans.filter((span) => found.some((one) => one.start < span.end && span.start < one.end));
    const exact = spans.filter((span) =>
      found.some((one) => one.start === span.start && one.end === span.end),
    );
    const typed = spans.filter(({ type }) => found.some(({ reason }) => secretType(reason) === type));
    byKind[kind] ??= { texts: 0, found: 0, exact: 0, typed: 0 };
    const counts = byKind[kind];
    counts.texts++;
    counts.found += spans.length > 0 ? touched.length : Math.min(1, found.length);
    counts.exact += exact.length;
    counts.typed += typed.length;
    const placed = loose === true ? 0 : spans.length;
    sum.placed += placed;
    sum.secrets += spans.length;
    sum.found += touched.length;
    sum.exact += Math.min(placed, exact.length);
    sum.negatives += Number(spans.length === 0);
    sum.alarms += Number(spans.length === 0 && found.length > 0);
    sum.findings += found.length;
    sum.right += found.filter((one) =>
      spans.some((span) => one.start < span.end && span.start < one.end),
    ).length;
    if (touched.length < spans.length || (spans.length === 0 && found.length > 0)) wrong.push({ kind, text });
  }
  return {
    set,
    secrets: sum.secrets,
    recall: sum.found / Math.max(1, sum.secrets),
    exact: sum.exact / Math.max(1, sum.placed),
    negatives: sum.negatives,
    falseAlarms: sum.alarms / Math.max(1, sum.negatives),
    precision: sum.right / Math.max(1, sum.findings),
    byKind,
    wrong,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);

function print({ set, byKind, wrong, ...all }: Score, shown: boolean): void {
  process.stdout.write(
    `${set}: ${all.secrets} secrets, recall ${percent(all.recall)}, exact spans ${percent(all.exact)}; `,
  );
  process.stdout.write(
    `precision ${percent(all.precision)}; ${all.negatives} negatives, false alarms ${percent(all.falseAlarms)}\n`,
  );
  for (const [kind, { texts, found, exact }] of Object.entries(byKind)) {
    const missed = shown || found < texts;
    if (missed) process.stdout.write(`  ${kind.padEnd(28)} ${texts} texts, ${found} found, ${exact} exact\n`);
  }
  if (shown)
    for (const one of wrong)
      process.stdout.write(`  ${one.kind}: ${JSON.stringify(one.text.slice(0, 160))}\n`);
}

export const HELP = `npm run eval -- secrets [--data DIR] [--json] [--wrong]

Recall, exact spans and false alarms on generated sets, one of them held out, and on DIR/secrets/{train,dev}.jsonl.

  --data DIR   lines {"text", "spans": [{"start", "end", "type"}]}
  --wrong      show what was missed, and what was flagged wrongly
  --json       for machines
`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, json: { type: 'boolean' }, wrong: { type: 'boolean' } },
  });
  const sets: [string, readonly Row[]][] = [
    ['generated', generate(1, false)],
    ['held out', generate(2, true)],
    ['second', second(false)],
    ['second, held out', second(true)],
  ];
  if (values.data !== undefined) {
    for (const name of ['train', 'dev'])
      sets.push([name, rowsOf(join(values.data, 'secrets', `${name}.jsonl`))]);
  }
  const scores = await Promise.all(sets.map(([name, rows]) => score(name, rows)));
  if (values.json === true) process.stdout.write(`${JSON.stringify(scores)}\n`);
  else for (const one of scores) print(one, values.wrong === true);
  return 0;
}

function rowsOf(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { text, spans } = JSON.parse(line) as Pick<Row, 'text' | 'spans'>;
      return { text, spans, kind: spans[0]?.type ?? 'none' };
    });
}
