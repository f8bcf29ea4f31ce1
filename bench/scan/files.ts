import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { pickled } from '../../test/corpus/pickle.ts';

/** Doubles, text and bytes that differ from place to place and are the same in every run. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0, state = seed + 1; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const words = (seed: number, length: number): string =>
  noise(Math.ceil(length / 2), seed)
    .toString('hex')
    .slice(0, length);

interface Member {
  readonly name: string;
  readonly size: number;
  chunks(): Iterable<Buffer>;
}

const small = (name: string, bytes: Buffer): Member => ({ name, size: bytes.length, chunks: () => [bytes] });

const TENSORS = 64;

/** A checkpoint as `torch.save` writes it: a pickle, and the storages of 64 tensors, stored. Made and written piece by piece. */
export function writeCheckpoint(file: string, size: number): void {
  const each = Math.floor(size / TENSORS / 4) * 4;
  const chunk = noise(1 << 20, 1);
  const storage = (serial: number): Member => ({
    name: `archive/data/${serial}`,
    size: each,
    *chunks() {
      chunk.writeUInt32LE(serial);
      for (let left = each; left > 0; left -= chunk.length)
        yield chunk.subarray(0, Math.min(left, chunk.length));
    },
  });
  writeStored(file, [
    small('archive/data.pkl', tensors(each / 4)),
    small('archive/byteorder', Buffer.from('little')),
    ...Array.from({ length: TENSORS }, (_, serial) => storage(serial)),
    small('archive/version', Buffer.from('3\n')),
  ]);
}

/** An ordered dictionary of tensors of floats, each with a storage of its own. */
function tensors(floats: number): Buffer {
  const made = pickled(2).global('collections', 'OrderedDict').tuple(0).reduce().mark();
  for (let i = 0; i < TENSORS; i++) {
    made.text(`layers.${i}.weight`).global('torch._utils', '_rebuild_tensor_v2').mark();
    made.mark().text('storage').global('torch', 'FloatStorage').text(String(i)).text('cpu').int(floats);
    made.tuple().bytes('Q').int(0).int(floats).tuple(1).int(1).tuple(1).raw(0x89);
    made.global('collections', 'OrderedDict').tuple(0).reduce().tuple().reduce();
  }
  return made.setItems().stop();
}

/** A zip archive in which nothing is packed (APPNOTE 4.3). */
function writeStored(file: string, members: readonly Member[]): void {
  const fd = openSync(file, 'wx');
  const directory: Buffer[] = [];
  let at = 0;
  const put = (bytes: Buffer): void => {
    at += writeSync(fd, bytes);
  };
  for (const { name, size, chunks } of members) {
    let crc = 0;
    for (const chunk of chunks()) crc = crc32(chunk, crc);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(crc, 10);
    head.writeUInt32LE(size, 14);
    head.writeUInt32LE(size, 18);
    head.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), head, place, Buffer.from(name));
    put(Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name)]));
    for (const chunk of chunks()) put(chunk);
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  put(Buffer.concat([listed, end]));
  closeSync(fd);
}

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(9, 'G');
  bytes.writeDoubleBE(value, 1);
  return bytes;
};

/** An array of doubles, as numpy reduces it. */
const array = (made: ReturnType<typeof pickled>, seed: number, length: number) =>
  made
    .global('numpy.core.multiarray', '_reconstruct')
    .global('numpy', 'ndarray')
    .int(0)
    .tuple(1)
    .binary(Buffer.from('b'))
    .tuple(3)
    .reduce()
    .mark()
    .int(1)
    .int(length)
    .tuple(1)
    .global('numpy', 'dtype')
    .text('f8')
    .raw(0x89, 0x88)
    .tuple(3)
    .reduce()
    .mark()
    .int(3)
    .text('<')
    .none()
    .none()
    .none()
    .int(-1)
    .int(-1)
    .int(0)
    .tuple()
    .build()
    .raw(0x89)
    .binary(noise(length * 8, seed))
    .tuple()
    .build();

/** What lies around in folders of models, some 4 KB each. */
const SHAPES: readonly ((seed: number) => Buffer)[] = [
  (seed) => array(pickled(3), seed, 500).stop(),
  (seed) => {
    const made = pickled(4).emptyDict().memoize().mark();
    for (let i = 0; i < 120; i++)
      made
        .short(`token_${words(seed + i, 8)}`)
        .memoize()
        .int(i);
    return made.setItems().stop();
  },
  (seed) => {
    const made = pickled(4).emptyList().memoize().mark();
    for (let i = 0; i < 450; i++) made.bytes(double(seed / (i + 1)));
    return made.appends().stop();
  },
  (seed) => {
    const made = pickled(2).global('sklearn.linear_model._base', 'LinearRegression').tuple(0).newObj();
    made.emptyDict().put(0).mark().text('fit_intercept').raw(0x88).text('coef_');
    return array(made, seed, 450).text('_sklearn_version').text('1.5.2').setItems().build().stop();
  },
  (seed) => {
    const made = pickled(2).global('collections', 'OrderedDict').tuple(0).reduce().put(0).mark();
    for (let i = 0; i < 100; i++)
      made
        .text(words(seed + i, 12))
        .int(i)
        .bytes(double(i / 7))
        .tuple(2);
    return made.setItems().stop();
  },
  (seed) => {
    const made = pickled().mark().bytes('dp0\n');
    for (let i = 0; i < 130; i++)
      made
        .quoted(words(seed + i, 12))
        .bytes(`p${i + 1}\nF${i}.5\n`)
        .setItem();
    return made.stop();
  },
];

export function writeSmall(folder: string, count: number): void {
  mkdirSync(folder);
  for (let i = 0; i < count; i++) {
    const shape = SHAPES[i % SHAPES.length];
    if (shape !== undefined)
      writeFileSync(join(folder, `part-${String(i).padStart(5, '0')}.pkl`), shape(i * 1000));
  }
}

/** Opcodes of one row of `writeOpcodes`, and rows that are appended to the list at once, as Python's pickler does. */
const ROW = 9;
const BATCH = 1000;

/** A list of tuples of two numbers, a text and two numbers: nine bytes an opcode on the average. */
export function writeOpcodes(file: string, opcodes: number): void {
  const row = pickled().mark().bytes(double(0.1)).int(7).text(words(3, 40)).memoize();
  const bytes = row.bytes(double(0.2)).bytes(double(0.3)).tuple().memoize().done();
  const batch = Buffer.concat([Buffer.from('('), ...Array<Buffer>(BATCH).fill(bytes), Buffer.from('e')]);
  const fd = openSync(file, 'wx');
  writeSync(fd, pickled(4).emptyList().memoize().done());
  for (let written = 0; written < opcodes; written += BATCH * ROW) writeSync(fd, batch);
  writeSync(fd, Buffer.from('.'));
  closeSync(fd);
}
