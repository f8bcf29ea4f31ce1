import { Refusal } from '../../base/refusal.ts';

/** What cookies are read from: a passage, or as much of one. */
export interface WithCookies {
  readonly ask: {
    readonly req: { readonly headers: { readonly cookie?: string | undefined } };
    /** The browser has reached the gateway over TLS. */
    readonly secure: boolean;
  };
}

/**
 * `__Host-`: a browser takes it only over TLS, without a domain and for all paths, so no other host of the domain can
 * set it (RFC 6265bis, section 4.1.3.2). Plain loopback has no TLS, and so another name.
 */
const cookieName = ({ ask }: WithCookies): string => (ask.secure ? '__Host-gatehouse' : 'gatehouse');

/** @param seconds how long the browser keeps it; 0: it is to forget it */
export const sessionCookie = (browser: WithCookies, token: string, seconds: number): string =>
  `${cookieName(browser)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secureIn(browser)}`;

const secureIn = ({ ask }: WithCookies): string => (ask.secure ? '; Secure' : '');

/** The session token that a request brings; undefined: none. Two of them are refused: which one is meant is not known. */
export function tokenIn(passage: WithCookies): string | undefined {
  const name = cookieName(passage);
  const ours = cookiesOf(passage).filter((one) => one.name === name);
  if (ours.length > 1) throw new Refusal('credential_ambiguous');
  const token = ours[0]?.value;
  return token === '' ? undefined : token;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
}

/**
 * All cookies of a request, in the order in which they came. Only blanks are no part of a name: `trim` would take away others
 * (U+00A0), which a browser keeps, so that another host of the domain could set what only looks like `__Host-` here.
 */
function cookiesOf({ ask }: WithCookies): Cookie[] {
  const { cookie } = ask.req.headers;
  if (cookie === undefined) return [];
  return cookie.split(';').flatMap((one) => {
    const at = one.indexOf('=');
    return at < 0 ? [] : [{ name: unblanked(one.slice(0, at)), value: unblanked(one.slice(at + 1)) }];
  });
}

const unblanked = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

/** What marks a window; it is written into headers again. */
const MARK = /^[\w-]{8}$/;

/** Of somebody who is away at an OpenID provider: several, where they have begun in several windows. */
const awayName = (browser: WithCookies): string => `${cookieName(browser)}-away-`;

/**
 * A browser sends it when the provider sends its person back, which `Strict` would not let it; it opens no session.
 * @param mark tells it from those of other windows: letters that a cookie's name may have
 * @param seconds how long the browser keeps it; 0: it is to forget it
 */
export const awayCookie = (browser: WithCookies, mark: string, value: string, seconds: number): string =>
  `${awayName(browser)}${mark}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secureIn(browser)}`;

/** Those that a request brings, by their marks. */
export function awayIn(passage: WithCookies): Map<string, string> {
  const prefix = awayName(passage);
  return new Map(
    cookiesOf(passage).flatMap(({ name, value }) =>
      name.startsWith(prefix) && MARK.test(name.slice(prefix.length))
        ? [[name.slice(prefix.length), value] as const]
        : [],
    ),
  );
}
