import { join } from 'node:path';
import type { LedgerDesk } from '../../ledger/desk.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Log } from '../log.ts';
import { watchedRules } from './rules.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';

interface WatchParts {
  readonly settings: Settings;
  readonly ledger: LedgerDesk;
  readonly log: Log;
}

/** Watches the ledger of a data folder; the views are a file beside it. Throws a Problem for a rule that cannot be used. */
export function openWatcher(
  { settings, ledger, log }: WatchParts,
  onRaised: WatcherOptions['onRaised'],
): Watcher {
  const { folder } = ledgerPaths(settings.data);
  return new Watcher({
    folder,
    archive: settings.ledger.archive?.to,
    views: join(settings.data, 'views.sqlite'),
    size: () => ledger.size,
    rules: watchedRules(settings.detections),
    onRaised,
    onTrouble: (why) => log('warn', 'the ledger cannot be watched; it is tried again', { error: why }),
  });
}
