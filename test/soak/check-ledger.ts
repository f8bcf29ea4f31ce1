import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntries } from '../harness/gateway.ts';
import type { Found } from './findings.ts';
import type { Asked } from './load.ts';
import type { Scene } from './scene.ts';
import type { Kind } from './texts.ts';
import type { Trouble } from './trouble.ts';
import type { Fault, Served } from './upstream-process.ts';

/** The fields of entries that are looked at. */
export interface Entry {
  readonly kind: string;
  readonly id?: string;
  readonly seq: number;
  readonly begin?: number;
  readonly outcome?: string;
  readonly code?: string;
  readonly lost?: string;
  readonly caller?: { readonly id: string; readonly team: string; readonly credential: string };
  readonly model?: string;
  readonly as?: string;
  readonly cache?: string;
  readonly request?: { readonly digest: string };
  readonly reserved?: Spent;
  readonly charge?: (Spent & { readonly basis: string }) | null;
  readonly attempts?: readonly { readonly upstream: string; readonly outcome: string }[];
}

export interface Spent {
  readonly input: number;
  readonly output: number;
  readonly cost?: string;
}

/** What the ledger says of one request. */
export interface Told {
  begin?: Entry;
  end?: Entry;
}

/** What the ledger says of all requests, by their ids. Each has one end, and an opening entry where it needs one. */
export function readLedger(scene: Scene, found: Found): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const entry of readEntries(join(scene.data, 'ledger')) as unknown as Entry[]) {
    if (!/^request\.(begin|end|answered|refused)$/.test(entry.kind)) continue;
    const { id = '' } = entry;
    const one = told.get(id) ?? {};
    told.set(id, one);
    const part = entry.kind === 'request.begin' ? 'begin' : 'end';
    if (one[part] !== undefined)
      found(`a request has two entries of ${part}`, `${id}: ${one[part].seq}, ${entry.seq}`);
    one[part] = entry;
  }
  for (const [id, { begin, end }] of told) {
    if (end === undefined) found('a request began and never ended', id);
    else if (end.begin !== begin?.seq) found('an end does not name its beginning', id);
  }
  return told;
}

/** By the id of the question: what each model server did, in its order. */
export function readJournals(scene: Scene): Map<string, Served[]> {
  const journals = new Map<string, Served[]>();
  for (const file of scene.journals) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const served = JSON.parse(line) as Served;
      journals.set(served.id, [...(journals.get(served.id) ?? []), served]);
    }
  }
  return journals;
}

/** What the entry says where nothing went wrong. */
const RIGHT: Readonly<Record<Kind, string>> = {
  pass: 'completed',
  long: 'completed',
  kept: 'completed',
  mask_prompt: 'completed',
  mask_reply: 'completed',
  block_prompt: 'prompt_blocked',
  block_reply: 'reply_blocked',
  purpose: 'forbidden',
  stranger: 'credential_invalid',
  revoked: 'credential_invalid',
};

/** Kinds that no model server may ever see. */
const UNSEEN: ReadonlySet<Kind> = new Set(['block_prompt', 'purpose', 'stranger', 'revoked']);

/** What becomes of a request whose last attempt ends so. */
const OF_FAULT: Readonly<Record<Fault, string | undefined>> = {
  none: undefined,
  slow: undefined,
  error: 'upstream_failed',
  limited: 'upstream_rate_limited',
  overloaded: 'upstream_overloaded',
  cut: 'upstream_cut',
  malformed: 'upstream_invalid',
  type: 'upstream_invalid',
  huge: 'upstream_invalid',
  stall: 'upstream_timeout',
};

/** A request that was asked, with what all others say of it. */
export interface Matched {
  readonly asked: Asked;
  readonly told: Told & { readonly end: Entry };
  readonly served: readonly Served[];
}

/** Holds what the clients saw against what the ledger says and what the model servers did. */
export function checkRequests(
  scene: Scene,
  trouble: Trouble,
  all: readonly Asked[],
  found: Found,
): { readonly told: Map<string, Told>; readonly matched: readonly Matched[] } {
  const told = readLedger(scene, found);
  const journals = readJournals(scene);
  const byDigest = new Map(
    [...told].map(([id, { begin, end }]) => [(begin ?? end)?.request?.digest ?? '', id]),
  );
  const claimed = new Set<string>();
  const matched = all.flatMap((asked): Matched[] => {
    const known = asked.kind === 'kept' ? undefined : byDigest.get(asked.digest);
    const id = asked.requestId !== '' ? asked.requestId : (known ?? '');
    const one = told.get(id);
    const served = asked.kind === 'kept' ? [] : (journals.get(asked.id) ?? []);
    if (one?.end === undefined) {
      checkUnrecorded(asked, one, served, found);
      return [];
    }
    claimed.add(id);
    const match = { asked, told: { ...one, end: one.end }, served };
    checkOne(match, scene, trouble, found);
    return [match];
  });
  for (const [id, { begin, end }] of told) {
    // Of an answer to a kept question that broke the client knows no id, and the body is not its alone; of one that left
    // before its body was read the ledger knows no digest.
    const unknown = begin?.model === 'soak-kept' || end?.model === 'soak-kept' || end?.code === 'client_gone';
    if (!claimed.has(id) && !unknown) found('an entry is of no request', id);
  }
  return { told, matched };
}

