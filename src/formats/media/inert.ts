import { shown } from '../../findings/finding.ts';
import { isZero } from '../extents.ts';
import type { Format, Likeness, Part, Sample } from '../format.ts';
import { Malformed, Slice, type Source } from '../source.ts';
import { MEDIA_RULES } from './rules.ts';

export interface Inert {
  readonly name: string;
  readonly title: string;
  /** See `Format`. */
  readonly firstBytes?: string;
  readonly looks: (source: Source, name: string) => Likeness;
  /** Walks over it and says where it ends. Throws `Malformed` where its parts do not fit into it. */
  readonly walk: (part: Part) => Promise<number> | number;
  /** It says nothing of its length: nothing is behind its end. */
  readonly endless?: true;
  readonly catches?: readonly Sample[];
  readonly passes: readonly Sample[];
}

const APPENDED = Buffer.from('\x80\x02something appended', 'latin1');
/** Bytes in which nothing can hide: the shortest pickle that calls something takes more. */
const CRUMB = 16;

/**
 * A format of pictures, sounds or tables, whose content runs nowhere: it is data up to its end, and what is behind
 * the end is read for what it is, and told of.
 */
export function inert({
  name,
  title,
  firstBytes,
  looks,
  walk,
  endless,
  catches = [],
  passes,
}: Inert): Format {
  const [first] = passes;
  return {
    name,
    title,
    rules: Object.values(MEDIA_RULES),
    ...(firstBytes !== undefined && { firstBytes }),
    looks,
    async read(part) {
      const { source, coverage } = part;
      const end = await ended(part, walk);
      coverage.claim('data', 0, end);
      if (end < source.size) await behind(part, end);
    },
    proof: {
      catches: [
        ...(endless === true || first === undefined
          ? []
          : [
              {
                name: 'something appended',
                bytes: () => Buffer.concat([first.bytes(), APPENDED]),
                rules: [MEDIA_RULES.trailing.id],
              },
            ]),
        ...catches,
      ],
      passes,
    },
  };
}

/** Pictures that were cut off show as far as they go; whatever follows the break was not read. */
async function ended(part: Part, walk: Inert['walk']): Promise<number> {
  const { source, coverage } = part;
  try {
    return Math.min(await walk(part), source.size);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    part.report({
      rule: MEDIA_RULES.broken.id,
      message: `at byte ${error.at} ${error.message}`,
      range: { start: error.at, end: source.size },
    });
    coverage.claim('data', 0, error.at);
    coverage.claim('unread', error.at, source.size, 'it is behind a break');
    if (error.at > 0 && error.at < source.size)
      await part.inside('(behind a break)', new Slice(source, error.at, source.size));
    return source.size;
  }
}

async function behind({ source, coverage, report, inside }: Part, end: number): Promise<void> {
  const range = { start: end, end: source.size };
  const length = source.size - end;
  const isBlank = length <= CRUMB && /^\s*$/.test(Buffer.from(source.read(end, length)).toString('latin1'));
  if (isBlank || isZero(source, range)) {
    coverage.claim('parsed', end, source.size);
    return;
  }
  report({
    rule: MEDIA_RULES.trailing.id,
    message: `${length} bytes are behind its end; they begin with ${shown(source.read(end, 16), 16)}`,
    range,
    ...(length <= CRUMB && { severity: 'low' }),
  });
  if (length <= CRUMB) coverage.claim('parsed', end, source.size);
  else {
    coverage.claim('unread', end, source.size, 'it is behind the end');
    await inside('(behind the end)', new Slice(source, end, source.size));
  }
}

export function begins(source: Source, magic: string, at = 0): boolean {
  const bytes = source.read(at, magic.length);
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** A sample of bytes given by numbers and Latin-1 texts. */
export const sample = (name: string, ...pieces: readonly (string | readonly number[])[]): Sample => ({
  name,
  bytes: () =>
    Buffer.concat(
      pieces.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : Buffer.from(one))),
    ),
});

export const PAUSE = 4096;
