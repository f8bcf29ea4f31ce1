import { type Range, shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { Slice, type Source } from '../source.ts';
import { type Member, memberAt } from './member.ts';
import { LOCAL, readLocal } from './records.ts';
import { ZIP_RULES } from './rules.ts';

const WINDOW = 1 << 16;
const SIGNATURE = Buffer.from([LOCAL & 255, (LOCAL >> 8) & 255, (LOCAL >> 16) & 255, LOCAL >>> 24]);
/** More are not looked at. */
const MOST = 10_000;
/** Members without sizes in their headers end where the next begins. */
const SIZES_LATER = 8;

/** Members that the directory does not name, and bytes that are none. @returns the members */
export async function readGap(part: Part, gap: Range): Promise<readonly Member[]> {
  const { source } = part;
  const hidden: Member[] = [];
  let plain = gap.start;
  for (let at = gap.start; at < gap.end; ) {
    const found = await findMember(part, at, gap.end);
    const header = found === undefined ? undefined : readLocal(source, found);
    if (found === undefined) break;
    if (header === undefined || header.end > gap.end) {
      at = found + 4;
      continue;
    }
    if (hidden.length === MOST) {
      part.report({
        rule: ZIP_RULES.many.id,
        message: `there are more than ${MOST} members without the directory`,
      });
      part.coverage.claim('unread', found, gap.end, 'there are too many members');
      return hidden;
    }
    await readPlain(part, { start: plain, end: found });
    const open = (header.flags & SIZES_LATER) !== 0 && header.packed === 0;
    const next = open ? await findMember(part, header.end, gap.end) : undefined;
    const packed = open ? (next ?? gap.end) - header.end : header.packed;
    const member = memberAt(source, found, header.end, { ...header, packed });
    part.report({
      rule: ZIP_RULES.hidden.id,
      message: `${shown(member.name)} is not in the directory`,
      range: { start: found, end: member.end },
    });
    hidden.push(member);
    at = member.end;
    plain = at;
  }
  await readPlain(part, { start: plain, end: gap.end });
  return hidden;
}

/** Where the next header of a member seems to be. */
async function findMember(part: Part, from: number, end: number): Promise<number | undefined> {
  for (let at = from; at < end; at += WINDOW - 3) {
    const rest = part.pause();
    if (rest) await rest;
    const bytes = part.source.read(at, Math.min(WINDOW, end - at));
    const i = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(SIGNATURE);
    if (i >= 0) return at + i;
  }
}

/** Zeros are padding; anything else is read as a file of its own. */
async function readPlain(part: Part, { start, end }: Range): Promise<void> {
  const { source, coverage } = part;
  coverage.claim('parsed', start, end);
  if (start >= end || (await isEmpty(part, start, end))) return;
  const place = start === 0 ? 'before' : end === source.size ? 'behind' : 'between';
  // A model of TensorFlow Lite has its metadata behind it, as an archive.
  const isExpected = start === 0 && Buffer.from(source.read(4, 4)).toString('latin1') === 'TFL3';
  if (!isExpected)
    part.report({
      rule: ZIP_RULES.gap.id,
      message: `${end - start} bytes ${place} the members belong to none; they begin with ${shown(source.read(start, 16), 16)}`,
      range: { start, end },
    });
  await part.inside(`(bytes ${start} to ${end}, ${place} the members)`, new Slice(source, start, end));
}

async function isEmpty(part: Part, start: number, end: number): Promise<boolean> {
  const { source }: { source: Source } = part;
  for (let at = start; at < end; at += WINDOW) {
    const rest = part.pause();
    if (rest) await rest;
    if (source.read(at, Math.min(WINDOW, end - at)).some((byte) => byte !== 0)) return false;
  }
  return true;
}
