import type { TargetSettings } from '../../settings/model-route.ts';
import type { Gate } from '../house.ts';
import { nameOf } from '../log.ts';
import type { BreakerState } from './breaker.ts';

/** A breaker that changed: ledger, log and metrics are told. */
export function tellBreaker(gate: Gate, { id, upstream, as }: TargetSettings, state: BreakerState): void {
  gate.metrics.breaker(id, state);
  gate.log(state === 'closed' ? 'info' : 'warn', `a target's circuit breaker is ${state}`, {
    upstream: upstream.name,
    model: as,
  });
  gate.ledger
    .append({ kind: 'route.breaker', target: id, upstream: upstream.name, state })
    .catch((error) => gate.log('error', 'a breaker could not be recorded', { error: nameOf(error) }));
}
