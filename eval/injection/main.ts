import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Secret } from '../../src/base/secret.ts';
import { measuredJudge } from '../../src/gateway/judge.ts';
import { lineOf } from '../../src/guards/injection/calibration.ts';
import { speakerOf } from '../../src/guards/injection/features.ts';
import { TextJudge } from '../../src/guards/injection/judge-text.ts';
import { readModel } from '../../src/guards/injection/model.ts';
import type { Scored } from './figures.ts';
import { leaveSourcesOut } from './leave-out.ts';
import { markdown, reportOf, written } from './report.ts';
import { readSets } from './sets.ts';

export const HELP = `npm run eval -- injection [options]

How well tier 1 of the guard “injection” tells attacks from innocent texts: on sets written by somebody who had not seen
what it learned from (eval/injection/sets), on sets of your own, or by leaving out one source of the training data after
the other.

  --sets DIR      folder of NAME.jsonl, lines {"text","label":"attack|benign","role"?,"technique"?,"lang"?};
                  sets whose names begin with hard- count as hard benign. Default: eval/injection/sets
  --model FILE    default: models/injection.bin
  --leave-out     leave-one-source-out over the training data: trains anew for each group of sources (minutes each)
  --data DIR      the training data, for --leave-out
  --judge URL     measure a judge (tier 3) instead: an OpenAI-compatible API, with --judge-model NAME and its key in
                  JUDGE_API_KEY; its score is cut at 0.5
  --json          figures as JSON
  --markdown      tables as docs/detection.md has them

Examples:
  npm run eval -- injection
  npm run eval -- injection --sets my-sets --json
  npm run eval -- injection --leave-out --data ../shared/data
`;

const HERE = import.meta.dirname;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      sets: { type: 'string', default: join(HERE, 'sets') },
      model: { type: 'string', default: join(HERE, '..', '..', 'models', 'injection.bin') },
      'leave-out': { type: 'boolean', default: false },
      data: { type: 'string' },
      judge: { type: 'string' },
      'judge-model': { type: 'string' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
    },
  });
  if (values['leave-out'] && values.data === undefined) {
    process.stderr.write(`Where is the data?\n\n${HELP}`);
    return 3;
  }
  if (values.judge !== undefined && values['judge-model'] === undefined) {
    process.stderr.write(`Which model is the judge?\n\n${HELP}`);
    return 3;
  }
  const scored =
    values.judge !== undefined && values['judge-model'] !== undefined
      ? await askJudge(values.sets, values.judge, values['judge-model'])
      : values['leave-out'] && values.data !== undefined
        ? leaveSourcesOut(values.data, (line) => process.stderr.write(`${line}\n`))
        : scoreSets(values.sets, values.model);
  const report = reportOf(scored);
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : values.markdown
        ? markdown(report)
        : written(report),
  );
  return 0;
}

function scoreSets(folder: string, file: string): Scored[] {
  const judge = new TextJudge(readModel(readFileSync(file)));
  return readSets(folder).map(({ set, text, attack, provenance, technique, lang }) => {
    const speaker = speakerOf(provenance);
    const margin = judge.judge(text, speaker).logit - lineOf(judge.model.about, speaker, 'balanced');
    return { set, margin, attack, technique, lang };
  });
}

/** Four questions at a time; the score's log-odds are the margin. */
async function askJudge(folder: string, url: string, model: string): Promise<Scored[]> {
  const given = process.env.JUDGE_API_KEY;
  const judge = measuredJudge(
    { url, model, ...(given !== undefined && { key: new Secret(given) }) },
    Date.now,
  );
  const cases = readSets(folder);
  const scored: Scored[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
      const { set, text, attack, provenance, technique, lang } = one;
      const score = Math.min(1 - 1e-6, Math.max(1e-6, await judge.score(text, provenance)));
      scored.push({ set, margin: Math.log(score / (1 - score)), attack, technique, lang });
      if (scored.length % 50 === 0) process.stderr.write(`${scored.length} of ${cases.length}\n`);
    }
  };
  try {
    await Promise.all([work(), work(), work(), work()]);
  } finally {
    await judge.close();
  }
  return scored;
}
