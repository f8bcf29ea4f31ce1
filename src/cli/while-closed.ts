import { systemClock } from '../base/clock.ts';
import { DIALECTS } from '../dialects/index.ts';
import { LedgerArchiver } from '../gateway/archive.ts';
import { openGateway } from '../gateway/gateway.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { openMeans } from '../runtime/means.ts';
import type { Settings } from '../settings/settings.ts';
import type { CliIo } from './io.ts';
import { loadPolicy, readPolicy } from './load-policy.ts';
import { shelfOf } from './models-place.ts';
import { openData } from './start.ts';

/** Answers on the control socket alone for as long as `act` takes. */
export async function whileClosed<T>(
  io: CliIo,
  settings: Settings,
  version: string,
  act: () => Promise<T>,
): Promise<T> {
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
