import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { MARK, marksIn, rulesOf, scanned } from '../testing.ts';
import { type Around, assemble, type Made } from './assemble.ts';

const real = (name: string) =>
  readFileSync(new URL(`../../../test/corpus/real/containers/${name}`, import.meta.url));

const DATA = 'a/data.pkl';
/** What nobody minds. */
const TEXT = 'plain text\n';
const text: Made = { name: 'readme.txt', data: TEXT };

/** Scans an archive, and says what was found and where marks were read. */
async function scan(members: readonly Made[], around?: Around) {
  const result = await scanned(assemble(members, around));
  return { rules: rulesOf(result), marks: marksIn(result), result };
}

describe('a zip archive of an ordinary program', () => {
  for (const name of [
    'stored.zip',
    'deflate.zip',
    'bzip2.zip',
    'lzma.zip',
    'streamed.zip',
    'plain.npz',
    'packed.npz',
  ])
    it(`${name} is read whole, and nothing is wrong with it`, async () => {
      const { findings, parts } = await scanned(real(name), name);
      assert.deepEqual(
        findings.filter(({ rule, severity }) => rule.startsWith('zip.') && severity !== 'low'),
        [],
      );
      assert.deepEqual(parts[0]?.ranges, [
        { as: 'parsed', start: 0, end: real(name).length, why: undefined },
      ]);
    });

  it('by every method', async () => {
    const packed = (method: number, data: Uint8Array): Made => ({
      name: `m${method}`,
      data,
      says: { method, size: MARK.length, crc: 0xf4f2d2a4 },
    });
    const { marks } = await scan([
      packed(0, MARK),
      packed(8, deflateRawSync(MARK)),
      packed(93, zstdCompressSync(MARK)),
    ]);
    assert.deepEqual(marks, ['m0', 'm8', 'm93']);
  });
});

describe('a PyTorch archive', () => {
  for (const name of ['state.pt', 'bytes.pt', 'module.pt'])
    it(`${name}: storages are data, and no byte is left over`, async () => {
      const { parts } = await scanned(real(name), name);
      const [file, ...inside] = parts;
      assert.deepEqual(new Set(file?.ranges.map(({ as }) => as)), new Set(['parsed', 'data']));
      const storages = inside.filter(({ path }) => /\/data\/\d+$/.test(path.at(-1) ?? ''));
      assert.ok(storages.length > 0);
      for (const { ranges, formats } of storages) {
        assert.deepEqual(formats, ['raw']);
        assert.ok(ranges.every(({ as }) => as === 'data'));
      }
    });

  it('what hides in a storage is read', async () => {
    const { marks } = await scan([
      { name: DATA, data: TEXT },
      { name: 'a/data/0', data: MARK },
      { name: 'a/data/1', data: assemble([{ name: 'x', data: MARK }]) },
    ]);
    assert.deepEqual(marks, ['a/data/0', 'a/data/1 > x']);
  });

  it('numbers that begin like something and are not are data', async () => {
    const begins = (...bytes: number[]) => Buffer.concat([Uint8Array.from(bytes), Buffer.alloc(400, 0x5b)]);
    const { rules } = await scan([
      { name: DATA, data: TEXT },
      { name: 'a/data/0', data: begins(0x80, 2, 0x5d) },
      { name: 'a/data/1', data: begins(0x1f, 0x8b, 8, 0) },
      { name: 'a/data/2', data: begins(0x78, 0x9c, 5) },
      { name: 'a/data/3', data: begins(0x5d, 0, 0, 0x80, 0) },
    ]);
    assert.deepEqual(rules, []);
  });

  it('only where a pickle says so: elsewhere content decides', async () => {
    const { result } = await scan([{ name: 'b/data/0', data: Buffer.alloc(64, 0xfe) }]);
    assert.equal(result.verdict, 'undecided');
  });

  it('small members say what they may say, and nothing else', async () => {
    const { marks } = await scan([
      { name: DATA, data: TEXT },
      { name: 'a/version', data: '3\n' },
      { name: 'a/byteorder', data: MARK },
      { name: 'a/.data/serialization_id', data: '0'.repeat(40) },
    ]);
    assert.deepEqual(marks, ['a/byteorder']);
  });

  it('thousands of storages take no time to speak of', async () => {
    const members = Array.from({ length: 3000 }, (_, i) => ({
      name: `a/data/${i}`,
      data: new Uint8Array(64).fill(i),
    }));
    const { result } = await scan([{ name: DATA, data: TEXT }, ...members]);
    assert.equal(result.verdict, 'clean');
    assert.ok(result.more > 900);
  });
});

