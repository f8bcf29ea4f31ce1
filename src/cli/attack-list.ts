import { Command } from 'commander';
import { ATTACKS } from '../attacks/index.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

/** `attack list`: every attack, what it needs, and the paper that it is from. */
export function attackListCommand(io: CliIo): Command {
  return new Command('list')
    .description('every attack: what it needs of the model, its norms, its source')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  gatehouse attack list\n  gatehouse attack list --json')
    .action(({ json }: { readonly json?: boolean }) => {
      if (json === true)
        return io.json(
          ATTACKS.map(({ name, title, access, norms, seeks, defaults, source }) => ({
            name,
            title,
            access,
            norms,
            seeks,
            defaults,
            source,
          })),
        );
      const rows = ATTACKS.map(({ name, access, norms, seeks, source }) => [
        name,
        access,
        norms.join(' '),
        seeks,
        source,
      ]);
      io.out(table([['attack', 'needs', 'norms', 'seeks', 'source'], ...rows]));
    });
}
