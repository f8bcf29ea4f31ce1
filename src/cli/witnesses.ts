import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { type Log, nameOf } from '../gateway/log.ts';
import type { LedgerDesk } from '../ledger/desk.ts';
import { ledgerPaths } from '../ledger/init.ts';
import type { Settings } from '../settings/settings.ts';
import { Cosigning } from '../witness/cosigning.ts';
import { witnessPlaces } from '../witness/places.ts';
import type { Signed } from '../witness/submit.ts';
import { WitnessedLedger } from '../witness/witnessed-ledger.ts';

/** The witnesses of a running gateway. */
export interface Witnesses {
  take(note: Signed['note'], tree: Signed['tree']): void;
  /** What requests are recorded in: the ledger, or one that refuses while no quorum has cosigned. */
  guard(ledger: LedgerDesk): LedgerDesk;
  state(): JsonObject;
  /** Entries that a quorum has cosigned. */
  readonly cosigned: number;
  close(): Promise<void>;
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

/** Those of the settings; undefined where they name none. Throws Problem('usage') for keys that are none. */
export function openWitnesses(settings: Settings, clock: Clock, log: Log): Witnesses | undefined {
  const { witnesses } = settings.ledger;
  if (witnesses === undefined) return undefined;
  const { quorum, every, patience, otherwise } = witnesses;
  let ledger: LedgerDesk | undefined;
  const tell = (body: JsonObject & { kind: string }) =>
    ledger?.append(body).catch((error) => {
      log('error', 'the ledger could not record what a witness said', { error: nameOf(error) });
    });
  const cosigning = new Cosigning({
    folder: ledgerPaths(settings.data).folder,
    archive: settings.ledger.archive?.to,
    witnesses: witnessPlaces(witnesses.who),
    quorum,
    every,
    clock,
    onConflict(witness, conflict, size) {
      log('error', 'a witness contradicts this ledger: rolled back, forked, or the witness lies', {
        witness,
        code: conflict,
        count: size,
      });
      void tell({ kind: 'witness.conflict', witness, conflict, size });
    },
    onTrouble(witness, why) {
      if (why === undefined) log('info', 'a witness cosigns again', { witness });
      else log('warn', 'a witness did not cosign', { witness, code: why });
    },
  });
  return {
    take: (note, tree) => cosigning.take({ note, tree }),
    guard(real) {
      ledger = real;
      return otherwise === 'refuse' ? new WitnessedLedger(real, cosigning, clock, patience) : real;
    },
    get cosigned() {
      return cosigning.quorum.size;
    },
    state: () => ({
      quorum,
      cosigned: cosigning.quorum.size,
      since: iso(cosigning.quorum.since),
      witnesses: cosigning.status.map(({ name, size, at, trouble }) => ({
        name,
        cosigned: size,
        at: iso(at),
        trouble: trouble ?? null,
      })),
    }),
    close: () => cosigning.close(),
  };
}
