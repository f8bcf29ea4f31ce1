import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { begins, inert, PAUSE, sample } from './inert.ts';
import { MEDIA_RULES } from './rules.ts';

/** The type that PyArrow unpickles (CVE-2023-47248), as it is and in the three ways that it can stand in Base64. */
const PICKLED = 'arrow.py_extension_type';
const NEEDLES = [
  PICKLED,
  ...[0, 1, 2].map((shift) => {
    const text = Buffer.from(`${'\0'.repeat(shift)}${PICKLED}`).toString('base64');
    // The first and last characters hang on their neighbours.
    return text
      .slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + PICKLED.length) * 4) / 3))
      .replace(/=+$/, '');
  }),
];
/** Schemas stand at the beginning or at the end; more than this of either is no schema. */
const SCHEMA = 16 << 20;
const WINDOW = 1 << 18;

/** Looks through the metadata of a table for types that are pickles. */
async function lookThrough(part: Part, from: number, to: number): Promise<void> {
  const end = Math.min(to, from + SCHEMA);
  for (let at = from; at < end; at += WINDOW - 64) {
    const rest = part.pause();
    if (rest) await rest;
    const bytes = part.source.read(at, Math.min(WINDOW, end - at));
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const needle of NEEDLES) {
      const i = text.indexOf(needle, 0, 'latin1');
      if (i < 0) continue;
      part.report({
        rule: MEDIA_RULES.arrow.id,
        message: 'its schema has a type that PyArrow unpickles (arrow.py_extension_type)',
        range: { start: at + i, end: at + i + needle.length },
      });
      return;
    }
  }
}

const evil = (name: string, bytes: () => Uint8Array) => ({ name, bytes, rules: [MEDIA_RULES.arrow.id] });

const parquetOf = (footer: string): Uint8Array => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from(`PAR1data${footer}`), length, Buffer.from('PAR1')]);
};

const parquet: Format = inert({
  name: 'parquet',
  title: 'Parquet',
  endless: true,
  firstBytes: 'P',
  looks: (source) => begins(source, 'PAR1') && 'sure',
  async walk(part) {
    const { source } = part;
    if (!begins(source, 'PAR1', source.size - 4))
      throw new Malformed('there is no footer at its end', source.size);
    const length = new Cursor(source, 'footer', source.size - 8).u32();
    const start = source.size - 8 - length;
    if (start < 4) throw new Malformed('the footer is longer than the file', source.size - 8);
    await lookThrough(part, start, source.size - 8);
    part.coverage.claim('parsed', start, source.size);
    return source.size;
  },
  catches: [
    evil('a pickled type', () => parquetOf(PICKLED)),
    evil('a pickled type in Base64', () =>
      parquetOf(Buffer.from(`schema ${PICKLED} of it`).toString('base64')),
    ),
  ],
  passes: [{ name: 'a footer', bytes: () => parquetOf('schema') }],
});

const arrow: Format = inert({
  name: 'arrow',
  title: 'an Arrow file (Feather)',
  endless: true,
  firstBytes: 'A',
  looks: (source) => begins(source, 'ARROW1\0\0') && 'sure',
  async walk(part) {
    const { source } = part;
    if (!begins(source, 'ARROW1', source.size - 6))
      throw new Malformed('there is no footer at its end', source.size);
    const start = source.size - 10 - new Cursor(source, 'footer', source.size - 10).u32();
    if (start < 8) throw new Malformed('the footer is longer than the file', source.size - 10);
    await lookThrough(part, start, source.size - 10);
    // Readers of streams take the schema at the beginning.
    await lookThrough(part, 8, Math.min(start, 1 << 20));
    part.coverage.claim('parsed', start, source.size);
    return source.size;
  },
  catches: [
    evil('a pickled type', () =>
      Buffer.concat([Buffer.from(`ARROW1\0\0${PICKLED}`), Buffer.from([23, 0, 0, 0]), Buffer.from('ARROW1')]),
    ),
  ],
  passes: [sample('a footer', 'ARROW1\0\0', 'schema', [6, 0, 0, 0], 'ARROW1')],
});

/** Metadata of one message of a stream: longer is no schema. */
const LONGEST = 64 << 20;

interface ArrowMessage {
  readonly start: number;
  readonly metadata: number;
  readonly body: number;
}

