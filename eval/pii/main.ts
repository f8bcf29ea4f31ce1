import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Found, Guard } from '../../src/guards/guard.ts';
import { pii } from '../../src/guards/pii/index.ts';
import { openMeans } from '../../src/runtime/means.ts';
import { makeCheckRows } from './check/make.ts';
import { makeRows, type Row } from './make.ts';
import { makeSecondRows } from './second/make.ts';

export const HELP = `npm run eval -- pii [--set first|seen|held|check] [--rows FILE] [--misses] [--json]

  Precision, recall and F1 by entity, on generated texts that share no sentence with what the tagger was trained on, and
  how many of 3000 texts without personal data are flagged.

  --set      first: the set of whoever wrote the rules (default); seen and held: the two halves of a set that somebody else
             wrote, of which only the first was looked at afterwards; check: 150 sentences written one by one, and 300 lines
             of logs, code and numbers
  --rows     a file of {text, spans} instead, a row each line
  --misses   shows what was missed and what was found too much
`;

const SETS: Readonly<Record<string, () => readonly Row[]>> = {
  first: () => makeRows(2_000, 3_000),
  seen: () => makeSecondRows(0, 2_000, 3_000),
  held: () => makeSecondRows(1, 2_000, 3_000),
  check: () => makeCheckRows(300),
};

/** Entities that the rows have; others that are found count only where a text has none at all. */
interface Tally {
  right: number;
  missed: number;
  extra: number;
}

async function findAll(guard: Guard, text: string): Promise<readonly Found[]> {
  const reader = guard.open({
    direction: 'prompt',
    path: '',
    provenance: 'user',
    format: 'text',
    streamed: false,
  });
  const found = [...(await reader.push(text)).found];
  return [...found, ...(await reader.end()).found];
}

const typeOf = ({ reason }: Found): string => reason.slice('pii.'.length).toUpperCase();

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      set: { type: 'string', default: 'first' },
      rows: { type: 'string' },
      json: { type: 'boolean' },
      misses: { type: 'boolean' },
    },
  });
  const guard = pii.build('pii', {}, openMeans());
  const rows: readonly Row[] | undefined =
    values.rows === undefined
      ? SETS[values.set]?.()
      : readFileSync(values.rows, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
  if (rows === undefined) {
    process.stderr.write(`There is no set “${values.set}”.\n\n${HELP}`);
    return 3;
  }
  const known = new Set(rows.flatMap(({ spans }) => spans.map(({ type }) => type)));
  const tallies = new Map<string, Tally>();
  const tally = (type: string): Tally => {
    const one = tallies.get(type) ?? { right: 0, missed: 0, extra: 0 };
    tallies.set(type, one);
    return one;
  };
  let quiet = 0;
  let flagged = 0;
  for (const { text, spans } of rows) {
    const found = await findAll(guard, text);
    const keys = new Set(found.map((one) => `${one.start}-${one.end}-${typeOf(one)}`));
    const gold = new Set(spans.map(({ start, end, type }) => `${start}-${end}-${type}`));
    for (const { start, end, type } of spans) {
      if (keys.has(`${start}-${end}-${type}`)) tally(type).right++;
      else {
        tally(type).missed++;
        if (values.misses)
          process.stdout.write(
            `missed ${type} ${JSON.stringify(text.slice(start, end))} in ${JSON.stringify(text)}\n`,
          );
      }
    }
    for (const one of found) {
      const type = typeOf(one);
      if (gold.has(`${one.start}-${one.end}-${type}`) || !(known.has(type) || spans.length === 0)) continue;
      tally(known.has(type) ? type : 'OTHER').extra++;
      if (values.misses)
        process.stdout.write(
          `extra ${type} ${JSON.stringify(text.slice(one.start, one.end))} in ${JSON.stringify(text)}\n`,
        );
    }
    if (spans.length === 0) {
      quiet++;
      if (found.length > 0) flagged++;
    }
  }
  report(tallies, quiet, flagged, values.json === true);
  return 0;
}

function report(tallies: ReadonlyMap<string, Tally>, quiet: number, flagged: number, json: boolean): void {
  const figures = ({ right, missed, extra }: Tally) => ({
    precision: right / Math.max(1, right + extra),
    recall: right / Math.max(1, right + missed),
    f1: (2 * right) / Math.max(1, 2 * right + missed + extra),
    entities: right + missed,
  });
  const all = { right: 0, missed: 0, extra: 0 };
  for (const { right, missed, extra } of tallies.values()) {
    all.right += right;
    all.missed += missed;
    all.extra += extra;
  }
  const entries = [...tallies].sort().map(([type, one]) => [type, figures(one)] as const);
  const negatives = { texts: quiet, flagged, share: flagged / Math.max(1, quiet) };
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ all: figures(all), entities: Object.fromEntries(entries), negatives })}\n`,
    );
    return;
  }
  for (const [type, { precision, recall, f1, entities }] of [...entries, ['all', figures(all)] as const]) {
    const cells = [precision, recall, f1].map((value) => value.toFixed(3).padStart(7)).join('');
    process.stdout.write(`${type.padEnd(20)}${`${entities}`.padStart(6)}${cells}\n`);
  }
  process.stdout.write(
    `${flagged} of ${quiet} texts without personal data flagged (${(100 * negatives.share).toFixed(2)} %)\n`,
  );
}
