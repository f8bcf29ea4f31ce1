import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Malformed } from '../audit/malformed.ts';
import { type Witness, witnessesOf } from '../audit/witness.ts';
import { Problem } from '../base/problem.ts';
import { verifySignature } from '../ledger/keys.ts';
import { COSIGNED } from '../witness/cosigning.ts';
import { distinct, witnessOf } from '../witness/places.ts';
import type { CliIo } from './io.ts';

/** Options that say whose cosignatures are asked for. */
export interface QuorumOptions {
  readonly witness?: readonly string[];
  readonly quorum?: number;
}

export const withQuorum = (command: Command): Command =>
  command
    .addOption(new Option('-w, --witness <FILE...>', 'verifier keys of witnesses, a file for each'))
    .addOption(
      new Option(
        '-q, --quorum <COUNT>',
        'so many of them must have cosigned (default: more than half)',
      ).argParser(count),
    );

function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Write a number from 1.');
  return Number(text);
}

/** Who must have cosigned. */
export interface Quorum {
  readonly witnesses: readonly Witness[];
  readonly count: number;
}

/** Throws Problem('usage'). */
export async function readQuorum(io: CliIo, options: QuorumOptions): Promise<Quorum | undefined> {
  const { witness: files = [], quorum } = options;
  if (files.length === 0) {
    if (quorum !== undefined)
      throw new Problem('usage', '--quorum needs witnesses', 'Name them with --witness.');
    return undefined;
  }
  const witnesses = await Promise.all(
    files.map(async (file) => {
      const path = resolve(io.cwd, file);
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        throw new Problem('environment', `cannot read ${path}`, 'Check the path.', error);
      });
      return witnessOf(text, path);
    }),
  );
  distinct(witnesses);
  const wanted = quorum ?? Math.floor(witnesses.length / 2) + 1;
  if (wanted > witnesses.length)
    throw new Problem('usage', `${wanted} of ${witnesses.length} witnesses cannot be`, 'Lower --quorum.');
  return { witnesses, count: wanted };
}

/** Names of those who have cosigned a note. Throws Problem('findings') where they are too few. */
export async function requireQuorum(note: string, { witnesses, count: wanted }: Quorum): Promise<string[]> {
  let names: string[] = [];
  try {
    names = await witnessesOf(note, witnesses, verifySignature);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  if (names.length >= wanted) return names;
  throw new Problem(
    'findings',
    `${names.length} of the ${wanted} witnesses wanted have cosigned${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
    'Either they could not be reached, or they were shown another history: ask them.',
  );
}

/** The cosigned checkpoint beside a ledger; undefined where there is none. */
export const cosignedFile = (ledger: string): string => join(ledger, COSIGNED);
