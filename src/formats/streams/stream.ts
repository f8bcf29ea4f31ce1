import { type Codec, Corrupt, Feed, Unsupported } from '../../codecs/feed.ts';
import { shown } from '../../findings/finding.ts';
import type { Format, Likeness, Part, Sample } from '../format.ts';
import { Malformed, Slice, type Source } from '../source.ts';
import { unpackWith } from '../unpacking.ts';
import { STREAM_RULES } from './rules.ts';

export interface Stream {
  readonly name: string;
  readonly title: string;
  readonly codec: Codec;
  /** See `Format`. */
  readonly firstBytes?: string;
  readonly looks: (source: Source) => Likeness;
  /** Endings of names that only say that something is packed: what is inside is called as it is without. */
  readonly endings: readonly string[];
  /** Bytes before the stream. */
  readonly header?: (source: Source) => number;
  readonly proof: { readonly catches: readonly Sample[]; readonly passes: readonly Sample[] };
}

/** A format that is one compressed stream around something else, whose content says what it is. */
export function stream({ name, title, codec, firstBytes, looks, endings, header, proof }: Stream): Format {
  return {
    name,
    title,
    rules: Object.values(STREAM_RULES),
    ...(firstBytes !== undefined && { firstBytes }),
    looks,
    proof,
    read: async (part) => {
      const { source, coverage } = part;
      const from = header?.(source) ?? 0;
      const { source: inner, whole, end, fault } = await unpackWith(part, codec, source, from);
      if (fault !== undefined && inner.size === 0 && !(fault instanceof Unsupported))
        throw new Malformed(`the stream ${fault.message}`, fault.at);
      coverage.claim('parsed', 0, end);
      if (fault !== undefined) breaks(part, fault);
      else if (!whole) coverage.claim('unread', end, source.size, 'unpacking it was stopped');
      else await behind(part, end);
      const packed = part.path.at(-1) ?? '';
      await part.inside(nameInside(packed, endings), inner, NUMBERS.test(packed) ? 'raw' : undefined);
    },
  };
}

function breaks(part: Part, fault: Corrupt): void {
  const { source, coverage } = part;
  const rule = fault instanceof Unsupported ? STREAM_RULES.unsupported : STREAM_RULES.corrupt;
  part.report({
    rule: rule.id,
    message: `the stream ${fault.message}, at byte ${fault.at} of ${source.size}`,
    range: { start: fault.at, end: source.size },
  });
  coverage.claim('unread', fault.at, source.size, `the stream ${fault.message}`);
}

/** Zeros fill up blocks; anything else has no business there. */
async function behind(part: Part, end: number): Promise<void> {
  const { source, coverage } = part;
  for (let at = end; at < source.size; at += 65_536) {
    const rest = part.pause();
    if (rest) await rest;
    const bytes = source.read(at, 65_536);
    const first = bytes.findIndex((byte) => byte !== 0);
    coverage.claim('parsed', at, at + (first < 0 ? bytes.length : first));
    if (first < 0) continue;
    const from = at + first;
    part.report({
      rule: STREAM_RULES.trailing.id,
      message: `behind the stream there are ${source.size - from} bytes that begin with ${shown(source.read(from, 16), 16)}`,
      range: { start: from, end: source.size },
    });
    coverage.claim('parsed', from, source.size);
    return part.inside('(behind the stream)', new Slice(source, from, source.size));
  }
}

/** What joblib before 0.10 packed beside a pickle, which says of what type the numbers are. */
const NUMBERS = /_\d{2,6}\.npy\.z$/;

const nameInside = (name: string, endings: readonly string[]) => {
  const lower = name.toLowerCase();
  const ending = endings.find((one) => lower.endsWith(one) && lower.length > one.length);
  return ending === undefined ? name : name.slice(0, -ending.length);
};

/** What one could unpack from the first 4 KiB: enough to tell a stream from bytes that begin like one. */
export function tried(codec: (feed: Feed) => Iterable<Uint8Array>, source: Source, at = 0): Likeness {
  const end = Math.min(source.size, at + 4096);
  const feed = new Feed(source, at, end);
  let made = 0;
  try {
    for (const chunk of codec(feed)) {
      made += chunk.length;
      if (made > 65_536) return 'sure';
    }
    return 'sure';
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    if (feed.left > 0) return false;
    return made >= 64 ? 'sure' : 'maybe';
  }
}

export const begins = (source: Source, magic: readonly number[], at = 0): boolean => {
  const bytes = source.read(at, magic.length);
  return bytes.length === magic.length && magic.every((byte, i) => bytes[i] === byte);
};
