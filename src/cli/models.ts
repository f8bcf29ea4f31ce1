import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { shown as display } from '../findings/finding.ts';
import { askControl } from '../gateway/control-client.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import { type AddedModel, addModel, type RegistryDesk } from '../lifecycle/models/add-model.ts';
import { excusedUntil } from '../lifecycle/models/excused.ts';
import { labelOf, type SealedAs } from '../lifecycle/models/form.ts';
import { scannedBy } from '../lifecycle/models/shelf.ts';
import { writeOut } from '../lifecycle/models/write-out.ts';
import { type ModelState, type ScannedBy, WHOLE } from '../store/model-steps.ts';
import { type AskOptions, askAdmin } from './admin.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath } from './load.ts';
import { attachOptions } from './models-attach.ts';
import { calibrateOptions } from './models-calibrate.ts';
import { contractOptions } from './models-contract.ts';
import { marksOptions } from './models-marks.ts';
import { keyOf, type ModelsOptions, withModels, withOpened } from './models-place.ts';
import { shapeOptions } from './models-shape.ts';
import { counted, positive } from './numbers.ts';
import { scanModel } from './scan-model.ts';
import { table } from './table.ts';

interface AddOptions extends ModelsOptions {
  readonly name?: string;
  readonly signature?: string;
  readonly jobs: number;
}

/** A model as the admin API shows it. */
interface ModelShown extends SealedAs {
  readonly state: ModelState;
  readonly root: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly signer: string | null;
  readonly scan: (ScannedBy & { readonly verdict: string }) | null;
  readonly checking: number | null;
  readonly submitter: { readonly owner: string };
  readonly approvals: readonly { readonly owner: string; readonly time: string }[];
  readonly created: string;
}

const REGISTRY = '/admin/v1/registry';

