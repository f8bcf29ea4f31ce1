import { crc32 } from 'node:zlib';
import { bzip2 } from '../../codecs/bzip2.ts';
import { type Codec, type Feed, Unsupported } from '../../codecs/feed.ts';
import { inflate, inflate64 } from '../../codecs/inflate.ts';
import { lzmaInZip } from '../../codecs/lzma.ts';
import { xz } from '../../codecs/xz.ts';
import { zstd } from '../../codecs/zstd.ts';
import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { linkReport, MEMBER_RULES, nameReports } from '../member-names.ts';
import { fill, Slice, type Source } from '../source.ts';
import { unpackWith } from '../unpacking.ts';
import type { Member } from './member.ts';
import { ZIP_RULES } from './rules.ts';
import type { TorchArchive } from './torch.ts';

const STORED = 0;
const LZMA = 14;
/** By method (APPNOTE 4.4.5). */
const CODECS: ReadonlyMap<number, Codec> = new Map<number, Codec>([
  [8, (feed) => inflate(feed)],
  [9, inflate64],
  [12, bzip2],
  [20, zstd],
  [93, zstd],
  [95, xz],
]);
/** Encrypted, patched, strongly encrypted, with a masked directory (4.4.4). */
const SEALED = 1 | 0x20 | 0x40 | 0x2000;
const LZMA_HAS_MARK = 2;
const KIND = 0xf000;
const LINK = 0xa000;
const PLAIN: readonly number[] = [0, 0x8000, 0x4000];
const LONGEST_TARGET = 4096;
const LONGEST_MARK = 100;
const PIECE = 1 << 20;

/** Unpacks a member and has it read. What it says of itself is compared with what it is. */
export async function readContent(part: Part, member: Member, torch: TorchArchive): Promise<void> {
  const { name, header, at, from, to, end } = member;
  const { coverage } = part;
  const range = { start: at, end };
  for (const report of nameReports(name)) part.report({ ...report, range });
  coverage.claim('parsed', at, from);
  coverage.claim('parsed', to, end);
  if ((header.flags & SEALED) !== 0)
    part.report({ rule: ZIP_RULES.flags.id, message: `${shown(name)} says that it is encrypted`, range });
  const content = await unpacked(part, member);
  if (content === undefined) return;
  const kind = torch.kindOf(name);
  coverage.claim(kind === 'raw' ? 'data' : 'parsed', from, to);
  if (content.checked && (await sumOf(part, content.source)) !== header.crc)
    part.report({ rule: ZIP_RULES.checksum.id, message: `${shown(name)} has the wrong checksum`, range });
  if ((member.mode & KIND) === LINK) return readLink(part, member, content.source);
  if (!PLAIN.includes(member.mode & KIND))
    part.report({
      rule: MEMBER_RULES.link.id,
      severity: 'low',
      message: `${shown(name)} is a device or a pipe, for who goes by its mode`,
      range,
    });
  if (content.source.size === 0 && name.endsWith('/')) return;
  if (typeof kind === 'object') {
    const small = content.source.size <= LONGEST_MARK;
    if (small && kind.mark.test(Buffer.from(content.source.read(0, LONGEST_MARK)).toString('latin1'))) return;
    return part.inside(name, content.source);
  }
  return part.inside(name, content.source, kind);
}

interface Content {
  readonly source: Source;
  /** Whether it is whole, so that its checksum says something. */
  readonly checked: boolean;
}

/** Undefined where it is compressed in a way that is not read. */
async function unpacked(part: Part, member: Member): Promise<Content | undefined> {
  const { name, header, from, to } = member;
  const range = { start: from, end: to };
  const broken = (why: string) =>
    part.report({ rule: ZIP_RULES.corrupt.id, message: `${shown(name)} ${why}`, range });
  if (header.method === STORED) {
    if (header.packed !== header.size)
      broken(`is stored, yet says that it unpacks to ${header.size} bytes from ${header.packed}`);
    const source = new Slice(part.source, from, to);
    return { source, checked: source.size === header.size };
  }
  const codec = header.method === LZMA ? lzmaOf(member) : CODECS.get(header.method);
  if (codec === undefined) {
    part.report({
      rule: ZIP_RULES.method.id,
      message: `${shown(name)} is compressed by method ${header.method}, which is not read`,
      range,
    });
    part.coverage.claim('unread', from, to, `it is compressed by method ${header.method}`);
    return;
  }
  const { source, whole, end, fault } = await unpackWith(part, codec, part.source, from, to);
  if (fault instanceof Unsupported)
    part.report({ rule: ZIP_RULES.method.id, message: `${shown(name)} ${fault.message}`, range });
  else if (fault !== undefined) broken(fault.message);
  else if (whole && end < to) broken(`has ${to - end} bytes behind its compressed data`);
  else if (whole && source.size !== header.size)
    broken(`says that it unpacks to ${header.size} bytes; it unpacks to ${source.size}`);
  if (fault !== undefined || !whole) part.coverage.claim('unread', end, to, 'it could not be unpacked whole');
  if (fault === undefined && whole && end < to)
    await part.inside(`${name} (behind its compressed data)`, new Slice(part.source, end, to));
  return { source, checked: fault === undefined && whole };
}

const lzmaOf =
  ({ header }: Member): Codec =>
  (feed: Feed) =>
    lzmaInZip(feed, (header.flags & LZMA_HAS_MARK) !== 0 ? undefined : header.size);

async function sumOf(part: Part, source: Source): Promise<number> {
  const piece = new Uint8Array(Math.min(source.size, PIECE));
  let sum = 0;
  for (let at = 0; at < source.size; at += PIECE) {
    const rest = part.pause();
    if (rest) await rest;
    sum = crc32(piece.subarray(0, fill(source, at, piece)), sum);
  }
  return sum;
}

function readLink(part: Part, { name, at, end }: Member, content: Source): void {
  const target = Buffer.from(content.read(0, LONGEST_TARGET)).toString();
  part.report({ ...linkReport(name, target), range: { start: at, end } });
}
