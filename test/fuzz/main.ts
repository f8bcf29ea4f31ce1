import { randomInt } from 'node:crypto';
import { relative } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { parseDuration } from '../../src/base/units.ts';
import { campaign } from './campaign.ts';
import { keepCrash } from './crashes.ts';
import { fuzz } from './fuzz.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets/index.ts';
import { readTotals, table } from './totals.ts';
import { PATIENCE, Watchdog } from './watchdog.ts';

const USAGE = `npm run fuzz -- [--target NAME]… [--seed N] [--time 60s | --runs N] [--list]
npm run fuzz -- --total N [--target NAME]… [--seed N] [--time 60m] [--jobs N]
npm run fuzz -- --totals

Changes the seeds of every target, or of those named (a prefix is enough), until one fails. Exit code 1: one failed;
its input, made small, is in test/fuzz/crashes/.

With --total every target comes to so many executions in all: those of earlier campaigns count (test/fuzz/totals.json),
and where one fails the others go on. --totals shows what was done so far.`;

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seed: { type: 'string' },
    time: { type: 'string' },
    runs: { type: 'string' },
    total: { type: 'string' },
    totals: { type: 'boolean' },
    jobs: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const chosen = TARGETS.filter(
  ({ name }) => values.target === undefined || values.target.some((start) => name.startsWith(start)),
);
const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed);
const time = parseDuration(values.time ?? (values.total === undefined ? '30s' : '7d'));
const [runs, total, jobs = 1] = [values.runs, values.total, values.jobs].map((value) =>
  value === undefined ? undefined : Number(value),
);
const isCount = (value: number | undefined) => value === undefined || (Number.isInteger(value) && value > 0);
if (values.help === true) console.log(USAGE);
else if (values.list === true) for (const { name } of TARGETS) console.log(name);
else if (values.totals === true) console.log(table(readTotals()));
else if (
  chosen.length === 0 ||
  time === undefined ||
  !Number.isInteger(seed) ||
  ![runs, total, jobs].every(isCount)
) {
  console.error(USAGE);
  process.exitCode = 3;
} else if (total !== undefined) {
  console.log(`seed ${seed}`);
  const targets = chosen.map(({ name }) => name);
  const until = Date.now() + time;
  if (!(await campaign({ targets, goal: total, seed, jobs, until, say: console.log }))) process.exitCode = 1;
  console.log(table(readTotals()));
} else {
  console.log(`seed ${seed}`);
  for (const target of chosen) if (!(await show(target, time))) process.exitCode = 1;
}

/** True where nothing failed. */
async function show(target: Target, budget: number): Promise<boolean> {
  const watchdog = new Watchdog(target.name, PATIENCE);
  const start = Date.now();
  let told = start;
  let done = 0;
  const line = (end: string) => {
    const spent = Math.max(1, Date.now() - start);
    process.stdout.write(
      `\r${target.name.padEnd(22)} ${done} runs, ${Math.round((done / spent) * 1000)} a second${end}`,
    );
  };
  const crash = await fuzz(target, {
    seed,
    more: (run) => {
      done = run;
      if (process.stdout.isTTY && Date.now() - told > 500) {
        told = Date.now();
        line('');
      }
      return runs === undefined ? Date.now() - start < budget : run < runs;
    },
    before: (input) => watchdog.feed(input),
  });
  await watchdog.close();
  line('\n');
  if (crash === undefined) return true;
  const file = relative(process.cwd(), keepCrash(target.name, crash.input));
  console.log(`${target.name} failed in run ${crash.run}: ${inspect(crash.error)}`);
  console.log(
    `The input, ${crash.input.length} bytes, is in ${file}:\n${inspect(crash.input.toString('latin1').slice(0, 2000))}`,
  );
  console.log(
    `Again: npm run fuzz -- --target ${target.name} --seed ${seed} --runs ${crash.run + 1}; npm test checks the file.`,
  );
  return false;
}
