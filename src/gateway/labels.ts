import type { Caller } from '../exchange/caller.ts';
import { addLabel, type Labels, labelsAsJson } from '../exchange/labels.ts';
import type { VerdictBook } from './inspect/verdicts.ts';
import type { Passage } from './passage.ts';

/**
 * The labels of a request: what the policy sets for such callers and models, tags of the caller that it takes for
 * labels, and what guards set that found something (or could not look, and were allowed to fail).
 */
export function labelsOf(
  { house: { policy }, record }: Passage,
  caller: Caller,
  model: string,
  guards: VerdictBook,
): Labels {
  const labels = new Map<string, Set<string>>();
  for (const rule of policy.labels.rules) {
    if (!rule.fits(caller, model)) continue;
    for (const [name, value] of Object.entries(rule.set)) addLabel(labels, name, value);
  }
  for (const tag of policy.labels.tags) {
    const value = Object.hasOwn(caller.tags, tag) ? caller.tags[tag] : undefined;
    if (value !== undefined) addLabel(labels, tag, value);
  }
  for (const [name, value] of guards.labels) addLabel(labels, name, value);
  if (labels.size > 0) record.note({ labels: labelsAsJson(labels) });
  return labels;
}
