import type { Path } from '../base/schema.ts';
import { isLoopback } from './loopback.ts';
import type { SettingsReader } from './reader.ts';

/** The address of a server that is asked, without a slash at its end; empty, and reported, where it is none. */
export function readAddress(read: SettingsReader, at: Path, text: string, insecure: boolean): string {
  const url = URL.parse(text);
  const bare =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (!bare) {
    read.report(
      at,
      'must be an address that starts with https:// or http://, without user, query or fragment',
    );
    return '';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !insecure)
    read.report(at, 'is http:// to another machine: use https://, or set insecure_http: true');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
