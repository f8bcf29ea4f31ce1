// npm run story: see `--help`.
import { narrator } from './narrator.ts';
import { HELP, readOptions, WrongUsage } from './options.ts';
import { Stopped, story } from './story.ts';

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const options = readOptions(args, process.env, process.stdout.isTTY === true);
  const stop = new AbortController();
  // A second one ends it at once.
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const tell = narrator(
    options.json ? () => {} : (line) => void process.stdout.write(`${line}\n`),
    options.colour,
  );
  const report = await story(options, stop.signal, tell);
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return report.held ? 0 : 1;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Stopped))
    process.stderr.write(`story: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof WrongUsage ? 3 : error instanceof Stopped ? 130 : 4);
}
