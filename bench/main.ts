// npm run bench -- NAME: the benchmarks of this project. Each runs its own processes and tells what it measured on.
interface Bench {
  readonly summary: string;
  readonly load: () => Promise<{ readonly HELP: string; run(args: string[]): Promise<number> }>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  gateway: {
    summary: 'speed, CPU and memory of the gateway beside its peers',
    load: () => import('./gateway/bench.ts'),
  },
  guards: {
    summary: 'CPU of the guards beside their peers, and what each finds',
    load: () => import('./guards/bench.ts'),
  },
  'guards-hold': {
    summary: 'what each guard holds back of streamed answers, and what it costs',
    load: () => import('./guards-hold/bench.ts'),
  },
  authorize: {
    summary: 'what one decision of the policy costs',
    load: () => import('./authorize/bench.ts'),
  },
};

const OVERVIEW = `npm run bench -- NAME [options]   (NAME --help tells its options)

${Object.entries(BENCHES)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}
`;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(OVERVIEW);
    return 0;
  }
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    process.stderr.write(`There is no bench “${name}”.\n\n${OVERVIEW}`);
    return 3;
  }
  const { HELP, run } = await bench.load();
  if (!args.includes('--help')) return run(args);
  process.stdout.write(HELP);
  return 0;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(4);
}
