import { Refusal } from '../../base/refusal.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Passage } from '../passage.ts';

/** Whether browsers reach the gateway over TLS: its own, or that of a proxy in front of it. */
const isSecure = ({ listen }: Settings): boolean => listen.tls !== undefined || listen.behind_proxy;

/**
 * `__Host-`: a browser takes it only over TLS, without a domain and for all paths, so no other host of the domain can
 * set it (RFC 6265bis, section 4.1.3.2). Plain loopback has no TLS, and so another name.
 */
export const cookieName = (settings: Settings): string =>
  isSecure(settings) ? '__Host-gatehouse' : 'gatehouse';

/** @param seconds how long the browser keeps it; 0: it is to forget it */
export const sessionCookie = (settings: Settings, token: string, seconds: number): string =>
  `${cookieName(settings)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure(settings) ? '; Secure' : ''}`;

/** The session token that a request brings; undefined: none. Two of them are refused: which one is meant is not known. */
export function tokenIn({ ask, house }: Passage): string | undefined {
  const { cookie } = ask.req.headers;
  if (cookie === undefined) return undefined;
  const prefix = `${cookieName(house.settings)}=`;
  const ours = cookie
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one.startsWith(prefix));
  if (ours.length > 1) throw new Refusal('credential_ambiguous');
  const token = ours[0]?.slice(prefix.length);
  return token === '' ? undefined : token;
}
