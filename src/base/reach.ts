import {
  type Address,
  type AddressClass,
  type AddressRange,
  classOf,
  inRange,
  parseAddress,
} from './addresses.ts';

/** Which addresses a connection may go to. What neither half names is out of reach. */
export interface Reach {
  readonly classes: readonly AddressClass[];
  readonly ranges: readonly AddressRange[];
}

/**
 * The reaches that have a name. `private`: one's own networks too. Neither link-local nor metadata addresses are in
 * any of them: whoever needs one names it.
 */
export const REACHES = {
  public: ['public'],
  private: ['public', 'private', 'shared'],
  loopback: ['loopback'],
} as const satisfies Readonly<Record<string, readonly AddressClass[]>>;

export type ReachName = keyof typeof REACHES;

export const PUBLIC: Reach = { classes: REACHES.public, ranges: [] };

export const mayReach = ({ classes, ranges }: Reach, address: Address): boolean =>
  ranges.some((range) => inRange(address, range)) || classes.includes(classOf(address));

/** Places that no server of one's own is at; a URL that says one is a slip, or a trap. */
const NEVER: ReadonlySet<AddressClass> = new Set(['metadata', 'unspecified', 'multicast']);

/**
 * What a URL's own host allows: an IP address itself, unless it is a place that nobody means; `localhost` this machine
 * (RFC 6761, section 6.3); any other name public addresses.
 * @param host as `URL.hostname` has it
 */
export function reachOf(host: string): Reach {
  const address = parseAddress(host.replace(/^\[(.*)\]$/, '$1'));
  if (address === undefined) {
    return /^(.+\.)?localhost\.?$/.test(host) ? { classes: REACHES.loopback, ranges: [] } : PUBLIC;
  }
  const { family, value: base } = address;
  if (NEVER.has(classOf(address))) return { classes: [], ranges: [] };
  return { classes: [], ranges: [{ family, base, bits: family === 4 ? 32 : 128 }] };
}
