import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { MARK, marksIn, rulesOf, scanned } from '../testing.ts';
import { assemble, type Made, records } from './assemble.ts';

const real = (name: string) =>
  readFileSync(new URL(`../../../test/corpus/real/containers/${name}`, import.meta.url));
const text: Made = { name: 'readme.txt', data: 'plain text\n' };

async function scan(members: readonly Made[], end?: number) {
  const result = await scanned(assemble(members, end), 'model.tar');
  return { rules: rulesOf(result), marks: marksIn(result), result };
}

const long = (kind: 'L' | 'K', data: string): Made => ({ name: '././@LongLink', kind, data: `${data}\0` });

describe('a tar archive of an ordinary program', () => {
  for (const name of ['ustar.tar', 'gnu.tar', 'pax.tar'])
    it(`${name} is read whole, by its long names`, async () => {
      const { findings, parts } = await scanned(real(name), name);
      assert.deepEqual(
        findings.filter(({ rule }) => rule.startsWith('tar.') || rule.startsWith('archive.')),
        [],
      );
      assert.ok(parts[0]?.ranges.every(({ as }) => as === 'parsed'));
      assert.ok(parts.some(({ path }) => path[1] === 'ä.pkl'));
      assert.ok(parts.some(({ path }) => (path[1]?.length ?? 0) > 80));
    });

  it('of which blocks of zeros are missing', async () => {
    assert.deepEqual((await scan([text], 0)).rules, []);
  });

  it('with sizes of base 256', async () => {
    const bytes = Buffer.from(assemble([{ name: 'a', data: MARK }]));
    bytes.fill(0, 124, 136);
    bytes[124] = 0x80;
    bytes[135] = MARK.length;
    bytes.fill(0x20, 148, 156);
    const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    assert.deepEqual(marksIn(await scanned(bytes)), ['a']);
  });
});

describe('what is said twice', () => {
  it('a longer size before the header: both chains of members are read (CVE-2025-62518)', async () => {
    const inner = assemble([{ name: 'hidden.pkl', data: MARK }]);
    // By the extended header the inner archive is content; by the plain one it goes on right there.
    const outer = { name: 'x', data: inner, size: 0 };
    const { rules, marks } = await scan([records({ size: String(inner.length) }), outer, text]);
    assert.ok(rules.includes('tar.disagreement'));
    assert.ok(marks.length > 0, marks.join());
  });

  it('a link that says that it has content', async () => {
    const { rules, marks } = await scan([
      { name: 'a', kind: '5', data: '', size: 512 },
      { name: 'b', data: MARK },
    ]);
    assert.ok(rules.includes('tar.disagreement'));
    assert.deepEqual(marks, ['b']);
  });

  it('one name twice, also by case', async () => {
    for (const name of ['readme.txt', './readme.txt', 'README.txt'])
      assert.deepEqual((await scan([text, { name, data: MARK }])).rules, ['tar.duplicate']);
  });
});

describe('where it breaks off or goes on', () => {
  it('behind a broken header the rest is read', async () => {
    const { rules, marks } = await scan([
      text,
      { name: 'b', data: 'b', checksum: 1 },
      { name: 'c', data: MARK },
    ]);
    assert.ok(rules.includes('tar.corrupt'));
    assert.ok(marks.some((one) => one.endsWith('c')));
  });

  it('behind the end it is read', async () => {
    const more = assemble([{ name: 'c', data: MARK }]);
    const result = await scanned(Buffer.concat([assemble([text]), more]));
    assert.deepEqual(rulesOf(result), ['tar.trailing']);
    assert.deepEqual(marksIn(result), ['(behind the end) > c']);
  });

  it('one block of zeros is an end, too', async () => {
    const bytes = Buffer.concat([assemble([text], 1), MARK]);
    assert.deepEqual(rulesOf(await scanned(bytes)), ['tar.trailing']);
  });

  it('content that ends behind the file', async () => {
    const { rules } = await scan([{ name: 'a', data: 'abc', size: 5000 }]);
    assert.deepEqual(
      rules.filter((rule) => rule.startsWith('tar.')),
      ['tar.corrupt'],
    );
  });

  it('an extended header of no records, or of enormous ones', async () => {
    assert.ok(
      (await scan([{ name: 'x', kind: 'x', data: 'nothing of it' }, text])).rules.includes('tar.corrupt'),
    );
    assert.ok(
      (await scan([{ name: 'x', kind: 'x', data: 'x', size: 2 ** 32 }, text])).rules.includes('tar.corrupt'),
    );
  });
});

