// Runs before npm's scripts, on whatever Node the machine has (18 or newer), so it is plain JavaScript without
// dependencies. Two things must hold before anything else runs: node_modules is what package-lock.json says, and
// `node` in npm's scripts is new enough (the package `node` brings one along). Prints nothing when both hold, and
// never to stdout, which belongs to the command that follows.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const LEAST = [24, 7];
const EXIT_ENVIRONMENT = 4;

const fail = (message, advice) => {
  process.stderr.write(`gatehouse: ${message}\n           ${advice}\n`);
  process.exit(EXIT_ENVIRONMENT);
};

const readJson = (...names) => {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, ...names), 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * The first package of the lock file that is not installed as the lock file has it. npm writes the second lock file,
 * inside node_modules, when an install is complete: after one that was broken off there is none.
 */
const firstMissing = () => {
  const wanted = readJson('package-lock.json')?.packages;
  if (wanted === undefined) {
    return fail('package-lock.json is missing or unreadable.', 'Restore it: git checkout package-lock.json');
  }
  const installed = readJson('node_modules', '.package-lock.json')?.packages ?? {};
  const differs = (name) => {
    const [want, have] = [wanted[name], installed[name]];
    if (have === undefined) return !want.optional; // made for another platform
    return have.version !== want.version || have.integrity !== want.integrity;
  };
  return Object.keys(wanted).find((name) => name !== '' && differs(name));
};

/** `npm ci`, by the npm that runs this script, else the one in PATH. Resolves to its exit code or signal. */
const install = () =>
  new Promise((resolve) => {
    const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = process.env.npm_execpath;
    const byNode = npm !== undefined && /\.c?js$/.test(npm);
    const options = { cwd: ROOT, stdio: ['ignore', process.stderr, process.stderr] };
    const child = byNode
      ? spawn(process.execPath, [npm, ...words], options)
      : spawn('npm', words, { ...options, shell: process.platform === 'win32' });
    // Ctrl-C reaches the whole group of processes: npm tidies up, and this process waits for it.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', () => resolve({ code: 127, signal: null }));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });

const ensureInstalled = async () => {
  if (firstMissing() === undefined) return;
  process.stderr.write('gatehouse: installing what is missing (once, about half a minute) …\n');
  const { code, signal } = await install();
  if (signal !== null || code === 130) process.exit(130);
  if (code !== 0) {
    fail(
      `npm ci failed (exit ${code}), so the dependencies are not installed.`,
      'npm says why above. Without a network, or behind a proxy: see that `npm ping` works, then run the same command again.',
    );
  }
  const missing = firstMissing();
  if (missing !== undefined) {
    fail(`npm ci left out ${missing}.`, 'Is "omit" set in an .npmrc or the environment? (npm config get omit)');
  }
};

const own = path.join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** The version of the `node` that npm's scripts find: node_modules/.bin comes first in their PATH. */
const versionOfNode = () => {
  if (!existsSync(own) || realpathSync(own) === realpathSync(process.execPath)) return process.versions.node;
  const asked = spawnSync(own, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  return asked.status === 0 ? asked.stdout.trim().slice(1) : process.versions.node;
};

const ensureNode = () => {
  const version = versionOfNode();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return;
  fail(
    `this needs Node ${LEAST.join('.')} or newer, and npm's scripts find Node ${version}.`,
    'The package "node" brings a new one by its install script, which did not run (ignore-scripts?). Run: npm rebuild node --ignore-scripts=false',
  );
};

await ensureInstalled();
ensureNode();
