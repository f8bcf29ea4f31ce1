import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { fitsSocket } from '../gateway/control-client.ts';
import { ledgerPaths } from '../ledger/init.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { LedgerOptions } from '../ledger/options.ts';
import { type DataFolder, dataPaths, openDataFolder } from '../lifecycle/data-folder.ts';
import { type FirstKeys, makeFirstCallers } from '../lifecycle/first-run.ts';
import { resumeIncidents } from '../lifecycle/incidents/resume.ts';
import { resumeModels } from '../lifecycle/models/resume-steps.ts';
import { SealedModels } from '../lifecycle/models/sealed-models.ts';
import { resumeSettlements } from '../lifecycle/settlements.ts';
import type { Settings } from '../settings/settings.ts';
import { openStore, type Store } from '../store/store.ts';
import { planUpgrade } from '../store/upgrade.ts';

/** Everything that a data folder holds, opened for this process alone. */
export interface OpenData {
  readonly folder: DataFolder;
  readonly ledger: Ledger;
  readonly store: Store;
  /** Keys of the first run, which is this one. */
  readonly first: FirstKeys | undefined;
  /** Where a running gateway can be reached. */
  readonly socket: string;
  close(): Promise<void>;
}

export type LedgerTuning = Omit<LedgerOptions, 'folder' | 'keys' | 'clock'>;

/**
 * Opens the data folder, and makes it where it is not there yet. Throws a Problem; then nothing stays open.
 * @param more how the ledger is opened, beyond its folder
 */
export async function openData(settings: Settings, more: LedgerTuning = {}): Promise<OpenData> {
  const { data, ledger: about } = settings;
  const paths = dataPaths(data);
  if (!fitsSocket(paths.socket)) {
    throw new Problem(
      'usage',
      `the path of the data folder is too long: ${data}`,
      'Set "data" in gatehouse.yaml to a shorter one.',
    );
  }
  const clock = systemClock;
  const folder = await openDataFolder(data, { clock, origin: about.origin });
  const ledger = await Ledger.open({
    folder: ledgerPaths(data).folder,
    keys: folder.ledgerKeys,
    clock,
    segmentBytes: about.segment,
    ...more,
  });
  let store: Store | undefined;
  try {
    const { present, wanted } = planUpgrade(paths.store);
    if (present > 0 && present < wanted)
      await ledger.append({ kind: 'system.upgrade', from: present, to: wanted });
    store = openStore(paths.store, { pepper: folder.pepper, clock });
    await resumeSettlements(store, ledgerPaths(data).folder);
    const first = await makeFirstCallers(store, ledger);
    const opened = store;
    // Without a vault there never was a model.
    if (settings.vault !== undefined || store.models.list().length > 0)
      await resumeModels(store.models, {
        folder: ledgerPaths(data).folder,
        size: ledger.size,
        archive: about.archive?.to,
      });
    await resumeIncidents(store.incidents, {
      folder: ledgerPaths(data).folder,
      size: ledger.size,
      archive: about.archive?.to,
    });
    await new SealedModels(paths.models).sweep((id) => {
      const model = opened.models.byId(id);
      return model === undefined || model.root === null ? 'unfinished' : model.state;
    });
    return {
      folder,
      ledger,
      store,
      first,
      socket: paths.socket,
      async close() {
        opened.close();
        await ledger.close();
      },
    };
  } catch (error) {
    store?.close();
    await ledger.close();
    throw error;
  }
}
