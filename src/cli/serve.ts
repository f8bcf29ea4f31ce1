import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { DIALECTS } from '../dialects/index.ts';
import { LedgerArchiver } from '../gateway/archive.ts';
import { openGateway } from '../gateway/gateway.ts';
import { type Log, makeLog as logTo, nameOf } from '../gateway/log.ts';
import { Crew } from '../gateway/workers/crew.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { type Detection, detectUpstreams } from '../lifecycle/detect.ts';
import { writeConfiguration } from '../lifecycle/first-run.ts';
import { startPractice } from '../practice/server.ts';
import { openMeans } from '../runtime/means.ts';
import { addressOf } from '../settings/own-address.ts';
import { MAX_WORKERS, type Settings } from '../settings/settings.ts';
import { ConfigurationSource } from './configuration.ts';
import { type CliIo, describeProblem } from './io.ts';
import { settingsPath, shown } from './load.ts';
import { readPolicy } from './load-policy.ts';
import { shelfOf } from './models-place.ts';
import { serveAsWorker } from './serve-worker.ts';
import { type OpenData, openData } from './start.ts';
import { keyLines, welcome } from './welcome.ts';
import { openWitnesses } from './witnesses.ts';

interface ServeOptions {
  readonly config?: string;
  readonly port?: number;
  readonly workers?: number;
  readonly watch?: boolean;
  readonly json?: boolean;
}

export function serveCommand(io: CliIo, version: string): Command {
  return new Command('serve')
    .description('run the gateway; the first start makes whatever it needs')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('-p, --port <PORT>', 'instead of listen.port of the settings; 0 takes any free one', portOf)
    .option(
      '-w, --workers <COUNT>',
      'processes that answer clients, instead of workers of the settings',
      workersOf,
    )
    .option('--watch', 'reload when a file of the configuration changes, as at SIGHUP')
    .option('--json', 'say where it answers as one line of JSON; logs as JSON')
    .addHelpText(
      'after',
      `
Signals:
  SIGHUP            read settings and policy again; bad ones change nothing
  SIGINT, SIGTERM   stop: open streams may finish (limits.drain), then the ledger is signed and closed

Examples:
  gatehouse serve
  gatehouse serve --port 9000
  gatehouse serve --workers 4 --watch
  gatehouse serve --config /etc/gatehouse/gatehouse.yaml --json`,
    )
    .action((options: ServeOptions) => serve(io, version, options));
}

