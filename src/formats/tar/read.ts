import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { folded, linkReport, nameReports } from '../member-names.ts';
import { Slice } from '../source.ts';
import { BLOCK, type Header, isEmpty, readHeader, readRecords, text } from './header.ts';
import { TAR_RULES } from './rules.ts';
import { isTorchTar, readStream } from './torch.ts';

/** No library writes as many members. */
const MOST = 100_000;
/** No honest header has longer names or more records. */
const LONGEST = 1 << 20;
/** From here on the size has to be said elsewhere than in octal digits. */
const OCTAL = 8 ** 11;

/** What headers before a member's own say of it: GNU's long names, POSIX's records. */
interface Extended {
  readonly name?: string | undefined;
  readonly link?: string | undefined;
  readonly size?: number | undefined;
  readonly sparse?: boolean;
}

interface Member {
  readonly name: string;
  readonly header: Header;
  readonly start: number;
  readonly end: number;
}

/** Reads header after header, as Python does; what other programs would make of it besides is read as well. */
export async function readTar(part: Part): Promise<void> {
  const { source } = part;
  const members: Member[] = [];
  let at = 0;
  let global: Extended = {};
  let extended: Extended = {};
  for (;;) {
    const rest = part.pause();
    if (rest) await rest;
    if (at >= source.size) break;
    if (isEmpty(source.read(at, BLOCK))) {
      await readBehind(part, at);
      break;
    }
    const header = readHeader(source, at);
    if (header === undefined || members.length === MOST) {
      await readBroken(part, at, header !== undefined);
      break;
    }
    const start = at + BLOCK;
    part.coverage.claim('parsed', at, start);
    if ('LKxgX'.includes(header.kind)) {
      const said = readExtended(part, header, start);
      if (header.kind === 'g') global = { ...global, ...said };
      else extended = { ...extended, ...said };
      at = start + padded(header.size);
      continue;
    }
    const member = memberOf(part, header, start, { ...global, ...extended });
    extended = {};
    members.push(member);
    at = Math.max(start, member.start + padded(member.end - member.start));
    part.coverage.claim('parsed', member.end, at);
    if (member.end > source.size) broken(part, at, `${shown(member.name)} ends behind the file`);
  }
  reportDuplicates(part, members);
  const torch = isTorchTar(members.map(({ name }) => name));
  for (const member of members) await readMember(part, member, torch);
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;

/** Kinds without content, whatever their size says. */
const EMPTY = '123456';

function memberOf(part: Part, header: Header, start: number, extended: Extended): Member {
  const name = extended.name ?? (header.prefix === '' ? header.name : `${header.prefix}/${header.name}`);
  const size = extended.size ?? header.size;
  const differs = (message: string) =>
    part.report({
      rule: TAR_RULES.disagreement.id,
      message: `${shown(name)} ${message}`,
      range: { start: start - BLOCK, end: start },
    });
  if (extended.size !== undefined && extended.size !== header.size && (header.size !== 0 || size < OCTAL))
    differs(`has ${header.size} bytes by its header and ${extended.size} by the one before it`);
  if (EMPTY.includes(header.kind) && size > 0)
    differs(`is a link, a folder or a device, and says that it has ${size} bytes`);
  if (header.kind === 'S' || extended.sparse === true) special(part, name, 'is a file with holes', start);
  // Holes are told in further blocks, each of which says whether there is another.
  let from = start;
  for (let more = header.continued; more && from < part.source.size; from += BLOCK)
    more = part.source.read(from + 504, 1)[0] === 1;
  return {
    name,
    header: { ...header, link: extended.link ?? header.link },
    start: from,
    end: from + (EMPTY.includes(header.kind) ? 0 : size),
  };
}

async function readMember(part: Part, { name, header, start, end }: Member, torch: boolean): Promise<void> {
  const { source } = part;
  const range = { start: start - BLOCK, end };
  for (const report of nameReports(name)) part.report({ ...report, range });
  const { kind, link, size } = header;
  if (kind === '1' || kind === '2')
    part.report({ ...linkReport(name, link, kind === '1' ? 'hard' : 'symbolic'), range });
  else if ('346'.includes(kind)) special(part, name, 'is a device or a pipe', start);
  else if (!'057S'.includes(kind)) special(part, name, `is of the kind ${shown(kind)}`, start);
  part.coverage.claim('parsed', start, end);
  if (end > start) {
    const content = new Slice(source, start, end);
    if (torch && (await readStream(part, name, content))) return;
    await part.inside(name, content);
  }
  // Where the header alone is believed, or its size although it is a link, the next member is elsewhere.
  const other = start + padded(size);
  if (size !== end - start && other > start && other < source.size && readHeader(source, other) !== undefined)
    await part.inside(`${name} (and on, by its own header)`, new Slice(source, start, source.size));
}

function readExtended(part: Part, { kind, size }: Header, start: number): Extended {
  const { source, coverage } = part;
  if (size > LONGEST || start + size > source.size) {
    broken(part, start, `an extended header says that it has ${size} bytes`);
    return {};
  }
  coverage.claim('parsed', start, start + padded(size));
  const bytes = Buffer.from(source.read(start, size));
  if (kind === 'L') return { name: text(bytes) };
  if (kind === 'K') return { link: text(bytes) };
  const records = readRecords(bytes);
  if (records === undefined) {
    broken(part, start, 'an extended header is not made of records');
    return {};
  }
  const told = records.get('size');
  return {
    ...(records.has('path') && { name: records.get('path') }),
    ...(records.has('linkpath') && { link: records.get('linkpath') }),
    ...(told !== undefined && /^\d{1,15}$/.test(told) && { size: Number(told) }),
    ...([...records.keys()].some((key) => key.startsWith('GNU.sparse.')) && { sparse: true }),
  };
}

/** Zeros to the end are as it should be. */
async function readBehind(part: Part, from: number): Promise<void> {
  const { source, coverage } = part;
  for (let at = from; at < source.size; at += 128 * BLOCK) {
    const rest = part.pause();
    if (rest) await rest;
    const bytes = source.read(at, 128 * BLOCK);
    const i = bytes.findIndex((byte) => byte !== 0);
    if (i < 0) continue;
    const start = at + i - ((at + i) % BLOCK);
    part.report({
      rule: TAR_RULES.trailing.id,
      message: `behind the end of the archive there are ${source.size - start} bytes`,
      range: { start, end: source.size },
    });
    coverage.claim('parsed', from, source.size);
    return part.inside('(behind the end)', new Slice(source, start, source.size));
  }
  coverage.claim('parsed', from, source.size);
}

/** The next header that is one, if any, begins what other programs find. */
async function readBroken(part: Part, from: number, many: boolean): Promise<void> {
  const { source, coverage } = part;
  if (many) {
    part.report({ rule: TAR_RULES.many.id, message: `there are more than ${MOST} members` });
    coverage.claim('unread', from, source.size, 'there are too many members');
    return;
  }
  broken(part, from, 'there is no header where one should be');
  coverage.claim('unread', from, source.size, 'there is no header where one should be');
  for (let at = from + BLOCK; at < source.size; at += BLOCK) {
    const rest = at % (512 * BLOCK) === 0 ? part.pause() : undefined;
    if (rest) await rest;
    if (readHeader(source, at) === undefined) continue;
    await part.inside(`(bytes ${from} to ${at})`, new Slice(source, from, at));
    await part.inside(`(behind byte ${at})`, new Slice(source, at, source.size));
    coverage.claim('parsed', from, source.size);
    return;
  }
  await part.inside(`(behind byte ${from})`, new Slice(source, from, source.size));
}

const broken = (part: Part, at: number, message: string) =>
  part.report({ rule: TAR_RULES.corrupt.id, message, range: { start: at, end: part.source.size } });

const special = (part: Part, name: string, what: string, start: number) =>
  part.report({
    rule: TAR_RULES.special.id,
    message: `${shown(name)} ${what}`,
    range: { start: start - BLOCK, end: start },
  });

function reportDuplicates(part: Part, members: readonly Member[]): void {
  const seen = new Set<string>();
  for (const { name, header, start } of members) {
    if (header.kind === '5') continue;
    const like = folded(name).replace(/^(?:\.\/)+/, '');
    if (seen.has(like))
      part.report({
        rule: TAR_RULES.duplicate.id,
        message: `there are two members called ${shown(name)}`,
        range: { start: start - BLOCK, end: start },
      });
    seen.add(like);
  }
}
