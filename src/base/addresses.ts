/** An IP address as a number. IPv4 mapped into IPv6 (`::ffff:10.0.0.1`) is read as the IPv4 address that it is. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** All addresses that share their first `bits` bits. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly bits: number;
}

/**
 * What an address is for, by the IANA special-purpose registries (RFC 6890). Only `public` ones are out in the open;
 * `metadata` are the fixed addresses at which clouds hand out credentials to whoever can ask.
 */
export type AddressClass =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'shared'
  | 'metadata'
  | 'multicast'
  | 'unspecified'
  | 'reserved';

const WIDTH = { 4: 32, 6: 128 } as const;

/**
 * Reads an address in its one plain form: four decimal numbers without leading zeros, or IPv6 text (RFC 4291, section
 * 2.2). Undefined for anything else: names, zones, brackets, and the forms that only some programs take for an
 * address (`127.1`, `0177.0.0.1`, `0x7f000001`, `2130706433`).
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const value = readFour(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = readSix(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? four(value) : { family: 6, value };
}

const four = (value: bigint): Address => ({ family: 4, value: value & 0xffff_ffffn });

function readFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function readSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [readGroups(halves[0] ?? '', halves.length === 1), readGroups(halves[1] ?? '', true)];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const group of [...head, ...new Array<number>(missing).fill(0), ...tail]) {
    value = (value << 16n) | BigInt(group);
  }
  return value;
}

/** @param last the address ends here, so that it may end as IPv4 does */
function readGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const value = last && index === parts.length - 1 ? readFour(part) : undefined;
      if (value === undefined) return undefined;
      groups.push(Number(value >> 16n), Number(value & 0xffffn));
    }
  }
  return groups;
}

/** Reads `10.0.0.0/8`, or an address on its own. Undefined where bits beyond the prefix are set: a slip of the pen. */
export function parseRange(text: string): AddressRange | undefined {
  const [written = '', prefix, more] = text.split('/');
  const address = parseAddress(written);
  if (address === undefined || more !== undefined) return undefined;
  const { family, value: base } = address;
  // A prefix that counts the bits of the IPv6 form would be read as another one of the IPv4 form.
  if (family === 4 && written.includes(':')) return undefined;
  if (prefix === undefined) return { family, base, bits: WIDTH[family] };
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= WIDTH[family])) return undefined;
  const rest = BigInt(WIDTH[family] - bits);
  return (base >> rest) << rest === base ? { family, base, bits } : undefined;
}

export function inRange({ family, value }: Address, range: AddressRange): boolean {
  if (family !== range.family) return false;
  const rest = BigInt(WIDTH[family] - range.bits);
  return value >> rest === range.base >> rest;
}

/** Narrow ranges before the wide ones that hold them: the first that fits says the class. */
const CLASSES: readonly (readonly [AddressClass, readonly string[]])[] = [
  [
    'metadata',
    [
      // AWS, Azure, GCP, Oracle and most others; ECS tasks, EKS pods; Oracle's other one; Azure's agent; Alibaba.
      '169.254.169.254',
      '169.254.170.2',
      '169.254.170.23',
      '192.0.0.192',
      '168.63.129.16',
      '100.100.100.200',
      'fd00:ec2::254',
      'fd00:ec2::23',
      'fd20:ce::254',
    ],
  ],
  ['unspecified', ['0.0.0.0/8', '::']],
  ['loopback', ['127.0.0.0/8', '::1']],
  // Site-local (RFC 3879) and the translator of one's own network (RFC 8215) are as private as the others.
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10', '64:ff9b:1::/48']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['shared', ['100.64.0.0/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  [
    'reserved',
    [
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
      '2001::/23',
      '2001:db8::/32',
      '3fff::/20',
    ],
  ],
  // Of IPv6 only this much has been given out to be reached (RFC 4291, section 2.4).
  ['public', ['0.0.0.0/0', '2000::/3']],
];

const known = (text: string): AddressRange => {
  const range = parseRange(text);
  if (range === undefined) throw new TypeError(`${text} is no range of addresses`);
  return range;
};

const RANGES = CLASSES.flatMap(([name, texts]) => texts.map((text) => ({ name, range: known(text) })));

/** IPv6 addresses that carry an IPv4 one, which is where a translator or tunnel would take the packets. */
const CARRIERS: readonly {
  readonly range: AddressRange;
  readonly carried: (value: bigint) => readonly Address[];
  /** What it is when the carried one is public: a tunnel that is long given up is no place for a server. */
  readonly otherwise: AddressClass;
}[] = [
  // NAT64 (RFC 6052).
  { range: known('64:ff9b::/96'), carried: (value) => [four(value)], otherwise: 'public' },
  // 6to4 (RFC 3056).
  { range: known('2002::/16'), carried: (value) => [four(value >> 80n)], otherwise: 'reserved' },
  // Teredo (RFC 4380): its server, and the client's address with every bit turned over.
  {
    range: known('2001::/32'),
    carried: (value) => [four(value >> 64n), four(~value & 0xffff_ffffn)],
    otherwise: 'reserved',
  },
  // IPv4-compatible (RFC 4291, section 2.5.5.1), `::` and `::1` apart.
  { range: known('::/96'), carried: (value) => [four(value)], otherwise: 'reserved' },
];

/** What an address is for; `reserved` where nobody knows. */
export function classOf(address: Address): AddressClass {
  if (address.family === 6 && address.value > 1n) {
    const carrier = CARRIERS.find(({ range }) => inRange(address, range));
    if (carrier !== undefined) {
      const carried = carrier.carried(address.value).map(classOf);
      return carried.find((one) => one !== 'public') ?? carrier.otherwise;
    }
  }
  return RANGES.find(({ range }) => inRange(address, range))?.name ?? 'reserved';
}
