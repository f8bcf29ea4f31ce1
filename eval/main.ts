// npm run eval -- NAME: how well the guards see, on sets that are generated or given.
interface Evaluation {
  readonly summary: string;
  readonly load: () => Promise<{ readonly HELP: string; run(args: string[]): Promise<number> }>;
}

const EVALUATIONS: Readonly<Record<string, Evaluation>> = {
  injection: {
    summary: 'prompt injection and jailbreaks: attacks found, innocent texts flagged',
    load: () => import('./injection/main.ts'),
  },
  robustness: {
    summary: 'attacks that are found, changed a little: how many are found no more',
    load: () => import('./robustness/main.ts'),
  },
  secrets: {
    summary: 'keys, tokens and passwords: generated texts in many contexts, and look-alikes',
    load: () => import('./secrets/main.ts'),
  },
  pii: { summary: 'personal data: generated texts and look-alikes', load: () => import('./pii/main.ts') },
};

const OVERVIEW = `npm run eval -- NAME [options]   (NAME --help tells its options)

${Object.entries(EVALUATIONS)
  .map(([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`)
  .join('\n')}
`;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(OVERVIEW);
    return 0;
  }
  const evaluation = Object.hasOwn(EVALUATIONS, name) ? EVALUATIONS[name] : undefined;
  if (evaluation === undefined) {
    process.stderr.write(`There is no evaluation “${name}”.\n\n${OVERVIEW}`);
    return 3;
  }
  const { HELP, run } = await evaluation.load();
  if (!args.includes('--help')) return run(args);
  process.stdout.write(HELP);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
