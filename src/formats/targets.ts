import { shown } from '../findings/finding.ts';
import type { Known } from './calls.ts';
import type { Part } from './format.ts';

const NAME = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)+$/u;

/**
 * What is known of a function that settings name in one piece, `package.module.Class.method`: nobody says where the
 * module ends, so every way to cut it is looked up, and the worst that is known counts.
 */
export function lookUpTarget({ calls }: Pick<Part, 'calls'>, dotted: string): Known {
  const name = dotted.trim();
  if (!NAME.test(name) || name.length > 500)
    return { verdict: 'unknown', why: `${shown(name, 80)} is no name of a function` };
  const steps = name.split('.');
  let best: Known = { verdict: 'unknown', why: 'it is in no book of calls' };
  for (let cut = 1; cut < steps.length; cut++) {
    const known = calls.lookUp(steps.slice(0, cut).join('.'), steps.slice(cut).join('.'));
    if (known.verdict === 'dangerous') return known;
    if (known.verdict === 'allowed') best = known;
  }
  return best;
}
