import { crc32, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { records, type Made as TarMember, assemble as tar } from '../../src/formats/tar/assemble.ts';
import { type Around, type Made, assemble as zip } from '../../src/formats/zip/assemble.ts';

/** A file that hides something, by one mechanism. */
export interface Hostile {
  readonly name: string;
  readonly mechanism: string;
  readonly bytes: () => Uint8Array;
  /** Whether the pickle in it can be read, and so is to be found; else it is enough that the file is not clean. */
  readonly reached: boolean;
}

/** Protocol 2: `posix.system('true')`. Never loaded by anything here; and if it were, it does nothing. */
export const PAYLOAD: Uint8Array = Buffer.from('\x80\x02cposix\nsystem\nX\x04\0\0\0true\x85R.', 'latin1');
/** The same in text. */
const PAYLOAD_0 = Buffer.from("cposix\nsystem\n(S'true'\ntR.");
/** An empty dictionary. */
const HARMLESS = Uint8Array.of(0x80, 2, 0x7d, 0x2e);
const base64 = (text: string) => Buffer.from(text, 'base64');

/** The payload as tools have packed it that Node does not bring. */
const PACKED = {
  bzip2: base64(
    'QlpoOTFBWSZTWQbKb8wAAA1TwFQQAAEQQAoi3mBCACAAIoBppoNM1CgaaGRkxJyg5IxgzZ36y2YGSgUCfF3JFOFCQBspvzA=',
  ),
  lz4: base64('BCJNGGRApxwAAICAAmNwb3NpeApzeXN0ZW0KWAQAAAB0cnVlhVIuAAAAAMJVjfs='),
  lzma: base64('XQAAgAD//////////wBAAIgDy4fmDj/G26ZiOtDgF6QTTYumtW3KCRMqTx/cQP//0UsAAA=='),
  xz: base64(
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAbgAJjcG9zaXgKc3lzdGVtClgEAAAAdHJ1ZYVSLgCPDhn5iA4QCgABNByTGq2PH7bzfQEAAAAABFla',
  ),
  lzmaInZip: base64('CQQFAF0AAAEAAEAAiAPLh+YOP8bbpmI60OAXpBNNi6a1bcoJEypPH9xA///RSwAA'),
};

const hostile = (name: string, mechanism: string, bytes: () => Uint8Array, reached = true): Hostile => ({
  name,
  mechanism,
  bytes,
  reached,
});

const ROOT = 'archive';
const harmless: Made = { name: `${ROOT}/data.pkl`, data: HARMLESS };
const evil: Made = { name: `${ROOT}/data.pkl`, data: PAYLOAD };
const version: Made = { name: `${ROOT}/version`, data: '3\n' };

const zipped = (mechanism: string, members: readonly Made[], around?: Around, reached = true): Hostile =>
  hostile('model.pt', `zip: ${mechanism}`, () => zip([...members, version], around), reached);

const packed = (method: number, data: Uint8Array): Made => ({
  ...evil,
  data,
  says: { method, size: PAYLOAD.length, crc: crc32(PAYLOAD) },
});

const ZIPS: readonly Hostile[] = [
  zipped('a pickle where torch looks for it', [evil]),
  zipped('a pickle of protocol 0', [{ ...evil, data: PAYLOAD_0 }]),
  zipped('a pickle under a foreign ending (CVE-2025-1889)', [
    harmless,
    { name: `${ROOT}/readme.txt`, data: PAYLOAD },
  ]),
  zipped('a pickle without an ending', [harmless, { name: `${ROOT}/weights`, data: PAYLOAD }]),
  zipped('a pickle among the storages', [harmless, { name: `${ROOT}/data/0`, data: PAYLOAD }]),
  zipped('a pickle among the constants', [harmless, { name: `${ROOT}/constants/0`, data: PAYLOAD }]),
  zipped('another name in the local header (CVE-2025-1944)', [
    { ...evil, local: { name: `${ROOT}/data.bin` } },
  ]),
  zipped('a longer name in the local header', [{ ...evil, local: { name: `${ROOT}/data.pkl.and.more` } }]),
  ...[1, 0x20, 0x40, 0x2000].flatMap((flags) => [
    zipped(`flag ${flags} in both headers (CVE-2025-1945)`, [{ ...evil, says: { flags } }]),
    zipped(`flag ${flags} in the directory`, [{ ...evil, central: { flags } }]),
    zipped(`flag ${flags} in the local header`, [{ ...evil, local: { flags } }]),
  ]),
  zipped('a wrong checksum (CVE-2025-10156)', [{ ...evil, says: { crc: 1 } }]),
  zipped('a wrong checksum of another member', [evil, { name: `${ROOT}/a`, data: 'a', says: { crc: 1 } }]),
  zipped('one name twice, the bad first', [evil, harmless]),
  zipped('one name twice, the bad last', [harmless, evil]),
  zipped('one name in two cases', [harmless, { name: `${ROOT}/DATA.PKL`, data: PAYLOAD }]),
  zipped('a member in no directory', [harmless, { ...evil, name: `${ROOT}/x`, listed: false }]),
  zipped('a member in no directory, of no said size', [
    {
      ...evil,
      name: 'x',
      data: deflateRawSync(PAYLOAD),
      listed: false,
      says: { flags: 8, method: 8, packed: 0 },
    },
    harmless,
  ]),
  zipped('a pickle in front', [harmless], { prefix: PAYLOAD }),
  zipped('a pickle between members', [{ ...harmless, behind: PAYLOAD }]),
  zipped('a pickle before the directory', [harmless], { gap: PAYLOAD }),
  zipped('a pickle behind the end', [harmless], { suffix: PAYLOAD }),
  zipped('a pickle in the comment', [harmless], { comment: PAYLOAD_0.toString() }),
  zipped('no count', [evil], { count: 0 }),
  zipped('a count too large', [evil], { count: 77 }),
  zipped('several disks', [evil], { disk: 3 }),
  zipped('a directory that is longer than it is', [evil], { size: 1000 }),
  zipped('bytes in front, and offsets that do not know of them', [evil], {
    prefix: new Uint8Array(7),
    offset: 60,
  }),
  zipped('deflate in the local header only', [
    { ...packed(0, deflateRawSync(PAYLOAD)), local: { method: 8 } },
  ]),
  zipped('deflate in the directory only', [{ ...packed(8, deflateRawSync(PAYLOAD)), local: { method: 0 } }]),
  zipped('a shorter size in the directory', [{ ...evil, central: { packed: 3, size: 3 } }]),
  zipped('a size of nothing in both headers', [{ ...evil, says: { packed: 0, size: 0 } }]),
  zipped('a size of unpacked bytes that is a lie', [
    { ...packed(8, deflateRawSync(PAYLOAD)), says: { method: 8, size: 2 } },
  ]),
  zipped('deflated data that breaks off', [
    packed(8, deflateRawSync(Buffer.concat([PAYLOAD, Buffer.alloc(999, 'ab')])).subarray(0, -3)),
  ]),
  zipped('deflate64', [packed(9, deflateRawSync(PAYLOAD, { strategy: 4 }))]),
  zipped('bzip2', [packed(12, PACKED.bzip2)]),
  zipped('LZMA', [
    {
      ...packed(14, PACKED.lzmaInZip),
      says: { method: 14, flags: 2, size: PAYLOAD.length, crc: crc32(PAYLOAD) },
    },
  ]),
  zipped('Zstandard', [packed(93, zstdCompressSync(PAYLOAD))]),
  zipped('xz', [packed(95, PACKED.xz)]),
  zipped('a method of nobody', [packed(77, PAYLOAD)], {}, false),
  zipped('two names for the same bytes', [evil, { name: 'b', data: HARMLESS, instead: 0 }]),
  zipped('a name that ends early', [{ ...evil, name: `${ROOT}/data.pkl\0.txt` }]),
  zipped('a name for Unicode beside the name', [
    { ...evil, name: 'a.txt', says: { extra: Buffer.from('\x75\x70\x0c\0\x01\0\0\0\0a/b.pkl', 'latin1') } },
  ]),
  zipped('a way out', [{ ...evil, name: '../../../home/x/.bashrc' }]),
  zipped('a link out', [harmless, { name: 'a', data: '/etc/passwd', mode: 0o120777 }], {}, false),
  hostile('model.pt', 'zip: an archive in an archive', () => zip([{ name: 'a.dat', data: zip([evil]) }])),
  hostile('model.pt', 'zip: two archives, one behind the other', () =>
    zip([harmless], { prefix: zip([evil]) }),
  ),
  hostile('model.pt', 'zip: an archive in the comment of another', () =>
    zip([evil], { prefix: zip([harmless]).slice(0, -2) }),
  ),
  hostile('model.pt', 'zip: no directory', () => zip([evil, version]).slice(0, -70)),
  hostile('model.bin', 'zip: any name', () => zip([evil])),
];

const numpyHeader = (descr: string) => {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }\n`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    Buffer.from([header.length & 255, header.length >> 8]),
    Buffer.from(header),
  ]);
};

const NUMPY: readonly Hostile[] = [
  "'|O'",
  "'O'",
  "'object'",
  "[('a', '<i4'), ('b', '|O')]",
  "'i4,O'",
  "'|' 'O'",
].map((descr) =>
  hostile(
    'x.npy',
    `npy: objects as ${descr}`,
    () => Buffer.concat([numpyHeader(descr), PAYLOAD]),
    descr !== "'|' 'O'",
  ),
);

const STREAMS: readonly Hostile[] = (
  [
    ['gzip', gzipSync],
    ['zlib', deflateSync],
    ['Zstandard', zstdCompressSync],
  ] as const
).flatMap(([name, pack]) => [
  hostile('model.joblib', `${name}: a pickle`, () => pack(PAYLOAD)),
  hostile('model.joblib', `${name}: a pickle in two streams`, () =>
    Buffer.concat([pack(PAYLOAD.subarray(0, 9)), pack(PAYLOAD.subarray(9))]),
  ),
  hostile('model.joblib', `${name}: a pickle behind the stream`, () =>
    Buffer.concat([pack(HARMLESS), PAYLOAD]),
  ),
  hostile('model.joblib', `${name}: a pickle packed twice`, () => pack(gzipSync(PAYLOAD))),
  hostile('model.joblib', `${name}: a stream that breaks off`, () => pack(PAYLOAD).subarray(0, -2), false),
]);

const MORE_STREAMS: readonly Hostile[] = [
  ...(['bzip2', 'lz4', 'lzma', 'xz'] as const).flatMap((name) => [
    hostile('model.joblib', `${name}: a pickle`, () => PACKED[name]),
    hostile('model.joblib', `${name}: a pickle behind the stream`, () =>
      Buffer.concat([PACKED[name], PAYLOAD]),
    ),
    hostile('model.joblib', `${name}: a stream that breaks off`, () => PACKED[name].subarray(0, -5), false),
  ]),
  hostile('model.joblib', 'LZMA behind xz', () => Buffer.concat([PACKED.xz, PACKED.lzma])),
  hostile('model.joblib', 'zlib behind the header of old joblib', () =>
    Buffer.concat([Buffer.from(`ZF${`0x${PAYLOAD.length.toString(16)}`.padEnd(19)}`), deflateSync(PAYLOAD)]),
  ),
];

const evilFile: TarMember = { name: 'data.pkl', data: PAYLOAD };
const harmlessFile: TarMember = { name: 'readme.pkl', data: HARMLESS };
const tarred = (mechanism: string, members: readonly TarMember[], end?: number, reached = true): Hostile =>
  hostile('model.nemo', `tar: ${mechanism}`, () => tar(members, end), reached);

const TARS: readonly Hostile[] = [
  tarred('a pickle', [evilFile]),
  tarred('a pickle under a foreign ending', [{ ...evilFile, name: 'notes.txt' }]),
  tarred('a broken header before it', [harmlessFile, { name: 'x', checksum: 1 }, evilFile]),
  tarred('one name twice', [{ ...harmlessFile, name: 'data.pkl' }, evilFile]),
  tarred('a size that is said twice', [
    records({ size: '1024' }),
    { name: 'a', data: tar([evilFile], 0), size: 0 },
    harmlessFile,
  ]),
  tarred('a folder with content', [{ name: 'a/', kind: '5', data: PAYLOAD }, harmlessFile], 2, false),
  tarred('a kind that nobody knows', [{ ...evilFile, kind: 'Z' }]),
  tarred('a name of POSIX that leads out', [records({ path: '../../x' }), evilFile]),
  tarred('a link out', [{ name: 'a', kind: '2', link: '/etc/x' }, harmlessFile], 2, false),
  hostile('model.nemo', 'tar: an archive behind the end', () =>
    Buffer.concat([tar([harmlessFile]), tar([evilFile])]),
  ),
  hostile('model.nemo', 'tar: a pickle behind the end', () =>
    Buffer.concat([tar([harmlessFile], 1), PAYLOAD]),
  ),
  hostile('model.tar.gz', 'tar: in gzip', () => gzipSync(tar([evilFile]))),
  hostile('model.pt', 'tar: as torch wrote it before 2017', () =>
    tar([
      { name: 'sys_info', data: HARMLESS },
      { name: 'pickle', data: PAYLOAD },
      { name: 'storages', data: Buffer.from('\x80\x02K\0.\x80\x02].', 'latin1') },
      { name: 'tensors', data: Buffer.from('\x80\x02K\0.', 'latin1') },
    ]),
  ),
  hostile('model.pt', 'tar: as torch wrote it before 2017, a pickle among the storages', () =>
    tar([
      { name: 'sys_info', data: HARMLESS },
      { name: 'pickle', data: HARMLESS },
      { name: 'storages', data: Buffer.concat([Buffer.from('\x80\x02K\0.', 'latin1'), PAYLOAD]) },
      { name: 'tensors', data: Buffer.from('\x80\x02K\0.', 'latin1') },
    ]),
  ),
];

const OTHERS: readonly Hostile[] = [
  hostile(
    'model.pt',
    '7-Zip under the name of a model',
    () => Buffer.from('7z\xbc\xaf\x27\x1c\0\x04more', 'latin1'),
    false,
  ),
  hostile(
    'model.bin',
    'ELF under the name of a model',
    () => Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(99)]),
    false,
  ),
  hostile('model.bin', 'a script under the name of a model', () => Buffer.from('#!/bin/sh\ntrue\n'), false),
  hostile(
    'model.pt',
    'TorchScript that writes a file',
    () =>
      zip([
        harmless,
        { name: `${ROOT}/constants.pkl`, data: Uint8Array.of(0x80, 2, 0x29, 0x2e) },
        {
          name: `${ROOT}/code/__torch__.py`,
          data: 'class N(Module):\n  __parameters__ = []\n  def forward(self: __torch__.N) -> int:\n    torch.save(1, "/tmp/x")\n    return 1\n',
        },
      ]),
    false,
  ),
];

/** Containers that hide a harmless pickle, or something else that is bad, each by one mechanism. */
export const HOSTILE_CONTAINERS: readonly Hostile[] = [
  ...ZIPS,
  ...NUMPY,
  ...STREAMS,
  ...MORE_STREAMS,
  ...TARS,
  ...OTHERS,
];
