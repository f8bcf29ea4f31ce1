import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { parseDuration } from '../base/units.ts';
import { contractsOf } from '../gateway/predict/predictions.ts';
import { DRILLS } from '../incidents/drills/index.ts';
import { lasted } from '../incidents/post-mortem.ts';
import { type DrillResult, runDrill } from '../lifecycle/incidents/drill.ts';
import { addressOf } from '../settings/own-address.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath } from './load.ts';
import { keyOf, type ModelsOptions } from './models-place.ts';
import { stoppable } from './stoppable.ts';
import { table } from './table.ts';

interface DrillCliOptions extends ModelsOptions {
  readonly model?: string;
  readonly role: string;
  readonly url?: string;
  readonly wait: number;
}

/** `incident drill [NAME]`: plays an attack against the running gateway. */
export function drillOptions(io: CliIo, command: Command): Command {
  return command
    .argument('[NAME]', 'default: lists what there is')
    .option('--model <MODEL>', 'the model that is asked (default: the first that the role may ask)')
    .option('--role <ROLE>', 'of the caller that is made for it', 'app')
    .option('--url <ADDRESS>', 'where the gateway answers (default: by the settings)')
    .option('--wait <TIME>', 'how long it may take until it is noticed', waitOf, 60_000)
    .addHelpText(
      'after',
      '\nThe caller that attacks is made for it, named drill-…, of the team “drill”, with the tag drill, and ended\nafterwards. Its prompts go to the model where no guard blocks them. 1: it was not noticed.\n\nExamples:\n  gatehouse incident drill\n  gatehouse incident drill injection-series --model gpt-4o\n  gatehouse incident drill model-extraction --model fraud --wait 2m\n  gatehouse incident drill credential-stuffing --json',
    )
    .action((name: string | undefined, options: DrillCliOptions) =>
      name === undefined ? list(io, options) : play(io, name, options),
    );
}

function list(io: CliIo, { json }: DrillCliOptions): void {
  const drills = DRILLS.map(({ name, technique, about }) => ({ name, technique, about }));
  if (json === true) io.json({ drills });
  else
    io.out(table([['DRILL', 'ATLAS', 'WHAT'], ...drills.map((one) => [one.name, one.technique, one.about])]));
}

async function play(io: CliIo, name: string, options: DrillCliOptions): Promise<void> {
  const drill = DRILLS.find((one) => one.name === name);
  if (drill === undefined)
    throw new Problem(
      'usage',
      `there is no drill ${name}`,
      `There are: ${DRILLS.map((one) => one.name).join(', ')}.`,
    );
  const { model, role, wait, json } = options;
  const settings = await loadSettings(io, settingsPath(io, options.config));
  const how = { key: keyOf(io, options) };
  const result = await stoppable(io, 'stopped; the caller of the drill has ended', (signal) =>
    runDrill({
      drill,
      address: options.url ?? addressOf(settings, settings.listen.port),
      ca: settings.listen.tls?.cert,
      model,
      contracts: contractsOf(settings),
      proxied: settings.listen.trusted_proxies.length > 0 ? settings.listen.proxy_header : undefined,
      role,
      patience: wait,
      admin: (method, path, body) => askAdmin(io, options.config, method, path, body, how),
      tick: systemClock.tick,
      signal,
      tell: (what) => io.err(what),
    }),
  );
  if (json === true) io.json(shown(result));
  else
    io.out(
      table([
        ['drill', result.drill],
        ['incident', result.incident ?? 'none: it was not noticed'],
        ['requests', `${result.sent} sent, ${result.blocked} blocked`],
        ['time to detect', lasted(result.ms.detect)],
        ['time to contain', lasted(result.ms.contain)],
        ['time to recover', lasted(result.ms.recover)],
      ]),
    );
  if (result.incident === undefined) process.exitCode = 1;
}

const shown = ({ ms, incident, ...result }: DrillResult) => ({
  ...result,
  incident: incident ?? null,
  ms_to: { detect: ms.detect ?? null, contain: ms.contain ?? null, recover: ms.recover ?? null },
});

function waitOf(text: string): number {
  const time = parseDuration(text);
  if (time === undefined || time < 1) throw new InvalidArgumentError('Write a duration such as 60s or 5m.');
  return time;
}
