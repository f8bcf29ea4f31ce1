import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { WireError } from '../../dialects/dialect.ts';
import type { Caller } from '../../exchange/caller.ts';
import { objectOf } from '../../policy/actions.ts';
import { parseJson } from '../../wire/json.ts';
import { admit, askerOf, authorize } from '../authorize.ts';
import { readBody } from '../body.ts';
import { callerNow, identifyCaller } from '../identify.ts';
import type { Passage } from '../passage.ts';
import { noteTags } from '../tags.ts';
import { ACTING, asClient, readActing } from './acting.ts';
import { alarmEndpoints } from './alarms.ts';
import { askedEndpoints } from './asked.ts';
import { backupEndpoints } from './backups.ts';
import { callerEndpoints } from './callers.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { identityEndpoints } from './identities.ts';
import { invitationEndpoints } from './invitations.ts';
import { ledgerEndpoints } from './ledger.ts';
import { registryEndpoints } from './registry.ts';
import { signingKeyEndpoints } from './signing-keys.ts';
import { stateEndpoints } from './state.ts';
import { usageEndpoints } from './usage.ts';
import { vaultEndpoints } from './vault.ts';

export const ENDPOINTS: readonly Endpoint[] = [
  ...callerEndpoints,
  ...identityEndpoints,
  ...invitationEndpoints,
  ...stateEndpoints,
  ...ledgerEndpoints,
  ...usageEndpoints,
  ...vaultEndpoints,
  ...askedEndpoints,
  ...backupEndpoints,
  ...signingKeyEndpoints,
  ...registryEndpoints,
  ...alarmEndpoints,
];

/** Longest body of an administrative request, in bytes. */
const LONGEST_BODY = 1024 * 1024;

export const isAdminPath = (path: string): boolean => path === '/metrics' || path.startsWith('/admin/');

/**
 * The admin API: the same way as any request, with an action of its own in the policy and entries of its own in the
 * ledger. Over the control socket the caller is whoever owns the data folder, unless a key says who it is.
 */
export async function administer(given: Passage): Promise<void> {
  given.record.note({ admin: true });
  const acting = readActing(given);
  const passage = acting?.passage ?? asClient(given);
  const { ask, answer, record } = passage;
  const known = acting?.caller ?? (ask.local ? localOperator(passage) : await identifyCaller(passage));
  const { endpoint, id } = find(ask.method, ask.path);
  record.note({ operation: endpoint.name });
  checkQuery(ask.query, endpoint.query ?? []);
  const tags = noteTags(passage, acting && ACTING);
  if (!ask.local) admit(passage, known, endpoint.action);
  // Only now: what stands in a path is whatever its sender wrote.
  if (id !== '') record.note({ target: id.slice(0, 100) });
  const body = endpoint.method === 'POST' ? await readJson(passage) : {};
  const caller = ask.local ? known : callerNow(passage, known);
  const asker = await askerOf(passage, caller, tags);
  const call: AdminCall = { ...passage, caller, asker, id, body, textType: 'text/plain' };
  for (const object of endpoint.about?.(call) ?? [{}])
    authorize(passage, asker, endpoint.action, { kind: 'Admin', id: objectOf(endpoint.action), ...object });
  if (endpoint.changes) await record.begin('admin.begin');
  const result = await endpoint.act(call);
  const status = endpoint.status ?? 200;
  await record.end('completed', { status });
  if (typeof result === 'string') answer.say(status, result, { 'content-type': call.textType });
  else answer.say(status, JSON.stringify(result));
}

/** Each at most once, so that nobody can read another one than we do. */
function checkQuery(query: URLSearchParams, known: readonly string[]): void {
  const names = [...query.keys()];
  if (new Set(names).size !== names.length || names.some((name) => !known.includes(name)))
    throw new Refusal('query_refused');
}

/** Whoever can open the socket in the data folder can change its files too: to ask them for a key protects nothing. */
function localOperator({ record }: Passage): Caller {
  const caller = {
    id: 'local',
    name: 'local operator',
    owner: '',
    team: '',
    roles: [],
    tags: {},
    credential: 'socket',
  };
  record.caller(caller);
  return caller;
}

/** A POST may come without a body: without both headers there is none (RFC 9112, section 6.3). */
async function readJson(passage: Passage): Promise<JsonObject> {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = passage.ask.req.headers;
  if (length === '0' && coding === undefined) return {};
  return parseJson(await readBody(passage, LONGEST_BODY), { maxDepth: 32 });
}

function find(method: string, path: string): { readonly endpoint: Endpoint; readonly id: string } {
  const given = path.split('/');
  let known = false;
  for (const endpoint of ENDPOINTS) {
    const wanted = endpoint.path.split('/');
    if (wanted.length !== given.length) continue;
    if (!wanted.every((part, i) => part === given[i] || (part === ':id' && given[i] !== ''))) continue;
    known = true;
    const id = given[wanted.indexOf(':id')];
    if (endpoint.method === method) return { endpoint, id: id === undefined ? '' : decode(id) };
  }
  throw new Refusal(known ? 'method_not_allowed' : 'route_unknown');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal('route_unknown');
  }
}

/** RFC 9457. */
export function problemJson(refusal: Refusal, requestId: string): WireError {
  const body = {
    type: 'about:blank',
    title: refusal.message,
    status: refusal.status,
    code: refusal.code,
    instance: requestId,
    ...(refusal.field !== undefined && { field: refusal.field }),
  };
  return {
    status: refusal.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(refusal.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(refusal.retryAfter !== undefined && { 'retry-after': String(refusal.retryAfter) }),
    },
    body: JSON.stringify(body),
  };
}
