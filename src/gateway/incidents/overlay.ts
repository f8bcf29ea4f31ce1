import { Problem } from '../../base/problem.ts';
import { isOn } from '../../incidents/incident.ts';
import { detourOf, ruleOf } from '../../incidents/measure.ts';
import { withEmergency } from '../../policy/emergency.ts';
import { withDetours } from '../../settings/detour.ts';
import type { Held } from '../../store/incidents.ts';
import type { Configuration } from '../configuration.ts';
import { checkPredictions } from '../predict/predictions.ts';
import { checkVault } from '../vault.ts';

/**
 * The configuration with the measures of incidents on top. Throws `Problem('usage')` where one does not fit it any more: what was
 * forbidden in an emergency is not let go by a reload.
 */
export function withMeasures(plain: Configuration, held: readonly Held[], now: number): Configuration {
  const live = held.filter(({ taken }) => isOn(taken) && (taken.until === undefined || now < taken.until));
  const rules = live.flatMap(
    ({ incident, taken }) => ruleOf(taken, `${incident}/${taken.number}`, taken.until) ?? [],
  );
  const detours = live.flatMap(({ taken }) => detourOf(taken) ?? []);
  const laid = {
    settings: withDetours(plain.settings, detours),
    policy: withEmergency(plain.policy, rules),
  };
  checkVault(laid);
  // Contracts and calibrations are read for it: only where one answers in another's place.
  if (laid.settings.predictions !== plain.settings.predictions)
    checkPredictions(laid.settings, laid.policy.predictions);
  return laid;
}

/**
 * The same at a start, when somebody may have changed the files while nothing ran: a gateway that does not start protects nobody,
 * so measures that do not fit are left out one by one, and told.
 */
export function withFittingMeasures(
  plain: Configuration,
  held: readonly Held[],
  now: number,
  tell: (held: Held) => void,
): Configuration {
  const fitting: Held[] = [];
  for (const one of held) {
    try {
      withMeasures(plain, [...fitting, one], now);
      fitting.push(one);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tell(one);
    }
  }
  return withMeasures(plain, fitting, now);
}
