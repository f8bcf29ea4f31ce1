import { shown } from '../../findings/finding.ts';
import { isZero } from '../extents.ts';
import type { Format, Likeness, Part, Sample } from '../format.ts';
import { Slice, type Source } from '../source.ts';
import { MEDIA_RULES } from './rules.ts';

export interface Inert {
  readonly name: string;
  readonly title: string;
  readonly looks: (source: Source, name: string) => Likeness;
  /** Walks over it and says where it ends. Throws `Malformed` where its parts do not fit into it. */
  readonly walk: (part: Part) => Promise<number> | number;
  /** It says nothing of its length: nothing is behind its end. */
  readonly endless?: true;
  readonly catches?: readonly Sample[];
  readonly passes: readonly Sample[];
}

const APPENDED = Buffer.from('\x80\x02appended', 'latin1');

/**
 * A format of pictures, sounds or tables, whose content runs nowhere: it is data up to its end, and what is behind
 * the end is read for what it is, and told of.
 */
export function inert({ name, title, looks, walk, endless, catches = [], passes }: Inert): Format {
  const [first] = passes;
  return {
    name,
    title,
    rules: Object.values(MEDIA_RULES),
    looks,
    async read(part) {
      const { source, coverage } = part;
      const end = Math.min(await walk(part), source.size);
      coverage.claim('data', 0, end);
      if (end >= source.size) return;
      if (isZero(source, { start: end, end: source.size })) {
        coverage.claim('parsed', end, source.size);
        return;
      }
      part.report({
        rule: MEDIA_RULES.trailing.id,
        message: `${source.size - end} bytes are behind its end; they begin with ${shown(source.read(end, 16), 16)}`,
        range: { start: end, end: source.size },
      });
      coverage.claim('unread', end, source.size, 'it is behind the end');
      await part.inside('(behind the end)', new Slice(source, end, source.size));
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

export const begins = (source: Source, magic: string, at = 0): boolean =>
  Buffer.from(source.read(at, magic.length)).toString('latin1') === magic;

/** A sample of bytes given by numbers and Latin-1 texts. */
export const sample = (name: string, ...pieces: readonly (string | readonly number[])[]): Sample => ({
  name,
  bytes: () =>
    Buffer.concat(
      pieces.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : Buffer.from(one))),
    ),
});

export const PAUSE = 4096;
