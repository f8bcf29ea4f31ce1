import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { type Child, startNode, TARGET_CORE, unpinned } from '../harness/children.ts';
import { machine } from '../harness/machine.ts';
import { cpuMs } from '../harness/proc.ts';
import { median, quantile } from '../harness/stats.ts';
import { figure, table, times } from '../harness/table.ts';
import type { Job } from './gate.ts';
import { questionsOf, SUBJECTS, type Subject } from './subject.ts';

export const HELP = `npm run bench -- predictions [options]

Questions a second to a model that predicts: by Gatehouse (key, role, quotas, contract, registry, durable ledger, the model in a process
of its own), by Gatehouse with monitors and shapers beside, and by bare node:http with the same codec and the same call of ONNX Runtime.
Each is alone on one core, its processes included; they take turns. Where the machine has other work, the ratio of processor time says more.

  --callers N    questions at the same time (default: 64)
  --seconds N    of each turn (default: 4)
  --rounds N     turns of each; the median counts (default: 5)
  --quick        one turn of a second
  --targets      exit 1 where a target is missed
  --json         one JSON document on stdout instead of a table

Target: half as many as bare, with monitors and shapers too.

Exit: 0 measured, 1 a target missed (with --targets), 3 wrong usage, 4 could not run.
`;

/** Half of what bare node:http does. */
const GOAL = 0.5;

interface Server {
  readonly url: string;
  readonly path: string;
  readonly key: string;
}

interface Turn {
  /** Questions a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of a question, all processes of the server together, in milliseconds. */
  readonly cpu: number;
}

interface Compared extends Turn {
  /** Of the rates, round by round. */
  readonly ratio: number;
  /** Of the processor time, bare by Gatehouse: what the ratio would be on a machine that does nothing else. */
  readonly cpuRatio: number;
}

interface Measured {
  readonly subject: string;
  readonly bare: Turn;
  readonly gate: Compared;
  /** With monitors and shapers. */
  readonly defended: Compared;
}

/** Different questions: what is asked again is no news to monitors. */
const QUESTIONS = 2000;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      callers: { type: 'string', default: '64' },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      targets: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const callers = Number(values.callers);
  const [seconds, rounds] = values.quick ? [1, 1] : [Number(values.seconds), Number(values.rounds)];
  if (!(callers >= 1 && seconds > 0 && rounds >= 1))
    throw new Error('--callers, --seconds and --rounds are above 0');
  if (unpinned !== undefined) process.stderr.write(`not pinned to cores: ${unpinned}\n`);
  const about = machine();
  const measured: Measured[] = [];
  for (const subject of SUBJECTS) measured.push(await measure(subject, callers, seconds, rounds));
  const missed = measured.some(({ gate, defended }) => Math.min(gate.ratio, defended.ratio) < GOAL);
  if (values.json) {
    const date = new Date().toISOString().slice(0, 10);
    process.stdout.write(
      `${JSON.stringify({ date, machine: about, callers, seconds, rounds, measured }, null, 2)}\n`,
    );
  } else process.stdout.write(report(measured, about.load));
  return values.targets && missed ? 1 : 0;
}

async function measure(
  subject: Subject,
  callers: number,
  seconds: number,
  rounds: number,
): Promise<Measured> {
  const starts = [
    { child: start('bare'), job: subject },
    { child: start('gate'), job: { ...subject, defended: false } satisfies Job },
    { child: start('gate'), job: { ...subject, defended: true } satisfies Job },
  ] as const;
  try {
    const questions = questionsOf(subject, QUESTIONS);
    const servers = await Promise.all(starts.map(({ child, job }) => child.ask<Server>(job)));
    const all = (duration: number) =>
      inTurn(servers, (server, at) => turn(server, starts[at]?.child.pid ?? 0, questions, callers, duration));
    await all(1);
    const turns: Turn[][] = [];
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`${subject.name}, turn ${round + 1} of ${rounds} …\n`);
      turns.push(await all(seconds));
    }
    const [bare = [], gate = [], defended = []] = starts.map((_, at) =>
      turns.flatMap((one) => one[at] ?? []),
    );
    return {
      subject: subject.name,
      bare: middle(bare),
      gate: compared(bare, gate),
      defended: compared(bare, defended),
    };
  } finally {
    await Promise.all(starts.map(({ child }) => child.stop()));
  }
}

/** One after the other. */
async function inTurn<Item, Made>(
  items: readonly Item[],
  act: (item: Item, at: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const [at, item] of items.entries()) made.push(await act(item, at));
  return made;
}

const start = (name: 'bare' | 'gate'): Child =>
  startNode(name, [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))], {
    core: TARGET_CORE,
    channel: true,
  });

/** @param turns of both, round by round */
const compared = (bare: readonly Turn[], turns: readonly Turn[]): Compared => ({
  ...middle(turns),
  ratio: median(turns.map(({ rate }, at) => rate / (bare[at]?.rate ?? Number.NaN))),
  cpuRatio: median(turns.map(({ cpu }, at) => (bare[at]?.cpu ?? Number.NaN) / cpu)),
});

const middle = (turns: readonly Turn[]): Turn => ({
  rate: median(turns.map(({ rate }) => rate)),
  p50: median(turns.map(({ p50 }) => p50)),
  p99: median(turns.map(({ p99 }) => p99)),
  cpu: median(turns.map(({ cpu }) => cpu)),
});

/** Callers who ask again as soon as they are answered. */
async function turn(
  { url, path, key }: Server,
  pid: number,
  questions: readonly string[],
  callers: number,
  seconds: number,
): Promise<Turn> {
  const pool = new Pool(url, { connections: callers, pipelining: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const waits: number[] = [];
  let next = 0;
  const before = cpuMs(pid);
  const from = performance.now();
  const until = from + seconds * 1000;
  const caller = async () => {
    while (performance.now() < until) {
      const asked = performance.now();
      const body = questions[next++ % questions.length] ?? '';
      const answer = await pool.request({ method: 'POST', path, headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`a question was answered ${answer.statusCode}`);
      waits.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const cpu = (cpuMs(pid) - before) / waits.length;
  const rate = waits.length / ((performance.now() - from) / 1000);
  await pool.close();
  return { rate, p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), cpu };
}

function report(measured: readonly Measured[], load: number): string {
  const row = (name: string, { rate, cpu, p50, p99 }: Turn, to?: Compared): string[] => [
    name,
    figure(rate),
    to === undefined ? '' : times(to.ratio),
    figure(cpu),
    to === undefined ? '' : times(to.cpuRatio),
    figure(p50),
    figure(p99),
  ];
  const rows = measured.flatMap(({ subject, bare, gate, defended }) => [
    row(`${subject}: bare`, bare),
    row('  Gatehouse', gate, gate),
    row('  with monitors and shapers', defended, defended),
  ]);
  const head = ['model', 'questions/s', 'ratio', 'CPU ms', 'ratio', 'p50 ms', 'p99 ms'];
  return `${table(head, rows)}\n\nload of the machine before: ${load}; target: ${GOAL}×\n`;
}
