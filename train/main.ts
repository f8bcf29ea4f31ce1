// npm run train -- NAME: makes the weights in models/. Each training is seeded: the same data gives the same file.
interface Training {
  readonly summary: string;
  readonly load: () => Promise<{ readonly HELP: string; run(args: string[]): Promise<number> }>;
}

const TRAININGS: Readonly<Record<string, Training>> = {
  injection: {
    summary: 'the model of prompt injection and jailbreaks',
    load: () => import('./injection/main.ts'),
  },
  pii: { summary: 'the tagger of persons, places and addresses', load: () => import('./pii/main.ts') },
};

const OVERVIEW = `npm run train -- NAME [options]   (NAME --help tells its options)

${Object.entries(TRAININGS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}
`;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(OVERVIEW);
    return 0;
  }
  const training = Object.hasOwn(TRAININGS, name) ? TRAININGS[name] : undefined;
  if (training === undefined) {
    process.stderr.write(`There is no training “${name}”.\n\n${OVERVIEW}`);
    return 3;
  }
  const { HELP, run } = await training.load();
  if (!args.includes('--help')) return run(args);
  process.stdout.write(HELP);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
