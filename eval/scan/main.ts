import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FileRead } from '../../src/findings/result.ts';
import { atLeast } from '../../src/findings/severity.ts';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { BOUNDS } from '../../src/lifecycle/scan/bounds.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { FILE_RULES } from '../../src/lifecycle/scan/rules.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';
import { corpus, type Sample } from './corpus.ts';

export const HELP = `npm run eval -- scan [--write DIR] [--json]

Scans the corpus of the repository: files that hide something, each by another mechanism (their payloads are harmless, and
nothing is run), and files that real libraries wrote. Says how many of either are flagged, not decided, or broke a reader.

  --write DIR   write the files there instead, hostile/ and benign/, for another scanner
  --json        as JSON

Example:
  npm run eval -- scan
`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { write: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const samples = corpus();
  if (values.write !== undefined) return write(samples, values.write);
  const readers = { formats: FORMATS, calls: new Book() };
  const judged: { sample: Sample; read: Omit<FileRead, 'sha256'> }[] = [];
  for (const sample of samples) {
    const name = sample.file ?? sample.name.split('/').at(-1) ?? 'x';
    judged.push({
      sample,
      read: await scanFile(name, new Bytes(sample.bytes()), readers, BOUNDS, sample.as),
    });
  }
  const of = (hostile: boolean) => judged.filter(({ sample }) => sample.hostile === hostile);
  const sums = { hostile: sumsOf(of(true)), benign: sumsOf(of(false)) };
  if (values.json) process.stdout.write(`${JSON.stringify(sums, null, 2)}\n`);
  else show(sums);
  return 0;
}

interface Sums {
  readonly files: number;
  readonly flagged: number;
  readonly undecided: number;
  readonly broken: number;
  /** Hostile files that are called clean; innocent ones that are not. */
  readonly wrong: readonly string[];
}

function sumsOf(judged: readonly { sample: Sample; read: Omit<FileRead, 'sha256'> }[]): Sums {
  const flagged = judged.filter(({ read }) =>
    read.findings.some(({ severity }) => atLeast(severity, 'medium')),
  );
  return {
    files: judged.length,
    flagged: flagged.length,
    undecided: judged.filter(({ read }) => read.verdict === 'undecided').length,
    broken: judged.filter(({ read }) => read.findings.some(({ rule }) => rule === FILE_RULES.crash.id))
      .length,
    wrong: judged
      .filter(({ sample, read }) => (read.verdict === 'clean') === sample.hostile)
      .map(
        ({ sample, read }) =>
          `${sample.name}: ${read.findings.map(({ rule }) => rule).join(' ') || read.verdict}`,
      ),
  };
}

function show({ hostile, benign }: { hostile: Sums; benign: Sums }): void {
  const share = (count: number, { files }: Sums) => `${((100 * count) / files).toFixed(1)} %`;
  for (const [name, sums] of [
    ['hostile', hostile],
    ['benign', benign],
  ] as const) {
    process.stdout.write(
      `${name}: ${sums.files} files, ${share(sums.flagged, sums)} flagged, ${share(sums.undecided, sums)} not decided, ${sums.broken} broke a reader\n`,
    );
    for (const one of sums.wrong)
      process.stdout.write(`  ${name === 'hostile' ? 'called clean' : 'not clean'}: ${one}\n`);
  }
}

function write(samples: readonly Sample[], folder: string): number {
  for (const [i, { name, hostile, bytes }] of samples.entries()) {
    const at = join(folder, hostile ? 'hostile' : 'benign');
    mkdirSync(at, { recursive: true });
    const safe = name.replace(/[^\w.-]+/g, '-').slice(0, 100);
    writeFileSync(join(at, `${String(i).padStart(4, '0')}-${safe}`), bytes());
  }
  process.stdout.write(`${samples.length} files in ${folder}\n`);
  return 0;
}
