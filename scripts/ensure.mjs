// Sees to it that npm's scripts can run: node_modules is what package-lock.json says, and `node` is new enough.
//
//   node scripts/ensure.mjs          before a script (prestart, pretest …): installs what is missing
//   node scripts/ensure.mjs --check  first thing in the script: installs nothing, refuses clearly
//
// Two steps, because a shell remembers where it found `node`: only the shell that npm starts after the install finds
// the one that the package `node` brought. And with npm's setting ignore-scripts the first step is left out.
// Plain JavaScript without dependencies, for whatever Node the machine has (18 or newer). Silent when all is well,
// and never a word to stdout, which belongs to the command that follows.
import { spawn } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const LEAST = [24, 7];
const EXIT_ENVIRONMENT = 4;
const EXIT_INTERRUPTED = 130;

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

/** `npm ci` by the npm that runs this script, else by the one in PATH: its exit code, or that somebody stopped it. */
const npmCi = () =>
  new Promise((resolve) => {
    // npm's own pauses between tries would keep a machine without a network waiting for more than a minute.
    const pauses = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
    const words = [
      'ci',
      '--include=dev',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...pauses,
    ];
    const options = { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] };
    const npm = process.env.npm_execpath;
    const child =
      npm !== undefined && /\.c?js$/.test(npm)
        ? spawn(process.execPath, [npm, ...words], options)
        : spawn('npm', words, { ...options, shell: process.platform === 'win32' });
    let interrupted = false;
    const stop = (signal) => {
      interrupted = true;
      if (signal === 'SIGTERM') child.kill(signal); // Ctrl-C reaches npm by itself
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
    child.on('error', () => resolve({ code: 127, interrupted }));
    child.on('close', (code, signal) => resolve({ code, interrupted: interrupted || signal !== null }));
  });

/** `npm ci` empties what is there first: through a link, the folder of another clone. */
const isLink = () =>
  lstatSync(path.join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true;

const install = async () => {
  if (isLink()) {
    return fail(
      'node_modules is a link, and what it leads to is not what package-lock.json says.',
      'Install there, or remove the link: an install from here would empty it.',
    );
  }
  process.stderr.write('gatehouse: installing what is missing (once, about half a minute) …\n');
  const { code, interrupted } = await npmCi();
  if (interrupted) process.exit(EXIT_INTERRUPTED);
  if (code !== 0) {
    fail(
      `npm ci failed (exit ${code}), so the dependencies are not installed.`,
      'npm says why above. Without a network, or behind a proxy: see that `npm ping` works, then run the same command again.',
    );
  }
  const missing = firstMissing();
  if (missing !== undefined) {
    fail(
      `npm ci left out ${missing}.`,
      'Is "omit" set in an .npmrc or the environment? See: npm config get omit',
    );
  }
};

const check = () => {
  if (firstMissing() !== undefined) {
    fail('the dependencies are not installed.', 'Run: npm ci --include=dev --ignore-scripts=false');
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return;
  fail(
    `this needs Node ${LEAST.join('.')} or newer, and here runs Node ${process.versions.node}.`,
    'The package "node" brings a new one by its install script, if it may. Run: npm rebuild node --ignore-scripts=false',
  );
};

if (process.argv.includes('--check')) check();
else if (firstMissing() !== undefined) await install();
