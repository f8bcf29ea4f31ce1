import { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { RESPONSES } from '../policy/predictions.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { keyOf } from './models-place.ts';
import { table } from './table.ts';

interface Common {
  readonly config?: string;
  readonly as?: string;
  readonly json?: boolean;
  readonly model?: string;
  readonly caller?: string;
}

/** A caller on the ladder of a model, as the admin API shows it. */
interface Standing {
  readonly model: string;
  readonly caller: { readonly id: string; readonly name: string; readonly team: string };
  readonly stance: string;
  readonly waits_for: string | null;
  readonly held: boolean;
  readonly strange: number;
  readonly last: string | null;
  readonly alarms: number;
  readonly latest: { readonly monitor: string; readonly time: string } | null;
}

interface Shown extends Standing {
  readonly evidence: {
    readonly strength: number | null;
    readonly queries: number;
    readonly cells: number;
    readonly bits: number | null;
  } | null;
  readonly history: readonly {
    readonly time: string;
    readonly monitor: string;
    readonly scope: string;
    readonly strength: number | null;
    readonly query: number;
    readonly request: string;
    readonly explanation: string;
    readonly atlas: string;
    readonly owasp: string;
  }[];
}

const PATH = '/admin/v1/alarms';

/** `alarms list|show|approve|raise|clear`: callers whom monitors of models raised an alarm about, and what people decide. */
export function alarmsCommand(io: CliIo): Command {
  const alarms = new Command('alarms').description(
    'what monitors found of those who ask models that classify, and what is done about it',
  );
  const verb = (name: string, about: string, examples: readonly string[]) =>
    alarms
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--as <FILE>', 'file with the API key of the person who does this')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExit codes: 0 done, 1 refused, 3 wrong usage, 4 environment.\n\nExamples:\n${examples.map((example) => `  gatehouse alarms ${example}`).join('\n')}`,
      );
  const ask = (options: Common, method: 'GET' | 'POST', path: string, body?: JsonObject) =>
    askAdmin(io, options.config, method, path, body, { key: keyOf(io, options) });

  verb('list', 'callers whom an alarm was about, and how they are answered', [
    'list',
    'list --model fraud --json',
    'list --caller shop-bot',
  ])
    .option('--model <NAME>', 'of this model only')
    .option('--caller <NAME>', 'of this caller only: name or id')
    .action(async (options: Common) => {
      const { model, caller } = options;
      const query = new URLSearchParams({ ...(model && { model }), ...(caller && { caller }) }).toString();
      const answer = await ask(options, 'GET', query === '' ? PATH : `${PATH}?${query}`);
      if (options.json === true) return io.json(answer);
      const { alarms: found, models } = answer as unknown as { alarms: Standing[]; models: string[] };
      if (models.length === 0) return io.out('No model has a calibration: gatehouse models calibrate MODEL');
      if (found.length === 0) return io.out('No alarms.');
      const rows = found.map((one) => [
        one.model,
        one.caller.name || one.caller.id,
        one.caller.team || '–',
        one.stance,
        one.waits_for ?? '–',
        String(one.alarms),
        one.latest?.monitor ?? '–',
        minute(one.last),
      ]);
      io.out(
        table([['MODEL', 'CALLER', 'TEAM', 'ANSWERED BY', 'WAITS FOR', 'ALARMS', 'NEWEST', 'LAST'], ...rows]),
      );
    });

  verb('show', 'all that monitors know of one caller', ['show shop-bot', 'show shop-bot --json'])
    .argument('<CALLER>', 'name or id')
    .action(async (caller: string, options: Common) => {
      const answer = await ask(options, 'GET', pathOf(caller));
      if (options.json === true) return io.json(answer);
      const { models } = answer as unknown as { models: Shown[] };
      io.out(
        models.length === 0 ? `Monitors know nothing of ${caller}.` : models.flatMap(linesOf).join('\n'),
      );
    });

  verb('approve', 'let a caller come to the rung of the ladder that waits for a person', [
    'approve shop-bot --model fraud',
    'approve shop-bot --model fraud --as ann.key --json',
  ])
    .argument('<CALLER>', 'name or id')
    .requiredOption('--model <NAME>', 'the model')
    .action(async (caller: string, options: Common) => decide(caller, options, 'approve', {}));

  verb('raise', 'put a caller on a rung: the next one, or one that is named; only a person takes it back', [
    'raise shop-bot --model fraud',
    'raise shop-bot --model fraud --to block',
  ])
    .argument('<CALLER>', 'name or id')
    .requiredOption('--model <NAME>', 'the model')
    .option('--to <RUNG>', RESPONSES.join(', '))
    .action(async (caller: string, options: Common & { to?: string }) =>
      decide(caller, options, 'raise', options.to === undefined ? {} : { to: options.to }),
    );

  verb('clear', 'forget what stands against a caller: they are answered as everybody is', [
    'clear shop-bot',
    'clear shop-bot --model fraud',
  ])
    .argument('<CALLER>', 'name or id')
    .option('--model <NAME>', 'of this model only')
    .action(async (caller: string, options: Common) => decide(caller, options, 'clear', {}));

  async function decide(caller: string, options: Common, act: string, more: JsonObject): Promise<void> {
    const body = { ...more, ...(options.model !== undefined && { model: options.model }) };
    const answer = await ask(options, 'POST', pathOf(caller, `/${act}`), body);
    if (options.json === true) return io.json(answer);
    const { changes } = answer as unknown as { changes: { model: string; before: string; after: string }[] };
    for (const { model, before, after } of changes) io.out(`${caller} with ${model}: ${before} → ${after}`);
  }
  return alarms;
}

const pathOf = (caller: string, act = ''): string => `${PATH}/${encodeURIComponent(caller)}${act}`;

const minute = (time: string | null): string => (time === null ? '–' : `${time.slice(0, 16)}Z`);

function linesOf(shown: Shown): string[] {
  const { model, stance, waits_for, held, strange = 0, last = null, evidence, history } = shown;
  return [
    `${model}: ${stance}${held ? ', by a person' : ''}${waits_for ? `; ${waits_for} waits for a person to approve` : ''}`,
    ...(last === null ? [] : [`  last strange ${minute(last)}; ${strange} strange queries on this rung`]),
    ...(evidence === null
      ? []
      : [
          `  ${evidence.queries} queries, ${evidence.cells} cells, ${Math.round(evidence.bits ?? 0)} bits learned; evidence 10^${(evidence.strength ?? 0).toFixed(1)}`,
        ]),
    ...history.flatMap((one) => [
      `  ${minute(one.time)} ${one.monitor} (${one.scope}, query ${one.query}, 10^${(one.strength ?? 0).toFixed(1)}, ${one.atlas}, ${one.owasp}) ${one.request}`,
      `    ${one.explanation}`,
    ]),
  ];
}
