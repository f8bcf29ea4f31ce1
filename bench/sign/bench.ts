import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { DigestCache } from '../../src/lifecycle/sign/digest-cache.ts';
import { type SignModelOptions, signModel } from '../../src/lifecycle/sign/sign-model.ts';
import { verifyModel } from '../../src/lifecycle/sign/verify-model.ts';
import { publicKeyOf } from '../../src/signing/keys.ts';
import { trustKeys } from '../../src/signing/trust-policy.ts';
import { machine } from '../harness/machine.ts';
import { median } from '../harness/stats.ts';
import { figure, table, times } from '../harness/table.ts';

export const HELP = `npm run bench -- sign [--gb N] [--dir DIR] [--rounds N]

Signs and verifies models without their scan, beside "sha256sum" on the same files, which the system has in memory by
then. The limit is 0.8 times the speed of sha256sum on one core.

  --gb N      size of each model, in GB (default: 1)
  --dir DIR   where the models are made, and taken away again (default: the folder for temporary files)
  --rounds N  of each measurement; the median counts (default: 3)
`;

const LIMIT = 0.8;
const GB = 1e9;

interface Layout {
  readonly name: string;
  readonly files: number;
  readonly shardSize?: number;
}

const LAYOUTS: readonly Layout[] = [
  { name: 'one file', files: 1 },
  { name: 'one file, in parts of 100 MB', files: 1, shardSize: 1e8 },
  { name: '8 files', files: 8 },
  { name: '5,000 files', files: 5000 },
];

const signing = {
  key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
  postQuantum: generateKeyPairSync('ml-dsa-65').privateKey,
  certificates: undefined,
};
const trust = {
  signers: [trustKeys('bench', [signing.key, signing.postQuantum].map(publicKeyOf))],
  require: { postQuantum: true, scan: false },
  allow: { unsignedFiles: false, symlinks: false },
};

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { gb: { type: 'string' }, dir: { type: 'string' }, rounds: { type: 'string' } },
  });
  const size = Number(values.gb ?? 1) * GB;
  const rounds = Number(values.rounds ?? 3);
  if (!(size > 0 && rounds >= 1)) throw new Error('--gb and --rounds are numbers above zero');
  const folder = mkdtempSync(join(values.dir ?? tmpdir(), 'gatehouse-bench-sign-'));
  try {
    return await measure(folder, size, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, size: number, rounds: number): Promise<number> {
  const jobs = availableParallelism();
  const later = { ...systemClock, now: () => Date.now() + 60_000 };
  let worst = Number.POSITIVE_INFINITY;
  const rows: string[][] = [];
  for (const { name, files, shardSize } of LAYOUTS) {
    const model = join(folder, name.replace(/\W+/g, '-'));
    fill(model, files, size);
    const options = (more: Partial<SignModelOptions>): SignModelOptions => ({
      model,
      signing,
      scan: { skipped: 'a benchmark' },
      ignore: [],
      allowSymlinks: false,
      shardSize,
      jobs,
      clock: later,
      ...more,
    });
    const paths = readdirSync(model).map((file) => join(model, file));
    const speed = async (act: () => unknown): Promise<number> => size / 1e6 / (await seconds(act, rounds));
    const theirs = await speed(() => sha256sum(paths));
    const one = await speed(() => signModel(options({ jobs: 1 })));
    const all = await speed(() => signModel(options({})));
    const cache = join(folder, `${files}-${shardSize}.digests`);
    await signModel(options({ cache: DigestCache.open(cache) }));
    const cached = await seconds(() => signModel(options({ cache: DigestCache.open(cache) })), rounds);
    const verified = await speed(async () => {
      const { outcome } = await verifyModel({ model, trust, jobs, clock: systemClock });
      if (outcome !== 'verified') throw new Error('what was signed does not verify');
    });
    worst = Math.min(worst, one / theirs);
    rows.push([name, ...[theirs, one, all, verified].map(figure), times(one / theirs), figure(cached)]);
    rmSync(model, { recursive: true });
  }
  const memory = process.resourceUsage().maxRSS / 1024;
  const head = [
    'model',
    'sha256sum',
    'sign, 1 thread',
    `sign, ${jobs}`,
    `verify, ${jobs}`,
    'sign, 1 / sha256sum',
    's with cache',
  ];
  process.stdout.write(
    `${JSON.stringify(machine())}\n\nMB/s; each model has ${size / GB} GB; ${figure(memory)} MB of memory at the most\n\n`,
  );
  process.stdout.write(`${table(head, rows)}\n`);
  return worst >= LIMIT ? 0 : 1;
}

/** Bytes that differ from file to file, so that nothing is hashed twice by accident. */
function fill(model: string, files: number, size: number): void {
  mkdirSync(model);
  const chunk = randomBytes(4 << 20);
  for (let i = 0; i < files; i++) {
    const file = openSync(join(model, `weights-${String(i).padStart(5, '0')}.safetensors`), 'wx');
    chunk.writeUInt32BE(i);
    for (let left = Math.floor(size / files); left > 0; left -= chunk.length)
      writeSync(file, chunk, 0, Math.min(left, chunk.length));
    closeSync(file);
  }
}

/** The median of some rounds, after one that does not count. */
async function seconds(act: () => unknown, rounds: number): Promise<number> {
  const each: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    await act();
    if (round > 0) each.push((performance.now() - started) / 1000);
  }
  return median(each);
}

function sha256sum(paths: readonly string[]): void {
  for (let at = 0; at < paths.length; at += 1000) {
    const { status, error } = spawnSync('sha256sum', ['-b', ...paths.slice(at, at + 1000)]);
    if (status !== 0) throw error ?? new Error('sha256sum failed');
  }
}
