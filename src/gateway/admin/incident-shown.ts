import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { type Incident, MEASURE_STATES } from '../../incidents/incident.ts';
import { MEASURES, type MeasureName } from '../../incidents/measure.ts';
import { SEVERITIES } from '../../incidents/severity.ts';
import { RESOLUTIONS, STATES, waysFrom } from '../../incidents/states.ts';
import { timesOf } from '../../incidents/times.ts';
import { orNull, Seq, Sha256, Time, words } from './parameters.ts';
import { time } from './time.ts';

/** Who did something to an incident; `gatehouse` where a rule or a clock did. */
export const By = Type.Object({ id: Type.String(), name: Type.String() });

const row = {
  id: Type.String(),
  title: Type.String(),
  severity: words(SEVERITIES),
  state: words(STATES),
  resolution: orNull(words(RESOLUTIONS)),
  owner: orNull(Type.String()),
  origin: words(['rule', 'person', 'drill']),
  rule: orNull(Type.String({ description: 'The rule that told of it.' })),
  drill: orNull(Type.String({ description: 'What it is a drill of.' })),
  opened: Time,
  version: Type.Integer({ description: 'Entries that it is made of; a change may say which one it saw.' }),
} as const;

export const IncidentRow = Type.Object(row, { $id: 'ListedIncident' });

/** An incident as lists have it. */
export const shownRow = (incident: Incident): JsonObject => {
  const { id, title, severity, state, resolution, owner, origin, rule, drill, version, opened } = incident;
  return {
    id,
    title,
    severity,
    state,
    resolution: resolution ?? null,
    owner: owner ?? null,
    origin,
    rule: rule ?? null,
    drill: drill ?? null,
    opened: time(opened),
    version,
  };
};

const Texts = Type.Array(Type.String());

/** Names of measures. */
export const MeasureWord = words(Object.keys(MEASURES) as MeasureName[]);

const Taken = Type.Object({
  number: Type.Integer({ description: 'From 1.' }),
  action: MeasureWord,
  on: Type.Record(Type.String(), Type.String()),
  state: words(MEASURE_STATES),
  reversible: Type.Boolean(),
  by: By,
  time: Time,
  until: orNull(Time),
  undone: orNull(Time),
  expired: Type.Boolean({ description: 'Time has undone it.' }),
});

const Milliseconds = orNull(Type.Integer());

export const IncidentWhole = Type.Object(
  {
    ...row,
    opened_by: By,
    first: orNull(Type.String({ ...Time, description: 'The first thing that belongs to it.' })),
    group: orNull(Type.String()),
    atlas: Texts,
    owasp: Texts,
    playbook: orNull(Type.String()),
    next_states: Type.Array(words(STATES)),
    reached: Type.Record(Type.String(), Time, { description: 'When it came to each state last.' }),
    links: Type.Object({ exchanges: Texts, callers: Texts, models: Texts, detections: Type.Array(Seq) }),
    measures: Type.Array(Taken),
    comments: Type.Integer(),
    steps: Type.Array(Type.String(), { description: 'Those of the playbook that were done.' }),
    evidence: Type.Array(
      Type.Object({ manifest: Sha256, time: Time, entries: Type.Integer(), files: Type.Integer() }),
    ),
    ms_to: Type.Object({ detect: Milliseconds, contain: Milliseconds, recover: Milliseconds }),
  },
  { $id: 'Incident' },
);

/** All of it. */
export function shown(incident: Incident): JsonObject {
  const { first, openedBy, atlas, owasp, links, measures, steps, evidence, reached, playbook, group } =
    incident;
  const { detect, contain, recover } = timesOf(incident);
  return {
    ...shownRow(incident),
    opened_by: { ...openedBy },
    first: time(first ?? null),
    group: group ?? null,
    atlas: [...atlas],
    owasp: [...owasp],
    playbook: playbook ?? null,
    next_states: [...waysFrom(incident.state)],
    reached: Object.fromEntries(Object.entries(reached).map(([state, at]) => [state, time(at)])),
    links: {
      exchanges: [...links.exchanges],
      callers: [...links.callers],
      models: [...links.models],
      detections: [...links.detections],
    },
    measures: measures.map((taken) => ({
      number: taken.number,
      action: taken.action,
      on: { ...taken.on },
      state: taken.state,
      reversible: MEASURES[taken.action].undo,
      by: { ...taken.by },
      time: time(taken.time),
      until: time(taken.until ?? null),
      undone: time(taken.undone ?? null),
      expired: taken.expired,
    })),
    comments: incident.comments.length,
    steps: [...steps],
    evidence: evidence.map((one) => ({
      manifest: one.manifest,
      time: time(one.time),
      entries: one.entries.length,
      files: one.files.length,
    })),
    ms_to: { detect: detect ?? null, contain: contain ?? null, recover: recover ?? null },
  };
}
