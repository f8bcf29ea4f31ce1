import { anyOf } from '../base/glob.ts';
import type { Caller } from '../exchange/caller.ts';

/** Who has a count of their own. */
export type Per = 'key' | 'caller' | 'team' | 'organisation' | 'model' | 'caller+model';

/** Which requests a quota or a budget counts, and into how many counts. */
export interface Scope<P extends Per = Per> {
  /** Stays the same when only the limits change, so that counts go on. */
  readonly id: string;
  readonly per: P;
  /** Only for these names; undefined: for all. */
  readonly callers: ((name: string) => boolean) | undefined;
  readonly teams: ((name: string) => boolean) | undefined;
  readonly models: ((name: string) => boolean) | undefined;
}

interface ScopeEntry<P extends Per> {
  readonly per: P;
  readonly callers?: readonly string[];
  readonly teams?: readonly string[];
  readonly models?: readonly string[];
}

export function readScope<P extends Per>({ per, callers, teams, models }: ScopeEntry<P>): Scope<P> {
  const only = Object.entries({ callers, teams, models }).flatMap(([key, names]) =>
    names === undefined ? [] : [` ${key}=${[...names].sort().join(',')}`],
  );
  return {
    id: per + only.join(''),
    per,
    callers: callers && anyOf(callers),
    teams: teams && anyOf(teams),
    models: models && anyOf(models),
  };
}

/** Whose count a request goes into; undefined where it is not counted here. */
export function countOf(scope: Scope, caller: Caller, model: string): string | undefined {
  const { id, callers, teams, models } = scope;
  const applies =
    (callers?.(caller.name) ?? true) && (teams?.(caller.team) ?? true) && (models?.(model) ?? true);
  return applies ? `${id}: ${ownerOf(scope.per, caller, model)}` : undefined;
}

/** Who it is, by the name that stays. */
export function ownerOf(per: Per, caller: Caller, model: string): string {
  switch (per) {
    case 'key':
      // Of a token only its issuer is named: the caller tells whose it is.
      return `${caller.credential} ${caller.id}`;
    case 'caller':
      return caller.id;
    case 'team':
      return caller.team;
    case 'organisation':
      return caller.tags.organisation ?? '';
    case 'model':
      return model;
    case 'caller+model':
      return `${caller.id} ${model}`;
  }
}
