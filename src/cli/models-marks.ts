import type { Command } from 'commander';
import type { Json, JsonObject } from '../base/json.ts';
import { EXIT, Problem } from '../base/problem.ts';
import { Secret } from '../base/secret.ts';
import {
  type DefenceKeys,
  defenceKeys,
  type ModelCalibration,
  readModelCalibration,
} from '../defences/calibration.ts';
import { Meter } from '../lifecycle/attack/endpoints/meter.ts';
import { openOip } from '../lifecycle/attack/endpoints/oip.ts';
import { ModelServer } from '../lifecycle/attack/endpoints/server.ts';
import { type MarksJob, type Proof, proveMarks } from '../lifecycle/shaping/prove-marks.ts';
import { keptRows } from '../oip/kept.ts';
import { predictionRuleOf } from '../policy/predictions.ts';
import { openVictim } from '../runtime/onnx/victim.ts';
import { Chain } from '../shapers/chain.ts';
import { dawn } from '../shapers/dawn.ts';
import { askAdmin } from './admin.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath } from './load.ts';
import { loadPolicy } from './load-policy.ts';
import { keyOf, type ModelsOptions, modelBytes } from './models-place.ts';
import { positive } from './numbers.ts';

interface MarksOptions extends ModelsOptions {
  readonly prediction: string;
  readonly caller: string;
  readonly suspect: string;
  readonly suspectKey?: string;
  readonly file?: string;
  readonly rows: number;
}

/** Rows in one request to a suspected server, and milliseconds for its answer. */
const BATCH = 64;
const TIMEOUT = 30_000;

/** `models marks`: whether a model learned from answers that carried marks. */
export const marksOptions = (io: CliIo, command: Command): Command =>
  command
    .requiredOption('--prediction <NAME>', 'the prediction of gatehouse.yaml that was asked')
    .requiredOption('--caller <NAME>', 'whose questions may have been learned from')
    .requiredOption(
      '--suspect <MODEL>',
      'the model that may be a copy: a file, or https://host/v2/models/NAME',
    )
    .option('--suspect-key <FILE>', 'bearer key of the suspected server')
    .option('--file <NAME>', 'the file of a sealed model (default: its only ONNX file)')
    .option('--rows <N>', 'rows that are asked, from the first', positive, 100_000)
    .action((model: string, options: MarksOptions) => marks(io, model, options));

async function marks(io: CliIo, model: string, options: MarksOptions): Promise<void> {
  const about = await aboutOf(io, options);
  const rows = await rowsAsked(io, options, about.calibration.monitors.outline.features);
  const own = await openVictim(await modelBytes(io, model, options));
  try {
    const suspect = await openSuspect(io, options, rows.subarray(0, own.features));
    io.err('asks both models');
    try {
      show(io, options, await proveMarks({ ...about, rows, own, suspect }));
    } finally {
      await suspect.close();
    }
  } finally {
    await own.close();
  }
}

type About = { readonly calibration: ModelCalibration; readonly keys: DefenceKeys; readonly rate: number };

/** How answers were marked, by settings and policy. Throws Problem('usage') where they were not. */
async function aboutOf(io: CliIo, { config, prediction: name }: MarksOptions): Promise<About> {
  const settings = await loadSettings(io, settingsPath(io, config));
  const source = settings.predictions[name]?.calibration;
  if (source === undefined)
    throw new Problem('usage', `there is no prediction “${name}” with a calibration in the settings`);
  const keys = defenceKeys(Buffer.from(source.key.reveal()));
  const rule = predictionRuleOf((await loadPolicy(io, settings.policy)).predictions, name);
  const lists = rule === undefined ? [] : [rule.shapers, ...rule.ladder.map(({ shapers }) => shapers)];
  const marking: Json[] = lists
    .flat()
    .filter(({ use }) => use === dawn.name)
    .slice(0, 1);
  const rate = new Chain(marking, { key: true, gate: true }).settingsOf(dawn)?.rate;
  if (rate === undefined)
    throw new Problem('usage', `the policy does not mark the answers of “${name}” (dawn)`);
  return { calibration: readModelCalibration(source.text, keys, source.file), keys, rate };
}

/** What the caller asked, as far as it was kept: page after page. */
async function rowsAsked(io: CliIo, options: MarksOptions, features: number): Promise<Float32Array> {
  const { prediction, caller, rows: most } = options;
  const progress = io.progress('reading what was asked');
  const parts: Float32Array[] = [];
  let count = 0;
  try {
    for (let from: Json | undefined = 0; typeof from === 'number' && count < most; ) {
      const query = new URLSearchParams({ model: prediction, caller, from: String(from) });
      const path = `/admin/v1/vault/asked?${query}`;
      const page: JsonObject = await askAdmin(io, options.config, 'GET', path, undefined, {
        key: keyOf(io, options),
      });
      for (const { text } of page.requests as { text: string | null }[]) {
        const kept = text === null ? undefined : keptRows(JSON.parse(text) as Json);
        if (kept?.features !== features) continue;
        parts.push(kept.rows);
        count += kept.rows.length / features;
      }
      progress.update(Math.min(count, most), most);
      from = page.next;
    }
  } finally {
    progress.end();
  }
  if (count === 0)
    throw new Problem(
      'undecided',
      `nothing is kept of what “${caller}” asked of “${prediction}”`,
      'Questions are kept where the policy has content.seal: prompts; docs/shapers.md shows how.',
    );
  const all = new Float32Array(count * features);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.subarray(0, most * features);
}

type Suspect = MarksJob['suspect'] & { close(): Promise<void> };

async function openSuspect(io: CliIo, options: MarksOptions, first: Float32Array): Promise<Suspect> {
  const { suspect, suspectKey } = options;
  if (!/^https?:/.test(suspect)) return openVictim(bytesOf(io)(suspect));
  const key = suspectKey === undefined ? undefined : bytesOf(io, io.cwd, 'the key in ')(suspectKey);
  const server = new ModelServer({
    headers: key === undefined ? {} : { authorization: new Secret(`Bearer ${key.toString('utf8').trim()}`) },
    timeout: TIMEOUT,
  });
  try {
    const { victim } = await openOip(suspect, server, new Meter(), { batch: BATCH, first: () => first });
    return { ...victim, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
}

const SAYS = {
  marked: 'It learned from the marked answers.',
  unmarked: 'It shows no more marks than a model of its own would.',
  undecided: 'There are too few marks among them for a proof, whatever it says.',
};

function show(io: CliIo, { caller, json }: MarksOptions, proof: Proof): void {
  const { rows, marks, differences, matches, log2P, verdict } = proof;
  if (json === true) io.json({ ...proof });
  else
    io.out(
      `${rows} rows of ${caller}, ${marks} of them marked. The models differ on ${differences}; on ${matches} the suspected one says the mark: log₂ p = ${log2P.toFixed(1)}. ${SAYS[verdict]}`,
    );
  if (verdict !== 'unmarked') process.exitCode = verdict === 'marked' ? EXIT.findings : EXIT.undecided;
}