describe('members of other kinds', () => {
  for (const kind of ['3', '4', '6', 'S', 'M', 'V', 'D', '9', '?'])
    it(`of the kind ${kind}`, async () => {
      assert.ok((await scan([{ name: 'a', kind }, text])).rules.includes('tar.special'));
    });

  it('with holes, as POSIX says it', async () => {
    const { rules, marks } = await scan([records({ 'GNU.sparse.major': '1' }), { name: 'a', data: MARK }]);
    assert.deepEqual(rules, ['tar.special']);
    assert.deepEqual(marks, ['a']);
  });

  it('content of a kind that nobody knows is read', async () => {
    assert.deepEqual((await scan([{ name: 'a', kind: 'Q', data: MARK }])).marks, ['a']);
  });
});

describe('names and links', () => {
  for (const [what, members] of [
    ['out by its name', [{ name: '../a', data: 'x' }]],
    ['out by a long name', [long('L', '/etc/passwd'), text]],
    ['out by a name of POSIX', [records({ path: '../../a' }), text]],
    ['a symbolic link out', [{ name: 'a', kind: '2', link: '../x' }]],
    ['a symbolic link by a long target', [long('K', '/etc/x'), { name: 'a', kind: '2', link: 'x' }]],
    [
      'a symbolic link by a target of POSIX',
      [records({ linkpath: '/x' }), { name: 'a', kind: '2', link: 'x' }],
    ],
    ['a hard link out', [{ name: 'a/b', kind: '1', link: '../x' }]],
  ] as const)
    it(what, async () => {
      assert.deepEqual((await scan(members)).rules, ['archive.slip']);
    });

  it('a link within is a minor finding', async () => {
    const { result } = await scan([text, { name: 'a/b', kind: '2', link: '../readme.txt' }]);
    assert.equal(result.verdict, 'clean');
  });
});

describe('what torch wrote before 2017', () => {
  const pickle = (...parts: (string | number[])[]) =>
    Buffer.concat([
      Buffer.from([0x80, 2]),
      ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
      Buffer.from('.'),
    ]);
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const numbers = Buffer.alloc(12, 0x80);
  const storages = Buffer.concat([
    pickle('K\x01'),
    pickle('(U\x0294U\x03cpuctorch\nFloatStorage\nt'),
    u64(3),
    numbers,
    pickle(']'),
  ]);
  const tensors = Buffer.concat([
    pickle('K\x01'),
    pickle('(U\x011U\x0294ctorch\nFloatTensor\nt'),
    Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]),
    u64(3),
    u64(1),
    u64(0),
  ]);
  const members = (stream: Uint8Array): Made[] => [
    { name: 'sys_info', data: pickle('}') },
    { name: 'pickle', data: pickle('}') },
    { name: 'tensors', data: tensors },
    { name: 'storages', data: stream },
  ];

  it('its streams are pickles with numbers between them', async () => {
    const { result, rules } = await scan(members(storages));
    assert.deepEqual(
      rules.filter((rule) => !rule.startsWith('pickle.')),
      [],
    );
    const names = result.parts.map(({ path }) => path[1]);
    assert.ok(names.includes('storages (pickle 1)'));
    assert.ok(names.includes('tensors (pickle 1)'));
  });

  it('a stream that does not fit is read by its content', async () => {
    const { result } = await scan(members(Buffer.concat([storages, MARK])));
    assert.ok(result.parts.some(({ path }) => path[1] === 'storages'));
  });
});
