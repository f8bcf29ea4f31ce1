import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { DIALECTS } from '../dialects/index.ts';
import { LedgerArchiver } from '../gateway/archive.ts';
import { askControl, type ControlAnswer, type ControlOptions } from '../gateway/control.ts';
import { openGateway } from '../gateway/gateway.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { FolderInUse } from '../ledger/lock.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import { openMeans } from '../runtime/means.ts';
import type { Settings } from '../settings/settings.ts';
import type { CliIo } from './io.ts';
import { loadPolicy, loadSettings, readPolicy, settingsPath } from './load.ts';
import { shelfOf } from './models-place.ts';
import { openData } from './start.ts';

export interface AskOptions extends ControlOptions {
  /** Of Gatehouse, for whatever depends on it. */
  readonly version?: string;
}

/**
 * One administrative act: by the running gateway, over the control socket in its data folder; where none is running,
 * by the same code in this process, on the same ledger. Throws a Problem where it is refused. */
export async function askAdmin(
  io: CliIo,
  config: string | undefined,
  method: 'GET' | 'POST',
  path: string,
  body?: JsonObject,
  how: AskOptions = {},
): Promise<JsonObject> {
  const settings = await loadSettings(io, settingsPath(io, config));
  const { socket } = dataPaths(settings.data);
  const ask = () => askControl(socket, method, path, body, how);
  const answer = await unlessInUse(async () => (await ask()) ?? (await whileClosed(io, settings, how, ask)));
  if (answer === undefined) throw new Problem('environment', 'the control socket does not answer');
  if (answer.status < 400) return answer.body;
  const { title, field } = answer.body;
  throw new Problem(
    answer.status < 500 ? 'findings' : 'environment',
    typeof title === 'string' ? title : 'refused',
    typeof field === 'string' ? `It is about ${field.replace(/^\//, '')}.` : undefined,
  );
}

/** Another command of this kind may have the data folder for a moment: what went before may have taken hours. */
async function unlessInUse<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 20; ; tries -= 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof FolderInUse) || tries === 0) throw error;
      await setTimeout(150);
    }
  }
}

/** Answers on the control socket alone for as long as `act` takes. */
async function whileClosed(
  io: CliIo,
  settings: Settings,
  { version = '' }: AskOptions,
  act: () => Promise<ControlAnswer | undefined>,
): Promise<ControlAnswer | undefined> {
  const policy = await loadPolicy(io, settings.policy);
  const data = await openData(settings);
  const archiver = new LedgerArchiver({
    settings,
    ledger: data.ledger,
    clock: systemClock,
    log: () => {},
    cosigned: settings.ledger.witnesses && (() => 0),
  });
  const gateway = await openGateway({
    settings,
    policy,
    load: async () => ({ settings, policy: await loadPolicy(io, settings.policy) }),
    readPolicy,
    // Nothing is forwarded from here.
    parts: {
      dialects: DIALECTS,
      kinds: GUARD_KINDS,
      means: openMeans(),
      practice: { url: 'http://127.0.0.1:9', key: '' },
    },
    ledger: data.ledger,
    store: data.store,
    clock: systemClock,
    log: () => {},
    digestKey: data.folder.digestKey,
    socket: data.socket,
    version,
    shelf: shelfOf(io, settings, data.store.models, version),
    role: 'desk',
    // With witnesses, what they have cosigned is known to a running gateway alone.
    archive: (keep, dry) => archiver.run(keep, dry),
  });
  try {
    return await act();
  } finally {
    await archiver.close();
    await gateway.close();
  }
}
