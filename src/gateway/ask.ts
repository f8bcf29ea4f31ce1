import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from '../base/refusal.ts';
import { type Came, type ProxyTrust, readerOfPeers } from './forwarded.ts';
import { isLanding } from './people/paths.ts';

/** A request as it came, before anything is believed of it. */
export interface Ask extends Came {
  readonly req: IncomingMessage;
  readonly id: string;
  readonly method: string;
  /** The path as it stands in the request line: never decoded, never normalised. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Came over the control socket in the data folder, which only its owner can open. */
  readonly local: boolean;
}

const EMPTY = new URLSearchParams();
const LOCAL: Came = { peer: 'local', secure: false, unclear: false };

/** @param edge undefined: it came over the control socket */
export function readAsk(req: IncomingMessage, id: string, edge: Edge | undefined): Ask {
  const target = req.url ?? '';
  const mark = target.indexOf('?');
  return {
    req,
    id,
    method: req.method ?? '',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? EMPTY : new URLSearchParams(target.slice(mark + 1)),
    ...(edge?.cameBy(req) ?? LOCAL),
    local: edge === undefined,
  };
}

/** Headers that decide something here: to see one twice is to not know which one another server would obey. */
const DECIDING = new Set([
  'host',
  'origin',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'anthropic-version',
  'anthropic-beta',
]);

/** What a browser or a proxy may be tricked into: wrong hosts, foreign web pages, repeated headers. */
export function checkEdge(ask: Ask, edge: Edge): void {
  if (ask.local) return;
  checkFraming(ask.req);
  if (ask.unclear)
    throw new Refusal('header_refused', {
      hint: 'The proxy in front of the gateway does not say in a way that can be read whom it asks for.',
    });
  const { headers, rawHeaders } = ask.req;
  const met = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (!DECIDING.has(name)) continue;
    if (met.has(name))
      throw new Refusal('header_refused', { hint: `Header ${name} is sent more than once.` });
    met.add(name);
  }
  if (!edge.answersTo(headers.host)) throw new Refusal('host_refused');
  const { host, origin } = headers;
  const foreign =
    origin === undefined
      ? fromForeignPage(headers['sec-fetch-site'])
      : !edge.isOwn(origin, host, ask.secure) && !edge.allowsOrigin(origin);
  if (foreign && !isArrival(ask)) throw new Refusal('origin_refused');
}

/**
 * Where a body ends must be said in the one way that every server reads alike. Node's parser takes any coding before
 * `chunked`, chunks in HTTP/1.0 (faulty, RFC 9112, section 6.1), and versions that have another framing.
 */
function checkFraming({ httpVersion, headers }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw new Refusal('header_refused', { hint: 'Send the request as HTTP/1.1.' });
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked'))
    throw new Refusal('header_refused', { hint: 'Transfer-Encoding is chunked, in HTTP/1.1, or nothing.' });
}

/** A person whose browser another site has led to a page of ours: no script of that site's sees it, and no frame holds it. */
const isArrival = ({ method, path, req: { headers } }: Ask): boolean =>
  method === 'GET' &&
  isLanding(path) &&
  headers.origin === undefined &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

const NO_SOCKETS = 'WebSockets are not passed on; ask by POST, with `stream` for an answer in pieces.';

/** Node hands such a request on as any other where nobody switches protocols (RFC 9110, section 7.8). */
export function refuseSockets({ req }: Ask): void {
  if (/\bwebsocket\b/i.test(req.headers.upgrade ?? ''))
    throw new Refusal('unsupported', { hint: NO_SOCKETS });
}

/** Fetch metadata (W3C): a page of another site made the browser ask, without an Origin header. */
const fromForeignPage = (site: string | string[] | undefined): boolean =>
  site === 'cross-site' || site === 'same-site';

export interface Edge {
  answersTo(host: string | undefined): boolean;
  /** Whom a request is from. */
  readonly cameBy: (req: IncomingMessage) => Came;
  /** Whether the origin is that of a page of the gateway's own, found under this Host, over TLS or not. */
  isOwn(origin: string, host: string | undefined, secure: boolean): boolean;
  allowsOrigin(origin: string): boolean;
}

export interface EdgeSettings extends ProxyTrust {
  readonly address: string;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

/**
 * Which Host names and web origins this listener answers to. On loopback only its own names: a web page that
 * points its own name at 127.0.0.1 (DNS rebinding) is refused by the name it brings. Beyond loopback those of
 * `hosts` and its own, and any where no hosts are named.
 */
export function makeEdge(listen: EdgeSettings): Edge {
  const { address } = listen;
  const hosts = new Set(listen.hosts.map((host) => host.toLowerCase()));
  const origins = new Set(listen.origins.map((origin) => origin.toLowerCase()));
  const own = address.includes(':') ? `[${address}]` : address;
  // A browser sends the name that the page was found under: no other site can make it one of these.
  if (isLoopback(address) || hosts.size > 0)
    for (const name of ['localhost', '127.0.0.1', '[::1]', own]) hosts.add(name);
  return {
    cameBy: readerOfPeers(listen),
    answersTo(host) {
      if (host === undefined) return false;
      if (hosts.size === 0) return true;
      const lower = host.toLowerCase();
      return hosts.has(lower) || hosts.has(lower.replace(/:\d{1,5}$/, ''));
    },
    // The Host was checked before: no page that was found under another name has it.
    isOwn: (origin, host, secure) =>
      host !== undefined && origin.toLowerCase() === `${secure ? 'https' : 'http'}://${host.toLowerCase()}`,
    allowsOrigin: (origin) => origins.has(origin.toLowerCase()),
  };
}

export function isLoopback(address: string): boolean {
  if (address === 'localhost' || address === '::1') return true;
  return isIP(address) === 4 && address.startsWith('127.');
}
