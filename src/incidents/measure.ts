import type { JsonObject } from '../base/json.ts';
import type { EmergencyRule } from '../policy/emergency-rule.ts';
import { RESPONSES, type Response } from '../policy/predictions.ts';
import type { Detour } from '../settings/detour.ts';

/** What can be done at once so that an incident spreads no further, and what each is done to. */
export const MEASURES = {
  suspend_caller: {
    takes: ['caller'],
    undo: true,
    about: 'the caller and all of its keys are switched off',
  },
  revoke_keys: {
    takes: ['caller'],
    undo: false,
    about: 'all keys of the caller end for good; make new ones with callers rotate',
  },
  block_model: {
    takes: ['model', 'caller?'],
    undo: true,
    about: 'the model may not be asked, by the caller or by anybody',
  },
  block_tool: {
    takes: ['tool', 'caller?'],
    undo: true,
    about: 'the tool may be neither declared nor called, by the caller or by anybody',
  },
  force_review: {
    takes: ['caller?', 'team?', 'model?', 'guard?'],
    undo: true,
    about:
      'each prompt of the caller, team or model, or what the guard finds, is held for people; predictions are refused',
  },
  raise_caller: {
    takes: ['caller', 'rung', 'model?'],
    undo: true,
    about:
      'predictions answer the caller as this rung of the ladder has it, or harder: coarser, decoy, block',
  },
  tighten_guard: { takes: ['guard'], undo: true, about: 'the guard blocks whatever it finds' },
  switch_model: {
    takes: ['model', 'to'],
    undo: true,
    about: 'the other model, or another version of a sealed one, answers in its place',
  },
  freeze_deployments: {
    takes: [],
    undo: true,
    about: 'no model is added, approved or made active',
  },
} as const satisfies Record<
  string,
  { readonly takes: readonly string[]; readonly undo: boolean; readonly about: string }
>;

export type MeasureName = keyof typeof MEASURES;
export const TARGETS = ['caller', 'team', 'model', 'to', 'rung', 'tool', 'guard'] as const;
export type Target = (typeof TARGETS)[number];

/** One of them, with what it is done to. */
export interface Measure {
  readonly action: MeasureName;
  readonly on: Readonly<Partial<Record<Target, string>>>;
}

export const isMeasure = (name: unknown): name is MeasureName =>
  typeof name === 'string' && Object.hasOwn(MEASURES, name);

/** What it needs to be done to and is not said, or is said and not needed; undefined: all is well. */
export function flawOf({ action, on }: Measure): Target | undefined {
  const takes: readonly string[] = MEASURES[action].takes;
  const flaw = TARGETS.find((target) =>
    on[target] === undefined
      ? takes.includes(target)
      : !takes.includes(target) && !takes.includes(`${target}?`),
  );
  if (flaw !== undefined) return flaw;
  if (action === 'raise_caller') return isHarder(on.rung) ? undefined : 'rung';
  if (action !== 'force_review') return undefined;
  // Everything of everybody is held by nobody's slip, and what a guard finds is held of all.
  const named = TARGETS.filter((target) => on[target] !== undefined);
  if (named.length === 0) return 'caller';
  return on.guard !== undefined && named.length > 1 ? 'guard' : undefined;
}

/** Rungs on which callers are answered otherwise. */
export const RUNGS = RESPONSES.filter((response) => response !== 'log');
const isHarder = (rung: string | undefined): rung is Response => RUNGS.some((one) => one === rung);

/** What a step of a playbook need not name: it is done to each that the incident is about. */
export function leftOpen({ action, on }: Measure): 'caller' | 'model' | undefined {
  const takes: readonly string[] = MEASURES[action].takes;
  const isBare = action === 'force_review' && Object.keys(on).length === 0;
  if ((takes.includes('caller') && on.caller === undefined) || isBare) return 'caller';
  return takes.includes('model') && on.model === undefined ? 'model' : undefined;
}

/** Done by the gateway to a caller itself; all others are laid on top of policy and settings. */
export const isOfCaller = ({ action }: Measure): boolean =>
  action === 'suspend_caller' || action === 'revoke_keys';

const ASKING = ['chat', 'embed', 'moderate', 'inspect', 'count_tokens', 'predict'] as const;

/** As a rule on top of the policy; undefined where it is none. @param id what decisions name */
export function ruleOf(
  { action, on }: Measure,
  id: string,
  until: number | undefined,
): EmergencyRule | undefined {
  const callers = on.caller === undefined ? undefined : [on.caller];
  const deny = { kind: 'deny', id, callers, until } as const;
  switch (action) {
    case 'block_model':
      return { ...deny, actions: ASKING, resource: on.model };
    case 'block_tool':
      return { ...deny, actions: ['tool.declare', 'tool.call'], resource: on.tool };
    case 'freeze_deployments':
      return { ...deny, actions: ['registry.add', 'registry.approve', 'registry.activate'] };
    case 'force_review':
      return on.guard === undefined
        ? { kind: 'hold', id, callers, team: on.team, model: on.model, until }
        : { kind: 'tighten', id, guard: on.guard, action: 'review', until };
    case 'raise_caller':
      return isHarder(on.rung)
        ? { kind: 'raise', id, callers, model: on.model, to: on.rung, until }
        : undefined;
    case 'tighten_guard':
      return { kind: 'tighten', id, guard: on.guard ?? '', action: 'block', until };
    default:
      return undefined;
  }
}

export const detourOf = ({ action, on }: Measure): Detour | undefined =>
  action === 'switch_model' && on.model !== undefined && on.to !== undefined
    ? { model: on.model, to: on.to }
    : undefined;

/** `block_model model=gpt-4o caller=clr_1`, for people. */
export const describe = ({ action, on }: Measure): string =>
  [action, ...TARGETS.flatMap((name) => (on[name] === undefined ? [] : [`${name}=${on[name]}`]))].join(' ');

export const targetsOf = (on: JsonObject): Measure['on'] =>
  Object.fromEntries(
    TARGETS.flatMap((name) => {
      const value = on[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
