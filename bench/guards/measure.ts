import { median } from '../harness/stats.ts';
import type { Subject } from './subjects.ts';
import { FAMILIES, type Family, textsOf } from './texts.ts';

export const SIZES = [200, 2_000, 20_000, 200_000] as const;

/** CPU of one text, µs; undefined where it would have taken too long. */
export type Cost = number | undefined;
/** By subject, then by family, then by size. */
export type Costs = Readonly<Record<string, Readonly<Record<Family, readonly Cost[]>>>>;

export interface Effort {
  readonly rounds: number;
  /** A turn of a subject takes about so long, µs. */
  readonly turn: number;
}

/** What would take longer for all texts once, µs, is left out. */
const TOO_LONG = 3_000_000;
/** Different texts, so that no cache, and no branch predictor, knows them all. */
const VARIANTS = 8;
/** V8 has compiled all that a subject runs for its last time after about so long, µs. */
const WARM = 300_000;
/** Units that are copied at a time. */
const COPIED = 4_000_000;

/** The text as it comes from a socket: flat, without a hash, of one byte a character where that is enough. */
const fresh = (text: string): string => Buffer.from(text).toString();

async function microseconds(subject: Subject, texts: readonly string[]): Promise<number> {
  const before = process.cpuUsage();
  for (const text of texts) {
    const result = subject.run(text);
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** All subjects in turns: a slow minute of the machine meets all alike. */
export async function measure(
  subjects: readonly Subject[],
  { rounds, turn }: Effort,
  say: (line: string) => void,
): Promise<Costs> {
  const costs = Object.fromEntries(
    subjects.map(({ name }) => [name, Object.fromEntries(FAMILIES.map((family) => [family, [] as Cost[]]))]),
  ) as Record<string, Record<Family, Cost[]>>;
  for (const family of FAMILIES) {
    for (const [step, size] of SIZES.entries()) {
      say(`${family}, ${size.toLocaleString('en')} characters …`);
      const texts = textsOf(family, size, size > 50_000 ? 2 : VARIANTS);
      const taking = subjects.filter(({ name }) => !tooLong(costs[name]?.[family] ?? [], step, texts.length));
      const times = new Map<Subject, number>();
      for (const subject of taking) times.set(subject, await warmed(subject, texts, turn));
      const seen = new Map<Subject, number[]>(taking.map((subject) => [subject, []]));
      for (let round = 0; round < rounds; round++) {
        for (const subject of taking) {
          const count = times.get(subject) ?? 1;
          let spent = 0;
          for (let at = 0; at < count; at++) spent += await microseconds(subject, texts.map(fresh));
          seen.get(subject)?.push(spent / count / texts.length);
        }
      }
      for (const subject of subjects) {
        const values = seen.get(subject);
        costs[subject.name]?.[family].push(values && median(values));
      }
    }
  }
  return costs;
}

/** By how much the last step grew, the next would: a time that grows with the square is not waited for. */
function tooLong(known: readonly Cost[], step: number, texts: number): boolean {
  if (step === 0) return false;
  const [before, last] = [known[step - 2], known[step - 1]];
  if (last === undefined) return true;
  return last * Math.max(10, before === undefined ? 10 : last / before) * texts > TOO_LONG;
}

/** Lets the compiler see the texts, and says how often all of them fit into a turn. */
async function warmed(subject: Subject, texts: readonly string[], turn: number): Promise<number> {
  let spent = 0;
  let last = 0;
  const most = Math.max(1, COPIED / texts.reduce((sum, text) => sum + text.length, 0));
  for (let at = 0; at < most && spent < WARM; at++) {
    last = await microseconds(subject, texts.map(fresh));
    spent += last;
  }
  return Math.max(1, Math.min(Math.floor(most), Math.floor(turn / last)));
}

/** CPU of one text that is all one piece, ms: the best of a few, for what comes once. */
export async function milliseconds(subject: Subject, text: string, times: number): Promise<number> {
  const seen: number[] = [];
  for (let at = 0; at < times; at++) seen.push(await microseconds(subject, [fresh(text)]));
  return median(seen) / 1000;
}
