import type { Configuration } from 'openid-client';
import Type from 'typebox';
import type { JsonObject } from '../../../base/json.ts';
import { Refusal } from '../../../base/refusal.ts';
import type { ProviderSettings } from '../../../settings/providers.ts';
import type { PersonView } from '../../../store/people.ts';
import { fields } from '../../admin/parameters.ts';
import { nameOf } from '../../log.ts';
import { type AuthCall, type AuthEndpoint, authEndpoint, type Page, signedOf } from '../endpoint.ts';
import { CALLBACK } from '../paths.ts';
import { ownOrigin } from '../place.ts';
import { beginAttempt, refuseSignIn } from '../refused.ts';
import { freshen, openNow, openSession, placeOf, sessionOf } from '../session.ts';
import type { Away } from './away.ts';
import { arrived, CONSOLE, isConsolePath, refused } from './pages.ts';
import { assuranceOf, checkVouched, externalOf, personOf, type Vouched } from './person.ts';

const To = Type.String({ description: 'the path of the console to go on at', default: CONSOLE });
const Leaving = Type.Object({ location: Type.String() });

/**
 * Signing in with an OpenID provider: authorization code with PKCE (RFC 7636, S256), state, nonce, the issuer of the answer
 * (RFC 9207) and a redirect URI of its own for each provider (RFC 9700, sections 2.1 and 4.4).
 */
export const oidcEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    method: 'GET',
    path: '/auth/v1/oidc/providers',
    name: 'auth.oidc_providers',
    summary: 'With whom one can sign in',
    session: 'none',
    answer: Type.Object({
      providers: Type.Array(Type.Object({ name: Type.String(), label: Type.String() })),
    }),
    act: ({ house }) => ({
      providers: house.settings.people.oidc.map(({ name, label }) => ({ name, label })),
    }),
  }),
  authEndpoint({
    method: 'GET',
    path: '/auth/v1/oidc/begin',
    name: 'auth.oidc_begin',
    summary: 'Where the browser is to go to sign in with a provider',
    session: 'none',
    query: fields({ provider: Type.String(), to: Type.Optional(To) }),
    answer: Leaving,
    act: (call) => leave(call, providerOf(call, call.query.provider), call.query.to),
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/fresh/oidc',
    name: 'auth.fresh_oidc',
    summary: 'Where the browser is to go to sign in there anew, for dangerous acts',
    session: 'open',
    body: fields({ to: Type.Optional(To) }),
    answer: Leaving,
    act(call) {
      const { person, session } = signedOf(call);
      const [kind, name = ''] = person.source.split(':');
      if (kind !== 'oidc') throw new Refusal('conflict', { hint: 'No provider vouches for you.' });
      return leave(call, providerOf(call, name), call.body.to, session.id);
    },
  }),
  authEndpoint({
    method: 'GET',
    path: `${CALLBACK}:name`,
    name: 'auth.oidc_back',
    summary: 'Where the provider leads back to; the browser goes on to the console',
    session: 'none',
    query: 'any',
    answer: 'page',
    act: comeBack,
  }),
];

function providerOf({ house }: AuthCall, name: string): ProviderSettings {
  const found = house.settings.people.oidc.find((provider) => provider.name === name);
  if (found === undefined) throw new Refusal('not_found', { hint: 'There is no provider of this name.' });
  return found;
}

/** Where the browser is to go. @param session whose person is to show that they are still there */
async function leave(
  call: AuthCall,
  provider: ProviderSettings,
  to: string | undefined,
  session?: string,
): Promise<JsonObject> {
  if (to !== undefined && !isConsolePath(to))
    throw new Refusal('request_invalid', { hint: 'It must be a path of the console.' });
  const { providers, travellers } = call.gate.people;
  const redirectUri = `${ownOrigin(call)}${CALLBACK}${provider.name}`;
  const configuration = await providers.configuration(provider, call.gate.log);
  const oidc = await import('openid-client');
  const verifier = oidc.randomPKCECodeVerifier();
  const nonce = oidc.randomNonce();
  const before = sessionOf(call)?.id;
  const away = { verifier, nonce, redirectUri, session, before, to: to ?? CONSOLE };
  const state = travellers.leave(call, provider.name, away);
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: provider.scopes.join(' '),
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    response_mode: 'query',
    // They are to sign in anew, whatever the provider remembers (OpenID Connect Core, section 3.1.2.1).
    ...(session !== undefined && { prompt: 'login', max_age: '0' }),
  });
  return { location: url.href };
}

