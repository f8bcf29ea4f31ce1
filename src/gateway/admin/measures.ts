import { anyOf } from '../../base/glob.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Incident } from '../../incidents/incident.ts';
import { isMeasure, MEASURES, TARGETS, type Target } from '../../incidents/measure.ts';
import { filledIn, measuresOf, type Playbook } from '../../incidents/playbook.ts';
import { contain, undo } from '../incidents/contain.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { shown } from './incident-shown.ts';
import { changeOf, found, INCIDENTS, wrong } from './incidents.ts';
import { time } from './time.ts';

const act = { method: 'POST', action: 'incidents.contain', changes: true } as const;

/** What is done against incidents, and the playbooks that say what to do. */
export const measureEndpoints: readonly Endpoint[] = [
  {
    ...act,
    path: `${INCIDENTS}/:id/contain`,
    name: 'incidents.contain',
    async act(call) {
      const fields = new Fields(call.body, ['action', ...TARGETS, 'for', 'version']);
      const action = required(fields.text('action'), 'action');
      if (!isMeasure(action)) throw wrong('action', Object.keys(MEASURES));
      const on = Object.fromEntries(
        TARGETS.flatMap((name) => {
          const value = fields.text(name);
          return value === undefined ? [] : [[name, checkedTarget(name, value)]];
        }),
      ) as Partial<Record<Target, string>>;
      const lasts = fields.duration('for');
      const until = lasts === undefined ? undefined : call.gate.clock.now() + lasts;
      return shown(await contain(call.gate, call.id, changeOf(call, fields), { action, on }, until));
    },
  },
  {
    ...act,
    // Apart, so that a policy may ask for a second person where something is let go again.
    action: 'incidents.undo',
    path: `${INCIDENTS}/:id/undo`,
    name: 'incidents.undo',
    fresh: true,
    async act(call) {
      const fields = new Fields(call.body, ['measure', 'version']);
      const number = required(fields.count('measure', Number.MAX_SAFE_INTEGER), 'measure');
      return shown(await undo(call.gate, call.id, changeOf(call, fields), number));
    },
  },
  {
    ...act,
    path: `${INCIDENTS}/:id/run`,
    name: 'incidents.run',
    async act(call) {
      const step = required(new Fields(call.body, ['step']).text('step'), 'step');
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
  },
  {
    method: 'GET',
    path: `${INCIDENTS}/:id/playbook`,
    name: 'incidents.playbook',
    action: 'incidents.read',
    changes: false,
    act(call) {
      const incident = found(call);
      const playbook = playbookOf(call, incident);
      if (playbook === undefined) throw new Refusal('not_found', { hint: 'The incident has no playbook.' });
      return followed(call, incident, playbook);
    },
  },
  {
    method: 'GET',
    path: '/admin/v1/playbooks',
    name: 'playbooks.list',
    action: 'incidents.read',
    changes: false,
    act: ({ house }) => ({
      playbooks: house.playbooks.map(({ name, title, roles, steps }) => ({
        name,
        title,
        roles: { ...roles },
        steps: steps.map(stepShown),
      })),
    }),
  },
];

const playbookOf = ({ house }: AdminCall, { playbook }: Incident): Playbook | undefined =>
  house.playbooks.find(({ name }) => name === playbook);

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

/** It goes into the ledger and onto terminals. */
function checkedTarget(name: Target, value: string): string {
  if (!/^[^\p{Cc}\u2028\u2029]{1,200}$/u.test(value) || !value.isWellFormed())
    throw new Refusal('request_invalid', {
      field: `/${name}`,
      hint: 'It must be one line, 1 to 200 characters.',
    });
  return value;
}
