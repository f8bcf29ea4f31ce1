import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RuleChoices, type RuleSet, type RuleSource, readRules } from '../../detect/rule-set.ts';
import type { DetectionSettings } from '../../settings/detections.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', '..', 'detections');

/** Rules as the thread is given them: plain data. */
export interface WatchedRules {
  readonly sources: readonly RuleSource[];
  readonly choices: RuleChoices;
  readonly zone: string;
}

/** The rules that ship with the package. */
export const shippedRules = (): RuleSource[] =>
  readdirSync(SHIPPED)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({
      file: `detections/${name}`,
      text: readFileSync(join(SHIPPED, name), 'utf8'),
      ships: true,
    }));

/** Rules by the settings. Throws a Problem where one of the owner's cannot be used. */
export function watchedRules(settings: DetectionSettings): WatchedRules {
  const { rules, disable, change, time_zone: zone } = settings;
  const own = rules.map((rule) => ({ ...rule, ships: false }));
  const watched = { sources: [...shippedRules(), ...own], choices: { disable, change }, zone };
  // What ships was read by its tests. Reading it takes a while, and is left to the thread where the owner says nothing of it.
  if (own.length + disable.length + Object.keys(change).length > 0) readWatched(watched);
  return watched;
}

export const readWatched = ({ sources, choices }: WatchedRules): RuleSet => readRules(sources, choices);