/** A person comes back. Whatever goes wrong, a page says so in words of ours, and the ledger has it. */
async function comeBack(call: AuthCall): Promise<Page> {
  const { gate, ask } = call;
  const name = ask.path.slice(CALLBACK.length);
  const state = ask.query.get('state') ?? '';
  // Nobody has said yet who they are: attempts are counted by network, and those of one way back together.
  const attempt = { account: `oidc ${state.slice(0, 52)}`, network: placeOf(call) };
  try {
    const provider = providerOf(call, name);
    beginAttempt(call, attempt);
    const away = gate.people.travellers.back(call, provider.name, state);
    if (away === undefined) throw new Refusal('sign_in_refused');
    const vouched = await redeem(call, provider, state, away);
    await enter(call, vouched, state, away);
    gate.people.throttle.right(attempt);
    return arrived(away.to);
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal('sign_in_refused', { cause: error });
    if (refusal.code === 'internal' || refusal.code === 'ledger_unavailable') throw refusal;
    if (refusal.code === 'sign_in_refused') await refuseSignIn(call, attempt, `oidc:${name}`, undefined);
    // What the library says is the operator's to see; strangers who bring nothing that fits do not fill the log.
    if (refusal.cause !== undefined)
      gate.log('warn', 'signing in with an OpenID provider failed', {
        id: ask.id,
        issuer: name,
        error: nameOf(refusal.cause),
      });
    return refused(refusal.status);
  }
}

/** Gives the code for an ID token, and checks all that must hold of it. Throws errors of the library's. */
async function redeem(
  call: AuthCall,
  provider: ProviderSettings,
  state: string,
  { verifier, nonce, redirectUri, begun, session }: Away,
): Promise<Vouched> {
  const { gate, ask } = call;
  const configuration = await gate.people.providers.configuration(provider, gate.log);
  const oidc = await import('openid-client');
  const url = new URL(redirectUri);
  url.search = ask.query.toString();
  const tokens = await oidc.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    // No older than their leaving for it: time that they take there does not count.
    ...(session !== undefined && { maxAge: Math.ceil((gate.clock.now() - begun) / 1000) }),
  });
  const id = tokens.claims();
  if (id === undefined) throw new Refusal('sign_in_refused');
  const more = provider.userinfo ? await userInfo(configuration, tokens.access_token, id.sub) : {};
  return { provider, id, claims: { ...more, ...(id as JsonObject) } };
}

async function userInfo(configuration: Configuration, token: string, subject: string): Promise<JsonObject> {
  const { fetchUserInfo } = await import('openid-client');
  return (await fetchUserInfo(configuration, token, subject)) as JsonObject;
}

async function enter(call: AuthCall, vouched: Vouched, state: string, away: Away): Promise<void> {
  checkVouched(vouched);
  const { people } = call.gate.store;
  const { name } = vouched.provider;
  const factor = `oidc:${name}`;
  const once = () => {
    if (!call.gate.people.travellers.arrive(name, state)) throw new Refusal('sign_in_refused');
  };
  if (away.session === undefined) {
    once();
    // The browser did not send its cookie along from the provider: the session that it had is over all the same.
    const from = { vouched: assuranceOf(vouched), before: away.before };
    await openSession(call, await personOf(call, vouched), [factor], from);
    return;
  }
  // Whoever else signs in there does not make this session fresh.
  const session = openNow(call, away.session);
  const person: PersonView | undefined = people.vouched(externalOf(call, vouched));
  if (person === undefined || person.id !== session.person || person.disabled !== null)
    throw new Refusal('sign_in_refused');
  once();
  await freshen(call, { person, session }, factor, assuranceOf(vouched));
}
