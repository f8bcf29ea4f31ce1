import Type, { type TOptional } from 'typebox';
import { anyOf } from '../../base/glob.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Incident } from '../../incidents/incident.ts';
import { TARGETS, type Target } from '../../incidents/measure.ts';
import { filledIn, measuresOf, type Playbook } from '../../incidents/playbook.ts';
import { contain, undo } from '../incidents/contain.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { changeOf, Version } from './incident-changes.ts';
import { IncidentWhole, MeasureWord, shown } from './incident-shown.ts';
import { found, INCIDENTS, playbookOf } from './incidents.ts';
import { count, duration, durationIn, fields, Line, orNull, Time } from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'incidents.read', changes: false } as const;
const act = { method: 'POST', action: 'incidents.contain', changes: true, answer: IncidentWhole } as const;

const on = Object.fromEntries(TARGETS.map((target) => [target, Type.Optional(Line)])) as Record<
  Target,
  TOptional<typeof Line>
>;

const step = {
  id: Type.String(),
  text: Type.String(),
  action: orNull(MeasureWord),
  on: Type.Record(Type.String(), Type.String()),
  automatic: Type.Boolean({ description: 'Done when a rule opens the incident, where the settings let it.' }),
} as const;

const Roles = Type.Record(Type.String(), Type.String(), { description: 'Who is on duty.' });

const PlaybookRow = Type.Object(
  { name: Type.String(), title: Type.String(), roles: Roles, steps: Type.Array(Type.Object(step)) },
  { $id: 'Playbook' },
);

const Followed = Type.Object(
  {
    name: Type.String(),
    title: Type.String(),
    roles: Roles,
    steps: Type.Array(Type.Object({ ...step, done: Type.Boolean() })),
    checks: Type.Array(
      Type.Object({
        rules: Type.Array(Type.String()),
        quiet_ms: Type.Integer({ description: 'No alert of the rules for so long.' }),
        last: orNull(Time),
        holds: Type.Boolean(),
      }),
    ),
    messages: Type.Array(Type.Object({ to: Type.String(), text: Type.String() })),
  },
  { $id: 'FollowedPlaybook' },
);

/** What is done against incidents, and the playbooks that say what to do. */
export const measureEndpoints: readonly Endpoint[] = [
  endpoint({
    ...act,
    path: `${INCIDENTS}/:id/contain`,
    name: 'incidents.contain',
    summary: 'Takes a measure against an incident',
    body: fields({ action: MeasureWord, ...on, for: Type.Optional(duration()), version: Version }),
    async act(call) {
      const { action, for: lasts, version, ...on } = call.body;
      const until = lasts === undefined ? undefined : call.gate.clock.now() + durationIn(lasts);
      return shown(await contain(call.gate, call.id, changeOf(call, version), { action, on }, until));
    },
  }),
  endpoint({
    ...act,
    // Apart, so that a policy may ask for a second person where something is let go again.
    action: 'incidents.undo',
    path: `${INCIDENTS}/:id/undo`,
    name: 'incidents.undo',
    summary: 'Undoes a measure',
    fresh: true,
    body: fields({ measure: count(Number.MAX_SAFE_INTEGER), version: Version }),
    act: async (call) => {
      const { measure, version } = call.body;
      return shown(await undo(call.gate, call.id, changeOf(call, version), measure));
    },
  }),
  endpoint({
    ...act,
    path: `${INCIDENTS}/:id/run`,
    name: 'incidents.run',
    summary: 'Has a step of the playbook done by the gateway',
    body: fields({ step: Type.String() }),
    async act(call) {
      const { step } = call.body;
      const incident = found(call);
      const measure = playbookOf(call, incident)?.steps.find(({ id }) => id === step)?.do;
      if (measure === undefined)
        throw new Refusal('not_found', { field: '/step', hint: 'Its playbook has no such step that acts.' });
      const all = measuresOf(measure, incident.links);
      if (all.length === 0)
        throw new Refusal('conflict', { hint: 'The incident is linked to nobody to whom it could be done.' });
      const until = measure.for === undefined ? undefined : call.gate.clock.now() + measure.for;
      for (const one of all) await contain(call.gate, incident.id, changeOf(call), one, until);
      return shown(found(call));
    },
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id/playbook`,
    name: 'incidents.playbook',
    summary: 'The playbook of an incident, as far as it was followed',
    answer: Followed,
    act(call) {
      const incident = found(call);
      const playbook = playbookOf(call, incident);
      if (playbook === undefined) throw new Refusal('not_found', { hint: 'The incident has no playbook.' });
      return followed(call, incident, playbook);
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/playbooks',
    name: 'playbooks.list',
    summary: 'All playbooks: own ones, and those that ship',
    answer: Type.Object({ playbooks: Type.Array(PlaybookRow) }),
    act: ({ house }) => ({
      playbooks: house.playbooks.map(({ name, title, roles, steps }) => ({
        name,
        title,
        roles: { ...roles },
        steps: steps.map(stepShown),
      })),
    }),
  }),
];

const stepShown = ({ id, text, do: measure }: Playbook['steps'][number]): JsonObject => ({
  id,
  text,
  action: measure?.action ?? null,
  on: { ...measure?.on },
  automatic: measure?.automatic ?? false,
});

/** A playbook as far as it was followed, with its messages filled in and its checks made. */
function followed({ gate }: AdminCall, incident: Incident, playbook: Playbook): JsonObject {
  const { name, title, roles, steps, checks, messages } = playbook;
  const last = gate.store.incidents.lastAlerts();
  const now = gate.clock.now();
  const names = { ...incident.links };
  const facts = {
    id: incident.id,
    title: incident.title,
    severity: incident.severity,
    state: incident.state,
    owner: incident.owner ?? 'nobody yet',
    opened: new Date(incident.opened).toISOString(),
    callers: names.callers.join(', ') || 'none known',
    models: names.models.join(', ') || 'none known',
  };
  return {
    name,
    title,
    roles: { ...roles },
    steps: steps.map((step) => ({ ...stepShown(step), done: incident.steps.includes(step.id) })),
    checks: checks.map(({ rules, quiet }) => {
      const fits = anyOf(rules);
      const times = [...last].flatMap(([rule, at]) => (fits(rule) ? [at] : []));
      const at = times.length === 0 ? null : Math.max(...times);
      return { rules: [...rules], quiet_ms: quiet, last: time(at), holds: at === null || now - at >= quiet };
    }),
    messages: messages.map(({ to, text }) => ({ to, text: filledIn(text, facts) })),
  };
}
