import type { JsonObject } from '../base/json.ts';
import { dollarsOf } from '../base/money.ts';
import { Refusal } from '../base/refusal.ts';
import type { Usage } from '../exchange/exchange.ts';
import { costOf, type Price, type PriceTable } from '../policy/price.ts';
import type { BackgroundAnswer, Used } from '../store/background.ts';
import type { Reservation } from '../store/desk.ts';
import type { UsageMeter } from './meter.ts';

/** What is settled for a request. Tokens are those that the caller pays. */
export interface Charge extends Usage {
  /** Nano-dollars; undefined where the model has no price. */
  readonly cost: number | undefined;
  /** What the model server reported, or what had been set aside, where it reported nothing or not to the end. */
  readonly basis: 'reported' | 'estimated';
  readonly prices: PriceTable;
}

/** A model that may serve a request, and what it costs. */
export interface Offer {
  readonly upstream: string;
  /** As the upstream names it. */
  readonly as: string;
  readonly price: Price | undefined;
}

/** The upstream that serves a request, and its name for the model, as the record has them. */
interface Served {
  readonly upstream: unknown;
  readonly as: unknown;
}

/**
 * What one request has set aside and what it comes to. It is settled once, and the closing entry says what was settled:
 * so the ledger and the counters cannot differ.
 */
export class Bill {
  readonly meter: UsageMeter;
  readonly #reservation: Reservation;
  readonly #offers: readonly Offer[];
  readonly #prices: PriceTable;
  /** Who was sent the request; several where one after the other failed. */
  readonly #asked: Served[] = [];
  /** Null: nothing is charged. */
  #charge: Charge | null | undefined;

  constructor(
    parts: { readonly reservation: Reservation; readonly meter: UsageMeter; readonly prices: PriceTable },
    offers: readonly Offer[],
  ) {
    this.#reservation = parts.reservation;
    this.meter = parts.meter;
    this.#prices = parts.prices;
    this.#offers = offers;
  }

  /** A part of the request may have left for this upstream. */
  asked(by: Served): void {
    this.#asked.push(by);
  }

  /**
   * Settles; a second call says what the first one did.
   * @param served the upstream that answered, or was asked last
   */
  close(served: Served): Charge | null {
    if (this.#charge !== undefined) return this.#charge;
    this.#charge = this.#chargeFor(served);
    if (this.#charge === null) this.#reservation.cancel();
    else this.#reservation.settle({ ...amountsOf(this.#charge) });
    return this.#charge;
  }

  /**
   * The same for an answer that is made in the background: where its use is not known yet, the estimate is owed.
   * @param account by what the charge is to be found in the ledger
   */
  async defer(answer: BackgroundAnswer, account: JsonObject): Promise<void> {
    const charge = this.#chargeFor(answer);
    if (this.#charge !== undefined || charge === null) throw new Refusal('internal');
    this.#charge = charge;
    const charged = amountsOf(charge);
    const entry = charge.basis === 'estimated' ? chargeEntry(charge) : null;
    const owed = entry === null ? undefined : { account, charge: entry, charged };
    await this.#reservation.defer(answer, charged, owed);
  }

  #chargeFor(served: Served): Charge | null {
    const { charge, complete, usage } = this.meter;
    if (charge === 'nothing') return null;
    const cost = this.#costOf(charge, served);
    // That a blocked request used nothing is known without a report.
    const known = (complete && usage !== undefined) || charge.input + charge.output === 0;
    return { ...charge, cost, basis: known ? 'reported' : 'estimated', prices: this.#prices };
  }

  #costOf(usage: Usage, served: Served): number | undefined {
    const { answered } = this.meter;
    // A guard's block, the server's refusal: the model did nothing, so not even a price for each request is due.
    if (!answered && usage.input + usage.output === 0) return 0;
    // Whoever began to answer did the work. Where nobody has, each of those who were asked may have.
    const by = answered || this.#asked.length === 0 ? [served] : this.#asked;
    const costs = by
      .flatMap((one) => this.#offersOf(one))
      .flatMap(({ price }) => (price === undefined ? [] : costOf(price, usage)));
    return costs.length === 0 ? undefined : Math.max(...costs);
  }

  #offersOf({ upstream, as }: Served): readonly Offer[] {
    const there = this.#offers.filter((offer) => offer.upstream === upstream);
    const exact = there.filter((offer) => offer.as === as);
    return exact.length > 0 ? exact : there.length > 0 ? there : this.#offers;
  }
}

const amountsOf = ({ input, output, cost }: Charge): Used => ({
  tokens: input + output,
  dollars: cost ?? 0,
});

/** For the closing entry: the charge, with its cost as an exact decimal and the table that it goes by. */
export function chargeEntry(charge: Charge | null): JsonObject | null {
  if (charge === null) return null;
  const { cost, prices, ...rest } = charge;
  return { ...rest, ...(cost !== undefined && { cost: dollarsOf(cost), prices: nameOf(prices) }) };
}

/** Which table it was: its day, and enough of its hash to tell it from others. */
const nameOf = ({ asOf, hash }: PriceTable): string => `${asOf}/${hash.slice(0, 16)}`;
