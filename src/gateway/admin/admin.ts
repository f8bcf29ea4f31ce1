import { Readable } from 'node:stream';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { WireError } from '../../dialects/dialect.ts';
import type { Caller } from '../../exchange/caller.ts';
import { objectOf } from '../../policy/actions.ts';
import { isPersonId } from '../../store/people.ts';
import type { Ask } from '../ask.ts';
import { admit, askerOf, authorize } from '../authorize.ts';
import { callerNow } from '../identify.ts';
import type { Passage } from '../passage.ts';
import { AUTH_ENDPOINTS } from '../people/authenticate.ts';
import { CSRF, checkFresh } from '../people/session.ts';
import { noteTags } from '../tags.ts';
import { ACTING, asClient, readActing } from './acting.ts';
import { alarmEndpoints } from './alarms.ts';
import { askedEndpoints } from './asked.ts';
import { backupEndpoints } from './backups.ts';
import { callerEndpoints } from './callers.ts';
import { containmentEndpoints } from './containment.ts';
import { descriptionEndpoint } from './description.ts';
import { detectionEndpoints } from './detections.ts';
import { dryRunEndpoints } from './dry-runs.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { sendEvents, takePlace } from './events.ts';
import { exchangeEndpoints } from './exchanges.ts';
import { feedEndpoints } from './feeds.ts';
import { identityEndpoints } from './identities.ts';
import { incidentChangeEndpoints } from './incident-changes.ts';
import { incidentEndpoints } from './incidents.ts';
import { invitationEndpoints } from './invitations.ts';
import { ledgerEndpoints } from './ledger.ts';
import { measureEndpoints } from './measures.ts';
import { openapi } from './openapi.ts';
import { peopleEndpoints } from './people.ts';
import { policyEndpoints } from './policies.ts';
import { predictionEndpoints } from './predictions.ts';
import { proposalEndpoints } from './proposals.ts';
import { registryEndpoints } from './registry.ts';
import { readJson } from './request.ts';
import { reviewEndpoints } from './reviews.ts';
import { robustnessEndpoints } from './robustness.ts';
import { needSecond } from './second.ts';
import { signingKeyEndpoints } from './signing-keys.ts';
import { stateEndpoints } from './state.ts';
import { usageEndpoints } from './usage.ts';
import { checkBody, checkParameters } from './validate.ts';
import { vaultEndpoints } from './vault.ts';
import { whoAdministers } from './who.ts';

export const ENDPOINTS: readonly Endpoint[] = [
  ...callerEndpoints,
  ...identityEndpoints,
  ...invitationEndpoints,
  ...peopleEndpoints,
  ...proposalEndpoints,
  ...stateEndpoints,
  ...policyEndpoints,
  ...dryRunEndpoints,
  ...ledgerEndpoints,
  ...exchangeEndpoints,
  ...detectionEndpoints,
  ...usageEndpoints,
  ...feedEndpoints,
  ...vaultEndpoints,
  ...askedEndpoints,
  ...backupEndpoints,
  ...signingKeyEndpoints,
  ...registryEndpoints,
  ...robustnessEndpoints,
  ...predictionEndpoints,
  ...incidentEndpoints,
  ...incidentChangeEndpoints,
  ...measureEndpoints,
  ...containmentEndpoints,
  ...reviewEndpoints,
  ...alarmEndpoints,
  descriptionEndpoint(apiDocument),
];

/** The OpenAPI document of this API. */
export function apiDocument(): JsonObject {
  return openapi(ENDPOINTS, AUTH_ENDPOINTS);
}

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
  const known = acting?.caller ?? (ask.local ? localOperator(passage) : await identifyAdministrator(passage));
  const { endpoint, id } = find(ask.method, ask.path);
  record.note({ operation: endpoint.name });
  const tags = noteTags(passage, [acting ? ACTING : CSRF]);
  if (!ask.local) admit(passage, known, endpoint.action);
  // Only now: what stands in a path is whatever its sender wrote.
  if (id !== '') record.note({ target: id.slice(0, 100) });
  const sent = endpoint.method === 'POST' ? await readJson(passage, LONGEST_BODY) : {};
  const body = checkBody(endpoint.body, sent) as JsonObject;
  const query = checkParameters(endpoint.query, ask.query);
  const caller = ask.local ? known : callerNow(passage, known);
  const asker = await askerOf(passage, caller, tags);
  const call: AdminCall<JsonObject> = {
    ...passage,
    caller,
    asker,
    id,
    body,
    query,
    textType: 'text/plain; charset=utf-8',
  };
  const objects = endpoint.about?.(call) ?? [{}];
  for (const object of objects)
    authorize(passage, asker, endpoint.action, { kind: 'Admin', id: objectOf(endpoint.action), ...object });
  if (endpoint.fresh === true && isPersonId(caller.id)) checkFresh(passage, caller);
  await needSecond(call, endpoint, objects);
  if (endpoint.changes) await record.begin('admin.begin');
  const leave = endpoint.answer === 'events' ? takePlace(call) : undefined;
  try {
    const result = await endpoint.act(call);
    const status = endpoint.status ?? 200;
    await record.end('completed', { status });
    if (typeof result === 'string') answer.say(status, result, { 'content-type': call.textType });
    else if (result instanceof Readable) await sendEvents(call, endpoint.action, result);
    else answer.say(status, JSON.stringify(result));
  } finally {
    leave?.();
  }
}

/** Whoever asks over HTTP, in this process or in a worker. */
export const identifyAdministrator = (passage: Passage): Promise<Caller> =>
  whoAdministers(passage, wouldChange(passage.ask));

/** Some that only show things are recorded before they do: from a page they need what changes need. */
const wouldChange = ({ method, path }: Ask): boolean =>
  method !== 'GET' ||
  ENDPOINTS.some((one) => one.method === 'GET' && one.changes && fits(one, path.split('/')));

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

function find(method: string, path: string): { readonly endpoint: Endpoint; readonly id: string } {
  const given = path.split('/');
  let known = false;
  for (const endpoint of ENDPOINTS) {
    if (!fits(endpoint, given)) continue;
    known = true;
    const id = given[endpoint.path.split('/').indexOf(':id')];
    if (endpoint.method === method) return { endpoint, id: id === undefined ? '' : decode(id) };
  }
  throw new Refusal(known ? 'method_not_allowed' : 'route_unknown');
}

function fits({ path }: Endpoint, given: readonly string[]): boolean {
  const wanted = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => part === given[i] || (part === ':id' && given[i] !== ''))
  );
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