/** `models add|list|show|approve|activate|revoke|remove|rescan|verify|export`: sealed models, and who says that they may be used. */
export function modelsCommand(io: CliIo, version: string): Command {
  const models = new Command('models').description(
    'sealed models: scanned, signed, approved by people, active',
  );
  const verb = (name: string, about: string, examples: readonly string[]) =>
    models
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--as <FILE>', 'file with the API key of the caller who does this')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExit codes: 0 done, 1 refused, 2 could not decide, 3 wrong usage, 4 environment.\n\nExamples:\n${examples.map((example) => `  gatehouse models ${example}`).join('\n')}`,
      );

  verb('add <PATH>', 'verify, scan and seal a model', [
    'add ./llama --as ann.key',
    'add weights.gguf --name tiny --as ann.key --json',
  ])
    .option('--name <NAME>', 'its name (default: that of the file or folder)')
    .option('--signature <FILE>', 'where its signature is (default: PATH/model.sig, or FILE.sig)')
    .option('--jobs <N>', 'threads that hash and scan', positive, availableParallelism())
    .action((path: string, options: AddOptions) => add(io, version, path, options));

  verb('list', 'all models and how far they have come', ['list', 'list --json']).action(
    async (options: ModelsOptions) => {
      const answer = await askAdmin(io, options.config, 'GET', REGISTRY, undefined, {
        key: keyOf(io, options),
      });
      if (options.json === true) return io.json(answer);
      const rows = (answer.models as unknown as ModelShown[]).map((one) => [
        labelOf(one),
        one.state,
        one.signer ?? '–',
        one.submitter.owner,
        one.approvals.map(({ owner }) => owner).join(', ') || '–',
        one.scan === null ? '–' : `${one.scan.verdict} (${one.scan.version})`,
        (one.root ?? '–').slice(0, 16),
      ]);
      io.out(
        rows.length === 0
          ? 'No models yet: gatehouse models add PATH'
          : table([['MODEL', 'STATE', 'SIGNED BY', 'ADDED BY', 'APPROVED BY', 'SCAN', 'DIGEST'], ...rows]),
      );
    },
  );

  verb('show <MODEL>', 'one model: NAME@VERSION, or NAME for its active or newest version', [
    'show llama@2',
  ]).action(async (model: string, options: ModelsOptions) => io.json(await show(io, options, model)));

  verb('approve <MODEL>', 'say that a version may be used; not by who added it', [
    'approve llama@2 --as ben.key',
    'approve llama@2 --as ben.key --digest 4f0c…',
  ])
    .option('--digest <SHA256>', 'the digest of what is approved (default: the one that it has)')
    .action(async (model: string, options: ModelsOptions & { digest?: string }) => {
      const { root } = await show(io, options, model);
      if (root === null || root === undefined) throw new Problem('findings', `${model} is not sealed yet`);
      tell(io, options, await change(io, options, model, 'approve', { root: options.digest ?? root }));
    });

  verb('activate <MODEL>', 'have the gateway check a version, and make it the one that is used', [
    'activate llama@2 --as ann.key',
  ]).action(async (model: string, options: ModelsOptions) =>
    tell(io, options, await activate(io, version, model, options)),
  );

  verb('revoke <MODEL>', 'never use a version again, from this moment', ['revoke llama@2']).action(
    async (model: string, options: ModelsOptions) =>
      tell(io, options, await change(io, options, model, 'revoke')),
  );

  verb('remove <MODEL>', 'destroy the key of a revoked version, and its sealed files, for good', [
    'remove llama@2',
  ]).action(async (model: string, options: ModelsOptions) =>
    tell(io, options, await change(io, options, model, 'remove')),
  );

  verb('rescan <MODEL>', 'scan a sealed version again, by the rules of now', [
    'rescan llama@2',
    'rescan llama --json',
  ])
    .option('--jobs <N>', 'threads that scan', positive, availableParallelism())
    .action((model: string, options: ModelsOptions & { jobs: number }) =>
      rescan(io, version, model, options),
    );

  verb('verify <MODEL>', 'read every byte of a sealed model, and check it as if it were used now', [
    'verify llama',
    'verify llama@2 --json',
  ]).action(async (model: string, options: ModelsOptions) => {
    const checked = await check(io, model, options);
    if (options.json === true) io.json(checked);
    else
      io.out(
        `${model}: verified, ${counted(checked.files, 'file')}, signed by ${checked.signer ?? 'nobody'}.`,
      );
  });

  attachOptions(
    io,
    verb('attach <MODEL>', 'keep what attacks on a version came to with it, for whoever approves it', [
      'attach fraud@3 --report report/result.json',
    ]),
  );

  contractOptions(
    io,
    verb('contract <MODEL>', 'the input contract of a model, found in a sample', [
      'contract model.onnx --data sample.csv --drop label --to fraud.contract.yaml',
      'contract fraud@2 --data sample.csv --json',
    ]),
  );

  calibrateOptions(
    io,
    verb('calibrate <MODEL>', 'what honest queries to a model are like, for monitors and shapers', [
      'calibrate model.onnx --data sample.csv --label class --key fraud.key --to fraud.calibration.json',
      'calibrate digits@1 --data images-idx3-ubyte.gz --key digits.key --to digits.calibration.json --json',
    ]),
  );

  shapeOptions(
    io,
    verb('shape <MODEL>', 'what shapers of answers cost users, and how good a copy a thief makes', [
      'shape fraud.onnx --evaluate --data sample.csv --label class --thief public.csv',
      'shape fraud.onnx --data sample.csv --thief public.csv --shapers shapers.yaml --json',
      'shape fraud.onnx --data new.csv --thief public.csv --calibration fraud.calibration.json --key fraud.key --policy policy.yaml --model-name fraud --report shapers.html',
    ]),
    version,
  );

  marksOptions(
    io,
    verb(
      'marks <MODEL>',
      'whether another model learned from answers that carried marks (DAWN): exits 1 where it did',
      [
        'marks fraud@1 --prediction fraud --caller partner --suspect copy.onnx',
        'marks fraud.onnx --prediction fraud --caller partner --suspect https://host/v2/models/copy --json',
      ],
    ),
  );

  verb('export <MODEL>', 'write an active model to a new folder, verified', ['export llama --to ./llama'])
    .requiredOption('--to <DIR>', 'folder to make')
    .action((model: string, options: ModelsOptions & { to: string }) => exportModel(io, model, options));
  return models;
}

