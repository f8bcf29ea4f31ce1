import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openMeans } from '../../src/runtime/means.ts';
import { readSets } from '../injection/sets.ts';
import { type Row, robustness } from './robustness.ts';

export const HELP = `npm run eval -- robustness [options]

Takes the attacks that the guard “injection” finds as it comes, changes each (a character, a disguise, a split), and counts
what it finds no more. Some tens of seconds.

  --sets DIR      folder of sets, as for “injection”. Default: eval/injection/sets
  --attacks N     so many of them, from everywhere in the sets. Default: 400
  --write         writes docs/robustness-of-detection.md
  --json          figures as JSON

Examples:
  npm run eval -- robustness --write
  npm run eval -- robustness --attacks 50 --json
`;

const ROOT = join(import.meta.dirname, '..', '..');

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      sets: { type: 'string', default: join(ROOT, 'eval', 'injection', 'sets') },
      attacks: { type: 'string', default: '400' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const most = Number(values.attacks);
  if (!Number.isSafeInteger(most) || most < 1) {
    process.stderr.write(`“${values.attacks}” is no number of attacks.\n\n${HELP}`);
    return 3;
  }
  const attacks = readSets(values.sets).filter(({ attack }) => attack);
  const { caught, tried, rows } = await robustness(openMeans(), spread(attacks, most));
  const hash = createHash('sha256')
    .update(readFileSync(join(ROOT, 'models', 'injection.bin')))
    .digest('hex');
  const page = written({ caught, tried, rows, hash, date: new Date().toISOString().slice(0, 10) });
  process.stdout.write(values.json ? `${JSON.stringify({ hash, caught, tried, rows }, null, 2)}\n` : page);
  if (values.write) writeFileSync(join(ROOT, 'docs', 'robustness-of-detection.md'), page);
  return 0;
}

/** Evenly from all of a list. */
const spread = <T>(all: readonly T[], most: number): T[] =>
  Array.from(
    { length: Math.min(most, all.length) },
    (_, i) => all[Math.floor((i * all.length) / Math.min(most, all.length))] as T,
  );

interface Measured {
  readonly caught: number;
  readonly tried: number;
  readonly rows: readonly Row[];
  readonly hash: string;
  readonly date: string;
}

function written({ caught, tried, rows, hash, date }: Measured): string {
  const line = ({ kind, tried: count, missed }: Row) =>
    `| ${kind.startsWith('\\') ? `\`${kind}\`` : kind} | ${count} | ${missed} | ${((100 * missed) / Math.max(1, count)).toFixed(1)} % |`;
  const groups = Map.groupBy(rows, ({ group }) => group);
  const sections = [...groups].map(
    ([group, list]) =>
      `## ${group}\n\n| what is done to it | tried | missed | share |\n|---|---:|---:|---:|\n${list.map(line).join('\n')}\n`,
  );
  return `# Robustness of detection

How often an attack that the guard \`injection\` finds is found no more when it is changed a little, written otherwise or cut in
pieces. Written by \`npm run eval -- robustness --write\`; the same model has the same figures.

- Date: ${date}
- Model: \`models/injection.bin\`, SHA-256 \`${hash}\`
- Attacks: ${tried} of \`eval/injection/sets\`, which the model has not learned from; ${caught} of them are found as they stand, and
  only these are changed. Many stand near the line, where any change may tip them; what is plain is
  [harder to hide](coverage.md#ways-round-the-guards-that-weigh).
- Of a text of more than 4,000 UTF-16 units a disguise is not tried.

${sections.join('\n')}`;
}
