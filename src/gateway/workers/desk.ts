import type { EntryBody } from '../../audit/entry.ts';
import type { Clock } from '../../base/clock.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { LedgerDesk } from '../../ledger/desk.ts';
import type { Entered, LedgerNews } from '../../ledger/remote.ts';
import type { Amounts } from '../../policy/claim.ts';
import type { Background, Taken } from '../../store/background.ts';
import type { CounterName, QuotaDesk, Reservation } from '../../store/desk.ts';
import { asJson, fromJson } from './protocol.ts';
import type { Asked, Deferral, Lent } from './remote-quotas.ts';
import type { Handlers } from './rpc.ts';

/** Entries that open something, and the one that closes it; `admin.begin` by a worker is that of a registration. */
const BEGINS = new Map([
  ['request.begin', 'request.end'],
  ['admin.begin', 'admin.end'],
]);
const ENDS = new Set(BEGINS.values());

interface Begun {
  /** Of the entry that closes it. */
  readonly kind: string;
  readonly seq: number;
  readonly at: number;
}

/** What one worker has open: begun requests and reservations. Bounded by the requests that it may have in work. */
interface Held {
  readonly reservations: Map<number, { readonly reservation: Reservation; readonly request: string }>;
  /** Requests whose first entry is on its way. */
  readonly beginning: Set<string>;
  readonly begun: Map<string, Begun>;
  /** Settlements that it has taken, by request. */
  readonly late: Map<string, Late>;
}

interface Late {
  readonly key: string;
  /** How far its entry has come. */
  state: 'taken' | 'on its way' | 'entered';
}

export interface DeskParts {
  readonly ledger: LedgerDesk;
  readonly quotas: QuotaDesk;
  readonly background: Pick<Background, 'release'>;
  readonly clock: Clock;
}

/**
 * The primary's side of one worker: the one ledger and the one set of counters, lent over a line. If the worker dies,
 * what it held is settled as it was reserved, every request that it had begun gets its closing entry, and a settlement
 * that came to an entry is finished.
 */
export class WorkerDesk {
  readonly #ledger: LedgerDesk;
  readonly #quotas: QuotaDesk;
  readonly #background: Pick<Background, 'release'>;
  readonly #clock: Clock;
  readonly #held: Held = { reservations: new Map(), beginning: new Set(), begun: new Map(), late: new Map() };
  #next = 0;
  #gone = false;

  constructor(parts: DeskParts) {
    this.#ledger = parts.ledger;
    this.#quotas = parts.quotas;
    this.#background = parts.background;
    this.#clock = parts.clock;
  }

  readonly handlers: Handlers = {
    append: (body) => this.#append(fromJson<EntryBody>(body)),
    reserve: (asked) => this.#reserve(fromJson<Asked>(asked)),
    settle: (told) => this.#settle(told),
    cancel: (id) => this.#take(id)?.cancel(),
    defer: (told) => this.#defer(fromJson<Deferral>(told)),
    take: (told) => this.#takeLate(fromJson<{ key: string; by: Taken }>(told)),
    finish: (key) => this.#finish(String(key)),
    flushed: () => this.#quotas.flushed(),
    used: (names) => this.#quotas.used(fromJson<CounterName[]>(names)),
  };

  async #append(body: EntryBody): Promise<Json> {
    const id = String(body.id);
    const late = body.kind === 'request.end' ? this.#held.late.get(id) : undefined;
    if (late !== undefined) late.state = 'on its way';
    // Before it is waited for: a worker that dies meanwhile must not have its request ended a second time.
    const begun = ENDS.has(body.kind) ? this.#held.begun.get(id) : undefined;
    this.#held.begun.delete(id);
    const kind = BEGINS.get(body.kind);
    if (kind !== undefined) this.#held.beginning.add(id);
    let entered: Entered;
    try {
      const { seq, leaf } = await this.#ledger.append(body);
      entered = { seq, leaf };
    } catch (error) {
      if (begun !== undefined) await this.#hold(id, begun);
      throw error;
    } finally {
      this.#held.beginning.delete(id);
    }
    if (late !== undefined) {
      late.state = 'entered';
      if (this.#gone) await this.#quotas.finish(late.key);
    }
    if (kind !== undefined) await this.#hold(id, { kind, seq: entered.seq, at: this.#clock.tick() });
    return asJson(entered);
  }

  /** Begun, and not ended: if the worker is gone already, it is ended here. */
  async #hold(id: string, begun: Begun): Promise<void> {
    this.#held.begun.set(id, begun);
    if (this.#gone) await this.#endAll();
  }

  async #reserve({ claims, request }: Asked): Promise<Json> {
    const reservation = await this.#quotas.reserve(claims);
    const id = ++this.#next;
    if (this.#gone) reservation.cancel();
    else this.#held.reservations.set(id, { reservation, request });
    return asJson({ id, headers: reservation.headers() } satisfies Lent);
  }

  #settle(told: Json): void {
    if (!isObject(told)) return;
    this.#take(told.id ?? null)?.settle(fromJson<Amounts>(told.used ?? {}));
  }

  #defer({ id, answer, charged, owed }: Deferral): void | Promise<void> {
    return this.#take(id)?.defer(answer, charged, owed ?? undefined);
  }

  async #takeLate({ key, by }: { readonly key: string; readonly by: Taken }): Promise<Json> {
    const owed = await this.#quotas.take(key, by);
    if (owed === undefined) return null;
    if (this.#gone) this.#background.release(key);
    else this.#held.late.set(by.request, { key, state: 'taken' });
    return asJson(owed);
  }

  async #finish(key: string): Promise<void> {
    await this.#quotas.finish(key);
    for (const [request, late] of this.#held.late) if (late.key === key) this.#held.late.delete(request);
  }

  #take(id: Json): Reservation | undefined {
    const held = this.#held.reservations.get(Number(id));
    this.#held.reservations.delete(Number(id));
    return held?.reservation;
  }

  /** The worker is gone. Resolves when the ledger says so of each of its requests. */
  async bury(): Promise<void> {
    this.#gone = true;
    const { reservations, beginning, begun, late } = this.#held;
    // As the ledger will have it: what has begun is charged as it was reserved, and of the rest there is no entry.
    for (const { reservation, request } of reservations.values()) {
      if (begun.has(request) || beginning.has(request)) reservation.settle({});
      else reservation.cancel();
    }
    reservations.clear();
    for (const { key, state } of late.values()) {
      if (state === 'taken') this.#background.release(key);
      else if (state === 'entered') await this.#quotas.finish(key);
    }
    late.clear();
    await this.#endAll();
  }

  async #endAll(): Promise<void> {
    const { begun } = this.#held;
    const endings = [...begun].map(([id, { kind, seq, at }]): EntryBody => {
      const ms = Math.round((this.#clock.tick() - at) * 1000) / 1000;
      const ending: JsonObject = { id, begin: seq, outcome: 'failed', code: 'internal', status: 500 };
      return { kind, ...ending, usage: null, lost: 'worker', ms };
    });
    begun.clear();
    await Promise.all(endings.map((ending) => this.#ledger.append(ending)));
  }
}

export const newsOf = (ledger: LedgerDesk): LedgerNews => ({
  state: ledger.state,
  size: ledger.size,
  signedSize: ledger.signedSize,
  root: ledger.root(),
});
