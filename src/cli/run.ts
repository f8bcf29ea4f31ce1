import { Command, CommanderError } from 'commander';
import { EXIT, Problem } from '../base/problem.ts';
import { type CliIo, describeProblem } from './io.ts';

type MakeCommand = (io: CliIo, version: string) => Command;

/** Each verb is loaded when it is used: whoever inspects a line need not wait for the gateway. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand,
  init: async () => (await import('./init.ts')).initCommand,
  config: async () => (await import('./config.ts')).configCommand,
  callers: async () => (await import('./callers.ts')).callersCommand,
  people: async () => (await import('./people.ts')).peopleCommand,
  incident: async () => (await import('./incident.ts')).incidentCommand,
  reviews: async () => (await import('./reviews.ts')).reviewsCommand,
  policy: async () => (await import('./policy.ts')).policyCommand,
  inspect: async () => (await import('./inspect.ts')).inspectCommand,
  guard: async () => (await import('./guard.ts')).guardCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  detect: async () => (await import('./detect.ts')).detectCommand,
  usage: async () => (await import('./usage.ts')).usageCommand,
  vault: async () => (await import('./vault.ts')).vaultCommand,
  feeds: async () => (await import('./feeds.ts')).feedsCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  bom: async () => (await import('./bom.ts')).bomCommand,
  scan: async () => (await import('./scan.ts')).scanCommand,
  attack: async () => (await import('./attack.ts')).attackCommand,
  sign: async () => (await import('./sign.ts')).signCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  gate: async () => (await import('./gate.ts')).gateCommand,
  keys: async () => (await import('./keys.ts')).keysCommand,
  models: async () => (await import('./models.ts')).modelsCommand,
  alarms: async () => (await import('./alarms.ts')).alarmsCommand,
  upgrade: async () => (await import('./upgrade.ts')).upgradeCommand,
};

/** Runs one command line. Returns the exit code (see `--help`). */
export async function run(args: readonly string[], io: CliIo, version: string): Promise<number> {
  const program = new Command('gatehouse')
    .description('Security for AI models: a gateway that inspects and records every request to an LLM.')
    .version(version)
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Exit codes: 0 fine · 1 findings or refusal · 2 could not decide · 3 wrong usage · 4 environment (port, file, network)

Examples:
  gatehouse serve                     start; the first time, everything needed is made
  gatehouse callers create shop-bot   a key for a program
  gatehouse inspect letter.txt        what the guards say of a text
  gatehouse scan model.pt             whether a model file may be loaded
  gatehouse audit verify              check the ledger, offline`,
    );
  const [verb = ''] = args;
  const wanted = Object.hasOwn(COMMANDS, verb) ? [verb] : Object.keys(COMMANDS);
  for (const name of wanted) {
    const make = await COMMANDS[name]?.();
    if (make !== undefined) program.addCommand(make(io, version));
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
