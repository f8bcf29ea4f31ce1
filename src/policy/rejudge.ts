import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import { sameMeaning } from './plainly.ts';
import type { GuardRule } from './policy.ts';

/** What the guards come to over one prompt or reply. */
export interface Judgement {
  readonly outcome: 'passed' | 'held' | 'blocked';
  /** Guards that change the text, in order: who reads it next reads something else. */
  readonly masks: readonly string[];
  /** Of what blocks or holds it; the guard's name. */
  readonly guard: string | undefined;
}

type Direction = 'prompt' | 'reply';

const CHANGES: ReadonlySet<GuardAction> = new Set(['mask', 'hash', 'pseudonymise']);

/** What other guards would find in the same text, they would have to read it for. */
const reads = (guard: GuardRule, direction: Direction): unknown => {
  const { name: _, label: __, action, onError: ___, on, ...rest } = guard;
  return { ...rest, on: on[direction], changes: CHANGES.has(action[direction]) };
};

const onDuty = (guards: readonly GuardRule[], direction: Direction): readonly GuardRule[] =>
  guards.filter(({ on }) => on[direction]);

/** Both lists do the same to any text. */
export const sameGuards = (
  one: readonly GuardRule[],
  other: readonly GuardRule[],
  direction: Direction,
): boolean => {
  const whole = (guards: readonly GuardRule[]) =>
    onDuty(guards, direction).map((guard) => [
      reads(guard, direction),
      guard.name,
      guard.action[direction],
      guard.onError,
    ]);
  return sameMeaning(whole(one), whole(other));
};

/** What an entry says that its guards came to; undefined where none has read it. */
export function recordedJudgement(
  inspected: Json | undefined,
  guards: readonly GuardRule[] | undefined,
  direction: Direction,
): Judgement | undefined {
  if (!isObject(inspected)) return undefined;
  const { outcome } = inspected;
  const said = verdictsIn(inspected);
  const masks = [...said].flatMap(([name, { actions }]) =>
    actions.some((one) => CHANGES.has(one)) ? [name] : [],
  );
  const by = (wanted: GuardAction) => [...said].find(([, { actions }]) => actions.includes(wanted))?.[0];
  if (outcome === 'blocked') return { outcome, masks, guard: by('block') };
  if (outcome === 'held') return { outcome, masks, guard: by('review') };
  if (outcome !== 'failed') return { outcome: 'passed', masks, guard: undefined };
  const failing = [...said].find(
    ([name, { failed }]) =>
      failed && guards?.find((guard) => guard.name === name && guard.on[direction])?.onError !== 'allow',
  );
  return { outcome: 'blocked', masks, guard: failing?.[0] };
}

/**
 * What guards would come to that read just as those before did, and only do something else about what they find: from what the entry
 * says of findings, without the text. Undefined where that cannot be known: a guard would have to read the text that did not, or
 * would read another one.
 * @param before those that wrote the entry
 */
export function rejudge(
  inspected: JsonObject,
  before: readonly GuardRule[],
  after: readonly GuardRule[],
  direction: Direction,
): Judgement | undefined {
  const [was, is] = [onDuty(before, direction), onDuty(after, direction)];
  const said = verdictsIn(inspected);
  const stopped = was.findIndex(({ name, onError }) => {
    const verdict = said.get(name);
    return (
      verdict !== undefined && (verdict.actions.includes('block') || (verdict.failed && onError === 'block'))
    );
  });
  const masks: string[] = [];
  let [at, other, held] = [0, false, undefined as string | undefined];
  for (const guard of is) {
    const place = was.findIndex(({ name }, index) => index >= at && name === guard.name);
    const old = was[place];
    if (old === undefined) return undefined;
    // Those between are gone: whoever comes behind one that changed the text reads another one.
    other ||= was.slice(at, place).some(({ name }) => changed(said.get(name)));
    at = place + 1;
    const { changes: _, ...now } = reads(guard, direction) as JsonObject;
    const { changes: __, ...then } = reads(old, direction) as JsonObject;
    if (other || (stopped >= 0 && place > stopped) || !sameMeaning(now, then)) return undefined;
    const verdict = said.get(guard.name);
    if (verdict === undefined) return undefined;
    if (verdict.failed && guard.onError === 'block') return { outcome: 'blocked', masks, guard: guard.name };
    if (!verdict.found) continue;
    // Where an action hangs on the finding, another one cannot be put in the place of all.
    const same = guard.action[direction] === old.action[direction];
    const actions = same ? verdict.actions : [guard.action[direction]];
    if (actions.includes('block')) return { outcome: 'blocked', masks, guard: guard.name };
    if (actions.includes('review')) held ??= guard.name;
    const changes = actions.some((one) => CHANGES.has(one));
    if (changes) masks.push(guard.name);
    other ||= changes !== changed(verdict);
  }
  return { outcome: held === undefined ? 'passed' : 'held', masks, guard: held };
}

interface Said {
  readonly found: boolean;
  readonly failed: boolean;
  readonly actions: readonly GuardAction[];
}

const changed = (said: Said | undefined): boolean => said?.actions.some((one) => CHANGES.has(one)) ?? false;

function verdictsIn({ guards }: JsonObject): Map<string, Said> {
  return new Map(
    Object.entries(isObject(guards) ? guards : {}).map(([name, verdict]) => {
      const { findings, failed } = isObject(verdict) ? verdict : {};
      const list = Array.isArray(findings) ? findings.filter(isObject) : [];
      const actions = [...new Set(list.map(({ action }) => action as GuardAction))];
      return [name, { found: list.length > 0, failed: Array.isArray(failed), actions }];
    }),
  );
}
