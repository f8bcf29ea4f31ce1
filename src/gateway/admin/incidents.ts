import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { manifestOf } from '../../incidents/evidence.ts';
import { type Links, type Locked, linksOf, MOST_LINKS } from '../../incidents/fact.ts';
import type { Incident } from '../../incidents/incident.ts';
import { postMortem } from '../../incidents/post-mortem.ts';
import { isSeverity, SEVERITIES, type Severity } from '../../incidents/severity.ts';
import { isResolution, isState, RESOLUTIONS, STATES } from '../../incidents/states.ts';
import { PAGE_POLICY, writeHtml, writeMarkdown } from '../../incidents/write-page.ts';
import { comment, commentsOf } from '../incidents/comments.ts';
import { lockEvidence } from '../incidents/evidence.ts';
import { drillOf, openIncident } from '../incidents/open.ts';
import { storyOf } from '../incidents/story.ts';
import { type Change, writeFact } from '../incidents/write.ts';
import { PAGE_HEADERS } from '../page-headers.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { row, shown } from './incident-shown.ts';
import { Query } from './query.ts';
import { time } from './time.ts';

export const INCIDENTS = '/admin/v1/incidents';
const read = { method: 'GET', action: 'incidents.read', changes: false } as const;
const write = { method: 'POST', action: 'incidents.write', changes: true } as const;

