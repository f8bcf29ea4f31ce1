import type { IncomingMessage } from 'node:http';
import { type AddressRange, inRange, parseAddress, parseRange } from '../base/addresses.ts';
import type { ListenSettings } from '../settings/settings.ts';

/** Whom a request is from, and how they have reached the gateway. */
export interface Came {
  /** Address of the client: the other end of the connection, or what a proxy says that is trusted to. */
  readonly peer: string;
  /** By TLS: that of the gateway, or of a proxy in front of it. */
  readonly secure: boolean;
  /** A trusted proxy has said whom it asks for, in a way that cannot be read. */
  readonly unclear: boolean;
}

/** One hop, as the proxy behind it has written it. */
interface Hop {
  /** `unknown`: the proxy does not say (RFC 7239, section 6.2 and 6.3). Undefined: it cannot be read. */
  readonly address: string | undefined;
  readonly proto?: string | undefined;
}

export type ProxyTrust = Pick<ListenSettings, 'behind_proxy' | 'trusted_proxies' | 'proxy_header'> & {
  readonly tls?: unknown;
};

/**
 * Reads whom requests are from. Each proxy adds to the right of the header whom it was asked by, and anybody may have written what
 * stands left of that. So it is read from the right, through proxies that are trusted: the first address that is none of
 * them is the client's. Of any other peer no such header counts.
 */
export function readerOfPeers(listen: ProxyTrust): (req: IncomingMessage) => Came {
  const trusted = listen.trusted_proxies.flatMap((text) => parseRange(text) ?? []);
  const byTls = listen.tls !== undefined || listen.behind_proxy;
  const hopsIn = listen.proxy_header === 'forwarded' ? forwardedHops : xForwardedHops;
  return (req) => {
    let peer = req.socket.remoteAddress ?? '';
    if (trusted.length === 0 || !isWithin(peer, trusted)) return { peer, secure: byTls, unclear: false };
    let proto: string | undefined;
    for (const hop of hopsIn(req)) {
      if (hop.address === undefined) return { peer, secure: byTls, unclear: true };
      proto = hop.proto;
      if (hop.address === UNKNOWN) break;
      peer = hop.address;
      if (!isWithin(peer, trusted)) break;
    }
    return { peer, secure: byTls || proto === 'https', unclear: false };
  };
}

const UNKNOWN = 'unknown';

function isWithin(text: string, ranges: readonly AddressRange[]): boolean {
  const address = parseAddress(text.replace(/%.*$/, ''));
  return address !== undefined && ranges.some((range) => inRange(address, range));
}

/** What others have long written: addresses, some with a port; the protocol is a header of its own, of the last proxy's. */
function* xForwardedHops({ headers }: IncomingMessage): Generator<Hop> {
  const [proto] = fromTheRight(textOf(headers['x-forwarded-proto']));
  for (const text of fromTheRight(textOf(headers['x-forwarded-for'])))
    yield { address: addressIn(text), proto: proto?.toLowerCase() };
}

/** RFC 7239: `for="[2001:db8::1]:4711";proto=https`. */
function* forwardedHops({ headers }: IncomingMessage): Generator<Hop> {
  for (const element of fromTheRight(textOf(headers.forwarded))) {
    const pairs = pairsIn(element);
    const node = pairs?.get('for');
    yield { address: node && addressIn(node), proto: pairs?.get('proto')?.toLowerCase() };
  }
}

/** A header that came several times was joined: all of it is one list (RFC 9110, section 5.3). */
const textOf = (header: string | string[] | undefined): string =>
  typeof header === 'string' ? header : (header ?? []).join(',');

/**
 * Parts of a list, last first. Commas within quotes part it too: what a proxy writes of an address has none, and a quote
 * that its client has opened must not take in what stands right of it.
 */
function* fromTheRight(list: string): Generator<string> {
  for (let end = list.length; end > 0; ) {
    const comma = list.lastIndexOf(',', end - 1);
    const part = list.slice(comma + 1, end).trim();
    // Empty ones mean nothing (RFC 9110, section 5.6.1.2).
    if (part !== '') yield part;
    end = comma;
  }
}

/** Whole: nothing else may stand between pairs. */
const PAIR = /^[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:([!#$%&'*+.^_`|~\w-]+)|"([^"\\]*)")[ \t]*$/;

/** Undefined where it is not read, or says one thing twice. */
function pairsIn(element: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const text of element.split(';')) {
    const [, name, token, quoted = ''] = PAIR.exec(text) ?? [];
    if (name === undefined || pairs.has(name.toLowerCase())) return undefined;
    pairs.set(name.toLowerCase(), token ?? quoted);
  }
  return pairs;
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`; and what hides an address. */
const NODE = /^(?:\[([\da-f:.]+)\](?::\w+)?|([\d.]+)(?::\w+)?|([\da-f:.]+))$/i;
const HIDDEN = /^(?:unknown|_[\w.-]+)(?::\w+)?$/i;

function addressIn(node: string): string | undefined {
  if (HIDDEN.test(node)) return UNKNOWN;
  const [, bracketed, four, six] = NODE.exec(node) ?? [];
  const text = bracketed ?? four ?? six;
  return text === undefined || parseAddress(text) === undefined ? undefined : text.toLowerCase();
}
