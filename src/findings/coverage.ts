import type { Range } from './finding.ts';

/**
 * What became of bytes: `parsed` were understood, each for what it means; `data` are numbers or media that the format
 * knows to be inert, whose bounds were checked; `unread` were not looked at.
 */
export type Reading = 'parsed' | 'data' | 'unread';

export interface Covered extends Range {
  readonly as: Reading;
  /** Of what was not read: why. */
  readonly why?: string | undefined;
}

/** More ranges than this are told as their hull. */
const MOST = 512;

/**
 * What was read of one file, or of one part of it. Readers claim ranges in any order; what nobody claims was not read.
 * Where claims meet, the better reading wins: parsed, then data, then unread.
 */
export class Coverage {
  readonly size: number;
  readonly #claims: Covered[] = [];
  #room = 8 * MOST;

  constructor(size: number) {
    this.size = size;
  }

  /** Ranges beyond the file are cut to it. */
  claim(as: Reading, start: number, end: number, why?: string): void {
    const from = Math.max(0, Math.min(start, this.size));
    const to = Math.max(from, Math.min(end, this.size));
    if (to === from) return;
    const last = this.#claims.at(-1);
    if (last !== undefined && last.as === as && last.why === why && last.end === from) {
      this.#claims[this.#claims.length - 1] = { as, start: last.start, end: to, why };
      return;
    }
    this.#claims.push({ as, start: from, end: to, why });
    if (this.#claims.length > this.#room) this.#settle();
  }

  /** In order, without gaps or overlaps, from 0 to the size. */
  get ranges(): readonly Covered[] {
    return whole(merged(this.#claims, this.size));
  }

  /** Bytes by what became of them. */
  get bytes(): Readonly<Record<Reading, number>> {
    const sums = { parsed: 0, data: 0, unread: 0 };
    for (const { as, start, end } of merged(this.#claims, this.size)) sums[as] += end - start;
    return sums;
  }

  /** So that a file of crumbs costs no more than others: what has very many ranges is known less exactly. */
  #settle(): void {
    let all = merged(this.#claims, this.size).filter(({ why }) => why !== NOBODY);
    if (all.length > MANY) all = joined(all);
    // Gaps among them count: what is merged with a gap was not read.
    if (all.length > MANY) all = whole(merged(all, this.size)).filter(({ why }) => why !== NOBODY);
    this.#claims.length = 0;
    for (const one of all) this.#claims.push(one);
    this.#room = Math.max(8 * MOST, 2 * all.length);
  }
}

/** More claims than these are not kept apart. */
const MANY = 1 << 16;
const NOBODY = 'no reader knows what this is';
const RANK: Readonly<Record<Reading, number>> = { parsed: 2, data: 1, unread: 0 };

/** Neighbours that touch become one, by the worse of the two. */
function joined(claims: readonly Covered[]): Covered[] {
  const out: Covered[] = [];
  for (const one of claims) {
    const last = out.at(-1);
    if (last === undefined || last.end !== one.start || last.as === 'unread' || one.as === 'unread')
      out.push(one);
    else
      out[out.length - 1] = {
        ...(RANK[one.as] < RANK[last.as] ? one : last),
        start: last.start,
        end: one.end,
      };
  }
  return out;
}

/** A sweep over the ends of all claims. */
function merged(claims: readonly Covered[], size: number): Covered[] {
  const [only] = claims;
  if (
    claims.length === 1 &&
    only !== undefined &&
    only.start === 0 &&
    only.end === size &&
    only.as !== 'unread'
  )
    return [{ as: only.as, start: 0, end: size, why: undefined }];
  const ends = [...new Set([0, size, ...claims.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  const sorted = [...claims].sort((a, b) => a.start - b.start);
  const out: Covered[] = [];
  const open: Covered[] = [];
  let next = 0;
  for (let i = 0; i + 1 < ends.length; i++) {
    const start = ends[i] as number;
    const end = ends[i + 1] as number;
    for (; next < sorted.length && (sorted[next] as Covered).start <= start; next++)
      open.push(sorted[next] as Covered);
    let best: Covered | undefined;
    for (let k = open.length - 1; k >= 0; k--) {
      const one = open[k] as Covered;
      if (one.end <= start) open.splice(k, 1);
      else if (best === undefined || RANK[one.as] > RANK[best.as]) best = one;
    }
    const as = best?.as ?? 'unread';
    const why = as === 'unread' ? (best?.why ?? NOBODY) : undefined;
    const last = out.at(-1);
    if (last !== undefined && last.as === as && last.why === why) out[out.length - 1] = { ...last, end };
    else out.push({ as, start, end, why });
  }
  return out;
}

/** Where there are very many ranges, neighbours are told as one, by the worst of them: nothing unread is left out. */
function whole(ranges: readonly Covered[]): readonly Covered[] {
  if (ranges.length <= MOST) return ranges;
  const each = Math.ceil(ranges.length / MOST);
  const out: Covered[] = [];
  for (let i = 0; i < ranges.length; i += each) {
    const some = ranges.slice(i, i + each);
    const worst = some.reduce((a, b) => (RANK[b.as] < RANK[a.as] ? b : a));
    out.push({ ...worst, start: (some[0] as Covered).start, end: (some.at(-1) as Covered).end });
  }
  return out;
}
