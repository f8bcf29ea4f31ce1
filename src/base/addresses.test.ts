import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Address, type AddressClass, classOf, inRange, parseAddress, parseRange } from './addresses.ts';

const read = (text: string): Address => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is not read`);
  return address;
};

const EXPECTED: Record<AddressClass, readonly string[]> = {
  public: [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd12::1', 'fec0::1', '64:ff9b:1::1'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1'],
  'link-local': ['169.254.1.1', 'fe80::1', 'febf::1'],
  shared: ['100.64.0.1', '100.127.255.255'],
  metadata: [
    '169.254.169.254',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::169.254.169.254',
  ],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
  reserved: [
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '2001:db8::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    '100::1',
    '::8.8.8.8',
    '2002:808:808::1',
    '2001:10::1',
  ],
};

for (const [name, addresses] of Object.entries(EXPECTED)) {
  test(`${name} addresses`, () => {
    for (const text of addresses) assert.equal(classOf(read(text)), name, text);
  });
}

test('a Teredo address is what its server and its client are', () => {
  // The client's bits are turned over: 10.0.0.1 is f5ff:fffe.
  assert.equal(classOf(read('2001:0:808:808:0:0:f5ff:fffe')), 'private');
  assert.equal(classOf(read('2001:0:7f00:1:0:0:f7f7:f7f7')), 'loopback');
  assert.equal(classOf(read('2001:0:808:808:0:0:f7f7:f7f7')), 'reserved');
});

test('whatever carries an IPv4 address that is not public is not public either', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), ([a, b, c, d]) => {
      const plain = classOf(read(`${a}.${b}.${c}.${d}`));
      const high = ((a << 8) | b).toString(16);
      const low = ((c << 8) | d).toString(16);
      assert.equal(classOf(read(`::ffff:${high}:${low}`)), plain);
      for (const text of [`64:ff9b::${high}:${low}`, `2002:${high}:${low}::1`, `2001:0:${high}:${low}::`]) {
        if (plain !== 'public') assert.notEqual(classOf(read(text)), 'public', text);
      }
    }),
  );
});

test('it reads what Node takes for an address, but for zones, and nothing else', () => {
  const pieces = fc.constantFrom(
    '0',
    '1',
    '10',
    '255',
    '256',
    '01',
    'ff',
    'g',
    '.',
    ':',
    '::',
    '127.0.0.1',
    '%1',
  );
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(pieces, { maxLength: 17 }).map((parts) => parts.join('')),
    fc.string({ maxLength: 50 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0 && !text.includes('%'), text);
    }),
    { numRuns: 2000 },
  );
});

test('odd notations are no addresses', () => {
  for (const text of [
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.01',
    '1.2.3.4.',
    '0x7f.1',
    '1.2.3.4/8',
  ]) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test('ranges hold what shares their prefix', () => {
  const ten = parseRange('10.0.0.0/8');
  assert.ok(ten && inRange(read('10.255.0.1'), ten) && inRange(read('::ffff:10.0.0.1'), ten));
  assert.ok(!inRange(read('11.0.0.0'), ten) && !inRange(read('::10.0.0.1'), ten));
  const all = parseRange('::/0');
  assert.ok(all && inRange(read('fe80::1'), all) && !inRange(read('1.2.3.4'), all));
  const one = parseRange('127.0.0.2');
  assert.ok(one && inRange(read('127.0.0.2'), one) && !inRange(read('127.0.0.1'), one));
  for (const text of [
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::ffff:10.0.0.0/104',
    'a/8',
    '10.0.0.0/-1',
  ]) {
    assert.equal(parseRange(text), undefined, text);
  }
});
