import { cleanJson, factsOf } from './clean.ts';
import { type About, type Format, written } from './format.ts';
import { headline, idOf, type Notice } from './notice.ts';

/** The version of the schema that is written (https://schema.ocsf.io/1.3.0). */
const SCHEMA = '1.3.0';
const SEVERITIES = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
} as const;
/** `status_id` of an activity. */
const [SUCCEEDED, FAILED] = [1, 2];
const OTHER = 99;

interface ClassOf {
  readonly category: number;
  readonly class: number;
  readonly activity: number;
  /** What the class asks for beside the base event. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** OCSF events in JSON, a line each. */
export const ocsf: Format = {
  name: 'ocsf',
  contentType: 'application/x-ndjson',
  most: 1000,
  lines: true,
  write: (notices, about) => written(notices.map((notice) => cleanJson(eventOf(notice, about)))),
};

function eventOf(notice: Notice, about: About) {
  const { seq, leaf, time, kind, level, facts } = notice;
  const [severity_id, severity] = SEVERITIES[level];
  const { category, class: class_uid, activity, own } = classOf(notice);
  return {
    category_uid: category,
    class_uid,
    activity_id: activity,
    ...(activity === OTHER && { activity_name: kind }),
    type_uid: class_uid * 100 + activity,
    severity_id,
    severity,
    time: Date.parse(time),
    message: headline(notice),
    ...statusOf(notice),
    metadata: {
      version: SCHEMA,
      uid: idOf(notice),
      event_code: kind,
      sequence: seq,
      log_name: about.ledger,
      product: { vendor_name: 'Gatehouse', name: 'Gatehouse', version: about.version },
    },
    ...own,
    unmapped: { ledger_leaf: leaf, ...Object.fromEntries(factsOf(facts)) },
  };
}

/** Whether what was asked was done; nothing where an entry says neither. A finding's status is another thing. */
function statusOf({ alert, kind, facts: { outcome, code } }: Notice) {
  const says = outcome !== undefined || kind.startsWith('person.sign');
  if (alert || !says) return {};
  const done = outcome === undefined ? kind === 'person.signed_in' : outcome === 'completed';
  return {
    status_id: done ? SUCCEEDED : FAILED,
    status: done ? 'Success' : 'Failure',
    ...(code !== undefined && { status_detail: String(code) }),
  };
}

function classOf(notice: Notice): ClassOf {
  const { kind } = notice;
  if (notice.alert) return finding(notice);
  if (/^(?:session\.|person\.(?:sign|fresh_factor))/.test(kind)) return authentication(notice);
  if (kind.startsWith('person.')) return accountChange(notice);
  if (/^(?:request|admin)\./.test(kind)) return apiActivity(notice);
  if (kind === 'system.start' || kind === 'system.stop')
    return {
      category: 6,
      class: 6002,
      activity: kind === 'system.start' ? 3 : 4,
      own: { app: { vendor_name: 'Gatehouse', name: 'Gatehouse' } },
    };
  return { category: 0, class: 0, activity: OTHER, own: {} };
}

/** Detection Finding: what belongs together has one uid, and what is over closes it. */
function finding(notice: Notice): ClassOf {
  const { group, title, time, over, kind, facts } = notice;
  const created = Date.parse(time);
  return {
    category: 2,
    class: 2004,
    activity: over ? 3 : 1,
    own: {
      is_alert: !over,
      status_id: over ? 4 : 1,
      finding_info: {
        uid: group,
        title: title,
        types: [String(facts.rule ?? facts.check ?? kind)],
        created_time: created,
      },
      ...(facts.model !== undefined && { resources: [{ type: 'model', name: String(facts.model) }] }),
    },
  };
}

/** API Activity: reading, but for the administrative acts that change something. */
function apiActivity(notice: Notice): ClassOf {
  const { kind, facts } = notice;
  const changes = kind === 'admin.begin' || kind === 'admin.end';
  return {
    category: 6,
    class: 6003,
    activity: kind.startsWith('request.') ? OTHER : changes ? 3 : 2,
    own: {
      actor: { user: userOf(notice) },
      api: {
        operation: String(facts.operation ?? 'unknown'),
        service: { name: 'gatehouse' },
        ...(facts.request !== undefined && { request: { uid: String(facts.request) } }),
        ...(facts.status !== undefined && { response: { code: facts.status } }),
      },
      src_endpoint: sourceOf(notice),
      ...(facts.model !== undefined && { resources: [{ type: 'model', name: String(facts.model) }] }),
      ...(facts.status !== undefined && { http_response: { code: facts.status } }),
    },
  };
}

const authentication = (notice: Notice): ClassOf => ({
  category: 3,
  class: 3002,
  activity: notice.kind.startsWith('session.') ? 2 : 1,
  own: {
    user: userOf(notice),
    service: { name: 'gatehouse' },
    src_endpoint: sourceOf(notice),
    is_remote: true,
  },
});

/** By what the kind ends with; the names of what people's entries say. */
const ACCOUNT_ACTIVITIES: readonly (readonly [RegExp, number])[] = [
  [/factor.*(?:removed|revoked|reset)|factors_reset/, 11],
  [/factor|passkey|totp|recovery/, 10],
  [/passphrase_reset|password_reset/, 4],
  [/passphrase|password/, 3],
  [/created|invited|registered|added/, 1],
  [/enabled/, 2],
  [/disabled|suspended/, 5],
  [/removed|deleted|revoked/, 6],
  [/locked/, 9],
];

function accountChange(notice: Notice): ClassOf {
  const what = notice.kind.slice('person.'.length);
  const activity = ACCOUNT_ACTIVITIES.find(([pattern]) => pattern.test(what))?.[1] ?? OTHER;
  return {
    category: 3,
    class: 3001,
    activity,
    own: { user: userOf(notice), actor: { user: userOf(notice) }, src_endpoint: sourceOf(notice) },
  };
}

/** A user has a name or a uid (object `user`, constraints). */
function userOf({ facts: { person, caller, caller_name, team } }: Notice) {
  return {
    uid: String(person ?? caller ?? 'unknown'),
    ...(caller_name !== undefined && { name: String(caller_name) }),
    ...(team !== undefined && { groups: [{ name: String(team) }] }),
  };
}

/** An endpoint has an address or a name (object `endpoint`, constraints). */
const sourceOf = ({ facts: { address, network } }: Notice) =>
  address === undefined ? { name: String(network ?? 'unknown') } : { ip: String(address) };
