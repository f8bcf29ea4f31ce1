import { crc32 } from 'node:zlib';

/** What a header says of a member. */
interface Said {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly extra: Uint8Array;
}

/** A member, with every lie that it may tell. */
export interface Made {
  readonly name: string;
  /** As it is in the archive: compressed by whoever asks. */
  readonly data: Uint8Array | string;
  /** What both headers say, where that is not what is so. */
  readonly says?: Partial<Said>;
  readonly local?: Partial<Said>;
  readonly central?: Partial<Said>;
  /** Bytes behind its data: a descriptor, or a gap. */
  readonly behind?: Uint8Array;
  /** In the directory; else only its own header tells of it. */
  readonly listed?: boolean;
  /** Offset in the directory of another member, by its number. */
  readonly instead?: number;
  /** Unix mode. */
  readonly mode?: number;
}

/** What the end record says, and what stands around the archive. */
export interface Around {
  readonly prefix?: Uint8Array;
  /** Between the members and the directory. */
  readonly gap?: Uint8Array;
  readonly suffix?: Uint8Array;
  readonly comment?: string;
  readonly count?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly disk?: number;
}

/** Puts a zip file together as it is told, for samples and tests: nothing of it need be true. */
export function assemble(members: readonly Made[], around: Around = {}): Uint8Array {
  const parts: Uint8Array[] = [around.prefix ?? NOTHING];
  const at = () => parts.reduce((sum, { length }) => sum + length, 0);
  const offsets: number[] = [];
  const entries: Uint8Array[] = [];
  for (const {
    name,
    data,
    says,
    local,
    central,
    behind,
    listed = true,
    instead,
    mode = 0o100644,
  } of members) {
    const bytes = bytesOf(data);
    const truth: Said = {
      name,
      flags: 0,
      method: 0,
      crc: crc32(bytes),
      packed: bytes.length,
      size: bytes.length,
      extra: NOTHING,
    };
    const offset = at();
    offsets.push(offset);
    parts.push(localHeader({ ...truth, ...says, ...local }), bytes, behind ?? NOTHING);
    if (listed)
      entries.push(entry({ ...truth, ...says, ...central }, offsets[instead ?? -1] ?? offset, mode));
  }
  parts.push(around.gap ?? NOTHING);
  const start = at();
  parts.push(...entries);
  const size = at() - start;
  const comment = bytesOf(around.comment ?? '');
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(around.disk ?? 0, 4);
  end.writeUInt16LE(around.count ?? entries.length, 8);
  end.writeUInt16LE(around.count ?? entries.length, 10);
  end.writeUInt32LE(around.size ?? size, 12);
  end.writeUInt32LE(around.offset ?? start, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, end, comment, around.suffix ?? NOTHING]);
}

const NOTHING = new Uint8Array(0);
const bytesOf = (data: Uint8Array | string) => (typeof data === 'string' ? Buffer.from(data) : data);

function localHeader(said: Said): Uint8Array {
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04', 'latin1');
  head.writeUInt16LE(20, 4);
  common(head, 6, said);
  return Buffer.concat([head, Buffer.from(said.name), said.extra]);
}

function entry(said: Said, offset: number, mode: number): Uint8Array {
  const head = Buffer.alloc(46);
  head.write('PK\x01\x02', 'latin1');
  head.writeUInt16LE((3 << 8) | 20, 4);
  head.writeUInt16LE(20, 6);
  common(head, 8, said);
  head.writeUInt32LE((mode << 16) >>> 0, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, Buffer.from(said.name), said.extra]);
}

function common(head: Buffer, at: number, said: Said): void {
  head.writeUInt16LE(said.flags, at);
  head.writeUInt16LE(said.method, at + 2);
  head.writeUInt32LE(said.crc, at + 8);
  head.writeUInt32LE(said.packed, at + 12);
  head.writeUInt32LE(said.size, at + 16);
  head.writeUInt16LE(Buffer.byteLength(said.name), at + 20);
  head.writeUInt16LE(said.extra.length, at + 22);
}
