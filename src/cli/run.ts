import { Command, CommanderError } from 'commander';
import { EXIT, Problem } from '../base/problem.ts';
import { auditCommand } from './audit.ts';
import { backupCommand } from './backup.ts';
import { callersCommand } from './callers.ts';
import { configCommand } from './config.ts';
import { initCommand } from './init.ts';
import { type CliIo, describeProblem } from './io.ts';
import { policyCommand } from './policy.ts';
import { serveCommand } from './serve.ts';
import { upgradeCommand } from './upgrade.ts';
import { usageCommand } from './usage.ts';
import { vaultCommand } from './vault.ts';

/** Runs one command line. Returns the exit code (see `--help`). */
export async function run(args: readonly string[], io: CliIo, version: string): Promise<number> {
  const program = new Command('gatehouse')
    .description('Security for AI models: a gateway that inspects and records every request to an LLM.')
    .version(version)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Exit codes: 0 fine · 1 findings or refusal · 2 could not decide · 3 wrong usage · 4 environment (port, file, network)

Examples:
  gatehouse serve                     start; the first time, everything needed is made
  gatehouse callers create shop-bot   a key for a program
  gatehouse audit verify              check the ledger, offline`,
    );
  for (const make of [
    serveCommand,
    initCommand,
    configCommand,
    callersCommand,
    policyCommand,
    auditCommand,
    usageCommand,
    vaultCommand,
    backupCommand,
    upgradeCommand,
  ]) {
    program.addCommand(make(io, version));
  }
  settle(program, io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof Problem)) throw error;
    io.err(describeProblem(error));
    return EXIT[error.kind];
  }
}

/** Every command throws instead of ending the process, writes through `io`, and shows its help after wrong usage. */
function settle(command: Command, io: CliIo): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => io.out(text.replace(/\n$/, '')),
    writeErr: (text) => io.err(text.replace(/\n$/, '')),
  });
  command.showHelpAfterError('(--help shows how it is used)');
  for (const child of command.commands) settle(child, io);
}
