import Type from 'typebox';
import type { Json, JsonObject } from '../../base/json.ts';
import { manifestOf } from '../../incidents/evidence.ts';
import type { Incident } from '../../incidents/incident.ts';
import type { Playbook } from '../../incidents/playbook.ts';
import { postMortem } from '../../incidents/post-mortem.ts';
import { STATES } from '../../incidents/states.ts';
import { PAGE_POLICY, writeHtml, writeMarkdown } from '../../incidents/write-page.ts';
import { commentsOf } from '../incidents/comments.ts';
import { storyOf } from '../incidents/story.ts';
import { PAGE_HEADERS } from '../page-headers.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { By, IncidentRow, IncidentWhole, shown, shownRow } from './incident-shown.ts';
import { count, fields, orNull, Seq, Sha256, Time, words } from './parameters.ts';
import { time } from './time.ts';
export const INCIDENTS = '/admin/v1/incidents';
const read = { method: 'GET', action: 'incidents.read', changes: false } as const;

const Timeline = Type.Object(
  {
    timeline: Type.Array(
      Type.Object({ seq: Seq, time: Time, kind: Type.String(), by: Type.String(), what: Type.String() }),
    ),
  },
  { $id: 'Timeline' },
);

const Comment = Type.Object(
  {
    id: Type.String(),
    time: Time,
    by: By,
    text: orNull(
      Type.String({ description: 'Null: it was erased, or is not what the ledger has the digest of.' }),
    ),
  },
  { $id: 'Comment' },
);

const Evidence = Type.Object(
  {
    time: Time,
    sha256: Sha256,
    manifest: Type.Object({
      manifest: Type.Literal('gatehouse/evidence/v1'),
      incident: Type.String(),
      entries: Type.Array(Type.Object({ seq: Seq, leaf: Type.String() })),
      files: Type.Array(Type.Object({ name: Type.String(), sha256: Sha256, bytes: Type.Integer() })),
    }),
  },
  { $id: 'Evidence', description: 'The SHA-256 is of the canonical JSON (RFC 8785) of the manifest.' },
);

const PostMortem = Type.Object(
  {
    title: Type.String(),
    sections: Type.Array(
      Type.Object({
        heading: Type.String(),
        lines: Type.Optional(Type.Array(Type.String())),
        table: Type.Optional(
          Type.Array(Type.Array(Type.String()), { description: 'The first row is its head.' }),
        ),
      }),
    ),
  },
  { $id: 'PostMortem' },
);

/** Incidents, found and told of. What is done against them is asked for by itself: `incidents.contain`. */
export const incidentEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: INCIDENTS,
    name: 'incidents.list',
    summary: 'Incidents, newest first',
    query: fields({
      state: Type.Optional(words(STATES)),
      open: Type.Optional(Type.Boolean()),
      owner: Type.Optional(Type.String()),
      caller: Type.Optional(Type.String({ description: 'the id of a caller whom they are about' })),
      limit: Type.Optional(count(1000, { default: 100 })),
    }),
    answer: Type.Object({ incidents: Type.Array(IncidentRow) }),
    act: ({ gate, query: { limit = 100, ...wanted } }) => ({
      incidents: gate.store.incidents.list({ ...wanted, limit }).map(shownRow),
    }),
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id`,
    name: 'incidents.show',
    summary: 'One incident, all of it',
    answer: IncidentWhole,
    act: (call) => shown(found(call)),
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id/timeline`,
    name: 'incidents.timeline',
    summary: 'What happened to an incident and to those it is about, from the ledger',
    answer: Timeline,
    async act(call) {
      const { timeline } = await storyOf(call.gate, found(call));
      return { timeline: timeline.map((moment) => ({ ...moment, time: time(moment.time) })) };
    },
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id/comments`,
    name: 'incidents.comments',
    summary: 'Comments with their texts',
    answer: Type.Object({ comments: Type.Array(Comment) }),
    act: async (call) => ({ comments: await commentsOf(call.gate, found(call)) }),
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id/evidence`,
    name: 'incidents.evidence',
    summary: 'What was locked as evidence, as it can be handed on',
    answer: Type.Object({ evidence: Type.Array(Evidence) }),
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
  }),
  endpoint({
    ...read,
    path: `${INCIDENTS}/:id/postmortem`,
    name: 'incidents.postmortem',
    summary: 'A draft of the post-mortem: all that entries can say',
    query: fields({
      form: Type.Optional(words(['markdown', 'html', 'json'], { default: 'markdown' })),
    }),
    answer: PostMortem,
    texts: ['text/markdown', 'text/html'],
    async act(call) {
      const { form = 'markdown' } = call.query;
      const incident = found(call);
      const { timeline, impact } = await storyOf(call.gate, incident);
      const page = postMortem(incident, timeline, impact, playbookOf(call, incident));
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
  }),
];

export const found = ({ gate, id }: AdminCall): Incident => gate.store.incidents.get(id);

export const playbookOf = ({ house }: AdminCall, { playbook }: Incident): Playbook | undefined =>
  house.playbooks.find(({ name }) => name === playbook);
