import type { JsonObject } from '../../base/json.ts';
import type { Incident } from '../../incidents/incident.ts';
import { MEASURES } from '../../incidents/measure.ts';
import { waysFrom } from '../../incidents/states.ts';
import { timesOf } from '../../incidents/times.ts';
import { time } from './time.ts';

/** An incident as lists have it. */
export const row = (incident: Incident): JsonObject => {
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

/** All of it. */
export function shown(incident: Incident): JsonObject {
  const { first, openedBy, atlas, owasp, links, measures, steps, evidence, reached, playbook, group } =
    incident;
  const { detect, contain, recover } = timesOf(incident);
  return {
    ...row(incident),
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