function checkUnrecorded(asked: Asked, one: Told | undefined, served: readonly Served[], found: Found): void {
  const about = aboutOf(asked);
  if (one !== undefined) return;
  if (served.length > 0) found('a request reached a model server, and the ledger does not say so', about);
  // Credentials that are nobody's are recorded a few at a time, and then counted.
  if (asked.status > 0 && asked.status !== 401) found('an answer is not in the ledger', about);
}

function checkOne(match: Matched, scene: Scene, trouble: Trouble, found: Found): void {
  const { asked, told, served } = match;
  const { end, begin } = told;
  const said = end.outcome === 'completed' ? 'completed' : (end.code ?? '');
  const about = `${aboutOf(asked)} → ${said} (${end.id}, faults ${served.map(({ fault }) => fault).join(' ')})`;
  if (end.lost !== undefined) {
    if (asked.whole) found('an answer was whole, and the ledger says that it was lost', about);
    if (!nearKill(asked, trouble)) found('a request was lost without a reason', about);
    return;
  }
  if (asked.broken && !nearKill(asked, trouble)) found('a connection broke without a reason', about);
  if (UNSEEN.has(asked.kind) && (served.length > 0 || begin !== undefined))
    found('a request went on that must be refused', about);
  if (served.some(({ leaked }) => leaked)) found('a key reached a model server', about);
  if (asked.whole && said !== 'completed') found('an answer was whole, and the ledger says otherwise', about);
  if (said === 'completed' && !asked.whole && !asked.left && !asked.broken)
    found('the ledger says completed, and the client did not get it', about);
  if (!asked.left && !asked.broken && asked.status !== 200 && !statusFits(asked.status, said))
    found('the status is not that of the outcome', about);
  if (!outcomesOf(match, scene, trouble).has(said)) found('a wrong verdict', about);
}

const aboutOf = ({ id, kind, person, status, stream }: Asked): string =>
  `${id} ${kind} by ${person}${stream ? ', stream' : ''}: ${status}`;

const STATUS: Readonly<Record<string, number>> = {
  credential_invalid: 401,
  prompt_blocked: 403,
  reply_blocked: 403,
  forbidden: 403,
  quota_requests: 429,
  quota_dollars: 429,
};

const statusFits = (status: number, code: string): boolean =>
  code !== 'completed' && (STATUS[code] === undefined || STATUS[code] === status);

/** Everything that may have become of a request, by what it is and what was done to it. */
function outcomesOf({ asked, told, served }: Matched, scene: Scene, trouble: Trouble): Set<string> {
  const { kind, person } = asked;
  const right = RIGHT[kind];
  const outcomes = new Set<string>();
  if (person === 'tight') outcomes.add('quota_requests');
  if (person === 'poor') outcomes.add('quota_dollars');
  if (asked.left) outcomes.add('client_gone');
  // A worker that was killed takes the client's connections with it, and what it had asked of the primary.
  if (asked.broken && nearKill(asked, trouble)) outcomes.add('client_gone');
  const turned = scene.people.between.some(({ from, to }) => asked.begun <= to && asked.ended >= from);
  if (person === 'turning' && turned) outcomes.add('credential_invalid');
  // A process that has just asked for the keys asks again after half a minute (docs/identity.md).
  const { issuerTurned } = scene.people;
  if (person === 'ann' && asked.ended >= issuerTurned && asked.begun <= issuerTurned + KEYS_TIME)
    outcomes.add('credential_invalid');
  if (UNSEEN.has(kind)) return outcomes.add(right);
  const attempts = told.end.attempts ?? [];
  if (kind === 'kept') {
    // Others ask the same, so the journals do not say which answer was whose.
    for (const code of Object.values(OF_FAULT)) outcomes.add(code ?? right);
    return outcomes.add('upstream_unreachable');
  }
  const last = attempts.at(-1);
  if (last?.outcome === 'answered') {
    const fault = OF_FAULT[served.findLast(({ by }) => by === last.upstream)?.fault ?? 'none'];
    // A guard may be done before the answer breaks off.
    if (fault === undefined || right === 'reply_blocked') outcomes.add(right);
    if (fault !== undefined) outcomes.add(fault);
    return outcomes;
  }
  for (const { fault } of served) outcomes.add(OF_FAULT[fault] ?? '');
  // Refused connections, and servers that are left alone after failing.
  if (attempts.some(({ outcome }) => outcome === 'upstream_unreachable'))
    outcomes.add('upstream_unreachable');
  if (attempts.some(({ outcome }) => outcome === 'upstream_cut')) outcomes.add('upstream_cut');
  return outcomes.add('upstream_overloaded');
}

/** Until a new key of the issuer must be known, in milliseconds. */
const KEYS_TIME = 35_000;

/** Whether a worker was killed while a request was under way, or just before on its connection. */
const nearKill = ({ begun, ended }: Asked, { kills }: Trouble): boolean =>
  kills.some((at) => at >= begun - 1_500 && at <= ended + 500);
