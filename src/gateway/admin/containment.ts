import { Readable } from 'node:stream';
import Type from 'typebox';
import { DRILLS } from '../../incidents/drills/index.ts';
import type { Incident } from '../../incidents/incident.ts';
import { MEASURES, RUNGS } from '../../incidents/measure.ts';
import type { Gate, House } from '../house.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { found, INCIDENTS } from './incidents.ts';

const read = { method: 'GET', action: 'incidents.read', changes: false } as const;

/** Milliseconds between looks at an incident that somebody looks on. */
const LOOK = 500;

const Measures = Type.Object({
  measures: Type.Array(
    Type.Object({
      action: Type.String(),
      about: Type.String({ description: 'What comes of it, in plain words.' }),
      takes: Type.Array(Type.String(), { description: 'What it has to be told.' }),
      may: Type.Array(Type.String(), { description: 'What it may be told as well.' }),
      undo: Type.Boolean({ description: 'It can be undone.' }),
    }),
  ),
  targets: Type.Record(Type.String(), Type.Array(Type.String()), {
    description:
      'What there is to take a measure on, by what measures take. Callers are listed by themselves.',
  }),
});

const Drills = Type.Object({
  drills: Type.Array(
    Type.Object({
      name: Type.String(),
      technique: Type.String({ description: 'Of MITRE ATLAS.' }),
      about: Type.String(),
    }),
  ),
});

/** What people need to work on incidents: what can be done, what can be played, and what others do meanwhile. */
export const containmentEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/measures',
    name: 'measures.list',
    summary: 'What can be done against incidents, and what there is to do it to',
    answer: Measures,
    act: ({ gate, house }) => ({
      measures: Object.entries(MEASURES).map(([action, { about, takes, undo }]) => ({
        action,
        about,
        takes: takes.filter((target) => !target.endsWith('?')),
        may: takes.flatMap((target) => (target.endsWith('?') ? [target.slice(0, -1)] : [])),
        undo,
      })),
      targets: targetsIn(gate, house),
    }),
  }),
  endpoint({
    ...read,
    path: '/admin/v1/drills',
    name: 'drills.list',
    summary: 'Attacks that can be played to see how soon they are noticed',
    answer: Drills,
    act: () => ({ drills: DRILLS.map(({ name, technique, about }) => ({ name, technique, about })) }),
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id/live`,
    name: 'incidents.live',
    summary: 'Tells, as it happens, that an incident changed or that its callers did something',
    answer: 'events',
    act: (call) => live(call.gate, found(call)),
  }),
];

/** What there is to take a measure on. Names with `*` stand for many and are none. */
function targetsIn({ store }: Gate, { settings, policy, predictions }: House): Record<string, string[]> {
  const models = [
    ...Object.values(settings.upstreams).flatMap(({ models }) => models.map(({ name }) => name)),
    ...settings.routes.named.map(({ name }) => name),
    ...predictions.byName.keys(),
  ].filter((name) => !name.includes('*'));
  const names = [...new Set(models)].sort();
  const versions = store.models
    .list()
    .filter(({ state }) => state === 'active' || state === 'approved')
    .map(({ name, version }) => `${name}@${version}`);
  return {
    guard: policy.guards.map(({ name }) => name),
    model: names,
    to: [...names, ...versions],
    rung: [...RUNGS],
  };
}

/** Tells its version, now and whenever it is another; and when those whom it is about did something. */
function live(gate: Gate, { id, version }: Incident): Readable {
  let seen = version;
  let moved = false;
  const events = new Readable({
    objectMode: true,
    read() {},
    destroy(error, done) {
      clearInterval(looking);
      off?.();
      done(error);
    },
  });
  const off = gate.watcher?.onLive(({ newest }) => {
    const callers = new Set(gate.store.incidents.find(id)?.links.callers);
    moved ||= newest.some(
      ({ caller, admin, outcome }) => callers.has(caller) && (admin || outcome !== 'completed'),
    );
  });
  const looking = setInterval(() => {
    const now = gate.store.incidents.find(id)?.version ?? seen;
    if ((now === seen && !moved) || events.readableLength > 0) return;
    events.push({ version: now, moved });
    [seen, moved] = [now, false];
  }, LOOK).unref();
  // Whoever comes back after a break learns what they missed.
  events.push({ version, moved });
  return events;
}
