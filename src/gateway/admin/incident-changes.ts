import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { MOST_ENTRIES, MOST_FILES } from '../../incidents/evidence.ts';
import { type Links, MOST_LINKS } from '../../incidents/fact.ts';
import { SEVERITIES } from '../../incidents/severity.ts';
import { RESOLUTIONS, STATES } from '../../incidents/states.ts';
import { comment, LONGEST } from '../incidents/comments.ts';
import { lockEvidence } from '../incidents/evidence.ts';
import { drillOf, openIncident } from '../incidents/open.ts';
import { type Change, writeFact } from '../incidents/write.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { IncidentWhole, shown } from './incident-shown.ts';
import { found, INCIDENTS, playbookOf } from './incidents.ts';
import { idOf } from './names.ts';
import { count, fields, Line, Seq, Sha256, words } from './parameters.ts';

const write = { method: 'POST', action: 'incidents.write', changes: true, answer: IncidentWhole } as const;

/** The version of the incident that whoever changes it has seen. */
export const Version = Type.Optional(count(Number.MAX_SAFE_INTEGER));

const Lines = Type.Optional(Type.Array(Line, { maxItems: MOST_LINKS }));

const links = {
  exchanges: Lines,
  callers: Lines,
  models: Lines,
  detections: Type.Optional(
    Type.Array(Seq, { maxItems: MOST_LINKS, description: 'a list of numbers of entries' }),
  ),
} as const;
type Linking = Partial<Links>;

const about = {
  severity: Type.Optional(words(SEVERITIES)),
  owner: Type.Optional(Line),
  playbook: Type.Optional(Type.String()),
} as const;

const File = fields({ name: Line, sha256: Sha256, bytes: Seq });

/** What people do to incidents, but for what is done against them. */
export const incidentChangeEndpoints: readonly Endpoint[] = [
  endpoint({
    ...write,
    path: INCIDENTS,
    name: 'incidents.open',
    summary: 'Opens an incident',
    status: 201,
    body: fields({ title: Line, ...about, atlas: Lines, owasp: Lines, ...links }),
    async act(call) {
      const { title, severity = 'medium', owner, playbook, atlas = [], owasp = [], ...given } = call.body;
      const links = linked(call, given);
      checkPlaybook(call, playbook);
      const drill = drillOf(call.gate.store, links.callers[0]);
      const origin = drill === undefined ? 'person' : 'drill';
      const draft = { title, severity, origin, drill, owner, playbook, atlas, owasp, links } as const;
      return shown(await openIncident(call.gate, changeOf(call), draft));
    },
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/change`,
    name: 'incidents.change',
    summary: 'Changes what is said of an incident; what is not named stays',
    body: fields({ title: Type.Optional(Line), ...about, version: Version }),
    act(call) {
      const { version, ...change } = call.body;
      checkPlaybook(call, change.playbook);
      return fact(call, version, { act: 'changed', ...change });
    },
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/move`,
    name: 'incidents.move',
    summary: 'Moves an incident to another state; to close it takes a resolution',
    body: fields({ to: words(STATES), resolution: Type.Optional(words(RESOLUTIONS)), version: Version }),
    act: (call) => {
      const { to, resolution, version } = call.body;
      return fact(call, version, { act: 'moved', to, resolution });
    },
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/link`,
    name: 'incidents.link',
    summary: 'Says what else an incident is about',
    body: fields({ ...links, version: Version }),
    act: (call) => {
      const { version, ...given } = call.body;
      return fact(call, version, { act: 'linked', ...linked(call, given) });
    },
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/unlink`,
    name: 'incidents.unlink',
    summary: 'Takes off what was linked by mistake; that it was stays in the ledger',
    body: fields({ ...links, version: Version }),
    act: (call) => {
      const { version, ...given } = call.body;
      return fact(call, version, { act: 'unlinked', ...linked(call, given) });
    },
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/comment`,
    name: 'incidents.comment',
    summary: 'Adds a comment',
    status: 201,
    body: fields({ text: Type.String({ maxLength: LONGEST }) }),
    act: async (call) => shown(await comment(call.gate, call.id, changeOf(call), call.body.text)),
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/step`,
    name: 'incidents.step',
    summary: 'Says that a step of the playbook was done, or was not after all',
    body: fields({
      step: Type.String(),
      done: Type.Optional(Type.Boolean({ default: true })),
      version: Version,
    }),
    act(call) {
      const { step, done = true, version } = call.body;
      if (playbookOf(call, found(call))?.steps.some(({ id }) => id === step) !== true)
        throw new Refusal('not_found', { field: '/step', hint: 'Its playbook has no such step.' });
      return fact(call, version, { act: 'step', step, done });
    },
  }),
  endpoint({
    ...write,
    path: `${INCIDENTS}/:id/evidence`,
    name: 'incidents.lock',
    summary: 'Locks entries and files as evidence, by their hashes',
    body: fields({
      entries: Type.Optional(
        Type.Array(Seq, { maxItems: MOST_ENTRIES, description: 'a list of numbers of entries' }),
      ),
      files: Type.Optional(Type.Array(File, { maxItems: MOST_FILES })),
      version: Version,
    }),
    async act(call) {
      const { entries = [], files = [], version } = call.body;
      return shown(await lockEvidence(call.gate, call.id, changeOf(call, version), entries, files));
    },
  }),
];

/** @param version the one that they have seen */
export const changeOf = ({ caller, ask }: AdminCall, version?: number): Change => ({
  by: { id: caller.id, name: caller.name },
  request: ask.id,
  version,
});

async function fact(
  call: AdminCall,
  version: number | undefined,
  fact: Parameters<typeof writeFact>[3],
): Promise<JsonObject> {
  const change = changeOf(call, version);
  return shown(await call.gate.incidentTurns.take(() => writeFact(call.gate, call.id, change, fact)));
}

/** Callers by their ids: a name may be another's tomorrow. */
const linked = (
  { gate }: AdminCall,
  { exchanges = [], callers = [], models = [], detections = [] }: Linking,
): Links => ({ exchanges, callers: callers.map((one) => idOf(gate, one)), models, detections });

function checkPlaybook({ house }: AdminCall, name: string | undefined): void {
  if (name !== undefined && !house.playbooks.some((one) => one.name === name))
    throw new Refusal('not_found', { field: '/playbook', hint: 'There is no playbook of this name.' });
}
