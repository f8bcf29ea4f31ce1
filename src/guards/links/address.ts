import { entityPoint } from '../../text/entities.ts';

/**
 * What a relative address is read against: nothing of it leaves the page that shows it. Of a scheme that no page has, so
 * that `https:host`, which is relative on some pages, is an address here.
 */
const HERE = 'ftp://here.invalid/';
const NO_SCHEME = /^[\s\0]*[\\/][\s\0]*[\\/]/;

const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,31}));?/gi;
/** CommonMark 0.31, section 2.4: what may be escaped in a destination. A path of Windows has others. */
const ESCAPED = /\\([!-.:;=?@[\]^-`{|}~])/g;

/** A destination with its character references and escapes undone, as a renderer does before it looks at it. */
export function undone(destination: string): string {
  if (!/[&\\]/.test(destination)) return destination;
  return destination
    .replace(ENTITY, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
      const point =
        name === undefined
          ? Number.parseInt(decimal ?? hexadecimal ?? '', decimal === undefined ? 16 : 10)
          : entityPoint(name);
      if (point === undefined || point > 0x10ffff) return whole;
      return point < 0 ? '' : String.fromCodePoint(point);
    })
    .replace(ESCAPED, '$1');
}

/**
 * An address as browsers read it (WHATWG URL): tabs and line ends dropped, backslashes as slashes, hosts decoded and in
 * punycode, numbers as IP addresses. Undefined for what stays on the page, and `broken` for what nobody can tell.
 */
export function parseAddress(destination: string): URL | 'broken' | undefined {
  const text = undone(destination);
  let url: URL;
  try {
    url = new URL(NO_SCHEME.test(text) ? `https:${text.trim()}` : text, HERE);
  } catch {
    return 'broken';
  }
  return url.host === 'here.invalid' ? undefined : url;
}

/** Whether a host is on a list of `example.com`, `*.example.com` and `example.com:8443`. */
export function hostMatcher(hosts: readonly string[]): (url: URL) => boolean {
  const exact = new Set<string>();
  const above: string[] = [];
  for (const host of hosts) {
    const wild = host.startsWith('*.');
    const plain = new URL(`https://${wild ? host.slice(2) : host}`).host;
    if (wild) above.push(`.${plain}`);
    else exact.add(plain);
  }
  return ({ host }) => {
    const plain = host.replace(/\.(?=:\d+$|$)/, '');
    return exact.has(plain) || above.some((end) => plain.endsWith(end) && plain.length > end.length);
  };
}