/** A message of the streaming format at `at`: its metadata (flatbuffers) says how long its body is. `undefined` at the end. */
function messageAt(source: Source, at: number): ArrowMessage | undefined {
  const cursor = new Cursor(source, 'Arrow stream', at);
  if (cursor.u32() !== 0xffffffff) throw new Malformed('a message has no mark', at);
  const metadata = cursor.u32();
  if (metadata === 0) return;
  const start = cursor.at;
  if (metadata > LONGEST || metadata > cursor.left)
    throw new Malformed('a message is longer than the file', at);
  const root = start + cursor.u32();
  cursor.seek(root);
  const table = root - cursor.i32();
  cursor.seek(table);
  const size = cursor.u16();
  // Field 3 of Message is bodyLength.
  cursor.skip(8);
  const field = size >= 12 ? cursor.u16() : 0;
  if (field === 0) return { start, metadata, body: 0 };
  cursor.seek(root + field);
  return { start, metadata, body: cursor.u64() };
}

function looksLikeStream(source: Source): boolean {
  if (!begins(source, '\xff\xff\xff\xff')) return false;
  try {
    const first = messageAt(source, 0);
    return first !== undefined && first.metadata % 8 === 0 && first.body === 0 && first.metadata >= 32;
  } catch {
    return false;
  }
}

const arrowStream: Format = inert({
  name: 'arrow-stream',
  title: 'an Arrow stream',
  firstBytes: '\xff',
  looks: (source) => looksLikeStream(source) && 'sure',
  async walk(part) {
    const { source } = part;
    let at = 0;
    for (let i = 0; at + 8 <= source.size && begins(source, '\xff\xff\xff\xff', at); i++) {
      const rest = i % PAUSE === 0 ? part.pause() : undefined;
      if (rest) await rest;
      const message = messageAt(source, at);
      if (message === undefined) return at + 8;
      if (i === 0) await lookThrough(part, message.start, message.start + message.metadata);
      at = message.start + message.metadata + message.body;
      if (!(at <= source.size)) throw new Malformed('a message is longer than the file', message.start);
    }
    return at;
  },
  passes: [
    sample(
      'a schema',
      [0xff, 0xff, 0xff, 0xff, 40, 0, 0, 0, 16, 0, 0, 0, 0, 0, 12, 0, 12, 0, 8, 0, 10, 0, 0, 0],
      [12, 0, 0, 0, ...Array<number>(20).fill(0)],
      [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
    ),
  ],
});

const feather: Format = inert({
  name: 'feather',
  title: 'Feather of version 1',
  endless: true,
  firstBytes: 'F',
  looks: (source) => begins(source, 'FEA1') && begins(source, 'FEA1', source.size - 4) && 'sure',
  async walk(part) {
    await lookThrough(part, Math.max(0, part.source.size - SCHEMA), part.source.size);
    return part.source.size;
  },
  passes: [sample('a table', 'FEA1', [1, 2, 3, 4], 'FEA1')],
});

const sqlite: Format = inert({
  name: 'sqlite',
  title: 'an SQLite database',
  firstBytes: 'S',
  looks: (source) => begins(source, 'SQLite format 3\0') && source.size >= 100 && 'sure',
  walk({ source }) {
    const cursor = new Cursor(source, 'database', 16);
    const page = cursor.u16(true);
    const bytes = page === 1 ? 65_536 : page;
    if (bytes < 512 || (bytes & (bytes - 1)) !== 0)
      throw new Malformed('its pages have a size that is none', 16);
    cursor.seek(24);
    const changed = cursor.u32(true);
    const pages = cursor.u32(true);
    cursor.seek(92);
    // Older libraries left the count of pages out, or wrong: then it was set at another change (section 1.3.7).
    const end = changed === cursor.u32(true) && pages > 0 ? pages * bytes : source.size;
    if (end > source.size) throw new Malformed('it ends too early', source.size);
    return end;
  },
  passes: [
    {
      name: 'an empty database',
      bytes: () => {
        const head = Buffer.alloc(512);
        head.write('SQLite format 3\0');
        head.writeUInt16BE(512, 16);
        head.writeUInt32BE(1, 28);
        return head;
      },
    },
  ],
});

export const TABLES: readonly Format[] = [parquet, arrow, arrowStream, feather, sqlite];