const pathOf = (model: string, act = ''): string => `${REGISTRY}/${encodeURIComponent(model)}${act}`;

const show = (io: CliIo, options: ModelsOptions, model: string): Promise<JsonObject> =>
  askAdmin(io, options.config, 'GET', pathOf(model), undefined, { key: keyOf(io, options) });

const change = (
  io: CliIo,
  options: ModelsOptions,
  model: string,
  act: string,
  body: JsonObject = {},
  how: AskOptions = {},
): Promise<JsonObject> =>
  askAdmin(io, options.config, 'POST', pathOf(model, `/${act}`), body, { key: keyOf(io, options), ...how });

/** All of a model is read before it answers. */
const PATIENCE = 12 * 3_600_000;
/** Milliseconds between looks at how far it is. */
const LOOK = 3000;

/** The gateway checks the model; how far it has come is asked meanwhile. */
async function activate(
  io: CliIo,
  version: string,
  model: string,
  options: ModelsOptions,
): Promise<JsonObject> {
  const progress = io.progress('checking, bytes');
  const { data } = await loadSettings(io, settingsPath(io, options.config));
  const look = { key: keyOf(io, options) };
  const watching = setInterval(async () => {
    // Each look is an entry of the ledger: none is taken for nobody.
    if (progress.drawn === undefined) return;
    const { socket } = dataPaths(data);
    const seen = await askControl(socket, 'GET', pathOf(model), undefined, look).catch(() => undefined);
    const { checking, bytes } = (seen?.body ?? {}) as Partial<ModelShown>;
    if (typeof checking === 'number') progress.update(checking, bytes);
  }, LOOK);
  try {
    return await change(io, options, model, 'activate', {}, { version, patience: PATIENCE });
  } finally {
    clearInterval(watching);
    progress.end();
  }
}

function tell(io: CliIo, { json }: ModelsOptions, answer: JsonObject): void {
  if (json === true) {
    io.json(answer);
    return;
  }
  const model = answer as unknown as ModelShown;
  const by = model.approvals.map(({ owner }) => owner).join(', ');
  io.out(`${labelOf(model)} is ${model.state}${by === '' ? '' : `, approved by ${by}`}.`);
}

async function add(io: CliIo, version: string, path: string, options: AddOptions): Promise<void> {
  const key = keyOf(io, options);
  if (key === undefined)
    throw new Problem(
      'usage',
      'who adds the model?',
      'Name the file with your API key: --as FILE. Whoever approves the model has to be somebody else.',
    );
  const ask = (at: string, body?: JsonObject) => askAdmin(io, options.config, 'POST', at, body, { key });
  const registry: RegistryDesk = {
    async add(name) {
      const { id, version, name: given } = (await ask(REGISTRY, { name })) as unknown as ModelShown;
      return { id, name: given, version };
    },
    async scanned(about, root, scan) {
      await ask(pathOf(labelOf(about), '/scanned'), { root, ...scan });
    },
    async signed(about) {
      await ask(pathOf(labelOf(about), '/signed'));
    },
    async revoke(about) {
      // Whoever may add may not always revoke; the owner of the folder may.
      await askAdmin(io, options.config, 'POST', pathOf(labelOf(about), '/revoke'));
    },
  };
  const progress = io.progress('sealing, bytes');
  try {
    const added = await withModels(io, options, ({ settings, sealed, masters, trust, clock }) => {
      const { scanPolicy: policy } = settings.models;
      return addModel({
        model: resolve(io.cwd, path),
        name: options.name ?? basename(resolve(io.cwd, path)).toLowerCase(),
        signature: options.signature && resolve(io.cwd, options.signature),
        trust,
        registry,
        sealed,
        masters,
        scan: (model) => scanModel(io, version, model, { policy: policy ?? null, jobs: options.jobs }),
        scannedBy: scannedBy(version, policy, bytesOf(io)),
        jobs: options.jobs,
        clock,
        onProgress: (done) => progress.update(done),
      });
    });
    progress.end();
    showAdded(io, options, added);
  } finally {
    progress.end();
  }
}

