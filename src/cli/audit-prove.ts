import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { Problem } from '../base/problem.ts';
import { checkProof, proveConsistency, proveInclusion } from '../ledger/prove.ts';
import { readLedger } from '../ledger/read.ts';
import { readPublicKeys } from '../ledger/verify-files.ts';
import {
  type ArchiveOption,
  archiveFolder,
  keyFile,
  ledgerFolder,
  type PlaceOptions,
  withArchive,
  withPlace,
} from './audit-place.ts';
import type { CliIo } from './io.ts';

interface ProveOptions extends PlaceOptions, ArchiveOption {
  readonly key?: string;
  readonly json?: boolean;
}

const KEY = ['-k, --key <FILE>', 'public keys of the ledger (default: its ledger.pub)'] as const;

export function addProve(audit: Command, io: CliIo): void {
  const prove = audit.command('prove').description('make proofs that stand alone, and check them');

  withArchive(withPlace(prove.command('inclusion').description('prove that an entry is in the signed log')))
    .argument('<SEQ>', 'number of the entry', index)
    .option(...KEY)
    .addHelpText(
      'after',
      '\nThe proof holds the entry itself.\n\nExamples:\n  gatehouse audit prove inclusion 4711 > proof.json',
    )
    .action(async (seq: number, options: ProveOptions) => {
      const folder = ledgerFolder(io, options);
      const keys = await readPublicKeys(keyFile(io, folder, options.key));
      io.json(await proveInclusion(await readLedger(folder, archiveFolder(io, options)), keys, seq));
    });

  withArchive(
    withPlace(
      prove.command('consistency').description('prove that one signed state grew out of an earlier one'),
    ),
  )
    .argument('<FROM>', 'size of an earlier checkpoint', index)
    .argument('[TO]', 'size of a later one (default: the newest)', index)
    .option(...KEY)
    .addHelpText(
      'after',
      '\nThe size of a checkpoint is its second line.\n\nExamples:\n  gatehouse audit prove consistency 1000 > grown.json',
    )
    .action(async (from: number, to: number | undefined, options: ProveOptions) => {
      const folder = ledgerFolder(io, options);
      const keys = await readPublicKeys(keyFile(io, folder, options.key));
      io.json(await proveConsistency(await readLedger(folder, archiveFolder(io, options)), keys, from, to));
    });

  withPlace(prove.command('check').description('check a proof, offline, with the public keys only'))
    .argument('<FILE>', 'proof')
    .option(...KEY)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 it holds, 1 it does not, 2 it is no proof.\n\nExamples:\n  gatehouse audit prove check proof.json --key ledger.pub',
    )
    .action(async (file: string, options: ProveOptions) => {
      const keys = await readPublicKeys(keyFile(io, ledgerFolder(io, options), options.key));
      const path = resolve(io.cwd, file);
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        throw new Problem('environment', `cannot read ${path}`, 'Check the path.', error);
      });
      const checked = await checkProof(text, keys);
      if (options.json === true) io.json(checked);
      else if (checked.holds) io.out(`proved: ${checked.says}`);
      if (!checked.holds) throw new Problem('findings', `the proof does not hold: ${checked.says}`);
    });
}

function index(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write a number.');
  return Number(text);
}
