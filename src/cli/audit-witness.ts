import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../base/clock.ts';
import { plain } from '../base/plain.ts';
import { readPublicKeys } from '../ledger/verify-files.ts';
import { openWitnessKeys, publicText } from '../witness/keys.ts';
import { startWitness } from '../witness/server.ts';
import { WitnessState } from '../witness/state.ts';
import type { CliIo } from './io.ts';

interface WitnessOptions {
  readonly name: string;
  readonly log: readonly string[];
  readonly state: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly json?: boolean;
}

export function addWitness(audit: Command, io: CliIo): void {
  audit
    .command('witness')
    .description('watch another party’s ledgers: cosign their checkpoints as long as they only grow')
    .requiredOption('-n, --name <NAME>', 'name to sign by, such as example.org/witness')
    .requiredOption('-l, --log <FILE...>', 'public keys of the ledgers to watch (their ledger.pub)')
    .option('-s, --state <DIR>', 'folder for its keys and its memory', './gatehouse-witness')
    .addOption(
      new Option('--listen <ADDRESS:PORT>', 'where to answer')
        .argParser(place)
        .default({ host: '127.0.0.1', port: 8643 }, '127.0.0.1:8643'),
    )
    .option('--json', 'a line of JSON for each submission')
    .addHelpText(
      'after',
      `
Speaks C2SP tlog-witness (POST /add-checkpoint). Give the keys that it prints, two lines in one file, to whoever runs the
ledger, and to all who verify it. Keep the state folder: a witness that forgot what it has cosigned would not notice a rollback.
Put a proxy that ends TLS in front where others reach it over a network.

Examples:
  gatehouse audit witness --name example.org/witness --log ledger.pub --listen 127.0.0.1:8643`,
    )
    .action((options: WitnessOptions) => witness(io, options));
}

async function witness(io: CliIo, options: WitnessOptions): Promise<void> {
  const folder = resolve(io.cwd, options.state);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = await openWitnessKeys(join(folder, 'witness.json'), options.name);
  const logs = await Promise.all(options.log.map((file) => readPublicKeys(resolve(io.cwd, file))));
  const state = new WitnessState(join(folder, 'logs'), logs);
  const server = await startWitness({
    keys,
    state,
    clock: systemClock,
    ...options.listen,
    onJudged(status, origin, size) {
      if (options.json === true) io.out(JSON.stringify({ status, ...(origin !== '' && { origin }), size }));
      else if (status === 200) io.out(`cosigned ${plain(origin)} at ${size} entries`);
      else io.out(`refused a submission (${status})`);
    },
  });
  const stopped = new Promise<void>((done) => {
    io.onStop(done);
  });
  if (options.json === true) io.out(JSON.stringify({ address: server.url, keys: publicText(keys) }));
  else {
    io.out(`${plain(keys.name)} answers at ${server.url}; Ctrl-C stops`);
    io.out('Its verifier keys, for those who rely on it:');
    io.out(publicText(keys).trimEnd());
  }
  await stopped;
  await server.close();
}

function place(text: string): WitnessOptions['listen'] {
  const [, bracketed, plainHost, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plainHost;
  if (host === undefined || port > 65_535) throw new InvalidArgumentError('Write ADDRESS:PORT.');
  return { host, port };
}
