import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isDay } from '../base/day.ts';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import { writeCycloneDx } from '../bom/cyclonedx.ts';
import { diffBoms } from '../bom/diff.ts';
import type { Required } from '../bom/required.ts';
import { writeSpdx } from '../bom/spdx.ts';
import { gatherBom } from '../lifecycle/bom/gather.ts';
import { type OsvDatabase, readOsv } from '../lifecycle/bom/osv.ts';
import { BOUNDS } from '../lifecycle/scan/bounds.ts';
import { NO_POLICY } from '../lifecycle/scan/no-policy.ts';
import { scan } from '../lifecycle/scan/scan.ts';
import { walk } from '../lifecycle/scan/walk.ts';
import { aPath } from './a-path.ts';
import type { CliIo } from './io.ts';
import { stoppable } from './stoppable.ts';

interface Options {
  readonly format: 'cyclonedx' | 'cyclonedx-1.6' | 'spdx';
  readonly name?: string;
  readonly modelVersion?: string;
  readonly supplier?: string;
  readonly released?: string;
  readonly osv?: string;
  readonly out?: string;
}

/** `bom`: what a model is made of. */
export const bomCommand = (io: CliIo, version: string): Command =>
  new Command('bom')
    .description(
      'what a model is made of: files, architecture, data, licences, dependencies, and what the scan says',
    )
    .argument('[PATH]', 'a model’s folder, or one file', aPath)
    .addOption(
      new Option('--format <FORMAT>', 'CycloneDX 1.7 or 1.6, or SPDX 3.0.1')
        .choices(['cyclonedx', 'cyclonedx-1.6', 'spdx'])
        .default('cyclonedx'),
    )
    .option('--name <NAME>', 'of the model, owner/name on hubs (default: the folder’s)')
    .option('--model-version <VERSION>', 'of the model')
    .option('--supplier <NAME>', 'who gives it away')
    .option('--released <DAY>', 'when: 2026-11-21', readDay)
    .option(
      '--osv <PATH>',
      'advisories in the format of OSV, a folder or a zip: vulnerable dependencies are named',
    )
    .option('-o, --out <FILE>', 'write it into a file')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
The digests are those that \`gatehouse sign\` signs. Nothing is asked of the network: dependencies are compared with the database
that --osv points to. SOURCE_DATE_EPOCH sets the time in it, so that the same model gives the same bill.

Exit codes: 0 written, 3 wrong usage, 4 a path is not there. What the scan says stands in the bill.

Examples:
  gatehouse bom ./some-model -o bom.json
  gatehouse bom ./some-model --format spdx
  gatehouse bom ./some-model --osv PyPI-all.zip
  gatehouse bom diff old.json new.json`,
    )
    .action((path: string | undefined, options: Options) => writeBom(io, version, path, options))
    .addCommand(diffCommand(io));

async function writeBom(
  io: CliIo,
  version: string,
  path: string | undefined,
  options: Options,
): Promise<void> {
  if (path === undefined)
    throw new Problem('usage', 'name the folder of a model', 'For example: gatehouse bom ./some-model');
  const made = timeOf(io);
  const walked = await walk([path], io.cwd);
  const bom = await stoppable(io, 'stopped before the end; nothing was written', async (signal) => {
    const progress = io.progress('reading, bytes');
    try {
      const result = await scan(walked, {
        version,
        policy: NO_POLICY,
        baseline: [],
        over: [],
        bounds: BOUNDS,
        jobs: Math.min(4, availableParallelism()),
        onProgress: (done, total) => progress.update(done, total),
        signal,
      });
      return await gatherBom(result, walked, {
        folder: resolve(io.cwd, path),
        name: options.name,
        version: options.modelVersion,
        supplier: options.supplier,
        released: options.released,
        made,
        osv:
          options.osv === undefined
            ? undefined
            : (required) => advisoriesIn(io, options.osv ?? '', required, signal),
      });
    } finally {
      progress.end();
    }
  });
  const document =
    options.format === 'spdx'
      ? writeSpdx(bom)
      : writeCycloneDx(bom, options.format === 'cyclonedx' ? '1.7' : '1.6');
  await put(io, options.out, document);
}

async function advisoriesIn(
  io: CliIo,
  path: string,
  required: readonly Required[],
  signal: AbortSignal,
): Promise<OsvDatabase> {
  const database = await readOsv(path, io.cwd, required, signal);
  if (database.index.size === 0)
    throw new Problem(
      'usage',
      `there is no advisory in ${path}`,
      'Give a folder or a zip of OSV’s JSON files.',
    );
  for (const why of database.unread) io.err(plain(`not read: ${why}`));
  return database;
}

function readDay(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('Write a day: 2026-11-21');
  return text;
}

/** Now, or the time that builds that can be repeated are given. */
function timeOf({ env }: CliIo): string {
  const seconds = env.SOURCE_DATE_EPOCH;
  if (seconds === undefined || seconds === '') return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const time = new Date(Number(seconds) * 1000);
  if (!/^\d{1,12}$/.test(seconds) || Number.isNaN(time.getTime()))
    throw new Problem('usage', 'SOURCE_DATE_EPOCH is no number of seconds');
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

async function put(io: CliIo, file: string | undefined, document: object): Promise<void> {
  if (file === undefined) return io.json(document);
  try {
    await writeFile(resolve(io.cwd, file), `${JSON.stringify(document, null, 2)}\n`);
  } catch (cause) {
    throw new Problem('environment', `cannot write ${file}`, undefined, cause);
  }
}

const diffCommand = (io: CliIo): Command =>
  new Command('diff')
    .description('what has changed between two bills of materials (CycloneDX)')
    .argument('<BEFORE>')
    .argument('<AFTER>')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing has changed, 1 something has, 3 wrong usage, 4 a file cannot be read.

Examples:
  gatehouse bom diff old.json new.json
  gatehouse bom diff old.json new.json --json`,
    )
    .action(async (before: string, after: string, { json }: { readonly json?: boolean }) => {
      const changes = diffBoms(await readBom(io, before), await readBom(io, after));
      if (json === true) io.json(changes);
      else if (changes.length === 0) io.out('nothing has changed');
      else
        for (const { kind, what, before: old, after: now } of changes) {
          const values =
            kind === 'changed' || kind === 'renamed'
              ? `: ${old} → ${now}`
              : kind === 'added'
                ? `: ${now}`
                : `: ${old}`;
          io.out(plain(`${kind.padEnd(7)}  ${what}${values === ': ' ? '' : values}`));
        }
      if (changes.length > 0) process.exitCode = 1;
    });

async function readBom(io: CliIo, file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Problem('environment', `cannot read ${file}`, undefined, cause);
  }
  try {
    const bom = JSON.parse(text) as { readonly bomFormat?: unknown };
    if (bom?.bomFormat === 'CycloneDX') return bom;
  } catch {
    // Said below.
  }
  throw new Problem('usage', `${file} is no bill of materials in CycloneDX`);
}
