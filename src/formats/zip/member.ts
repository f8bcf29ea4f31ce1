import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import type { Source } from '../source.ts';
import { descriptorEnd, type Entry, type Header, readLocal, textOf } from './records.ts';
import { ZIP_RULES } from './rules.ts';

/** A member as it is to be read. */
export interface Member {
  readonly name: string;
  /** By the directory, or where that does not name it, by its own header. */
  readonly header: Header;
  readonly mode: number;
  /** Its own header, its data, and behind its descriptor. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

const SIZES_LATER = 8;
/** How hard it was compressed, when its sizes are said, and how its name is written may differ. */
const MATTERS = ~(2 | 4 | SIZES_LATER | 0x800);
const FULL32 = 0xffffffff;

/** The member that an entry of the directory leads to; a second reading where its own header says another. */
export function locate(part: Part, entry: Entry, base: number): readonly Member[] {
  const { source } = part;
  const at = entry.offset + base;
  const name = textOf(entry.name);
  const local = readLocal(source, at);
  if (local === undefined) {
    part.report({
      rule: ZIP_RULES.directory.id,
      message: `the directory leads to byte ${at} for ${shown(name)}, where no member is`,
    });
    return [];
  }
  const member = memberAt(source, at, local.end, entry, name, entry.mode);
  if (local.end + entry.packed > source.size)
    part.report({
      rule: ZIP_RULES.corrupt.id,
      message: `${shown(name)} ends behind the file`,
      range: { start: at, end: source.size },
    });
  const differ = differences(entry, local);
  if (later(entry, local) && member.end === member.to) differ.push('the descriptor behind it');
  if (differ.length === 0) return [member];
  part.report({
    rule: ZIP_RULES.disagreement.id,
    message: `the directory and its own header do not agree on ${shown(name)}: ${differ.join(', ')}`,
    range: { start: at, end: local.end },
    evidence: { directory: textOf(entry.name), header: textOf(local.name) },
  });
  const other =
    local.method !== entry.method || (local.packed !== entry.packed && !later(entry, local))
      ? [memberAt(source, at, local.end, local, `${name} (by its own header)`, entry.mode)]
      : [];
  return [member, ...other];
}

export function memberAt(
  source: Source,
  at: number,
  from: number,
  header: Header,
  name = textOf(header.name),
  mode = 0,
): Member {
  const to = Math.min(source.size, from + header.packed);
  const end = (header.flags & SIZES_LATER) !== 0 ? (descriptorEnd(source, to, header) ?? to) : to;
  return { name, header, mode, at, from, to, end };
}

/** Whether the sizes stand behind the member only. */
const later = (entry: Header, local: Header) =>
  ((entry.flags | local.flags) & SIZES_LATER) !== 0 && local.packed === 0 && entry.packed !== 0;

/** What the two headers of a member say differently. */
function differences(entry: Header, local: Header): string[] {
  const differ: string[] = [];
  if (entry.name !== local.name) differ.push(`name (${shown(textOf(local.name))})`);
  if (entry.method !== local.method) differ.push(`method (${entry.method} and ${local.method})`);
  if (((entry.flags ^ local.flags) & MATTERS) !== 0)
    differ.push(`flags (${entry.flags.toString(16)} and ${local.flags.toString(16)})`);
  for (const field of ['crc', 'packed', 'size'] as const) {
    const empty = local[field] === 0 || local[field] === FULL32;
    if (entry[field] !== local[field] && !((local.flags & SIZES_LATER) !== 0 && empty))
      differ.push(`${NAMES[field]} (${entry[field]} and ${local[field]})`);
  }
  for (const one of [entry, local]) {
    if (one.badExtra) differ.push('extra fields that do not fit');
    // Names that are not ASCII are written twice by honest programs: once as old ones read them.
    if (one.otherName !== undefined && one.otherName !== one.name && !/[\x80-\xff]/.test(one.name))
      differ.push(`name for Unicode (${shown(textOf(one.otherName))})`);
  }
  return differ;
}

const NAMES = { crc: 'checksum', packed: 'packed size', size: 'size' } as const;
