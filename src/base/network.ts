import { classOf, parseAddress } from './addresses.ts';

/** Networks of addresses, of which few are asked for again and again. Forgotten all at once when there are so many. */
const known = new Map<string, string | undefined>();
const MOST = 1000;

/**
 * The network of an address, as a prefix: as much of it as one customer of a provider usually has. Undefined for this
 * machine's own addresses, where a proxy may stand for everybody, and for what is no address.
 * @param bits6 how much of an IPv6 address, a multiple of 16; of an IPv4 address it is always 24
 */
export function networkOf(text: string, bits6: 48 | 64): string | undefined {
  const name = `${bits6} ${text}`;
  if (known.has(name)) return known.get(name);
  if (known.size >= MOST) known.clear();
  const network = prefixOf(text, bits6);
  known.set(name, network);
  return network;
}

function prefixOf(text: string, bits6: 48 | 64): string | undefined {
  const address = parseAddress(text.replace(/%.*$/, ''));
  if (address === undefined || classOf(address) === 'loopback') return undefined;
  const { family, value } = address;
  const part = (shift: number, mask: bigint) => (value >> BigInt(shift)) & mask;
  if (family === 4) return `${[24, 16, 8].map((shift) => part(shift, 0xffn)).join('.')}.0/24`;
  const groups = [112, 96, 80, 64].slice(0, bits6 / 16);
  return `${groups.map((shift) => part(shift, 0xffffn).toString(16)).join(':')}::/${bits6}`;
}
