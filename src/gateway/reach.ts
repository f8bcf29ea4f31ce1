import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressClass, classOf, parseAddress } from '../base/addresses.ts';
import { mayReach, type Reach } from '../base/reach.ts';

/** Finds the addresses of a name, as `dns.lookup` does with `all`. */
export type Resolve = (
  name: string,
  done: (
    error: NodeJS.ErrnoException | null,
    addresses: readonly { address: string; family: number }[],
  ) => void,
) => void;

export interface GuardedConnectOptions {
  readonly reach: Reach;
  /** Milliseconds until the connection, TLS included, is there. */
  readonly timeout: number;
  /** Certificate authorities (PEM) instead of the system's own. */
  readonly ca?: string | undefined;
  /** Client certificate and key (PEM). */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** In a test, names that no name server knows. */
  readonly resolve?: Resolve | undefined;
}

/** An address was found that the settings do not allow; nothing was sent to it. Names no address, for logs. */
export class OutOfReach extends Error {
  override readonly name = 'OutOfReach';
  readonly code = 'ADDRESS_REFUSED';
  /** What the address is for; `unknown` where it is none. */
  readonly found: AddressClass | 'unknown';

  constructor(found: AddressClass | 'unknown') {
    super(`the server has a ${found} address, which the settings do not allow`);
    this.found = found;
  }
}

/**
 * A connector for undici's pools that goes only where `reach` allows. A name is looked up once for each connection,
 * and the connection is made to an address of that answer: what is checked is what is reached, so a name that means
 * another address a moment later (DNS rebinding) gains nothing. One address out of reach spoils the whole answer. TLS
 * still checks the certificate against the name, and asks for it (SNI).
 */
export function guardedConnect(options: GuardedConnectOptions): buildConnector.connector {
  const { reach, timeout, ca, cert, key, resolve = resolveName } = options;
  const lookup: LookupFunction = (name, { all }, done) => {
    resolve(name, (error, addresses) => {
      const refused = error ?? refuse(reach, addresses);
      if (refused !== undefined) done(refused, []);
      else if (all) done(null, [...addresses]);
      else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
  const connect = buildConnector({
    timeout,
    allowH2: false,
    lookup,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  } as buildConnector.BuildOptions);
  return (to, done) => {
    // An address is looked up nowhere; Node connects to it as it stands.
    const host = to.hostname.replace(/^\[(.*)\]$/, '$1');
    const literal = parseAddress(host);
    if (literal !== undefined && !mayReach(reach, literal)) done(new OutOfReach(classOf(literal)), null);
    else connect({ ...to, hostname: host }, done);
  };
}

const resolveName: Resolve = (name, done) => dns.lookup(name, { all: true }, done);

function refuse(reach: Reach, addresses: readonly { address: string }[]): OutOfReach | undefined {
  if (addresses.length === 0) return new OutOfReach('unknown');
  for (const { address: text } of addresses) {
    const address = parseAddress(text);
    if (address === undefined) return new OutOfReach('unknown');
    if (!mayReach(reach, address)) return new OutOfReach(classOf(address));
  }
  return undefined;
}
