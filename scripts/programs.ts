/** A program of `npm run bench|eval|train`, loaded when it is asked for. */
export interface Program {
  readonly summary: string;
  readonly load: () => Promise<{ readonly HELP: string; run(args: string[]): Promise<number> }>;
}

/**
 * Runs one of several programs by its name, the first word of the command line, and ends the process: with what the
 * program says, 3 for a name that is not there, 4 where it broke.
 *
 * @param script `bench`, as in `npm run bench`
 */
export async function runOneOf(script: string, programs: Readonly<Record<string, Program>>): Promise<never> {
  const [name, ...args] = process.argv.slice(2);
  try {
    process.exit(await run(script, programs, name, args));
  } catch (error) {
    process.stderr.write(`${script}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(4);
  }
}

async function run(
  script: string,
  programs: Readonly<Record<string, Program>>,
  name: string | undefined,
  args: string[],
): Promise<number> {
  const widest = Math.max(...Object.keys(programs).map((word) => word.length));
  const lines = Object.entries(programs).map(([word, { summary }]) => `  ${word.padEnd(widest)}  ${summary}`);
  const overview = `npm run ${script} -- NAME [options]   (NAME --help tells its options)\n\n${lines.join('\n')}\n`;
  if (name === undefined || name === '--help') {
    process.stdout.write(overview);
    return 0;
  }
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (program === undefined) {
    process.stderr.write(`There is nothing called “${name}” here.\n\n${overview}`);
    return 3;
  }
  const { HELP, run: start } = await program.load();
  if (!args.includes('--help')) return start(args);
  process.stdout.write(HELP);
  return 0;
}
