import { parseArgs } from 'node:util';
import { machine } from '../harness/machine.ts';
import { goalsOf, type Slow } from './goals.ts';
import { type Effort, measure, milliseconds } from './measure.ts';
import { peers, peerVersions } from './peers.ts';
import { quality } from './quality.ts';
import { type Results, report } from './report.ts';
import { own, type Subject, TOGETHER } from './subjects.ts';
import { HOSTILE, repeated } from './texts.ts';

export const HELP = `Measures the guards beside their peers, all in one process and in turns: CPU of one text, warm.

  npm run bench -- guards [options]

  --quick     About a minute instead of about five; rougher numbers, a fifth of the generated sets
  --targets   Exit 1 where a target is missed; ours alone, without peers and quality
  --json      One JSON document on stdout instead of tables

Texts are of 200 to 200,000 characters: prose, code, sixteen languages, tricks of writing, and pieces repeated to be slow.
The peers are what of @openai/guardrails, @andersmyrmel/vard and llm_guardrail runs offline; they are installed in
bench/peers and nowhere else. CPU is user and system time of the process, collection of garbage included.

Exit: 0 measured, 1 a target missed (with --targets), 3 wrong usage, 4 could not run.
`;

const FULL: Effort = { rounds: 7, turn: 20_000 };
const QUICK: Effort = { rounds: 3, turn: 10_000 };

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      targets: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { quick, targets, json } = values;
  const about = machine();
  const ours = own();
  const others = targets ? { subjects: [], trouble: undefined } : await peers(say);
  const subjects = [...ours, ...others.subjects];
  const costs = await measure(subjects, quick ? QUICK : FULL, say);
  const slow = await slowOf(ours, quick ? 1 : 3);
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    quick,
    machine: about,
    versions: targets ? {} : peerVersions(),
    trouble: others.trouble,
    costs,
    slow,
    quality: targets ? [] : await quality(subjects, quick ? 0.2 : 1),
    goals: goalsOf(costs, slow),
  };
  process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : report(results));
  return targets && results.goals.some(({ reached }) => !reached) ? 1 : 0;
}

async function slowOf(subjects: readonly Subject[], times: number): Promise<Slow[]> {
  const named = (name: string): Subject => {
    const subject = subjects.find((one) => one.name === name);
    if (subject === undefined) throw new Error(`no ${name} is measured`);
    return subject;
  };
  const [views, together] = [named('views'), named(TOGETHER)];
  const all: Slow[] = [];
  for (const piece of HOSTILE) {
    const shown = JSON.stringify(piece).replace(/[\p{Mn}\p{Cf}]/gu, escaped);
    say(`${shown} again and again …`);
    all.push({
      piece: shown,
      views: await milliseconds(views, repeated(piece, 1_000_000), times),
      half: await milliseconds(together, repeated(piece, 100_000), times),
      together: await milliseconds(together, repeated(piece, 200_000), times),
    });
  }
  return all;
}

const escaped = (char: string): string => `\\u{${char.codePointAt(0)?.toString(16)}}`;
