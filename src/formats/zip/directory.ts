import type { Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { CENTRAL, type Directory, END, type End, type Entry, readEnd, readEntry } from './records.ts';
import { ZIP_RULES } from './rules.ts';

/** Programs look for the end record in the last so many bytes: it may be followed by a comment. */
const TAIL = 22 + 0xffff;
/** A file with more ends than these is hostile enough. */
const MOST_ENDS = 8;
/** No library writes as many members, nor as large a directory. */
const MOST = 100_000;
const LARGEST = 64 << 20;

/** A directory as one kind of program sees it. */
export interface View {
  readonly start: number;
  readonly end: number;
  /** What to add to offsets: bytes before the archive that it does not know of. */
  readonly base: number;
  readonly entries: readonly Entry[];
}

/** Every end record in the tail that leads to a directory, the last first: that is the one that most programs take. */
export function findEnds(source: Source): readonly End[] {
  const from = Math.max(0, source.size - TAIL);
  const tail = Buffer.from(source.read(from, TAIL));
  const ends: End[] = [];
  const signature = Buffer.from([END & 255, (END >> 8) & 255, (END >> 16) & 255, END >>> 24]);
  for (let i = tail.lastIndexOf(signature); i >= 0 && ends.length < MOST_ENDS; ) {
    const end = readEnd(source, from + i);
    if (end !== undefined && places(source, end).length > 0) ends.push(end);
    if (i === 0) break;
    i = tail.lastIndexOf(signature, i - 1);
  }
  return ends;
}

interface Place extends Directory {
  readonly start: number;
}

/** Where a directory may begin: where it is said to, and right before the end record, as Python takes it. */
function places(source: Source, end: End): readonly Place[] {
  const found = new Map<number, Place>();
  for (const says of end.says) {
    for (const start of [says.offset, says.before - says.size]) {
      // PyTorch takes one behind the record, in its comment, as well.
      if (!(start >= 0 && start <= source.size) || found.has(start)) continue;
      const empty = says.count === 0 && says.size === 0 && start === says.before;
      if (empty || (start + 4 <= source.size && new Cursor(source, 'directory', start).u32() === CENTRAL))
        found.set(start, { ...says, start });
    }
  }
  return [...found.values()];
}

/**
 * Whether the end of a file says that it is a zip file: a directory with offsets from the file's beginning, or a record
 * that ends just where the file does. A zip file that is merely the last thing within another file is neither.
 */
export const endsAsZip = (source: Source): boolean =>
  findEnds(source).some(
    (end) =>
      end.end === source.size ||
      places(source, end).some(({ start, offset, count }) => start === offset && count > 0),
  );

/** Reads every directory that an end record may mean. What they disagree in is reported. */
export async function readViews(part: Part, end: End): Promise<readonly View[]> {
  const found = places(part.source, end);
  const range = { start: end.start, end: end.at + 22 };
  const wrong = (message: string) => part.report({ rule: ZIP_RULES.directory.id, message, range });
  if (end.disks) wrong('it says that it is one of several disks');
  if (end.torn) wrong('the end record and its 64-bit form do not say the same');
  if (found.length > 1)
    wrong(`it has ${found.length} directories: at bytes ${found.map(({ start }) => start).join(' and ')}`);
  if (found.some(({ start }) => start > end.at)) wrong('a directory stands behind its end record');
  part.coverage.claim('parsed', end.start, end.at + 22);
  const views: View[] = [];
  for (const place of found) {
    const view = await readView(part, place, end);
    views.push(view);
    const counted = view.entries.length;
    if (counted !== place.count && counted < MOST)
      wrong(`the end record says ${place.count} members, the directory has ${counted}`);
    else if (view.end - view.start !== place.size && counted < MOST)
      wrong(
        `the end record says that the directory has ${place.size} bytes; it has ${view.end - view.start}`,
      );
  }
  return views;
}

/** As long as there are entries: neither the count nor the size that is said bounds what is read. */
async function readView(part: Part, { start, offset, before }: Place, end: End): Promise<View> {
  const { source, coverage } = part;
  const entries: Entry[] = [];
  const last = start > end.at ? source.size : Math.min(before, end.at);
  const cursor = new Cursor(source, 'directory', start, last);
  let at = start;
  try {
    for (;;) {
      if (entries.length % 1000 === 999) {
        const rest = part.pause();
        if (rest) await rest;
      }
      if (entries.length === MOST || at - start > LARGEST) {
        part.report({
          rule: ZIP_RULES.many.id,
          message: `the directory has more than ${entries.length} members`,
          range: { start: at, end: last },
        });
        coverage.claim('unread', at, last, 'there are too many members');
        break;
      }
      const entry = readEntry(cursor);
      if (entry === undefined) break;
      entries.push(entry);
      at = entry.end;
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    part.report({
      rule: ZIP_RULES.directory.id,
      message: `the directory breaks off at byte ${error.at}: ${error.message}`,
      range: { start: at, end: last },
    });
  }
  coverage.claim('parsed', start, at);
  return { start, end: at, base: start - offset, entries };
}
