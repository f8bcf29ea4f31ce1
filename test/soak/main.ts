// npm run soak: see `--help`.
import { HELP, readOptions, WrongUsage } from './options.ts';
import { reportText } from './report.ts';
import { soak } from './soak.ts';

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const options = readOptions(args);
  const stop = new AbortController();
  // A second one ends it at once.
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const report = await soak(options, stop.signal, progress());
  process.stderr.write('\n');
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : reportText(report)}\n`);
  return report.findings.length === 0 ? 0 : 1;
}

/** One line that is written over on a terminal; elsewhere a line now and then. */
function progress(): (line: string) => void {
  if (process.stderr.isTTY) return (line) => void process.stderr.write(`\r\u001b[K${line}`);
  let last = 0;
  return (line) => {
    if (Date.now() - last < 15_000) return;
    last = Date.now();
    process.stderr.write(`${line}\n`);
  };
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof WrongUsage ? 3 : 4);
}
