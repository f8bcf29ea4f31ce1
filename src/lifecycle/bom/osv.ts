import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { OsvIndex } from '../../bom/osv.ts';
import type { Required } from '../../bom/required.ts';
import type { Format } from '../../formats/format.ts';
import { zip } from '../../formats/zip/index.ts';
import { BOUNDS } from '../scan/bounds.ts';
import { scanFile } from '../scan/scanner.ts';
import { FileSource } from '../scan/unpacked.ts';
import { walk } from '../scan/walk.ts';

/** Bytes of one advisory; the longest list all versions of large packages. */
const LONGEST = 16 << 20;
/** More than all ecosystems together have. */
const MOST_ADVISORIES = 2_000_000;
/** Milliseconds; the largest takes some seconds. */
const TIME = 1_800_000;

/** A database of advisories, as far as it was asked for. */
export interface OsvDatabase {
  readonly index: OsvIndex;
  /** What is in it and was not read, and why; no more than some. */
  readonly unread: readonly string[];
}

/** So many are named. */
const MOST_UNREAD = 20;

/**
 * Reads a database of advisories in the format of OSV: a folder of JSON files, or the zip of an ecosystem. All of it is
 * read; only what is about the wanted is kept, so that the size of the database does not matter.
 */
export async function readOsv(
  path: string,
  cwd: string,
  wanted: Iterable<Pick<Required, 'ecosystem' | 'name'>>,
  signal?: AbortSignal,
): Promise<OsvDatabase> {
  const index = new OsvIndex(wanted);
  const unread: string[] = [];
  const readers = {
    formats: [zip, advisories(index)],
    calls: { lookUp: () => ({ verdict: 'unknown', why: '' }) as const },
  };
  for (const { file, path: name, broken } of (await walk([path], cwd)).targets) {
    if (!/\.(?:json|zip)$/i.test(name)) continue;
    signal?.throwIfAborted();
    if (broken !== undefined) unread.push(`${name}: ${broken}`);
    else for (const why of await readOne(name, file, readers)) unread.push(why);
  }
  const more = unread.length - MOST_UNREAD;
  return { index, unread: more > 0 ? [...unread.slice(0, MOST_UNREAD), `and ${more} more`] : unread };
}

async function readOne(
  name: string,
  file: string,
  readers: Parameters<typeof scanFile>[2],
): Promise<string[]> {
  // A pipe there would let us wait for ever.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) return [`${name}: it is no file`];
    const bounds = { ...BOUNDS, parts: MOST_ADVISORIES, time: TIME };
    const { parts } = await scanFile(name, new FileSource(fd, found.size), readers, bounds);
    return parts
      .filter(({ path, formats }) => path.length === 1 || !formats.includes('zip'))
      .flatMap(({ path, ranges }) => {
        const gap = ranges.find(({ as }) => as === 'unread');
        return gap === undefined ? [] : [`${path.join('!')}: ${gap.why ?? 'it is no advisory'}`];
      });
  } finally {
    closeSync(fd);
  }
}

/** The scanner reads archives with all their bounds; what is inside them is added here. */
const advisories = (index: OsvIndex): Format => ({
  name: 'osv',
  title: 'OSV advisory',
  rules: [],
  looks: (source) => (source.size <= LONGEST && isObject(source.read(0, 64)) ? 'sure' : false),
  async read({ source, coverage }) {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder().decode(source.read(0, source.size)));
    } catch {
      // Said as what it is: not read.
      return;
    }
    if (index.add(value)) coverage.claim('parsed', 0, source.size);
  },
  proof: { catches: [], passes: [] },
});

const isObject = (beginning: Uint8Array): boolean =>
  /^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(Buffer.from(beginning).toString('latin1'));
