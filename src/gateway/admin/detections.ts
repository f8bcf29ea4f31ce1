import Type from 'typebox';
import { LEVELS } from '../../detect/rule.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { Next, pages, watcherOf } from './exchanges.ts';
import { fields, Seq, sinceIn, Time, words } from './parameters.ts';
import { time } from './time.ts';

const Texts = Type.Array(Type.String());

const Rule = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    description: Type.String(),
    level: words(LEVELS),
    enabled: Type.Boolean(),
    ships: Type.Boolean({ description: 'It comes with the gateway.' }),
    type: Type.String(),
    group_by: Texts,
    atlas: Texts,
    owasp: Texts,
    false_positives: Texts,
    response: Type.String(),
  },
  { $id: 'DetectionRule' },
);

const Alert = Type.Object(
  {
    seq: Seq,
    time: Time,
    detection: Type.String(),
    rule: Type.String(),
    title: Type.String(),
    level: words(LEVELS),
    atlas: Texts,
    owasp: Texts,
    group: Type.Record(Type.String(), Type.String(), {
      description: 'What the events have in common, by field.',
    }),
    count: Type.Number(),
    limit: Type.Number({ description: 'What it takes, or what would still have been usual.' }),
    since: Time,
    until: Time,
    first: Seq,
    last: Seq,
    repeat: Type.Integer(),
    caller: Type.Optional(Type.String()),
    model: Type.Optional(Type.String()),
  },
  { $id: 'DetectionAlert' },
);

/** What is looked for over time, and what was found. */
export const detectionEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    action: 'audit.read',
    changes: false,
    path: '/admin/v1/detections',
    name: 'detections.list',
    summary: 'What is looked for over time, and what was found, newest first',
    query: fields({ ...pages, rule: Type.Optional(Type.String()) }),
    answer: Type.Object({ rules: Type.Array(Rule), alerts: Type.Array(Alert), next: Next }),
    async act({ gate, query: { rule, since, before, limit = 50 } }) {
      const { rules, page } = await watcherOf(gate).ask('detections', {
        rule,
        since: sinceIn(since, gate.clock.now()),
        before,
        limit,
      });
      return {
        rules: [...rules],
        alerts: page.rows.map(({ seq, time: at, alert }) => ({ seq, time: time(at), ...alert })),
        next: page.next ?? null,
      };
    },
  }),
];