function showAdded(io: CliIo, { json }: ModelsOptions, added: AddedModel): void {
  const { id, name, version, root, files, bytes, signer } = added;
  if (json === true) {
    io.json({ id, name, version, state: signer === null ? 'scanned' : 'signed', root, files, bytes, signer });
    return;
  }
  io.out(
    `${labelOf(added)} is ${signer === null ? 'scanned and sealed; nobody signed it' : `sealed, signed by ${signer}`}.`,
  );
  io.out(`  digest ${root}`);
  io.out(`Somebody else approves it: gatehouse models approve ${labelOf(added)} --as FILE`);
}

/** Reads all of a model, as whoever uses it would. */
async function check(io: CliIo, reference: string, options: ModelsOptions) {
  // The gateway brings its registry up to its ledger before it answers.
  await show(io, options, reference);
  return withOpened(io, reference, options, { states: WHOLE }, async (opened) => {
    const progress = io.progress('verifying, bytes');
    try {
      let done = 0;
      await opened.check((bytes) => {
        done += bytes;
        progress.update(done, opened.registered.bytes);
      });
      const { name, version, root, files, bytes } = opened.registered;
      return { outcome: 'verified', name, version, root, files, bytes, signer: opened.signer };
    } finally {
      progress.end();
    }
  });
}

/** What is sealed is written into the data folder in clear, for as long as it is scanned. */
async function rescan(
  io: CliIo,
  version: string,
  model: string,
  options: ModelsOptions & { readonly jobs: number },
): Promise<void> {
  const shown = (await show(io, options, model)) as unknown as ModelShown;
  const reference = labelOf(shown);
  const which = { states: WHOLE, toUse: false };
  const result = await withOpened(io, reference, options, which, (opened, { sealed, settings }) =>
    sealed.inClear(async (folder) => {
      const to = join(folder, 'model');
      await writeOut(opened, to);
      const { scanPolicy: policy } = settings.models;
      const found = await scanModel(io, version, to, { policy: policy ?? null, jobs: options.jobs });
      const scan = { ...scannedBy(version, policy, bytesOf(io)), until: excusedUntil(found.files) };
      return { verdict: found.verdict, scan, found };
    }),
  );
  const { verdict, scan, found } = result;
  const answer = await change(io, options, reference, 'rescanned', { root: shown.root, verdict, ...scan });
  if (options.json === true) io.json(answer);
  else if (verdict === 'clean') io.out(`${reference} is clean by the rules of Gatehouse ${version}.`);
  if (verdict === 'clean') return;
  const bad = found.files.find((file) => file.verdict === verdict);
  throw new Problem(
    verdict,
    `${reference} is not clean: see ${display(bad?.path ?? '')}`,
    `Nobody can use it until a scan comes to clean. To end it: gatehouse models revoke ${reference}`,
  );
}

async function exportModel(
  io: CliIo,
  reference: string,
  options: ModelsOptions & { readonly to: string },
): Promise<void> {
  const to = resolve(io.cwd, options.to);
  if (existsSync(to))
    throw new Problem('usage', `${options.to} is there already`, 'Name a folder that is not.');
  const { name, version } = (await show(io, options, reference)) as unknown as ModelShown;
  const exactly = labelOf({ name, version });
  await change(io, options, exactly, 'export', { to });
  const files = await withOpened(io, exactly, options, {}, (opened) => writeOut(opened, to));
  if (options.json === true) io.json({ to, files });
  else io.out(`${counted(files, 'file')} in ${options.to}, verified.`);
}
