import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { wire } from '../../src/formats/protobuf.ts';
import { assemble as tar } from '../../src/formats/tar/assemble.ts';
import { assemble as zip } from '../../src/formats/zip/assemble.ts';
import { pickled } from '../../test/corpus/pickle.ts';

/** A file that is made to fill the memory of whoever reads it. */
export interface HostileFile {
  readonly name: string;
  make(path: string, share: number): void;
}

/** Written piece by piece, so that to make it takes no memory either. */
function write(path: string, pieces: Iterable<Uint8Array>): void {
  const fd = openSync(path, 'wx');
  let waiting: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < 1 << 20) continue;
    writeSync(fd, Buffer.concat(waiting));
    waiting = [];
    size = 0;
  }
  writeSync(fd, Buffer.concat(waiting));
  closeSync(fd);
}

function* times(count: number, make: (i: number) => Uint8Array, before?: Uint8Array, after?: Uint8Array) {
  if (before !== undefined) yield before;
  for (let i = 0; i < count; i++) yield make(i);
  if (after !== undefined) yield after;
}

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const gguf = (tensors: number, metadata: number): Buffer =>
  Buffer.concat([Buffer.from('GGUF\x03\0\0\0', 'latin1'), u64(tensors), u64(metadata)]);
const members = (count: number, data: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({ name: `some/folder/${i % 100}/member-${i}`, data: data(i) }));

/** A header, and a hole of 2 GiB. */
const hollow = (name: string, head: string): HostileFile => ({
  name: `2 GiB of nothing as ${name}`,
  make: (path, share) => {
    writeFileSync(path, Buffer.from(head, 'latin1'));
    truncateSync(path, Math.ceil(2 ** 31 * share));
  },
});

export const HOSTILE_FILES: readonly HostileFile[] = [
  {
    name: 'tar of 50,000 members',
    make: (path, share) => writeFileSync(path, tar(members(50_000 * share, (i) => `hello ${i}\n`))),
  },
  {
    name: 'tar of 50,000 pickles, each of which calls os.system',
    make: (path, share) =>
      writeFileSync(path, tar(members(50_000 * share, (i) => `cposix\nsystem\n(S"echo ${i}"\ntR.`))),
  },
  {
    name: 'zip of 65,000 members',
    make: (path, share) => writeFileSync(path, zip(members(65_000 * share, (i) => `hello ${i}\n`))),
  },
  {
    name: 'GGUF with a million texts',
    make: (path, share) =>
      write(
        path,
        times(
          1e6 * share,
          (i) => Buffer.concat([text(`general.key.${i}`), Buffer.of(8, 0, 0, 0), text(`value ${i}`)]),
          gguf(0, 1e6 * share),
          Buffer.alloc(64),
        ),
      ),
  },
  {
    name: 'GGUF with a million tensors',
    make: (path, share) => {
      const shape = Buffer.concat([Buffer.of(1, 0, 0, 0), u64(8), Buffer.alloc(4)]);
      const tensor = (i: number) => Buffer.concat([text(`blk.${i}.weight`), shape, u64(i * 32)]);
      write(path, times(1e6 * share, tensor, gguf(1e6 * share, 0), Buffer.alloc(32e6 * share + 64)));
    },
  },
  {
    name: 'ONNX with a million nodes',
    make: (path, share) => {
      const node = (i: number) =>
        wire.bytes(1, wire.bytes(1, `x${i}`), wire.bytes(2, `x${i + 1}`), wire.bytes(4, 'Relu'));
      const nodes = Buffer.concat([...times(1e6 * share, node)]);
      write(path, [wire.number(1, 8), wire.bytes(7, nodes, wire.bytes(2, 'graph'))]);
    },
  },
  {
    name: 'JSON of 160 MB',
    make: (path, share) =>
      write(
        path,
        times(
          6e6 * share,
          (i) => Buffer.from(`{"key${i}":"value ${i}"},`),
          Buffer.from('['),
          Buffer.from('0]'),
        ),
      ),
  },
  {
    name: 'text of 1 GiB without a line end',
    make: (path, share) =>
      write(
        path,
        times(1024 * share, () => Buffer.alloc(1 << 20, 'lorem ipsum dolor ')),
      ),
  },
  {
    name: 'pickle with 50 million entries in its memo',
    make: (path, share) => {
      const thousand = Buffer.alloc(3000, Buffer.of(0x4b, 1, 0x94));
      write(
        path,
        times(50e3 * share, () => thousand, pickled(4).emptyList().done(), Buffer.from('.')),
      );
    },
  },
  {
    name: 'pickle with a text of 1 GiB',
    make: (path, share) => {
      const size = Math.ceil(1024 * share) * 2 ** 20;
      const head = Buffer.concat([pickled(4).done(), Buffer.of(0x8d), u64(size)]);
      write(
        path,
        times(size / 2 ** 20, () => Buffer.alloc(1 << 20, 'a'), head, Buffer.from('.')),
      );
    },
  },
  {
    name: 'pickle with 5 million calls of unknown names',
    make: (path, share) =>
      write(
        path,
        times(5e6 * share, (i) => Buffer.from(`cos\nsystem${i}\n(S"x"\ntR0`), undefined, Buffer.from('N.')),
      ),
  },
  {
    name: 'pickle of 100 million marks',
    make: (path, share) =>
      write(
        path,
        times(100 * share, () => Buffer.alloc(1e6, '('), pickled(4).done()),
      ),
  },
  hollow('safetensors', '\0\0\0\x06\0\0\0\0{"a":'),
  hollow('HDF5', '\x89HDF\r\n\x1a\n'),
  hollow('ONNX', '\x08\x08'),
  hollow('a tar', ''),
  {
    name: 'folder of 20,000 files',
    make: (path, share) => {
      mkdirSync(path);
      for (let i = 0; i < 20_000 * share; i++) writeFileSync(join(path, `file-${i}.txt`), `hello ${i}\n`);
    },
  },
];
