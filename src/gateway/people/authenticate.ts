import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { credentialOf } from '../../callers/credential.ts';
import { heedStrangers, watchCaller } from '../abuse/heed.ts';
import { readJson } from '../admin/request.ts';
import { checkBody, checkParameters } from '../admin/validate.ts';
import type { Passage } from '../passage.ts';
import { type AuthCall, type AuthEndpoint, Page, type Signed } from './endpoint.ts';
import { enrolmentEndpoints } from './enrolment.ts';
import { factorEndpoints } from './factors.ts';
import { newPasskeyEndpoints } from './new-passkeys.ts';
import { oidcEndpoints } from './oidc/endpoints.ts';
import { ownEndpoints } from './own.ts';
import { passkeyEndpoints } from './passkeys.ts';
import { checkFresh, personCaller, signedIn } from './session.ts';
import { signInEndpoints } from './sign-in.ts';

export const AUTH_ENDPOINTS: readonly AuthEndpoint[] = [
  ...signInEndpoints,
  ...enrolmentEndpoints,
  ...ownEndpoints,
  ...newPasskeyEndpoints,
  ...passkeyEndpoints,
  ...factorEndpoints,
  ...oidcEndpoints,
];

/** On the control socket: a worker says for whom it asks, and how they came. Only what it says is then looked at, as it came to it. */
export const ASKED_BY = 'x-gatehouse-peer';
export const ASKED_OVER = 'x-gatehouse-scheme';

/** Nothing of it is a page, and no page may show it. */
const UNFRAMED = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const NONE = new URLSearchParams();

/** Longest body of what people send to sign in. */
const LONGEST_BODY = 64 * 1024;

/** Signing in, and what people see to for themselves: recorded as what is asked of the admin API is. */
export async function authenticate(given: Passage): Promise<void> {
  const passage = asItCame(given);
  const { ask, answer, record } = passage;
  answer.add(UNFRAMED);
  record.note({ admin: true });
  const endpoint = find(ask.method, ask.path);
  record.note({ operation: endpoint.name });
  // What another site's server writes into an address may look like anything, and may grow.
  const [parameters, schema] = endpoint.query === 'any' ? [NONE, undefined] : [ask.query, endpoint.query];
  if (credentialOf(ask.req.rawHeaders, parameters) !== undefined) throw new Refusal('credential_ambiguous');
  const before = signedFor(passage, endpoint);
  if (before !== undefined) watchCaller(passage, personCaller(before.person, before.session.id));
  const sent = endpoint.method === 'POST' ? await readJson(passage, LONGEST_BODY) : {};
  // The body has taken its time.
  const signed = before && signedFor(passage, endpoint);
  if (endpoint.session === 'fresh' && signed !== undefined)
    checkFresh(passage, personCaller(signed.person, signed.session.id));
  const query = checkParameters(schema, parameters) as JsonObject;
  const body = checkBody(endpoint.body, sent) as JsonObject;
  const call: AuthCall<JsonObject, JsonObject> = { ...passage, body, query, signed, cookies: [] };
  const result = await endpoint.act(call);
  const status = result instanceof Page ? result.status : 200;
  // Strangers must not fill the disk: what they are told without a session changes nothing.
  if (endpoint.method === 'POST' || record.callerId !== undefined || passage.gate.strangers.admit())
    await record.end('completed', { status });
  const cookies = call.cookies.length > 0 && { 'set-cookie': call.cookies };
  if (result instanceof Page) answer.say(status, result.text, { ...result.headers, ...cookies });
  else answer.say(status, JSON.stringify(result), { 'content-type': 'application/json', ...cookies });
}

/** Who has signed in, where the endpoint needs to know. */
function signedFor(passage: Passage, { session, method }: AuthEndpoint): Signed | undefined {
  if (session === 'none') return undefined;
  let signed: Signed | undefined;
  try {
    signed = signedIn(passage, method !== 'GET');
  } catch (error) {
    throw heedStrangers(passage, error);
  }
  if (signed === undefined) throw new Refusal('credential_missing', { hint: 'Sign in first.' });
  passage.record.caller(personCaller(signed.person, signed.session.id));
  return signed;
}

/** The owner of the data folder has no use for signing in: what comes over the control socket is a worker's. */
function asItCame(passage: Passage): Passage {
  const { ask, record } = passage;
  if (!ask.local) return passage;
  const peer = ask.req.headers[ASKED_BY];
  if (typeof peer !== 'string') throw new Refusal('route_unknown');
  record.note({ peer });
  return { ...passage, ask: { ...ask, peer, secure: ask.req.headers[ASKED_OVER] === 'https', local: false } };
}

function find(method: string, path: string): AuthEndpoint {
  const there = AUTH_ENDPOINTS.filter((endpoint) => fits(endpoint.path, path));
  const found = there.find((endpoint) => endpoint.method === method);
  if (found === undefined) throw new Refusal(there.length > 0 ? 'method_not_allowed' : 'route_unknown');
  return found;
}

/** `:name` at the end of an endpoint's path stands for one segment. */
function fits(wanted: string, path: string): boolean {
  if (!wanted.endsWith('/:name')) return wanted === path;
  const stem = wanted.slice(0, -':name'.length);
  return path.startsWith(stem) && /^[a-z][a-z0-9-]{0,30}$/.test(path.slice(stem.length));
}
