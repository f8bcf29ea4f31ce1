import assert from 'node:assert/strict';
import net from 'node:net';
import { classOf, inRange, parseAddress, parseRange } from '../../../src/base/addresses.ts';
import { anyOf, glob, globsOverlap } from '../../../src/base/glob.ts';
import { mayReach, PUBLIC, reachOf } from '../../../src/base/reach.ts';
import { formatDuration, parseDuration, parseSize } from '../../../src/base/units.ts';
import { pure, type Target } from '../target.ts';

const units = pure({
  name: 'base.units',
  words: ['ms', 's', 'm', 'h', 'd', 'B', 'KB', 'MB', 'GB', '.', ' ', '_', 'e3'],
  seeds: () => ['10MB', '64KB', '512B', '30s', '1.5h', '250ms', '7d', '999999999999999', '0.000001 GB'],
  quick: 1000,
  longest: 100,
  check(input) {
    const text = input.toString();
    for (const value of [parseSize(text), parseDuration(text)]) {
      if (value === undefined) continue;
      assert.ok(Number.isSafeInteger(value) && value >= 0, `${value}`);
      assert.match(text.trim(), /^\d+(\.\d+)? ?[a-zA-Z]{0,2}$/);
      assert.match(formatDuration(value), /^(\d+h\d+m)?(\d+m)?(\d+(\.\d+)?s|\d+ms)$/);
    }
  },
});

/** Two patterns and a name, a line each. */
const globs = pure({
  name: 'base.glob',
  words: ['*', '**', 'gpt-', '.', '\\', '[', '(', '+'],
  seeds: () => ['gpt-*\n*-mini\ngpt-4-mini', '*\na\n', 'a*b*c\n*b\naxbxbc', '\\*.x\n[a]*\n\\1.x'],
  quick: 800,
  longest: 60,
  check(input) {
    const [one = '', two = '', name = ''] = input.toString().split('\n');
    if (one.split('*').length > 6 || two.split('*').length > 6) return;
    const [fitsOne, fitsTwo] = [glob(one)(name), glob(two)(name)];
    assert.equal(fitsOne, asRegExp(one).test(name));
    assert.equal(anyOf([one, two])(name), fitsOne || fitsTwo);
    if (fitsOne && fitsTwo) assert.ok(globsOverlap(one, two), 'a name fits both');
    assert.equal(globsOverlap(one, two), globsOverlap(two, one));
    assert.ok(globsOverlap(one, '*') && globsOverlap(one, one));
  },
});

const asRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[\\^$.*+?()[\]{}|]/g, (char) => (char === '*' ? '[^]*' : `\\${char}`))}$`);

const addresses = pure({
  name: 'base.addresses',
  words: [
    '::',
    ':',
    '.',
    '/',
    '::ffff:',
    '0x7f',
    '%eth0',
    'fe80',
    '169.254.169.254',
    '0',
    '64:ff9b::',
    '2002:',
    '[',
    ']',
  ],
  seeds: () => [
    '127.0.0.1',
    '10.0.0.0/8',
    '::1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2001:db8::/32',
    'fe80::1%eth0',
    '0177.0.0.1',
    '2002:7f00:1::',
  ],
  quick: 1500,
  longest: 80,
  check(input, random) {
    const text = input.toString();
    const address = parseAddress(text);
    // A zone says which way to go from one machine: it is no part of an address.
    assert.equal(address !== undefined, net.isIP(text) !== 0 && !text.includes('%'), text);
    if (address !== undefined) checkAddress(text, address, random.below(129));
    const range = parseRange(text);
    if (range === undefined || !text.includes('/')) return;
    const [base = '', bits = ''] = text.split('/');
    const list = new net.BlockList();
    list.addSubnet(base, Number(bits), range.family === 4 ? 'ipv4' : 'ipv6');
    for (const one of PROBES) {
      const probe = parseAddress(one);
      assert.ok(probe);
      if (probe.family !== range.family) continue;
      assert.equal(
        inRange(probe, range),
        list.check(one, range.family === 4 ? 'ipv4' : 'ipv6'),
        `${one} in ${text}`,
      );
    }
  },
});

const PROBES = [
  '0.0.0.0',
  '10.1.2.3',
  '127.0.0.1',
  '169.254.169.254',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  '2001:db8::1',
  'fd00::7',
];

/** However a URL writes it, it is the same address, and what may not be reached may not be reached. */
function checkAddress(
  text: string,
  { family, value }: NonNullable<ReturnType<typeof parseAddress>>,
  bits: number,
): void {
  const written = text.includes(':') ? `[${text}]` : text;
  const { hostname } = new URL(`http://${written}/`);
  const again = parseAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
  assert.deepEqual(again, { family, value }, hostname);
  const name = classOf({ family, value });
  assert.equal(mayReach(PUBLIC, { family, value }), name === 'public');
  const reach = reachOf(hostname);
  if (['metadata', 'unspecified', 'multicast'].includes(name))
    assert.equal(mayReach(reach, { family, value }), false);
  const width = family === 4 ? 32 : 128;
  const prefix = Math.min(bits, width);
  const rest = BigInt(width - prefix);
  assert.ok(inRange({ family, value }, { family, base: (value >> rest) << rest, bits: prefix }));
}

export const wordTargets: readonly Target[] = [units, globs, addresses];
