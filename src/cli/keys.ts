import { Command, Option } from 'commander';
import { Problem } from '../base/problem.ts';
import {
  CURVES,
  type Curve,
  type KeyVersion,
  keysOf,
  kindsOf,
  type MakeKey,
  type StoredKey,
} from '../lifecycle/signing-keys/key-folder.ts';
import type { CliIo } from './io.ts';
import { type KeyPlaceOptions, withKeyPlace } from './key-options.ts';
import { type KeyPlace, openKeyPlace } from './key-place.ts';
import { positive } from './numbers.ts';
import { table } from './table.ts';

interface Common extends KeyPlaceOptions {
  readonly json?: boolean;
}

interface MakeOptions extends Common {
  readonly curve: Curve;
  readonly postQuantum: boolean;
}

/** `keys create|list|show|rotate|revoke`: keys that sign models, in a gateway's data folder or in one of their own. */
export function keysCommand(io: CliIo): Command {
  const keys = new Command('keys').description('keys that sign models');
  const verb = (name: string, about: string, examples: readonly string[]) =>
    withKeyPlace(keys.command(name).description(about))
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((example) => `  gatehouse keys ${example}`).join('\n')}`,
      );
  const making = (command: Command) =>
    command
      .addOption(
        new Option('--curve <CURVE>', 'P-256, P-384 or P-521').choices(Object.keys(CURVES)).default('P-256'),
      )
      .option('--no-post-quantum', 'without a key of ML-DSA-65 beside it');

  making(
    verb('create <NAME>', 'make a key; its private part is sealed at once', [
      'create release',
      'create release --curve P-384 --passphrase-file ~/release.pass',
      'create release --keys ./keys --passphrase-file ~/release.pass',
    ]),
  ).action((name: string, options: MakeOptions) =>
    within(io, options, async (place) => {
      told(io, options, await place.folder.create(name, madeOf(place, options)), 'made');
    }),
  );

  verb('list', 'all keys and their versions', ['list', 'list --json']).action((options: Common) =>
    within(io, options, async ({ folder }) => {
      const list = await folder.list();
      if (options.json === true) return io.json({ keys: list.map(shown) });
      const rows = list.flatMap((key) =>
        key.versions.map((one) => [
          key.name,
          String(one.version),
          one.state,
          kindsOf(key.name, one),
          one.created.slice(0, 16),
          (one.ended ?? '–').slice(0, 16),
        ]),
      );
      io.out(
        rows.length === 0
          ? 'No keys yet: gatehouse keys create NAME'
          : table([['NAME', 'VERSION', 'STATE', 'KIND', 'MADE', 'ENDED'], ...rows]),
      );
    }),
  );

  verb('show <NAME>', 'the public keys, in PEM, for whoever verifies', [
    'show release > release.pub',
    'show release --key-version 1',
    'show release --json',
  ])
    .option('--key-version <N>', 'an older version', positive)
    .action((name: string, options: Common & { keyVersion?: number }) =>
      within(io, options, async ({ folder }) => {
        const key = await folder.find(name);
        if (options.json === true) return io.json(shown(key));
        const { keyVersion: version } = options;
        const one = key.versions.findLast((known) => version === undefined || known.version === version);
        if (one === undefined) throw new Problem('usage', `“${name}” has no version ${version}`);
        if (one.state === 'revoked')
          throw new Problem('findings', `version ${one.version} of “${name}” was revoked`);
        await io.write(one.public);
      }),
    );

  making(
    verb('rotate <NAME>', 'a new version signs from now on; older ones verify what they signed', [
      'rotate release',
      'rotate release --curve P-384',
    ]),
  ).action((name: string, options: MakeOptions) =>
    within(io, options, async (place) => {
      told(io, options, await place.folder.rotate(name, madeOf(place, options)), 'made');
    }),
  );

  verb('revoke <NAME>', 'take nothing any more that it signed, and destroy its private key', [
    'revoke release',
    'revoke release --key-version 1',
  ])
    .option('--key-version <N>', 'only this version', positive)
    .action((name: string, options: Common & { keyVersion?: number }) =>
      within(io, options, async ({ folder }) => {
        const key = await folder.revoke(name, options.keyVersion, Date.now());
        if (options.json === true) return io.json(shown(key));
        io.out(
          `${name}${options.keyVersion === undefined ? '' : ` version ${options.keyVersion}`} is revoked.`,
        );
        io.out('Whoever has its public keys in a file of their own has to take them out.');
      }),
    );
  return keys;
}

async function within(
  io: CliIo,
  options: KeyPlaceOptions,
  act: (place: KeyPlace) => Promise<void>,
): Promise<void> {
  await using place = await openKeyPlace(io, options);
  await act(place);
}

const madeOf = (place: KeyPlace, { curve, postQuantum }: MakeOptions): MakeKey => ({
  curve,
  postQuantum,
  sealer: place.sealer(),
  now: Date.now(),
});

/** Never the private part, sealed or not. */
const shown = ({ name, versions }: StoredKey) => ({
  name,
  versions: versions.map((one) => ({
    version: one.version,
    state: one.state,
    created: one.created,
    ended: one.ended,
    sealed: one.sealed?.by ?? null,
    keys: keysOf(name, one).map(({ algorithm, hint }) => ({ algorithm, hint })),
    public: one.public,
  })),
});

function told(io: CliIo, { json }: Common, key: StoredKey, how: string): void {
  const last = key.versions.at(-1) as KeyVersion;
  if (json === true) {
    io.json(shown(key));
    return;
  }
  io.out(`${key.name} version ${last.version} (${kindsOf(key.name, last)}) is ${how}.`);
  io.out(`Its public keys, for whoever verifies: gatehouse keys show ${key.name} > ${key.name}.pub`);
}
