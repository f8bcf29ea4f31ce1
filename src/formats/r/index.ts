import { shown } from '../../findings/finding.ts';
import { isZero } from '../extents.ts';
import type { Format, Likeness, Part } from '../format.ts';
import { Malformed, Slice, type Source } from '../source.ts';
import { Objects } from './objects.ts';
import { R_RULES as RULES } from './rules.ts';
import { CATCHES, PASSES } from './samples.ts';
import { AsciiWire, BinaryWire, type Wire } from './wire.ts';

const WORKSPACE = /^RD([XAB])([23])\n/;
const OBJECT = /^([XAB])\n/;
const LONGEST_NAME = 64;
/** Where an object begins that is no workspace. */
const OBJECT_AT = 2;

interface Start {
  readonly way: string;
  readonly at: number;
}

/** How it is written, and where the first object begins. A workspace says its way twice. */
function startOf(source: Source): Start | undefined {
  const head = Buffer.from(source.read(0, 7)).toString('latin1');
  const before = WORKSPACE.exec(head) === null ? 0 : 5;
  const way = OBJECT.exec(head.slice(before))?.[1];
  return way === undefined ? undefined : { way, at: before + 2 };
}

const wireOf = (source: Source, { way, at }: Start): Wire =>
  way === 'A' ? new AsciiWire(source, at) : new BinaryWire(source, at, way === 'X');

/** Version of the way it is written, of R, and of the oldest R that reads it. */
function readVersion(wire: Wire): { readonly version: number; readonly r: string } {
  const version = wire.int();
  const writer = wire.int();
  const oldest = wire.int();
  if ((version !== 2 && version !== 3) || writer < 0x1_00_00 || writer > 0x10_00_00 || oldest < 0x1_00_00)
    throw new Malformed('it is of no version of R', wire.at);
  if (version === 3) wire.text(wire.int(), LONGEST_NAME);
  return { version, r: `${writer >> 16}.${(writer >> 8) & 0xff}.${writer & 0xff}` };
}

function looks(source: Source): Likeness {
  const start = startOf(source);
  if (start === undefined) return false;
  try {
    readVersion(wireOf(source, start));
    return 'sure';
  } catch {
    // A workspace that is broken is one all the same.
    return start.at > OBJECT_AT && 'sure';
  }
}

async function read(part: Part): Promise<void> {
  const { source, coverage } = part;
  const start = startOf(source);
  if (start === undefined) throw new Malformed('it is no R file', 0);
  const wire = wireOf(source, start);
  try {
    const { r } = readVersion(wire);
    const objects = new Objects(part, wire, start.at > OBJECT_AT);
    await objects.read();
    part.note({ writtenBy: `R ${r}` });
    coverage.claim('parsed', 0, wire.at);
    await behind(part, wire.at);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    part.report({
      rule: RULES.bounds.id,
      message: `at byte ${error.at} ${error.message}`,
      range: { start: error.at, end: source.size },
    });
    coverage.claim('parsed', 0, error.at);
    coverage.claim('unread', error.at, source.size, 'it is behind a break');
  }
}

async function behind({ source, coverage, report, inside }: Part, end: number): Promise<void> {
  const range = { start: end, end: source.size };
  const isBlank = source.size - end < 4 && /^\s*$/.test(Buffer.from(source.read(end, 4)).toString('latin1'));
  if (isBlank || isZero(source, range)) {
    coverage.claim('parsed', end, source.size);
    return;
  }
  report({
    rule: RULES.trailing.id,
    message: `${source.size - end} bytes are behind its end; they begin with ${shown(source.read(end, 16), 16)}`,
    range,
  });
  coverage.claim('unread', end, source.size, 'it is behind the end');
  await inside('(behind the end)', new Slice(source, end, source.size));
}

/** Objects and workspaces of R, as saveRDS and save write them; compressed ones come by way of gzip, bzip2 and xz. */
export const r: Format = {
  name: 'r',
  title: 'an R file',
  rules: Object.values(RULES),
  looks,
  read,
  proof: { catches: CATCHES, passes: PASSES },
};
