import { isIP } from 'node:net';
import { isObject, type Json, type JsonObject } from '../base/json.ts';

/** By name; see {@link FACTS}. */
export type Facts = Readonly<Record<string, string | number>>;

type Read = (fields: JsonObject, kind: string) => string | number | undefined;

/** A name, an id, a code: a word that no sentence fits into. */
const WORD = /^[\w.:@/+$*=%-]{1,128}$/;
/** Words of a list that are told. */
const MOST = 12;

const wordOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && WORD.test(value) ? value : undefined;
const word =
  (...path: readonly string[]): Read =>
  (fields) =>
    wordOf(at(fields, path));
const number =
  (...path: readonly string[]): Read =>
  (fields) => {
    const value = at(fields, path);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
const address =
  (name: string): Read =>
  (fields) => {
    const value = fields[name];
    return typeof value === 'string' && isIP(value) !== 0 ? value : undefined;
  };
const words =
  (name: string): Read =>
  (fields) =>
    list(fields[name]);
/** What stands in an admin path is whatever its sender wrote: of other kinds it is an id from the settings. */
const unlessAdmin =
  (read: Read): Read =>
  (fields, kind) =>
    kind.startsWith('admin.') ? undefined : read(fields, kind);

/**
 * Everything that a feed may say of an entry beside its number, time and kind. The list is closed on purpose, as that of the log
 * is: an entry has fields that are nobody's business out there (digests, policies, comments' digests), and will have others.
 */
export const FACTS: Readonly<Record<string, Read>> = {
  request: word('id'),
  caller: (fields) =>
    wordOf(isObject(fields.caller) ? fields.caller.id : (fields.caller ?? at(fields, ['group', 'caller']))),
  caller_name: word('caller', 'name'),
  team: (fields) => wordOf(at(fields, ['caller', 'team']) ?? at(fields, ['person', 'team'])),
  credential: (fields) => wordOf(at(fields, ['caller', 'credential']))?.split(':', 1)[0],
  person: (fields) => wordOf(isObject(fields.person) ? fields.person.id : fields.person),
  address: address('peer'),
  network: word('network'),
  operation: word('operation'),
  model: (fields) => wordOf(fields.model ?? at(fields, ['group', 'model'])),
  upstream: word('upstream'),
  outcome: word('outcome'),
  code: word('code'),
  status: number('status'),
  ms: number('ms'),
  reasons: ({ inspected, reply_inspected, reasons }) =>
    list([
      ...reasonsOf(inspected),
      ...reasonsOf(reply_inspected),
      ...(Array.isArray(reasons) ? reasons : []),
    ]),
  input_tokens: number('charge', 'input'),
  output_tokens: number('charge', 'output'),
  cost: word('charge', 'cost'),
  severity: (fields) => wordOf(fields.severity ?? fields.level),
  rule: word('rule'),
  detection: word('detection'),
  monitor: word('monitor'),
  incident: word('incident'),
  playbook: word('playbook'),
  review: word('review'),
  held: word('held'),
  decision: word('decision'),
  state: (fields) => wordOf(fields.state ?? fields.to),
  by: word('by', 'id'),
  atlas: words('atlas'),
  owasp: words('owasp'),
  check: word('check'),
  action: word('action'),
  count: number('count'),
  window_ms: number('window_ms'),
  score: number('score'),
  budget: word('budget'),
  per: word('per'),
  owner: word('owner'),
  unit: word('unit'),
  percent: number('percent'),
  spent: word('spent'),
  limit: word('limit'),
  target: unlessAdmin(word('target')),
  witness: word('witness'),
  feed: word('feed'),
  dead: number('dead'),
  act: word('act'),
};

function at(fields: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = fields;
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function list(value: Json | undefined): string | undefined {
  const found = Array.isArray(value) ? value.flatMap((one) => wordOf(one) ?? []) : [];
  return found.length === 0 ? undefined : [...new Set(found)].slice(0, MOST).join(' ');
}

/** The reasons that guards gave: names of rules, never what was found. */
function reasonsOf(inspected: Json | undefined): Json[] {
  const guards = at(isObject(inspected) ? inspected : {}, ['guards']);
  if (!isObject(guards)) return [];
  return Object.values(guards).flatMap((guard) => {
    const findings = isObject(guard) ? guard.findings : undefined;
    return Array.isArray(findings)
      ? findings.flatMap((one) => (isObject(one) ? (one.reason ?? []) : []))
      : [];
  });
}
