import { dollarsOf } from '../base/money.ts';
import { Refusal } from '../base/refusal.ts';
import { NO_USAGE, type Operation } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt, Usage } from '../exchange/exchange.ts';
import { FREE, mostOf } from '../policy/price.ts';
import { spendClaims } from '../policy/spend.ts';
import { findModel } from '../settings/routes.ts';
import { Bill, type Offer } from './bill.ts';
import type { House } from './house.ts';
import { UsageMeter } from './meter.ts';
import type { Passage } from './passage.ts';

/**
 * Takes from every quota and budget that fits what the request may use at most, or refuses it. What it costs goes by the
 * targets that may serve it: the dearest of them is set aside, the one that answered is settled. In the end `settle` of
 * the record must be called, however the request ends; its closing entry does so too.
 */
export function limit(
  passage: Passage,
  caller: Caller,
  operation: Operation,
  prompt: Prompt,
  reserved: Usage,
): Promise<Bill> {
  return setAside(passage, caller, prompt.model, reserved, offersFor(passage.house, operation, prompt.model));
}

/** The same for what the gateway answers itself: it counts as a request, and costs no tokens and no money. */
export const limitOwn = (passage: Passage, caller: Caller, model: string): Promise<Bill> =>
  setAside(passage, caller, model, NO_USAGE, [{ upstream: '', as: model, price: FREE }]);

/** The same for a prediction: its rows count as the policy says, once they are answered; without a price it is free. */
export async function limitPrediction(
  passage: Passage,
  caller: Caller,
  model: string,
  reserved: Usage,
): Promise<Bill> {
  const price = passage.house.policy.prices.find(model, PREDICTIONS) ?? FREE;
  const bill = await setAside(passage, caller, model, reserved, [
    { upstream: PREDICTIONS, as: model, price },
  ]);
  bill.meter.whole = true;
  return bill;
}

/** What prices, entries and metrics call whoever answers predictions. */
export const PREDICTIONS = 'predictions';

async function setAside(
  passage: Passage,
  caller: Caller,
  model: string,
  reserved: Usage,
  offers: readonly Offer[],
): Promise<Bill> {
  const { ask, gate, house, record, answer } = passage;
  const { policy } = house;
  const cost = Math.max(
    0,
    ...offers.flatMap(({ price }) => (price === undefined ? [] : mostOf(price, reserved))),
  );
  const account = house.accounts.of(caller, model);
  const unpriced = offers.length === 0 || offers.some(({ price }) => price === undefined);
  if (unpriced && (account.budgeted || policy.unpriced === 'refuse')) {
    throw new Refusal('forbidden', { hint: 'The model has no price, so its cost could not be counted.' });
  }
  const tokens = reserved.input + reserved.output;
  const claims = account.claims({ requests: 1, tokens, dollars: cost });
  // Kept only where some policy asks for it: see `policy/spend.ts`.
  if (policy.documents?.mentionSpend === true) {
    claims.push(...spendClaims(caller, { tokens, dollars: cost }));
  }
  const taken = gate.store.quotas.reserve(claims, ask.id);
  // A desk in this process has answered already.
  const reservation = taken instanceof Promise ? await taken : taken;
  const bill = new Bill({ reservation, meter: new UsageMeter(reserved), prices: policy.prices }, offers);
  record.note({ reserved: { ...reserved, ...(!unpriced && { cost: dollarsOf(cost) }) } });
  record.bill = bill;
  answer.onSend(() => reservation.headers());
  return bill;
}

/** Every target that may come to serve the model, with its price. */
function offersFor({ settings, policy }: House, operation: Operation, model: string): Offer[] {
  const targets = findModel(settings, model)?.targets ?? [];
  return targets.map(({ upstream: { name: upstream }, as }) => ({
    upstream,
    as,
    price:
      operation.action === 'count_tokens' || operation.kept === true
        ? FREE
        : policy.prices.find(as, upstream),
  }));
}