async function serve(io: CliIo, version: string, options: ServeOptions): Promise<void> {
  const file = settingsPath(io, options.config);
  const change = (settings: Settings) => withOptions(settings, options);
  const makeLog = (settings: Settings) => logFor(settings, options.json === true);
  if (cluster.isWorker) return serveAsWorker(io, version, file, change, makeLog);
  const detection = await prepare(io, file, options.config !== undefined);
  const source = new ConfigurationSource(io, file, change);
  const { settings, policy } = await source.load();
  const log = makeLog(settings);
  const practice = usesPractice(settings) ? await startPractice({ pause: 20 }) : undefined;
  let data: OpenData | undefined;
  let greeted = false;
  try {
    let crew: Crew | undefined;
    const witnesses = openWitnesses(settings, systemClock, log);
    data = await openData(settings, {
      onCheckpoint: (note, tree) => witnesses?.take(note, tree),
      onFail(error) {
        log('error', 'the ledger cannot be written: every request is refused', { error: nameOf(error) });
        crew?.ledgerChanged();
      },
      onRecover() {
        log('info', 'the ledger can be written again');
        crew?.ledgerChanged();
      },
    });
    const { store, folder, socket } = data;
    const ledger = witnesses?.guard(data.ledger) ?? data.ledger;
    const archiver = new LedgerArchiver({
      settings,
      ledger: data.ledger,
      clock: systemClock,
      log,
      cosigned: witnesses && (() => witnesses.cosigned),
    });
    if (settings.workers > 1) {
      const keys = {
        pepper: folder.pepper.export().toString('hex'),
        digest: Buffer.from(folder.digestKey).toString('hex'),
      };
      crew = new Crew({
        count: settings.workers,
        listen: settings.listen,
        ledger,
        quotas: store.quotas,
        background: store.background,
        clock: systemClock,
        log,
        onExit: (pid) => store.reviews.lost(pid),
        read: () => source.files,
        told: { keys, practice: practice ?? null },
      });
    }
    const gateway = await openGateway({
      role: crew === undefined ? 'whole' : 'primary',
      crew,
      settings,
      policy,
      async load() {
        const next = await source.load();
        if (practice === undefined && usesPractice(next.settings)) {
          throw new Problem('usage', 'the practice model can only be added with a restart');
        }
        return next;
      },
      parts: { dialects: DIALECTS, kinds: GUARD_KINDS, means: openMeans(), practice },
      readPolicy,
      ledger,
      store,
      clock: systemClock,
      log,
      digestKey: folder.digestKey,
      socket,
      version,
      shelf: shelfOf(io, settings, store.models, version),
      witnesses: witnesses?.state,
      archive: (keep, dry) => archiver.run(keep, dry),
    });
    const port = await crew?.start().catch(async (error) => {
      await crew?.close();
      await gateway.close();
      throw error;
    });
    if (port !== undefined) gateway.gate.port = port;
    // First: whoever reads that it is there may stop it at once.
    const again = reloading(io, log, gateway.reload);
    const stopped = untilStopped(io, again);
    const unwatch = options.watch === true ? source.watch(again) : undefined;
    welcome(io, {
      address: port === undefined ? gateway.address : addressOf(settings, port),
      settings,
      files: {
        settings: shown(io, file),
        policy: shown(io, settings.policy),
        data: shown(io, settings.data),
      },
      first: data.first,
      detection,
      repaired: data.ledger.opened.tornBytes,
      json: options.json === true,
    });
    greeted = true;
    await stopped;
    unwatch?.();
    log('info', 'stopping: open requests may finish');
    await crew?.close();
    await witnesses?.close();
    await archiver.close();
    await gateway.close();
  } catch (error) {
    await data?.close().catch(() => {});
    if (data?.first !== undefined && !greeted) io.out(keyLines(data.first).join('\n'));
    throw error;
  } finally {
    await practice?.close();
  }
}

const usesPractice = ({ upstreams }: Settings): boolean =>
  Object.values(upstreams).some((upstream) => upstream.practice);

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a port, 0 to 65535.');
}

function workersOf(text: string): number {
  const count = Number(text);
  if (/^\d{1,3}$/.test(text) && count >= 1 && count <= MAX_WORKERS) return count;
  throw new InvalidArgumentError(`Write a number of processes, 1 to ${MAX_WORKERS}.`);
}

const withOptions = (settings: Settings, { port, workers }: ServeOptions): Settings => ({
  ...settings,
  ...(workers !== undefined && { workers }),
  ...(port !== undefined && { listen: { ...settings.listen, port } }),
});

/** On a first start without `--config`, the files are made. */
async function prepare(io: CliIo, file: string, named: boolean): Promise<Detection | undefined> {
  if (named || existsSync(file)) return undefined;
  const detection = await detectUpstreams(io.env);
  await writeConfiguration(file, detection);
  return detection;
}

/** A reload that nobody waits for: a bad configuration changes nothing, and is told. */
function reloading(io: CliIo, log: Log, reload: () => Promise<void>): () => void {
  return () => {
    reload().catch((error) => {
      const why = error instanceof Problem ? describeProblem(error) : `gatehouse: ${nameOf(error)}`;
      log('error', 'reload refused; nothing was changed');
      io.err(why);
    });
  };
}

/** Runs until a signal asks it to stop. A second signal ends the process at once. */
function untilStopped(io: CliIo, again: () => void): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGHUP', again);
    io.onStop(() => {
      process.off('SIGHUP', again);
      resolve();
    });
  });
}

/** Lines are written together, once a round of events: a write each would cost more than what they tell. */
function logFor(settings: Settings, json: boolean): Log {
  let waiting = '';
  const flush = () => {
    const lines = waiting;
    waiting = '';
    process.stderr.write(lines);
  };
  const { level, format } = settings.log;
  const text = format === 'text' || (format === 'auto' && !json && process.stderr.isTTY === true);
  return logTo({
    level,
    format: text ? 'text' : 'json',
    clock: systemClock,
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  });
}
