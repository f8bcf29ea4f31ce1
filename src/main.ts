import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { processIo } from './cli/io.ts';
import { run } from './cli/run.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 7)) {
  process.stderr.write(
    `gatehouse: this needs Node 24.7 or newer, and this is Node ${process.versions.node}.\n`,
  );
  process.exit(4);
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
try {
  process.exitCode = await run(process.argv.slice(2), processIo(), version);
} catch (error) {
  // A fault of ours says nothing of what was asked: neither yes nor no.
  process.stderr.write(`gatehouse: a fault of its own, please report it\n${inspect(error)}\n`);
  process.exitCode = 2;
}
