import { Command, CommanderError } from 'commander';
import { EXIT, Problem } from '../base/problem.ts';
import { type CliIo, describeProblem } from './io.ts';

type MakeCommand = (io: CliIo, version: string) => Command;

/** What each verb is for, and where it is: it is loaded when it is used. Whoever inspects a line need not wait for the gateway. */
export const COMMANDS: Readonly<Record<string, readonly [string, () => Promise<MakeCommand>]>> = {
  serve: [
    'run the gateway; the first start makes whatever it needs',
    async () => (await import('./serve.ts')).serveCommand,
  ],
  init: [
    'make settings, policy, keys and ledger, without starting the gateway',
    async () => (await import('./init.ts')).initCommand,
  ],
  config: [
    'check and show the process settings, and what can be asked of a gateway',
    async () => (await import('./config.ts')).configCommand,
  ],
  callers: ['people’s and programs’ keys', async () => (await import('./callers.ts')).callersCommand],
  people: ['people who sign in to administer', async () => (await import('./people.ts')).peopleCommand],
  incident: [
    'what went wrong: found, contained, closed, and told of afterwards',
    async () => (await import('./incident.ts')).incidentCommand,
  ],
  reviews: [
    'what guards held for people to decide on',
    async () => (await import('./reviews.ts')).reviewsCommand,
  ],
  policy: [
    'check, compare, apply and show the policy, and ask what it decides',
    async () => (await import('./policy.ts')).policyCommand,
  ],
  inspect: [
    'look for injections, personal data and secrets in texts',
    async () => (await import('./inspect.ts')).inspectCommand,
  ],
  guard: ['explain what guards say, and test it', async () => (await import('./guard.ts')).guardCommand],
  audit: [
    'check, read and prove what the ledger says',
    async () => (await import('./audit.ts')).auditCommand,
  ],
  detect: [
    'what is looked for in the ledger over time: rules, their tests, and what they would find',
    async () => (await import('./detect.ts')).detectCommand,
  ],
  usage: [
    'what was used and what it cost, from the ledger',
    async () => (await import('./usage.ts')).usageCommand,
  ],
  vault: [
    'sealed prompts and replies, and their keys',
    async () => (await import('./vault.ts')).vaultCommand,
  ],
  feeds: [
    'where alerts and entries go, and whether they arrive',
    async () => (await import('./feeds.ts')).feedsCommand,
  ],
  backup: [
    'back up a gateway while it runs, check a backup, restore it',
    async () => (await import('./backup.ts')).backupCommand,
  ],
  bom: [
    'what a model is made of: files, architecture, data, licences, dependencies, and what the scan says',
    async () => (await import('./bom.ts')).bomCommand,
  ],
  scan: [
    'read model files, repositories and archives, and say whether they may be loaded',
    async () => (await import('./scan.ts')).scanCommand,
  ],
  attack: [
    'measure how robust a model that classifies is: attack a file, or a server',
    async () => (await import('./attack.ts')).attackCommand,
  ],
  sign: [
    'scan a model and sign it: a file, or a folder with all that is in it',
    async () => (await import('./sign.ts')).signCommand,
  ],
  verify: [
    'check a model against its signature: who signed, and every file',
    async () => (await import('./verify.ts')).verifyCommand,
  ],
  gate: [
    'whether a model may be deployed: signed, every file as signed, and scanned',
    async () => (await import('./gate.ts')).gateCommand,
  ],
  keys: ['keys that sign models', async () => (await import('./keys.ts')).keysCommand],
  models: [
    'sealed models: scanned, signed, approved by people, active',
    async () => (await import('./models.ts')).modelsCommand,
  ],
  alarms: [
    'what monitors found of those who ask models that classify, and what is done about it',
    async () => (await import('./alarms.ts')).alarmsCommand,
  ],
  upgrade: [
    'bring the database to this version’s schema, as the next start would; keeps a copy',
    async () => (await import('./upgrade.ts')).upgradeCommand,
  ],
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
  const [verb] = args[0] === 'help' ? args.slice(1) : args;
  for (const [name, [about, load]] of Object.entries(COMMANDS))
    program.addCommand(name === verb ? (await load())(io, version) : new Command(name).description(about));
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
