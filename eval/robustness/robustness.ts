import fc from 'fast-check';
import type { About, Guard } from '../../src/guards/guard.ts';
import { injection } from '../../src/guards/injection/index.ts';
import type { Means } from '../../src/guards/means.ts';
import { DRESSES, TRICKS } from '../../src/text/testing.ts';
import type { Case } from '../injection/sets.ts';
import { EDITS } from './edits.ts';

/** What became of attacks that were found before. */
export interface Row {
  readonly group: string;
  /** What was done to them. */
  readonly kind: string;
  readonly tried: number;
  readonly missed: number;
}

/** A way of changing an attack, and whether it is still found. */
interface Change {
  readonly group: string;
  readonly kind: string;
  tries(
    guard: Guard,
    one: Case,
    seed: number,
  ): AsyncGenerator<boolean> | Generator<boolean | Promise<boolean>>;
}

/** Each attack is edited so often. */
const TIMES = 4;
const SEED = 20261121;
const LONGEST_DISGUISED = 4000;

const aboutOf = ({ provenance }: Case, more: Partial<About> = {}): About => ({
  direction: 'prompt',
  path: '/text',
  provenance,
  format: 'text',
  streamed: false,
  ...more,
});

/** Whether a text is found; in pieces, as a stream brings it. */
async function isFound(guard: Guard, about: About, pieces: readonly string[]): Promise<boolean> {
  const reader = guard.open(about);
  for (const piece of pieces) if ((await reader.push(piece)).found.length > 0) return true;
  return (await reader.end()).found.length > 0;
}

const edits: readonly Change[] = Object.entries(EDITS).map(([kind, edit]) => ({
  group: 'One character',
  kind,
  *tries(guard, one, seed) {
    for (const text of fc.sample(edit(one.text), { seed, numRuns: TIMES }))
      yield isFound(guard, aboutOf(one), [text]);
  },
}));

const disguises: readonly Change[] = Object.entries({ ...DRESSES, ...TRICKS }).map(([kind, { make }]) => ({
  group: 'Another writing',
  kind,
  *tries(guard, one) {
    if (one.text.length <= LONGEST_DISGUISED) yield isFound(guard, aboutOf(one), [make(one.text)]);
  },
}));

/** Where a text is cut in two: anywhere. */
const halvesOf = ({ text }: Case, seed: number): string[][] =>
  fc
    .sample(fc.nat({ max: text.length }), { seed, numRuns: TIMES })
    .map((cut) => [text.slice(0, cut), text.slice(cut)]);

const splits: readonly Change[] = [
  {
    group: 'In pieces',
    kind: 'a stream, cut anywhere',
    *tries(guard, one, seed) {
      const sizes = fc.sample(fc.integer({ min: 1, max: 200 }), { seed, numRuns: TIMES });
      for (const size of sizes) {
        const pieces = one.text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        yield isFound(guard, aboutOf(one, { direction: 'reply', streamed: true }), pieces);
      }
    },
  },
  {
    group: 'In pieces',
    kind: 'two messages of the user',
    async *tries(guard, one, seed) {
      if (one.provenance !== 'user') return;
      for (const [first = '', second = ''] of halvesOf(one, seed)) {
        const exchange = {};
        const found: boolean[] = [];
        for (const [i, text] of [first, second].entries())
          found.push(await isFound(guard, aboutOf(one, { exchange, path: `/messages/${i}` }), [text]));
        yield found.includes(true);
      }
    },
  },
];

/** Changes every attack that is found, in every way. */
export async function robustness(
  means: Means,
  attacks: readonly Case[],
): Promise<{ readonly tried: number; readonly caught: number; readonly rows: readonly Row[] }> {
  const guard = injection.build('injection', {}, means);
  const caught: Case[] = [];
  for (const one of attacks) if (await isFound(guard, aboutOf(one), [one.text])) caught.push(one);
  const rows: Row[] = [];
  for (const { group, kind, tries } of [...edits, ...splits, ...disguises]) {
    let tried = 0;
    let missed = 0;
    for (const [i, one] of caught.entries()) {
      for await (const found of tries(guard, one, SEED + i)) {
        tried++;
        if (!found) missed++;
      }
    }
    rows.push({ group, kind, tried, missed });
  }
  return { tried: attacks.length, caught: caught.length, rows };
}
