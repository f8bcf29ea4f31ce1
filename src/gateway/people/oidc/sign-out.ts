import { Refusal } from '../../../base/refusal.ts';
import type { PersonView } from '../../../store/people.ts';
import type { AuthCall } from '../endpoint.ts';
import { ownOrigin } from '../place.ts';
import { CONSOLE } from './pages.ts';

/**
 * Where somebody signs out at their provider, too (OpenID Connect RP-Initiated Logout 1.0); undefined where it offers
 * nothing of the kind, or the settings do not ask for it. No ID token was kept to show there, so it asks them.
 */
export async function signOutAt(call: AuthCall, { source }: PersonView): Promise<string | undefined> {
  const { gate, house } = call;
  const provider = house.settings.people.oidc.find(({ name }) => source === `oidc:${name}`);
  if (provider?.sign_out !== true) return undefined;
  try {
    const configuration = await gate.people.providers.configuration(provider, gate.log);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const { buildEndSessionUrl } = await import('openid-client');
    const post_logout_redirect_uri = `${ownOrigin(call)}${CONSOLE}`;
    return buildEndSessionUrl(configuration, { post_logout_redirect_uri }).href;
  } catch (error) {
    // Here they are signed out in any case.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
