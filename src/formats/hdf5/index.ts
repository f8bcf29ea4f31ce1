import { extentsOf, isZero } from '../extents.ts';
import type { Format, Part } from '../format.ts';
import { Malformed, Slice } from '../source.ts';
import { H5 } from './file.ts';
import { globalHeap, type HeapObject } from './heaps.ts';
import { HDF5_RULES as RULES } from './rules.ts';
import { CATCHES, PASSES } from './samples.ts';
import { beginning, readSuperblock } from './superblock.ts';
import { Hdf5Walk } from './walk.ts';

/** Stretches between structures that are looked at; more are nothing that HDF5 makes. */
const MOST_GAPS = 100_000;
/** Shorter ones are padding, whatever is in them. */
const SHORT = 32;

/** HDF5: Keras models and weights, PyTables, and whatever else keeps arrays in it. */
export const hdf5: Format = {
  name: 'hdf5',
  title: 'HDF5',
  rules: Object.values(RULES),
  looks: (source) => beginning(source) !== undefined && 'sure',
  read,
  proof: { catches: CATCHES, passes: PASSES },
};

async function read(part: Part): Promise<void> {
  const { source } = part;
  const start = beginning(source) ?? 0;
  const h5 = new H5(part);
  if (start > 0) await userBlock(part, start);
  const { root, extension, end } = readSuperblock(h5, start);
  const walk = new Hdf5Walk(h5);
  await walk.run(root);
  if (extension !== undefined) await walk.run(extension);
  part.note({ groups: walk.groups, datasets: walk.datasets });
  const last = Math.min(source.size, end);
  await between(h5, walk, start, last);
  if (last < source.size) await behind(part, last);
  if (end > source.size) throw new Malformed('it ends too early', source.size);
}

/** A block of the user's before the file: MATLAB writes its name there. */
async function userBlock(part: Part, end: number): Promise<void> {
  const { source, coverage } = part;
  coverage.claim('parsed', 0, end);
  const text = Buffer.from(source.read(0, Math.min(end, 1 << 16))).toString('latin1');
  if (/^MATLAB [\d.]{1,8} MAT-file[\x20-\x7e]{0,200}[\0 ]*[\x02\0]{0,2}(?:IM|MI)?\0*$/.test(text)) return;
  if (isZero(source, { start: 0, end })) return;
  const used = text.replace(/\0+$/, '').length;
  await part.inside('(user block)', new Slice(source, 0, end > 1 << 16 ? end : used));
}

async function between(h5: H5, walk: Hdf5Walk, start: number, end: number): Promise<void> {
  const { part } = h5;
  const { source, coverage } = part;
  for (const gap of extentsOf(h5.ends, start, end, MOST_GAPS).gaps) {
    const rest = h5.step();
    if (rest) await rest;
    let at = gap.start;
    // Heaps of texts that only packed data refers to.
    for (let heap = heapIn(source, at, gap.end); heap < gap.end; heap = heapIn(source, at, gap.end)) {
      if (heap > at) await leftOver(walk, part, at, heap);
      const objects = await heapObjects(h5, heap);
      at = objects === undefined ? heap + SHORT : Math.max(heap + 16, h5.ends.at(-1) ?? 0);
      if (objects === undefined) coverage.claim('data', heap, Math.min(at, gap.end));
      else await walk.values.unreferred(objects);
      const pause = part.pause();
      if (pause) await pause;
    }
    if (at < gap.end) await leftOver(walk, part, at, gap.end);
  }
}

async function leftOver(
  walk: Hdf5Walk,
  { source, coverage }: Part,
  start: number,
  end: number,
): Promise<void> {
  if (end - start < SHORT || isZero(source, { start, end })) coverage.claim('data', start, end);
  else await walk.unreached(start, end);
}

const PIECE = 1 << 20;
const HEAP = Buffer.from('GCOL\x01\0\0\0', 'latin1');

/** Where a heap begins, or the end where none does. */
function heapIn(source: Part['source'], start: number, end: number): number {
  for (let at = start; at + HEAP.length <= end; at += PIECE - HEAP.length) {
    const found = Buffer.from(source.read(at, Math.min(PIECE, end - at))).indexOf(HEAP);
    if (found >= 0) return at + found;
  }
  return end;
}

/** What is left of a heap that was deleted may be none. */
async function heapObjects(h5: H5, at: number): Promise<readonly HeapObject[] | undefined> {
  try {
    return await globalHeap(h5, at);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

async function behind(part: Part, at: number): Promise<void> {
  const { source, coverage } = part;
  const range = { start: at, end: source.size };
  coverage.claim('parsed', at, source.size);
  if (isZero(source, range)) return;
  part.report({
    rule: RULES.appended.id,
    message: `it says that it ends at byte ${at}, and goes on for ${source.size - at} bytes`,
    range,
  });
  await part.inside('(behind the end)', new Slice(source, at, source.size));
}
