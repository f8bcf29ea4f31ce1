import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { Secret } from '../base/secret.ts';
import { type DefenceKeys, defenceKeys } from '../defences/calibration.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import { type OpenedModel, type OpenModelOptions, openModel } from '../lifecycle/models/open-model.ts';
import { SealedModels } from '../lifecycle/models/sealed-models.ts';
import { onlyOnnx, Shelf, withMasters } from '../lifecycle/models/shelf.ts';
import type { Settings } from '../settings/settings.ts';
import { WHOLE } from '../store/model-steps.ts';
import { readModelRegistry } from '../store/models.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath } from './load.ts';
import { trustIn } from './trust-file.ts';

/** Options that all verbs of `models` have. */
export interface ModelsOptions {
  readonly config?: string;
  readonly as?: string;
  readonly json?: boolean;
}

/** Where sealed models are, and what opens them. */
export interface ModelsPlace
  extends Pick<OpenModelOptions, 'sealed' | 'masters' | 'trust' | 'rules' | 'clock'> {
  readonly settings: Settings;
}

/** The sealed models of a gateway, for as long as `act` takes. Throws Problem. */
export async function withModels<T>(
  io: CliIo,
  options: ModelsOptions,
  act: (place: ModelsPlace) => Promise<T>,
): Promise<T> {
  const settings = await loadSettings(io, settingsPath(io, options.config));
  const { models } = settings;
  const trust = models.trust === undefined ? undefined : trustIn(io, models.trust);
  return withMasters(settings.vault, (masters) => {
    const sealed = new SealedModels(dataPaths(settings.data).models);
    return act({ settings, sealed, masters, trust, rules: models, clock: systemClock });
  });
}

/** The same for a gateway in this process. */
export const shelfOf = (
  io: CliIo,
  { data }: Settings,
  registry: OpenModelOptions['registry'],
  version: string,
): Shelf =>
  new Shelf({
    folder: dataPaths(data).models,
    registry,
    clock: systemClock,
    version,
    trustIn: (file) => trustIn(io, file),
    read: bytesOf(io),
  });

/** The registry of a gateway, read from its file. */
export async function withRegistry<T>(
  { settings, clock }: ModelsPlace,
  act: (registry: OpenModelOptions['registry']) => Promise<T>,
): Promise<T> {
  const { registry, close } = readModelRegistry(dataPaths(settings.data).store, clock);
  try {
    return await act(registry);
  } finally {
    close();
  }
}

/** The key of the caller who acts. */
export function keyOf(io: CliIo, { as: file }: ModelsOptions): Secret | undefined {
  if (file === undefined) return undefined;
  const text = bytesOf(io, io.cwd, 'the key in ')(file).toString('utf8').trim();
  if (!/^[\x21-\x7e]{1,4096}$/.test(text)) throw new Problem('usage', `there is no API key in ${file}`);
  return new Secret(text);
}

/** A sealed model of the registry, opened for as long as `act` takes. */
export const withOpened = <T>(
  io: CliIo,
  reference: string,
  options: ModelsOptions,
  which: Pick<OpenModelOptions, 'states' | 'toUse'>,
  act: (model: OpenedModel, place: ModelsPlace) => Promise<T>,
): Promise<T> =>
  withModels(io, options, (place) =>
    withRegistry(place, async (registry) => {
      const opened = await openModel({ ...place, reference, registry, ...which });
      try {
        return await act(opened, place);
      } finally {
        opened.close();
      }
    }),
  );

/** Bytes of a model that is read whole. */
const MOST_BYTES = 2 ** 31;

/** The bytes of a model: a file, or else a sealed model of the registry, whatever has become of it but its end. */
export const modelBytes = async (
  io: CliIo,
  model: string,
  options: ModelsOptions & { readonly file?: string },
): Promise<Uint8Array> =>
  existsSync(resolve(io.cwd, model))
    ? bytesOf(io)(model)
    : withOpened(io, model, options, { states: WHOLE, toUse: false }, (opened) =>
        opened.bytes(options.file ?? onlyOnnx(opened.files), MOST_BYTES),
      );

/** The key of a calibration in a file, read as the settings read it. Throws Problem. */
export function defenceKeysIn(io: CliIo, file: string): DefenceKeys {
  const text = bytesOf(io, io.cwd, 'the key in ')(file).toString('utf8').trim();
  if (!/^[\x20-\x7e]*$/.test(text))
    throw new Problem(
      'usage',
      `the key in ${file} is no text of one line`,
      'openssl rand -hex 32 makes one.',
    );
  return defenceKeys(Buffer.from(text));
}
