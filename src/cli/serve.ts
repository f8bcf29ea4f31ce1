import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { DIALECTS } from '../dialects/index.ts';
import { openGateway } from '../gateway/gateway.ts';
import { type Log, makeLog, nameOf } from '../gateway/log.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { type Detection, detectUpstreams } from '../lifecycle/detect.ts';
import { writeConfiguration } from '../lifecycle/first-run.ts';
import { startPractice } from '../practice/server.ts';
import type { Settings } from '../settings/settings.ts';
import { type CliIo, describeProblem } from './io.ts';
import { loadPolicy, loadSettings, settingsPath, shown } from './load.ts';
import { type OpenData, openData } from './start.ts';
import { keyLines, welcome } from './welcome.ts';

interface ServeOptions {
  readonly config?: string;
  readonly port?: number;
  readonly json?: boolean;
}

export function serveCommand(io: CliIo): Command {
  return new Command('serve')
    .description('run the gateway; the first start makes whatever it needs')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('-p, --port <PORT>', 'instead of listen.port of the settings; 0 takes any free one', portOf)
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
  gatehouse serve --config /etc/gatehouse/gatehouse.yaml --json`,
    )
    .action((options: ServeOptions) => serve(io, options));
}

async function serve(io: CliIo, options: ServeOptions): Promise<void> {
  const file = settingsPath(io, options.config);
  const detection = await prepare(io, file, options.config !== undefined);
  const load = async () => withPort(await loadSettings(io, file), options.port);
  const settings = await load();
  const policy = await loadPolicy(io, settings.policy);
  const log = logFor(settings, options.json === true);
  const practice = Object.values(settings.upstreams).some((upstream) => upstream.practice)
    ? await startPractice({ pause: 20 })
    : undefined;
  let data: OpenData | undefined;
  let greeted = false;
  try {
    data = await openData(settings, {
      onFail: (error) =>
        log('error', 'the ledger cannot be written: every request is refused', { error: nameOf(error) }),
      onRecover: () => log('info', 'the ledger can be written again'),
    });
    const gateway = await openGateway({
      settings,
      policy,
      load: async () => {
        const next = await load();
        if (practice === undefined && Object.values(next.upstreams).some((upstream) => upstream.practice)) {
          throw new Problem('usage', 'the practice model can only be added with a restart');
        }
        return { settings: next, policy: await loadPolicy(io, next.policy) };
      },
      parts: { dialects: DIALECTS, kinds: GUARD_KINDS, practice },
      ledger: data.ledger,
      store: data.store,
      clock: systemClock,
      log,
      digestKey: data.folder.digestKey,
      socket: data.socket,
    });
    // First: whoever reads that it is there may stop it at once.
    const stopped = untilStopped(io, log, gateway.reload);
    welcome(io, {
      address: gateway.address,
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
    log('info', 'stopping: open requests may finish');
    await gateway.close();
  } catch (error) {
    await data?.close().catch(() => {});
    if (data?.first !== undefined && !greeted) io.out(keyLines(data.first).join('\n'));
    throw error;
  } finally {
    await practice?.close();
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a port, 0 to 65535.');
}

const withPort = (settings: Settings, port: number | undefined): Settings =>
  port === undefined ? settings : { ...settings, listen: { ...settings.listen, port } };

/** On a first start without `--config`, the files are made. */
async function prepare(io: CliIo, file: string, named: boolean): Promise<Detection | undefined> {
  if (named || existsSync(file)) return undefined;
  const detection = await detectUpstreams(io.env);
  await writeConfiguration(file, detection);
  return detection;
}

/** Runs until a signal asks it to stop. A second signal ends the process at once. */
function untilStopped(io: CliIo, log: Log, reload: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const again = () => {
      reload().catch((error) => {
        const why = error instanceof Problem ? describeProblem(error) : `gatehouse: ${nameOf(error)}`;
        log('error', 'reload refused; nothing was changed');
        io.err(why);
      });
    };
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
  return makeLog({
    level,
    format: text ? 'text' : 'json',
    clock: systemClock,
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  });
}
