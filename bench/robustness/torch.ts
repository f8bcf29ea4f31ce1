import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Subject } from './subjects.ts';

const SCRIPT = join(import.meta.dirname, 'torch_side.py');

/** What Debian's folders hold. */
const NAMES: Readonly<Record<string, string>> = {
  '': 'its own',
  blas: 'reference BLAS',
  'openblas-openmp': 'OpenBLAS',
  'openblas-pthread': 'OpenBLAS',
  'openblas-serial': 'OpenBLAS',
};

/** What PyTorch made of one question. */
export interface TorchRun {
  readonly gradient: Float32Array;
  /** Of each run, forward and backward: seconds. */
  readonly seconds: readonly number[];
  /** Processor time of one run: seconds. */
  readonly cpu: number;
}

/** The same models in PyTorch, in a process of its own. */
export interface Torch {
  readonly version: string;
  /** What its products of matrices are reckoned by. */
  readonly blas: string;
  run(subject: Subject, inputs: Float32Array, cotangent: Float32Array, runs: number): Promise<TorchRun>;
  close(): void;
}

/** A Python that has PyTorch: the one on the path, or the system's own. undefined: there is none. */
function pythonWithTorch(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * Starts PyTorch, once for each library for products of matrices that is installed: Debian lets several stand side by side, and
 * they are many times apart. Empty where there is no PyTorch.
 */
export async function startTorches(threads: number): Promise<Torch[]> {
  const python = pythonWithTorch();
  if (python === undefined) return [];
  const torches = new Map<string, Torch>();
  for (const folder of [
    undefined,
    ...globSync('/usr/lib/*-linux-gnu/*/libblas.so.3').map(dirname).toSorted(),
  ]) {
    const torch = await startTorch(python, threads, folder);
    // The first is the one that PyTorch finds by itself.
    if (torches.has(torch.blas)) torch.close();
    else torches.set(torch.blas, torch);
  }
  return [...torches.values()];
}

async function startTorch(python: string, threads: number, libraries: string | undefined): Promise<Torch> {
  const child = spawn(python, [SCRIPT, String(threads)], {
    env: {
      ...process.env,
      // OpenBLAS has threads of its own.
      OPENBLAS_NUM_THREADS: String(threads),
      OMP_NUM_THREADS: String(threads),
      ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-robustness-'));
  const { version, blas } = (await answered(child, lines)) as { version: string; blas: string };
  return {
    version,
    blas: NAMES[blas] ?? blas,
    run: async ({ name, tensors, dims, outputs }, inputs, cotangent, runs) => {
      const path = (file: string) => join(folder, file);
      const count = inputs.length / dims.reduce((product, dim) => product * dim, 1);
      let offset = 0;
      const places = tensors.map((tensor) => {
        const place = { name: tensor.name, dims: tensor.dims, offset };
        offset += tensor.data.byteLength;
        return place;
      });
      writeFileSync(path('weights'), Buffer.concat(tensors.map(({ data }) => bytesOf(data))));
      writeFileSync(path('input'), bytesOf(inputs));
      writeFileSync(path('cotangent'), bytesOf(cotangent));
      const job = {
        model: name,
        weights: path('weights'),
        tensors: places,
        input: path('input'),
        dims: [count, ...dims],
        cotangent: path('cotangent'),
        outputDims: [count, outputs],
        gradient: path('gradient'),
        runs,
      };
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const { seconds, cpu } = (await answered(child, lines)) as { seconds: number[]; cpu: number };
      const gradient = new Float32Array(new Uint8Array(readFileSync(path('gradient'))).buffer);
      return { gradient, seconds, cpu };
    },
    close: () => {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The next line; rejects where the process ends first. */
async function answered(child: ChildProcess, lines: AsyncIterator<string>): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done !== true) return JSON.parse(value);
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  throw new Error(`PyTorch ended with ${code}`);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
