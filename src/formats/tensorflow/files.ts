import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';

const TABLE_MAGIC = '57fb808b247547db';
const FOOTER = 48;
const HEAD = 12;
const SUM = 4;
const MASK = 0xa282ead8;

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let sum = i;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) !== 0 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  return sum >>> 0;
});

/** CRC-32C, turned and shifted as records keep it. */
function masked(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = ((TABLE[(sum ^ byte) & 255] as number) ^ (sum >>> 8)) >>> 0;
  sum = ~sum >>> 0;
  return (((sum >>> 15) | (sum << 17)) + MASK) >>> 0;
}

const isHead = (head: Uint8Array): boolean =>
  head.length === HEAD && Buffer.from(head).readUInt32LE(8) === masked(head.subarray(0, 8));

async function readRecords(part: Part): Promise<void> {
  const { source, coverage } = part;
  const cursor = new Cursor(source, 'record');
  let count = 0;
  while (cursor.left > 0) {
    const rest = ++count % 512 === 0 ? part.pause() : undefined;
    if (rest) await rest;
    const at = cursor.at;
    if (!isHead(cursor.bytes(Math.min(HEAD, cursor.left), HEAD)))
      throw new Malformed('the length of a record has the wrong checksum', at);
    cursor.seek(at);
    const length = cursor.u64();
    cursor.skip(SUM);
    cursor.skip(length);
    cursor.skip(SUM);
    coverage.claim('parsed', at, at + HEAD);
    coverage.claim('data', at + HEAD, cursor.at);
  }
  part.note({ records: count });
}

/** One record, for samples. */
export function record(content: Uint8Array): Uint8Array {
  const head = Buffer.alloc(HEAD);
  head.writeBigUInt64LE(BigInt(content.length));
  head.writeUInt32LE(masked(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(SUM);
  tail.writeUInt32LE(masked(content));
  return Buffer.concat([head, content, tail]);
}

/** Training data and events: records of a length, a checksum, and content that only a program with a schema understands. */
export const tfrecord: Format = {
  name: 'tfrecord',
  title: 'TFRecord',
  rules: [],
  looks: (source) => isHead(Uint8Array.from(source.read(0, HEAD))) && 'sure',
  read: readRecords,
  proof: {
    catches: [
      {
        name: 'a record that breaks off',
        bytes: () => Buffer.concat([record(Buffer.from('abc')), record(Buffer.from('def')).subarray(0, 13)]),
        rules: ['file.malformed'],
      },
    ],
    passes: [
      {
        name: 'two records',
        bytes: () => Buffer.concat([record(Buffer.from('abc')), record(Buffer.alloc(9))]),
      },
    ],
  },
};

const isTable = (source: Source): boolean =>
  source.size >= FOOTER && Buffer.from(source.read(source.size - 8, 8)).toString('hex') === TABLE_MAGIC;

async function readTable(part: Part): Promise<void> {
  const { source, coverage } = part;
  const footer = source.size - FOOTER;
  const cursor = new Cursor(source, 'footer of the table', footer);
  for (let i = 0; i < 2; i++) {
    const offset = varint(cursor);
    const size = varint(cursor);
    // Each block is followed by its kind and its checksum.
    if (offset + size + 5 > footer) throw new Malformed('the table points outside of itself', footer);
  }
  coverage.claim('data', 0, footer);
  coverage.claim('parsed', footer, source.size);
}

function varint(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; scale <= 2 ** 63; scale *= 128) {
    const byte = cursor.u8();
    value += (byte & 127) * scale;
    if (byte < 128) break;
  }
  return value;
}

/** The index of a checkpoint: names, shapes and places of tensors in a sorted table. */
export const checkpointIndex: Format = {
  name: 'tensorflow-checkpoint',
  title: 'index of a TensorFlow checkpoint',
  rules: [],
  looks: (source) => isTable(source) && 'sure',
  read: readTable,
  proof: {
    catches: [
      {
        name: 'a table that points outside',
        bytes: () =>
          Buffer.concat([Buffer.of(0, 8, 255, 255, 3, 8), Buffer.alloc(34), Buffer.from(TABLE_MAGIC, 'hex')]),
        rules: ['file.malformed'],
      },
    ],
    passes: [
      {
        name: 'a table',
        bytes: () =>
          Buffer.concat([
            Buffer.alloc(26),
            Buffer.of(0, 8, 13, 8),
            Buffer.alloc(36),
            Buffer.from(TABLE_MAGIC, 'hex'),
          ]),
      },
    ],
  },
};

/** Names that only TensorFlow writes; pickles and archives under such a name are read as what they are. */
const SHARD = /\.data-\d{5}-of-\d{5}$/;

/** The tensors of a checkpoint: numbers without a header, whose places the index says. */
export const checkpointData: Format = {
  name: 'tensorflow-tensors',
  title: 'tensors of a TensorFlow checkpoint',
  rules: [],
  looks: (_, name) => SHARD.test(name) && 'maybe',
  read: async ({ coverage, source }) => coverage.claim('data', 0, source.size),
  proof: { catches: [], passes: [] },
};
