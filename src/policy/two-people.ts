import Type, { type Static } from 'typebox';
import { glob } from '../base/glob.ts';
import type { Path } from '../base/schema.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Action } from '../exchange/exchange.ts';
import { ADMIN_ACTIONS } from './actions.ts';

/** `two_people:` of `policy.yaml`. */
export const TwoPeople = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  description:
    'Administrative actions that a person may do only where another one approves; globs. Default: none.',
});

/** Actions for which a person needs another one. */
export function readTwoPeople(
  report: (path: Path, message: string) => void,
  written: Static<typeof TwoPeople> = [],
): ReadonlySet<Action> {
  const meant = written.flatMap((pattern, index) => {
    const found = ADMIN_ACTIONS.filter(glob(pattern));
    if (found.length === 0)
      report(
        ['two_people', index],
        `is no administrative action that there is.${didYouMean(pattern, ADMIN_ACTIONS)}`,
      );
    return found;
  });
  // Whoever could not approve without being approved would wait for ever.
  return new Set(meant.filter((action) => !action.startsWith('proposals.')));
}
