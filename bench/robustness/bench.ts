import { parseArgs } from 'node:util';
import { DifferentiableModel } from '../../src/runtime/onnx/differentiable.ts';
import { elementCount, float32, numbersOf } from '../../src/tensors/tensor.ts';
import { machine } from '../harness/machine.ts';
import { median } from '../harness/stats.ts';
import { type Cost, goalsOf, type Measured, type Results, report } from './report.ts';
import { type Subject, subjects } from './subjects.ts';
import { startTorches, type Torch } from './torch.ts';

export const HELP = `npm run bench -- robustness [options]

Gradients of models with respect to their inputs, one vector–Jacobian product (forward and backward), by the graph that Gatehouse
writes and ONNX Runtime runs, and by PyTorch beside it where "python3 -c 'import torch'" works: the same weights and inputs, in
turns, with 1 row and with 128, and with each BLAS that Debian has installed: they are many times apart. Both gradients must be the same to 1e-4 of the largest.

  --models DIR   also mnist-lenet5.onnx and mnist-mlp.onnx, which are in DIR (exported by PyTorch from modules called n)
  --threads N    of both (default: 1)
  --rounds N     of each measurement; the median counts (default: 5)
  --quick        one round, few runs
  --targets      exit 1 where a target is missed
  --json         one JSON document on stdout instead of a table

Targets: the same gradients; LeNet and MLP five times as fast as PyTorch with 128 rows.

Exit: 0 measured, 1 a target missed (with --targets), 3 wrong usage, 4 could not run.
`;

const BATCHES = [1, 128] as const;
/** Runs in a round, by rows. */
const RUNS = { 1: 100, 128: 10 } as const;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: 'string' },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      targets: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [threads, rounds] = [Number(values.threads), values.quick ? 1 : Number(values.rounds)];
  if (!(threads >= 1 && rounds >= 1)) throw new Error('--threads and --rounds are numbers from 1 on');
  const about = machine();
  const torches = await startTorches(threads);
  if (torches.length === 0)
    process.stderr.write('PyTorch is not installed: there is nothing to compare with\n');
  try {
    const measured: Measured[] = [];
    for (const torch of torches.length === 0 ? [undefined] : torches)
      for (const subject of subjects(values.models))
        for (const batch of BATCHES) {
          process.stderr.write(`${subject.title}, ${batch}${torch ? `, PyTorch on ${torch.blas}` : ''} …\n`);
          measured.push(await measure(subject, batch, torch, threads, rounds, values.quick ? 0.2 : 1));
        }
    const results: Results = {
      date: new Date().toISOString().slice(0, 10),
      quick: values.quick,
      machine: about,
      threads,
      torch: torches[0]?.version,
      measured,
      goals: goalsOf(measured),
    };
    process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : report(results));
    return values.targets && results.goals.some(({ reached }) => !reached) ? 1 : 0;
  } finally {
    for (const torch of torches) torch.close();
  }
}

/** Numbers that are the same in every run, between 0 and 1. */
const drawn = (count: number, by: number): Float32Array =>
  Float32Array.from(
    { length: count },
    (_, at) => Math.abs(Math.sin((at + 1) * by * 12.9898) * 43758.5453) % 1,
  );

async function measure(
  subject: Subject,
  batch: (typeof BATCHES)[number],
  torch: Torch | undefined,
  threads: number,
  rounds: number,
  share: number,
): Promise<Measured> {
  const { model, input, dims, outputs } = subject;
  const rows = (count: number, by: number) =>
    new Map([[input, float32([count, ...dims], drawn(count * elementCount(dims), by))]]);
  const opened = await DifferentiableModel.open(model, [rows(2, 1), rows(3, 1)], {
    threads,
    wanted: [input],
  });
  const inputs = rows(batch, 2);
  const cotangent = float32([batch, outputs], drawn(batch * outputs, 3));
  const runs = Math.ceil(RUNS[batch] * share);
  const ours: Side = { seconds: [], cpu: [] };
  const theirs: Side = { seconds: [], cpu: [] };
  let apart: number | undefined;
  // The first round warms up, and shows whether both find the same.
  for (let round = 0; round <= rounds; round++) {
    const seconds: number[] = [];
    let gradient: ArrayLike<number> = [];
    const before = process.cpuUsage();
    for (let turn = 0; turn < runs; turn++) {
      const started = performance.now();
      const made = await opened.gradients(inputs, cotangent);
      seconds.push((performance.now() - started) / 1000);
      const tensor = made.gradients.get(input);
      gradient = tensor === undefined ? [] : numbersOf(tensor);
    }
    const { user, system } = process.cpuUsage(before);
    const data = inputs.get(input)?.data ?? new Float32Array();
    const other = await torch?.run(subject, data, cotangent.data, runs);
    if (round === 0) apart = other && distance(gradient, other.gradient);
    else {
      ours.seconds.push(...seconds);
      ours.cpu.push((user + system) / 1e6 / runs);
      if (other === undefined) continue;
      theirs.seconds.push(...other.seconds);
      theirs.cpu.push(other.cpu);
    }
  }
  await opened.close();
  return {
    model: subject.title,
    blas: torch?.blas,
    batch,
    gatehouse: medians(ours),
    torch: theirs.cpu.length === 0 ? undefined : medians(theirs),
    apart,
    times: subject.times,
  };
}

/** Of every run and of every round. */
interface Side {
  readonly seconds: number[];
  readonly cpu: number[];
}

const medians = ({ seconds, cpu }: Side): Cost => ({ wall: median(seconds), cpu: median(cpu) });

/** The largest difference, of the largest number. */
function distance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  let [apart, largest] = [0, 0];
  for (let at = 0; at < one.length; at++) {
    apart = Math.max(apart, Math.abs((one[at] as number) - (other[at] as number)));
    largest = Math.max(largest, Math.abs(other[at] as number));
  }
  return apart / largest;
}