/** Incidents: found, worked on and closed. What is done against them is asked for by itself: `incidents.contain`. */
export const incidentEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: INCIDENTS,
    name: 'incidents.list',
    query: ['state', 'open', 'owner', 'caller', 'limit'],
    act({ ask, gate }) {
      const query = new Query(ask.query);
      const incidents = gate.store.incidents.list({
        state: query.oneOf('state', STATES),
        open: query.flag('open'),
        owner: query.text('owner'),
        caller: query.text('caller'),
        limit: query.count('limit', 1000) ?? 100,
      });
      return { incidents: incidents.map(row) };
    },
  },
  { ...read, path: `${INCIDENTS}/:id`, name: 'incidents.show', act: (call) => shown(found(call)) },
  {
    ...read,
    path: `${INCIDENTS}/:id/timeline`,
    name: 'incidents.timeline',
    async act(call) {
      const { timeline } = await storyOf(call.gate, found(call));
      return { timeline: timeline.map((moment) => ({ ...moment, time: time(moment.time) })) };
    },
  },
  {
    ...read,
    path: `${INCIDENTS}/:id/comments`,
    name: 'incidents.comments',
    act: async (call) => ({ comments: await commentsOf(call.gate, found(call)) }),
  },
  {
    ...read,
    path: `${INCIDENTS}/:id/evidence`,
    name: 'incidents.evidence',
    act(call) {
      const { id, evidence } = found(call);
      return {
        evidence: evidence.map((locked) => ({
          time: time(locked.time),
          sha256: locked.manifest,
          manifest: manifestOf(id, locked) as unknown as JsonObject,
        })),
      };
    },
  },
  {
    ...read,
    path: `${INCIDENTS}/:id/postmortem`,
    name: 'incidents.postmortem',
    query: ['form'],
    async act(call) {
      const form = new Query(call.ask.query).oneOf('form', ['markdown', 'html', 'json']) ?? 'markdown';
      const incident = found(call);
      const { timeline, impact } = await storyOf(call.gate, incident);
      const playbook = call.house.playbooks.find(({ name }) => name === incident.playbook);
      const page = postMortem(incident, timeline, impact, playbook);
      if (form === 'json') return { title: page.title, sections: page.sections as unknown as Json };
      if (form === 'markdown') {
        call.textType = 'text/markdown; charset=utf-8';
        return writeMarkdown(page);
      }
      call.textType = 'text/html; charset=utf-8';
      call.answer.add({
        ...PAGE_HEADERS,
        'content-security-policy': `${PAGE_POLICY}; frame-ancestors 'none'`,
      });
      return writeHtml(page);
    },
  },
  {
    ...write,
    path: INCIDENTS,
    name: 'incidents.open',
    status: 201,
    async act(call) {
      const fields = new Fields(call.body, [
        'title',
        'severity',
        'owner',
        'playbook',
        'atlas',
        'owasp',
        ...LINKS,
      ]);
      const links = linked(call, fields);
      const drill = drillOf(call.gate.store, links.callers[0]);
      const opened = await openIncident(call.gate, changeOf(call), {
        title: required(labelIn(fields, 'title'), 'title'),
        severity: severityIn(fields) ?? 'medium',
        origin: drill === undefined ? 'person' : 'drill',
        drill,
        owner: labelIn(fields, 'owner'),
        playbook: playbookIn(call, fields),
        atlas: labelsIn(fields, 'atlas'),
        owasp: labelsIn(fields, 'owasp'),
        links,
      });
      return shown(opened);
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/change`,
    name: 'incidents.change',
    act(call) {
      const fields = new Fields(call.body, ['title', 'severity', 'owner', 'playbook', 'version']);
      const [title, owner] = [labelIn(fields, 'title'), labelIn(fields, 'owner')];
      const [severity, playbook] = [severityIn(fields), playbookIn(call, fields)];
      return fact(call, fields, {
        act: 'changed',
        ...(title !== undefined && { title }),
        ...(owner !== undefined && { owner }),
        ...(severity !== undefined && { severity }),
        ...(playbook !== undefined && { playbook }),
      });
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/move`,
    name: 'incidents.move',
    act(call) {
      const fields = new Fields(call.body, ['to', 'resolution', 'version']);
      const [to, resolution] = [required(fields.text('to'), 'to'), fields.text('resolution')];
      if (!isState(to)) throw wrong('to', STATES);
      if (resolution !== undefined && !isResolution(resolution)) throw wrong('resolution', RESOLUTIONS);
      return fact(call, fields, { act: 'moved', to, resolution });
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/link`,
    name: 'incidents.link',
    act(call) {
      const fields = new Fields(call.body, [...LINKS, 'version']);
      return fact(call, fields, { act: 'linked', ...linked(call, fields) });
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/unlink`,
    name: 'incidents.unlink',
    act(call) {
      const fields = new Fields(call.body, [...LINKS, 'version']);
      return fact(call, fields, { act: 'unlinked', ...linked(call, fields) });
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/comment`,
    name: 'incidents.comment',
    status: 201,
    async act(call) {
      const text = required(new Fields(call.body, ['text']).text('text'), 'text');
      return shown(await comment(call.gate, call.id, changeOf(call), text));
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/step`,
    name: 'incidents.step',
    act(call) {
      const fields = new Fields(call.body, ['step', 'done', 'version']);
      const step = required(fields.text('step'), 'step');
      const incident = found(call);
      const playbook = call.house.playbooks.find(({ name }) => name === incident.playbook);
      if (playbook?.steps.some(({ id }) => id === step) !== true)
        throw new Refusal('not_found', { field: '/step', hint: 'Its playbook has no such step.' });
      return fact(call, fields, { act: 'step', step, done: call.body.done !== false });
    },
  },
  {
    ...write,
    path: `${INCIDENTS}/:id/evidence`,
    name: 'incidents.lock',
    async act(call) {
      const fields = new Fields(call.body, ['entries', 'files', 'version']);
      const change = changeOf(call, fields);
      return shown(
        await lockEvidence(call.gate, call.id, change, numbersIn(call.body, 'entries'), filesIn(call.body)),
      );
    },
  },
];

export const found = ({ gate, id }: AdminCall): Incident => gate.store.incidents.get(id);

export const changeOf = ({ caller, ask }: AdminCall, fields?: Fields): Change => ({
  by: { id: caller.id, name: caller.name },
  request: ask.id,
  version: fields?.count('version', Number.MAX_SAFE_INTEGER),
});

async function fact(
  call: AdminCall,
  fields: Fields,
  fact: Parameters<typeof writeFact>[3],
): Promise<JsonObject> {
  const change = changeOf(call, fields);
  return shown(await call.gate.incidentTurns.take(() => writeFact(call.gate, call.id, change, fact)));
}

const LINKS = ['exchanges', 'callers', 'models', 'detections'] as const;

/** Callers by their ids: a name may be another's tomorrow. */
function linked({ gate, body }: AdminCall<JsonObject>, fields: Fields): Links {
  for (const name of ['exchanges', 'callers', 'models'] as const) labelsIn(fields, name);
  numbersIn(body, 'detections');
  const links = linksOf(body);
  if (LINKS.some((name) => links[name].length > MOST_LINKS))
    throw new Refusal('request_invalid', { hint: `There may be ${MOST_LINKS} links of a kind.` });
  const known = links.callers.length === 0 ? [] : gate.store.callers.list();
  return {
    ...links,
    callers: links.callers.map((caller) => known.find(({ name }) => name === caller)?.id ?? caller),
  };
}

/** One line, as it goes into the ledger and onto terminals. */
const LABEL = /^[^\p{Cc}\u2028\u2029]{1,200}$/u;

function labelIn(fields: Fields, name: string): string | undefined {
  const text = fields.text(name);
  if (text !== undefined && (!LABEL.test(text) || !text.isWellFormed()))
    throw new Refusal('request_invalid', {
      field: `/${name}`,
      hint: 'It must be one line, 1 to 200 characters.',
    });
  return text;
}

function labelsIn(fields: Fields, name: string): string[] {
  const texts = fields.texts(name) ?? [];
  if (texts.length > MOST_LINKS || texts.some((text) => !LABEL.test(text) || !text.isWellFormed()))
    throw new Refusal('request_invalid', {
      field: `/${name}`,
      hint: `They must be lines of 1 to 200 characters, ${MOST_LINKS} at most.`,
    });
  return texts;
}

function severityIn(fields: Fields): Severity | undefined {
  const word = fields.text('severity');
  if (word !== undefined && !isSeverity(word)) throw wrong('severity', SEVERITIES);
  return word;
}

function playbookIn({ house }: AdminCall, fields: Fields): string | undefined {
  const name = fields.text('playbook');
  if (name !== undefined && !house.playbooks.some((one) => one.name === name))
    throw new Refusal('not_found', { field: '/playbook', hint: 'There is no playbook of this name.' });
  return name;
}

const isSeq = (value: Json): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function numbersIn(body: JsonObject, name: string): number[] {
  const list = body[name] ?? [];
  if (!Array.isArray(list) || !list.every(isSeq))
    throw new Refusal('request_invalid', {
      field: `/${name}`,
      hint: 'It must be a list of numbers of entries.',
    });
  return list;
}

function filesIn({ files = [] }: JsonObject): Locked['files'] {
  const all = Array.isArray(files) ? files.map(fileIn) : [undefined];
  if (!all.every((file) => file !== undefined))
    throw new Refusal('request_invalid', {
      field: '/files',
      hint: 'Each file has a name, its SHA-256 as 64 hex digits, and its length in bytes.',
    });
  return all;
}

function fileIn(file: Json): Locked['files'][number] | undefined {
  if (!isObject(file)) return undefined;
  const { name, sha256, bytes, ...others } = file;
  return typeof name === 'string' &&
    LABEL.test(name) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    bytes !== undefined &&
    isSeq(bytes) &&
    Object.keys(others).length === 0
    ? { name, sha256, bytes }
    : undefined;
}

export const wrong = (field: string, words: readonly string[]): Refusal =>
  new Refusal('request_invalid', { field: `/${field}`, hint: `It must be one of ${words.join(', ')}.` });
