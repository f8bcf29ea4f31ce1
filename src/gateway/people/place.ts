import { isIP } from 'node:net';
import { Refusal } from '../../base/refusal.ts';
import type { Party } from '../../factors/passkey.ts';
import type { Passage } from '../passage.ts';

/**
 * The web origin under which a browser has found the gateway: that of the settings (`people.origin`), else the Host
 * header, which was checked to be one of its own. Another port of this machine is another's, so it must be the
 * gateway's port too: else a page there could have passkeys answer, and pass the answers on.
 */
export function ownOrigin({ ask, house }: Passage): string {
  const { listen, people } = house.settings;
  if (people.origin !== undefined) return people.origin;
  const { secure } = ask;
  const url = URL.parse(`${secure ? 'https' : 'http'}://${ask.req.headers.host ?? ''}`);
  const port = url === null ? undefined : Number(url.port || (secure ? 443 : 80));
  const ended = listen.behind_proxy || (secure && listen.tls === undefined);
  const known = ended ? port === 443 : listen.port === 0 || port === listen.port;
  // Where no hosts are named, the Host header is whatever its sender wrote.
  const named = listen.hosts.length > 0 || ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (url === null || !known || !named)
    throw new Refusal('request_invalid', {
      hint: 'The gateway does not know by which address people find it: people.origin of the settings says it.',
    });
  return url.origin;
}

/** For whom passkeys are made here: a browser makes none for an address without a name. */
export function ownParty(passage: Passage): Party {
  const origin = ownOrigin(passage);
  const { hostname } = new URL(origin);
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0)
    throw new Refusal('request_invalid', {
      hint: 'Passkeys are good for a name, not for an IP address: use localhost, or the name of the gateway.',
    });
  return { origin, rpId: hostname };
}