describe('two headers that disagree', () => {
  const cases: readonly (readonly [what: string, member: Partial<Made>])[] = [
    ['name', { local: { name: 'a/data.bin' } }],
    ['length of the name', { local: { name: 'a/data.pkl.longer' } }],
    ['method', { local: { method: 8 } }],
    ['flags', { local: { flags: 1 } }],
    ['checksum', { local: { crc: 7 } }],
    ['packed size', { local: { packed: 3 } }],
    ['size', { local: { size: 99 } }],
    ['an extra field that does not fit', { central: { extra: Uint8Array.of(1, 0, 99, 0) } }],
    [
      'a name for Unicode',
      {
        says: {
          extra: Buffer.concat([Buffer.from('\x75\x70\x0c\0\x01\0\0\0\0', 'latin1'), Buffer.from('evil.py')]),
        },
      },
    ],
  ];
  for (const [what, lie] of cases)
    it(`${what}: told, and read nevertheless (CVE-2025-1944)`, async () => {
      const { rules, marks } = await scan([{ name: DATA, data: MARK, ...lie }, text]);
      assert.ok(rules.includes('zip.disagreement'), rules.join());
      assert.ok(marks.includes(DATA), marks.join());
    });

  it('in the method: both readings are read', async () => {
    const { marks } = await scan([
      {
        name: DATA,
        data: deflateRawSync(MARK),
        says: { size: MARK.length },
        central: { method: 0 },
        local: { method: 8 },
      },
    ]);
    assert.deepEqual(marks, [`${DATA} (by its own header)`]);
  });

  it('in the size: what is behind the shorter is read by the longer', async () => {
    const data = Buffer.concat([Buffer.from(TEXT), MARK]);
    const { rules } = await scan([
      { name: DATA, data, central: { packed: TEXT.length, size: TEXT.length }, says: { crc: 1 } },
    ]);
    assert.ok(rules.includes('zip.disagreement'));
    assert.ok(rules.includes('zip.gap'));
  });

  for (const flags of [1, 0x20, 0x40, 0x2000])
    it(`flag ${flags.toString(16)} is told, and the content is read (CVE-2025-1945)`, async () => {
      const { rules, marks } = await scan([{ name: DATA, data: MARK, says: { flags } }]);
      assert.deepEqual(rules, ['zip.flags']);
      assert.deepEqual(marks, [DATA]);
    });

  it('a descriptor that is not there', async () => {
    const member = { name: DATA, data: MARK, says: { flags: 8 }, local: { crc: 0, packed: 0, size: 0 } };
    assert.deepEqual((await scan([member])).rules, ['zip.disagreement']);
  });
});

describe('content', () => {
  it('with the wrong checksum is read nevertheless (CVE-2025-10156)', async () => {
    const { rules, marks } = await scan([{ name: DATA, data: MARK, says: { crc: 1 } }]);
    assert.deepEqual(rules, ['zip.checksum']);
    assert.deepEqual(marks, [DATA]);
  });

  it('that breaks off is read as far as it goes', async () => {
    const packed = deflateRawSync(Buffer.concat([MARK, Buffer.alloc(5000, 'abc')]));
    const { rules, marks } = await scan([
      { name: DATA, data: packed.subarray(0, packed.length - 4), says: { method: 8, size: 5019 } },
    ]);
    assert.ok(rules.includes('zip.corrupt'));
    assert.deepEqual(marks, [DATA]);
  });

  it('behind compressed data is read', async () => {
    const data = Buffer.concat([deflateRawSync(TEXT), MARK]);
    const { rules, marks } = await scan([{ name: DATA, data, says: { method: 8, size: TEXT.length } }]);
    assert.ok(rules.includes('zip.corrupt'));
    assert.equal(marks.length, 1);
  });

  it('of another size than it says', async () => {
    const { rules } = await scan([{ name: DATA, data: deflateRawSync(TEXT), says: { method: 8, size: 3 } }]);
    assert.ok(rules.includes('zip.corrupt'));
  });

  it('that is stored, of two sizes', async () => {
    const { rules, marks } = await scan([{ name: DATA, data: MARK, says: { size: 3 } }]);
    assert.ok(rules.includes('zip.corrupt'));
    assert.deepEqual(marks, [DATA]);
  });

  it('by a method that is not read is not safe', async () => {
    const { rules, result } = await scan([{ name: DATA, data: MARK, says: { method: 99 } }]);
    assert.deepEqual(rules, ['zip.method']);
    assert.ok(result.parts[0]?.ranges.some(({ as, why }) => as === 'unread' && /method 99/.test(why ?? '')));
  });

  it('that is an archive is read, however deep, up to a bound', async () => {
    let bytes: Uint8Array = MARK;
    for (let depth = 0; depth < 5; depth++) bytes = assemble([{ name: 'x', data: bytes }]);
    assert.deepEqual(marksIn(await scanned(bytes)), ['x > x > x > x > x']);
    for (let depth = 0; depth < 9; depth++) bytes = assemble([{ name: 'x', data: bytes }]);
    assert.deepEqual(rulesOf(await scanned(bytes)), ['file.too-deep']);
  });

  it('that is a bomb is stopped', async () => {
    const packed = deflateRawSync(Buffer.alloc(80 << 20), { level: 9 });
    const { rules } = await scan([{ name: 'x', data: packed, says: { method: 8, size: 80 << 20 } }]);
    assert.ok(rules.includes('file.bomb') || rules.includes('zip.checksum'));
  });
});

describe('names', () => {
  for (const [name, rule] of [
    ['../x', 'archive.slip'],
    ['a/../../x', 'archive.slip'],
    ['/etc/x', 'archive.slip'],
    ['C:\\x', 'archive.slip'],
    ['..\\..\\x', 'archive.slip'],
    ['a\0b', 'archive.name'],
    ['a\u202eb', 'archive.name'],
    ['con.txt', 'archive.name'],
    ['a\\b', 'archive.name'],
  ] as const)
    it(JSON.stringify(name), async () => {
      assert.ok((await scan([{ name, data: TEXT }])).rules.includes(rule));
    });

  it('of links', async () => {
    const link = (data: string): Made => ({ name: 'a/b', data, mode: 0o120777 });
    assert.deepEqual((await scan([link('../../x')])).rules, ['archive.slip']);
    assert.deepEqual((await scan([link('../c')])).rules, ['archive.link']);
    assert.deepEqual((await scan([{ name: 'a', data: '', mode: 0o020000 }])).rules, ['archive.link']);
  });
});
