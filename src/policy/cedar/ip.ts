import { parseAddress } from '../../base/addresses.ts';

/**
 * An IP address in the one form that the engine takes: IPv4 mapped into IPv6 (RFC 4291, section 2.5.5.2) is the IPv4
 * address that it is, else `::ffff:10.0.0.1` would be in no range of IPv4. A zone (`fe80::1%eth0`) says nothing here.
 * What is no address throws, and so denies.
 */
export function ipText(text: string): string {
  const address = parseAddress(text.replace(/%.*$/, ''));
  if (address === undefined) throw new TypeError('not an IP address');
  const { family, value } = address;
  const [count, bits, base] = family === 4 ? [4, 8n, 10] : [8, 16n, 16];
  const parts = Array.from({ length: count as number }, (_, i) => {
    const shift = BigInt((count as number) - 1 - i) * (bits as bigint);
    return ((value >> shift) & ((1n << (bits as bigint)) - 1n)).toString(base as number);
  });
  return parts.join(family === 4 ? '.' : ':');
}
