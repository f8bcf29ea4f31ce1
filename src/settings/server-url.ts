import type { Path } from '../base/schema.ts';
import { isLoopback } from './loopback.ts';
import type { SettingsReader } from './reader.ts';

/**
 * The base address of a server, without a slash at its end; what is wrong with it is reported.
 * @param example of such an address
 */
export function readServerUrl(
  read: SettingsReader,
  at: Path,
  { url: text = '', insecure_http }: { readonly url?: string; readonly insecure_http?: boolean },
  example: string,
): string {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    read.report(at, `must be an address such as ${example}, without user and query`);
    return '';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && insecure_http !== true) {
    read.report(
      at,
      'is http:// to another machine, so what is asked would travel in clear: use https://, or insecure_http',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
